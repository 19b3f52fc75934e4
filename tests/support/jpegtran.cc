#include "support/jpegtran.h"

#include <cstdio>
#include <cstdlib>

extern "C" {
#include <jpeglib.h>
}

namespace imgmill::test {

Bytes jpegtran(ByteView file) {
  jpeg_error_mgr errors;  // libjpeg's default handler would end the test
  jpeg_decompress_struct in;
  in.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&in);
  jpeg_mem_src(&in, reinterpret_cast<const unsigned char*>(file.data()),
               static_cast<unsigned long>(file.size()));
  for (int marker = 0; marker < 16; ++marker) jpeg_save_markers(&in, JPEG_APP0 + marker, 0xFFFF);
  jpeg_read_header(&in, TRUE);
  jvirt_barray_ptr* coefficients = jpeg_read_coefficients(&in);

  jpeg_compress_struct out;
  out.err = &errors;
  jpeg_create_compress(&out);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&out, &bytes, &size);
  jpeg_copy_critical_parameters(&in, &out);
  out.optimize_coding = TRUE;
  jpeg_simple_progression(&out);
  jpeg_write_coefficients(&out, coefficients);
  jpeg_finish_compress(&out);
  const auto* first = reinterpret_cast<const std::byte*>(bytes);
  Bytes result(first, first + size);
  jpeg_destroy_compress(&out);
  jpeg_destroy_decompress(&in);
  std::free(bytes);
  return result;
}

}  // namespace imgmill::test

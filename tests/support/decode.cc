#include "support/decode.h"

#include <png.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

extern "C" {
#include <jpeglib.h>
}

#include "support/decode_modern.h"
#include "support/decode_others.h"

namespace imgmill::test {
namespace {

struct Reader {
  ByteView bytes;
  std::size_t place = 0;
};

[[noreturn]] void png_failed(png_structp, png_const_charp what) { throw std::runtime_error(what); }
void png_warned(png_structp, png_const_charp) {}

[[noreturn]] void jpeg_failed(j_common_ptr info) {
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  throw std::runtime_error(text);
}
void jpeg_warned(j_common_ptr info, int level) {
  if (level < 0) jpeg_failed(info);
}

Bytes copied(const void* data, std::size_t size) {
  const auto* start = static_cast<const std::byte*>(data);
  return {start, start + size};
}

Decoded decode_png(ByteView file) {
  Reader reader{file, 0};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, png_failed, png_warned);
  png_infop info = png_create_info_struct(png);
  png_set_read_fn(png, &reader, [](png_structp from, png_bytep to, std::size_t size) {
    auto& source = *static_cast<Reader*>(png_get_io_ptr(from));
    if (source.bytes.size() - source.place < size) png_error(from, "the file ends too soon");
    std::memcpy(to, source.bytes.data() + source.place, size);
    source.place += size;
  });
  png_read_info(png, info);
  Decoded out;
  out.bits = png_get_bit_depth(png, info);
  out.palette = png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE;
  png_get_gAMA(png, info, &out.gamma);
  char* name = nullptr;
  int kind = 0;
  png_bytep profile = nullptr;
  png_uint_32 size = 0;
  if (png_get_iCCP(png, info, &name, &kind, &profile, &size) != 0) out.icc = copied(profile, size);

  png_set_expand(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  const int depth = png_get_bit_depth(png, info);
  Raster picture(static_cast<int>(png_get_image_width(png, info)),
                 static_cast<int>(png_get_image_height(png, info)), png_get_channels(png, info),
                 depth);
  std::vector<std::vector<png_byte>> rows(static_cast<std::size_t>(picture.height));
  std::vector<png_bytep> starts;
  for (auto& row : rows) {
    row.resize(png_get_rowbytes(png, info));
    starts.push_back(row.data());
  }
  png_read_image(png, starts.data());
  png_read_end(png, nullptr);
  const int samples = picture.width * picture.channels;
  for (int y = 0; y < picture.height; ++y) {
    const auto& row = rows[static_cast<std::size_t>(y)];
    for (int i = 0; i < samples; ++i) {
      const auto at = static_cast<std::size_t>(i);
      picture.samples[static_cast<std::size_t>(y * samples + i)] =
          static_cast<std::uint16_t>(depth == 16 ? row[2 * at] << 8 | row[2 * at + 1] : row[at]);
    }
  }
  png_destroy_read_struct(&png, &info, nullptr);
  out.movie.frames.push_back(std::move(picture));
  return out;
}

struct JpegReader {
  jpeg_decompress_struct decoder{};
  jpeg_error_mgr errors{};
  explicit JpegReader(ByteView file) {
    decoder.err = jpeg_std_error(&errors);
    errors.error_exit = jpeg_failed;
    errors.emit_message = jpeg_warned;
    jpeg_create_decompress(&decoder);
    jpeg_save_markers(&decoder, JPEG_APP0 + 2, 0xFFFF);
    jpeg_mem_src(&decoder, reinterpret_cast<const unsigned char*>(file.data()),
                 static_cast<unsigned long>(file.size()));
    jpeg_read_header(&decoder, TRUE);
  }
  ~JpegReader() { jpeg_destroy_decompress(&decoder); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
};

Decoded decode_jpeg(ByteView file) {
  JpegReader reader(file);
  jpeg_decompress_struct& decoder = reader.decoder;
  Decoded out;
  JOCTET* profile = nullptr;
  unsigned size = 0;
  if (jpeg_read_icc_profile(&decoder, &profile, &size) != FALSE) {
    out.icc = copied(profile, size);
    std::free(profile);
  }
  if (decoder.num_components == 4) decoder.out_color_space = JCS_CMYK;
  jpeg_start_decompress(&decoder);
  Raster picture(static_cast<int>(decoder.output_width), static_cast<int>(decoder.output_height),
                 decoder.output_components);
  picture.cmyk = decoder.num_components == 4;
  std::vector<JSAMPLE> row(static_cast<std::size_t>(picture.width * picture.channels));
  std::size_t at = 0;
  while (decoder.output_scanline < decoder.output_height) {
    JSAMPROW rows[1] = {row.data()};
    jpeg_read_scanlines(&decoder, rows, 1);
    for (const JSAMPLE sample : row) {
      picture.samples[at++] = static_cast<std::uint16_t>(picture.cmyk ? 255 - sample : sample);
    }
  }
  jpeg_finish_decompress(&decoder);
  out.movie.frames.push_back(std::move(picture));
  return out;
}

}  // namespace

std::vector<int> jpeg_coefficients(ByteView file) {
  JpegReader reader(file);
  jpeg_decompress_struct& decoder = reader.decoder;
  jvirt_barray_ptr* arrays = jpeg_read_coefficients(&decoder);
  std::vector<int> out{static_cast<int>(decoder.image_width),
                       static_cast<int>(decoder.image_height), decoder.num_components,
                       static_cast<int>(decoder.jpeg_color_space)};
  for (int i = 0; i < decoder.num_components; ++i) {
    const jpeg_component_info& part = decoder.comp_info[i];
    out.push_back(part.h_samp_factor);
    out.push_back(part.v_samp_factor);
    for (const UINT16 step : part.quant_table->quantval) out.push_back(step);
    for (JDIMENSION y = 0; y < part.height_in_blocks; ++y) {
      JBLOCKARRAY blocks = decoder.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&decoder),
                                                           arrays[i], y, 1, FALSE);
      for (JDIMENSION x = 0; x < part.width_in_blocks; ++x) {
        for (const JCOEF coefficient : blocks[0][x]) out.push_back(coefficient);
      }
    }
  }
  jpeg_finish_decompress(&decoder);
  return out;
}

Decoded decode(ByteView file, Format format) {
  switch (format) {
    case Format::jpeg:
      return decode_jpeg(file);
    case Format::png:
      return decode_png(file);
    case Format::webp:
      return decode_webp(file);
    case Format::avif:
      return decode_avif(file);
    case Format::gif:
      return decode_gif(file);
    case Format::tiff:
      return decode_tiff(file);
    case Format::jpegxl:
      return decode_jxl(file);
    case Format::heic:
      return decode_heic(file);
    case Format::qoi:
      return decode_qoi(file);
    case Format::svg:
      break;
  }
  throw std::runtime_error("a format that the tests cannot decode");
}

bool holds(ByteView file, std::string_view text) {
  return as_text(file).find(text) != std::string_view::npos;
}

}  // namespace imgmill::test

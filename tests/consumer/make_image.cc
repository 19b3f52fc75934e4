// Writes a JPEG of smooth colours, large enough to be worth optimizing.
//   imgmill_make_image FILE
#include <cstddef>
#include <cstdio>
#include <memory>
#include <vector>

// Requires <cstdio> before it.
// clang-format off
#include <jpeglib.h>
// clang-format on

int main(int argc, char** argv) {
  constexpr unsigned side = 256;
  if (argc != 2) return 2;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(argv[1], "wb"),
                                                             std::fclose);
  if (!file) return 1;

  jpeg_compress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  jpeg_stdio_dest(&jpeg, file.get());
  jpeg.image_width = side;
  jpeg.image_height = side;
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 97, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<JSAMPLE> row(std::size_t{side} * 3);
  for (unsigned y = 0; y < side; ++y) {
    for (unsigned x = 0; x < side; ++x) {
      row[x * 3] = static_cast<JSAMPLE>(x);
      row[x * 3 + 1] = static_cast<JSAMPLE>(y);
      row[x * 3 + 2] = static_cast<JSAMPLE>((x * x + y * y) / 64 % 256);
    }
    JSAMPROW rows[] = {row.data()};
    jpeg_write_scanlines(&jpeg, rows, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
}

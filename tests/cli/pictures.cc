#include "pictures.h"

#include <jpeglib.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace imgmill::test {
namespace {

std::uint8_t shade(int x, int y, int channel, int seed) {
  return static_cast<std::uint8_t>((x * (channel + 2) + y * 3 + (x * y) / 64 + seed * 37) & 0xff);
}

std::vector<std::uint8_t> row_of(int width, int y, int seed) {
  std::vector<std::uint8_t> row;
  row.reserve(static_cast<std::size_t>(width) * 3);
  for (int x = 0; x < width; ++x) {
    for (int channel = 0; channel < 3; ++channel) row.push_back(shade(x, y, channel, seed));
  }
  return row;
}

std::uint32_t crc(const std::string& bytes) {
  std::uint32_t sum = ~std::uint32_t{0};
  for (const char c : bytes) {
    sum ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xedb88320U : 0U);
  }
  return ~sum;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::string chunk(const std::string& type, const std::string& body) {
  return big_endian(static_cast<std::uint32_t>(body.size())) + type + body +
         big_endian(crc(type + body));
}

/// A zlib stream of stored blocks.
std::string stored(const std::string& data) {
  constexpr std::size_t most = 65535;
  std::string bytes = "\x78\x01";
  for (std::size_t at = 0; at < data.size(); at += most) {
    const std::size_t size = std::min(most, data.size() - at);
    bytes += at + size == data.size() ? '\1' : '\0';
    for (const std::size_t number : {size, ~size}) {
      bytes += static_cast<char>(number & 0xff);
      bytes += static_cast<char>(number >> 8 & 0xff);
    }
    bytes.append(data, at, size);
  }
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : data) {
    a = (a + static_cast<std::uint8_t>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return bytes + big_endian(b << 16 | a);
}

}  // namespace

std::string jpeg_file(int width, int height, int quality, int seed) {
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &bytes, &size);
  encoder.image_width = static_cast<JDIMENSION>(width);
  encoder.image_height = static_cast<JDIMENSION>(height);
  encoder.input_components = 3;
  encoder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, quality, TRUE);
  jpeg_start_compress(&encoder, TRUE);
  for (int y = 0; y < height; ++y) {
    std::vector<std::uint8_t> row = row_of(width, y, seed);
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&encoder, &pointer, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  std::string file(reinterpret_cast<const char*>(bytes), size);
  std::free(bytes);
  return file;
}

std::string png_file(int width, int height, int seed) {
  std::string pixels;
  for (int y = 0; y < height; ++y) {
    pixels += '\0';  // no filter
    const auto row = row_of(width, y, seed);
    pixels.append(row.begin(), row.end());
  }
  std::string header = big_endian(static_cast<std::uint32_t>(width)) +
                       big_endian(static_cast<std::uint32_t>(height));
  header += {8, 2, 0, 0, 0};
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("IDAT", stored(pixels)) +
         chunk("IEND", "");
}

}  // namespace imgmill::test

#include "png/deflate.h"

#include <libdeflate.h>

#include <algorithm>
#include <new>

namespace imgmill::png {

Deflater::Deflater() = default;
Deflater::~Deflater() = default;

void Deflater::Free::operator()(libdeflate_compressor* compressor) const {
  libdeflate_free_compressor(compressor);
}

libdeflate_compressor* Deflater::compressor(int level) {
  auto& compressor = compressors_[level];
  if (!compressor) {
    compressor.reset(libdeflate_alloc_compressor(level));
    if (!compressor) throw std::bad_alloc();
  }
  return compressor.get();
}

std::optional<std::span<const std::uint8_t>> Deflater::zlib(std::span<const std::uint8_t> data,
                                                            int level, std::size_t at_most) {
  libdeflate_compressor* const how = compressor(level);
  const std::size_t size = std::min(at_most, libdeflate_zlib_compress_bound(how, data.size()));
  if (room_.size() < size) room_.resize(size);
  const std::size_t written =
      libdeflate_zlib_compress(how, data.data(), data.size(), room_.data(), size);
  if (written == 0) return std::nullopt;
  return std::span<const std::uint8_t>(room_).first(written);
}

std::span<const std::uint8_t> Deflater::raw(std::span<const std::uint8_t> data, int level) {
  libdeflate_compressor* const how = compressor(level);
  const std::size_t size = libdeflate_deflate_compress_bound(how, data.size());
  if (room_.size() < size) room_.resize(size);
  const std::size_t written =
      libdeflate_deflate_compress(how, data.data(), data.size(), room_.data(), size);
  return std::span<const std::uint8_t>(room_).first(written);
}

std::optional<std::vector<std::uint8_t>> inflated(std::span<const std::uint8_t> stream,
                                                  std::size_t size) {
  // A match of 258 bytes takes at least two bits (RFC 1951).
  constexpr std::size_t most_from_a_byte = 1032;
  if (size / most_from_a_byte > stream.size()) return std::nullopt;
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
      decompressor(libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (!decompressor) throw std::bad_alloc();
  std::vector<std::uint8_t> bytes(size);
  // Without an output for the actual size, libdeflate fails unless it is exactly `size`.
  const auto result = libdeflate_zlib_decompress(decompressor.get(), stream.data(), stream.size(),
                                                 bytes.data(), bytes.size(), nullptr);
  if (result != LIBDEFLATE_SUCCESS) return std::nullopt;
  return bytes;
}

}  // namespace imgmill::png

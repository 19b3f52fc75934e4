// RAII wrappers around libdeflate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

struct libdeflate_compressor;

namespace imgmill::png {

/// libdeflate's compressors, created on first use. Not thread-safe.
class Deflater {
 public:
  Deflater();
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// Compresses `data` to a zlib stream in a buffer that is valid until the next call. `level` is
  /// 1..12. Returns nullopt if the stream would exceed `at_most` bytes. Throws std::bad_alloc.
  [[nodiscard]] std::optional<std::span<const std::uint8_t>> zlib(
      std::span<const std::uint8_t> data, int level, std::size_t at_most);

  /// The same as a raw deflate stream (no zlib header or checksum), without a size limit.
  [[nodiscard]] std::span<const std::uint8_t> raw(std::span<const std::uint8_t> data, int level);

 private:
  libdeflate_compressor* compressor(int level);

  struct Free {
    void operator()(libdeflate_compressor* compressor) const;
  };
  std::map<int, std::unique_ptr<libdeflate_compressor, Free>> compressors_;
  std::vector<std::uint8_t> room_;
};

/// Inflates a zlib stream. Returns nullopt unless its checksum is right and it yields exactly
/// `size` bytes. Never allocates more than `stream` could expand to.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> inflated(
    std::span<const std::uint8_t> stream, std::size_t size);

}  // namespace imgmill::png

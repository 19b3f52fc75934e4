// libdeflate, held by C++.
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

/// libdeflate's compressors, made when they are first asked for. Not to be used by two threads
/// at once.
class Deflater {
 public:
  Deflater();
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// A zlib stream of `data` in a room that lasts until the next call. `level` is 1..12. Nothing
  /// when it would take more than `at_most` bytes. Throws std::bad_alloc.
  [[nodiscard]] std::optional<std::span<const std::uint8_t>> zlib(
      std::span<const std::uint8_t> data, int level, std::size_t at_most);

  /// The same without zlib's header and checksum, of any size.
  [[nodiscard]] std::span<const std::uint8_t> raw(std::span<const std::uint8_t> data, int level);

 private:
  libdeflate_compressor* compressor(int level);

  struct Free {
    void operator()(libdeflate_compressor* compressor) const;
  };
  std::map<int, std::unique_ptr<libdeflate_compressor, Free>> compressors_;
  std::vector<std::uint8_t> room_;
};

/// Inflates a zlib stream whose checksum must be right and that must give exactly `size` bytes.
/// Nothing: it does not. Never allocates more than could come of `stream`.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> inflated(
    std::span<const std::uint8_t> stream, std::size_t size);

}  // namespace imgmill::png

#include "codecs/gif_pixels.h"

#include <algorithm>
#include <array>
#include <optional>

namespace imgmill {
namespace {

constexpr unsigned most_bits = 12;
constexpr std::size_t most_codes = std::size_t{1} << most_bits;

/// Reads codes from sub-blocks, lowest bit first.
class CodeReader {
 public:
  explicit CodeReader(ByteView sub_blocks) : rest_(sub_blocks) {}

  std::optional<unsigned> next(unsigned bits) {
    while (held_ < bits) {
      if (left_in_block_ == 0) {
        if (rest_.empty()) return std::nullopt;
        left_in_block_ = std::to_integer<std::size_t>(rest_.front());
        rest_ = rest_.subspan(1);
        if (left_in_block_ == 0) rest_ = {};
        continue;
      }
      if (rest_.empty()) return std::nullopt;
      pool_ |= std::to_integer<unsigned>(rest_.front()) << held_;
      held_ += 8;
      rest_ = rest_.subspan(1);
      --left_in_block_;
    }
    const unsigned code = pool_ & ((1U << bits) - 1);
    pool_ >>= bits;
    held_ -= bits;
    return code;
  }

  /// Returns the number of unread bytes.
  [[nodiscard]] std::size_t left() const {
    std::size_t count = std::min(left_in_block_, rest_.size());
    ByteView rest = rest_.subspan(count);
    while (!rest.empty() && rest.front() != std::byte{0}) {
      const std::size_t block = std::to_integer<std::size_t>(rest.front());
      count += std::min(block, rest.size() - 1);
      rest = rest.subspan(std::min(block + 1, rest.size()));
    }
    return count;
  }

 private:
  ByteView rest_;
  std::size_t left_in_block_ = 0;
  unsigned pool_ = 0;
  unsigned held_ = 0;  ///< bits in the pool
};

/// The position of a string of indices in the output.
struct String {
  std::size_t at = 0;
  std::size_t size = 0;
};

}  // namespace

GifUnpacked unpack_gif(ByteView sub_blocks, int literal_bits, std::span<std::uint8_t> indices) {
  if (literal_bits < 1 || literal_bits > 8) return {};
  const auto literals = 1U << static_cast<unsigned>(literal_bits);
  const unsigned clear = literals;
  const unsigned end = literals + 1;
  const auto first_bits = static_cast<unsigned>(literal_bits) + 1;

  CodeReader reader(sub_blocks);
  // Each string but the literals is the previous string plus the first index of the next one. These
  // are adjacent in the output, so no copy is needed.
  std::array<String, most_codes> strings;
  unsigned known = end + 1;
  unsigned bits = first_bits;
  String before;
  std::size_t done = 0;
  while (done < indices.size()) {
    const std::optional<unsigned> code = reader.next(bits);
    if (!code || *code == end) break;
    if (*code == clear) {
      known = end + 1;
      bits = first_bits;
      before = {};
      continue;
    }
    if (before.size > 0 && known < most_codes) {
      strings[known++] = {before.at, before.size + 1};
      if (known == 1U << bits && bits < most_bits) ++bits;
    }
    String now{done, 1};
    if (*code < literals) {
      indices[done++] = static_cast<std::uint8_t>(*code);
    } else {
      if (*code >= known) break;
      const String& from = strings[*code];
      now.size = from.size;
      // Byte by byte, because a string may overlap its own copy.
      const std::size_t size = std::min(from.size, indices.size() - done);
      for (std::size_t i = 0; i < size; ++i) indices[done + i] = indices[from.at + i];
      done += size;
    }
    before = now;
  }
  if (done < indices.size()) return {.indices = done};
  const std::optional<unsigned> last = reader.next(bits);
  const bool ends = !last || *last == end;
  return {.indices = done, .left_over = ends ? 0 : reader.left()};
}

}  // namespace imgmill

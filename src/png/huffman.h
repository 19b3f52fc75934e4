// Deflate's symbols (RFC 1951), prefix codes, and the blocks written with them.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace imgmill::png {

inline constexpr std::size_t literal_symbols = 286;
inline constexpr std::size_t distance_symbols = 30;
inline constexpr std::size_t end_symbol = 256;
inline constexpr unsigned shortest_match = 3;
inline constexpr unsigned longest_match = 258;
inline constexpr std::size_t window_size = 32768;

/// The order in which a block header stores the lengths of its code length codes (RFC 1951, 3.2.7).
inline constexpr std::array<std::uint8_t, 19> header_order = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                              11, 4,  12, 3, 13, 2, 14, 1, 15};

/// One literal (length 1; `distance` holds the byte) or one match.
struct Token {
  std::uint16_t length = 1;
  std::uint16_t distance = 0;  ///< 1..32768, modulo 65536; for a literal, the byte

  [[nodiscard]] bool is_literal() const { return length == 1; }
};

/// RFC 1951, 3.2.5. `length` is 3..258.
struct LengthCode {
  std::uint16_t symbol;
  std::uint8_t extra_bits;
  std::uint16_t base;
};
[[nodiscard]] const LengthCode& length_code(unsigned length);

/// For a symbol in 257..285.
[[nodiscard]] inline unsigned length_extra_bits(unsigned symbol) {
  return symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4;
}

/// Returns the symbol of a distance in 1..32768.
[[nodiscard]] inline unsigned distance_symbol(unsigned distance) {
  const unsigned zero_based = distance - 1;
  if (zero_based < 4) return zero_based;
  const auto log = static_cast<unsigned>(std::bit_width(zero_based)) - 1;
  return 2 * log + (zero_based >> (log - 1) & 1);
}
[[nodiscard]] inline unsigned distance_extra_bits(unsigned symbol) {
  return symbol < 4 ? 0 : symbol / 2 - 1;
}

/// Number of occurrences of each symbol.
struct Histogram {
  std::array<std::uint32_t, literal_symbols> literal{};
  std::array<std::uint32_t, distance_symbols> distance{};

  void count(const Token& token) {
    if (token.is_literal()) {
      ++literal[token.distance];
    } else {
      ++literal[length_code(token.length).symbol];
      ++distance[distance_symbol(token.distance)];
    }
  }
};

/// Returns the lengths, at most `limit` bits, of an optimal prefix code; 0 for symbols that do not
/// occur. `limit` must be large enough for the symbols in use. (Package-merge of Larmore and
/// Hirschberg, 1990.)
[[nodiscard]] std::vector<std::uint8_t> code_lengths(std::span<const std::uint32_t> counts,
                                                     unsigned limit);

/// Writes bits, starting at the lowest bit of each byte.
class BitWriter {
 public:
  BitWriter() = default;
  /// Reserves `size` bytes.
  explicit BitWriter(std::size_t size) { bytes_.reserve(size); }

  void put(std::uint64_t bits, unsigned count) {
    buffer_ |= bits << used_;
    used_ += count;
    while (used_ >= 8) {
      bytes_.push_back(static_cast<std::uint8_t>(buffer_));
      buffer_ >>= 8;
      used_ -= 8;
    }
  }
  void align() {
    if (used_ > 0) put(0, 8 - used_);
    aligned_ = true;
  }
  void bytes(std::span<const std::uint8_t> raw) {
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
  }
  /// Appends the first `bits` bits of `more`.
  void append(std::span<const std::uint8_t> more, std::size_t bits);
  /// Number of bits written so far.
  [[nodiscard]] std::size_t bits() const { return 8 * bytes_.size() + used_; }
  /// True if part of the stream relies on starting at a byte boundary.
  [[nodiscard]] bool was_aligned() const { return aligned_; }
  [[nodiscard]] std::vector<std::uint8_t> take() {
    align();
    return std::move(bytes_);
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::uint64_t buffer_ = 0;
  unsigned used_ = 0;
  bool aligned_ = false;
};

/// Size in bits of a block of these symbols with dynamic codes, header included.
[[nodiscard]] std::uint64_t block_bits(const Histogram& histogram);

/// Writes a block as whichever of the three types is shortest. `raw` holds the bytes that the
/// tokens encode.
void put_block(BitWriter& out, std::span<const Token> tokens, std::span<const std::uint8_t> raw,
               bool last);

}  // namespace imgmill::png

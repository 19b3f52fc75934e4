#include "png/pieces.h"

#include <algorithm>
#include <array>
#include <vector>

namespace imgmill::png {
namespace {

/// Bits from the lowest of each byte on; zeros behind the end, which position() tells.
class BitReader {
 public:
  explicit BitReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  // The next 24 bits at least, without going on.
  [[nodiscard]] std::uint32_t peek() const {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4 && at_ / 8 + i < bytes_.size(); ++i) {
      bits |= std::uint32_t{bytes_[at_ / 8 + i]} << 8 * i;
    }
    return bits >> at_ % 8;
  }
  void skip(std::size_t bits) { at_ += bits; }
  std::uint32_t take(unsigned bits) {
    const std::uint32_t value = peek() & ((1U << bits) - 1);
    at_ += bits;
    return value;
  }
  void align() { at_ = (at_ + 7) / 8 * 8; }
  [[nodiscard]] std::size_t position() const { return at_; }
  [[nodiscard]] bool beyond() const { return at_ > 8 * bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

constexpr unsigned longest_code = 15;
constexpr std::uint16_t no_symbol = 0xFFFF;

/// Symbols by the bits that come next.
class Decoder {
 public:
  // Unused bits lead to no_symbol.
  explicit Decoder(std::span<const std::uint8_t> lengths)
      : symbols_(std::size_t{1} << longest_code, no_symbol), lengths_(lengths) {
    std::array<unsigned, longest_code + 2> next{};
    for (const std::uint8_t bits : lengths) {
      if (bits > 0) ++next[bits + 1U];
    }
    for (unsigned bits = 1; bits < next.size(); ++bits) {
      next[bits] = (next[bits] + next[bits - 1]) << 1;
    }
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      const unsigned bits = lengths[symbol];
      if (bits == 0) continue;
      const unsigned code = next[bits]++;
      if (code >> bits != 0) continue;  // more codes than there is room for
      unsigned turned = 0;
      for (unsigned bit = 0; bit < bits; ++bit) turned |= (code >> bit & 1) << (bits - 1 - bit);
      for (std::size_t i = turned; i < symbols_.size(); i += std::size_t{1} << bits) {
        symbols_[i] = static_cast<std::uint16_t>(symbol);
      }
    }
  }

  unsigned next(BitReader& in) const {
    const std::uint16_t symbol = symbols_[in.peek() & ((1U << longest_code) - 1)];
    if (symbol != no_symbol) in.skip(lengths_[symbol]);
    return symbol;
  }

 private:
  std::vector<std::uint16_t> symbols_;
  std::span<const std::uint8_t> lengths_;
};

// The code lengths of a block's literals and distances, one behind the other.
struct BlockCodes {
  std::vector<std::uint8_t> lengths;
  std::size_t literals = 0;
};

std::optional<BlockCodes> dynamic_codes(BitReader& in) {
  BlockCodes codes;
  codes.literals = in.take(5) + 257;
  const std::size_t all = codes.literals + in.take(5) + 1;
  const unsigned used = in.take(4) + 4;
  std::array<std::uint8_t, 19> header{};
  for (unsigned i = 0; i < used; ++i) {
    header[header_order[i]] = static_cast<std::uint8_t>(in.take(3));
  }
  const Decoder decoder(header);
  while (codes.lengths.size() < all) {
    const unsigned symbol = decoder.next(in);
    if (symbol == no_symbol || in.beyond()) return std::nullopt;
    if (symbol < 16) {
      codes.lengths.push_back(static_cast<std::uint8_t>(symbol));
      continue;
    }
    if (symbol == 16 && codes.lengths.empty()) return std::nullopt;
    const std::uint8_t again = symbol == 16 ? codes.lengths.back() : std::uint8_t{0};
    const unsigned times = symbol == 16   ? 3 + in.take(2)
                           : symbol == 17 ? 3 + in.take(3)
                                          : 11 + in.take(7);
    codes.lengths.insert(codes.lengths.end(), times, again);
  }
  if (codes.lengths.size() != all) return std::nullopt;
  return codes;
}

BlockCodes fixed_block_codes() {
  BlockCodes codes;
  codes.literals = 288;
  codes.lengths.resize(288 + 30, 5);
  for (std::size_t i = 0; i < 288; ++i) {
    codes.lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  }
  return codes;
}

bool skip_symbols(BitReader& in, const BlockCodes& codes) {
  const auto all = std::span<const std::uint8_t>(codes.lengths);
  const Decoder literals(all.first(codes.literals));
  const Decoder distances(all.subspan(codes.literals));
  for (;;) {
    const unsigned symbol = literals.next(in);
    if (symbol == no_symbol || in.beyond()) return false;
    if (symbol < end_symbol) continue;
    if (symbol == end_symbol) return true;
    if (symbol >= literal_symbols) return false;
    in.skip(length_extra_bits(symbol));
    const unsigned distance = distances.next(in);
    if (distance >= distance_symbols) return false;
    in.skip(distance_extra_bits(distance));
  }
}

bool skip_stored(BitReader& in) {
  in.align();
  const std::uint32_t size = in.take(16);
  const std::uint32_t inverse = in.take(16);
  in.skip(std::size_t{size} * 8);
  return (size ^ inverse) == 0xFFFF;
}

}  // namespace

std::optional<LastBlock> last_block(std::span<const std::uint8_t> stream) {
  BitReader in(stream);
  for (;;) {
    const std::size_t begin = in.position();
    const bool last = in.take(1) == 1;
    const unsigned type = in.take(2);
    bool good = false;
    if (type == 0) {
      good = skip_stored(in);
    } else if (type == 1) {
      good = skip_symbols(in, fixed_block_codes());
    } else if (type == 2) {
      const std::optional<BlockCodes> codes = dynamic_codes(in);
      good = codes && skip_symbols(in, *codes);
    }
    if (!good || in.beyond()) return std::nullopt;
    if (last) return LastBlock{begin, in.position()};
  }
}

bool put_stream(BitWriter& out, std::span<const std::uint8_t> stream, bool last) {
  const std::optional<LastBlock> block = last_block(stream);
  if (!block) return false;
  std::vector<std::uint8_t> bytes(stream.begin(),
                                  stream.begin() + static_cast<std::ptrdiff_t>(block->end / 8));
  unsigned rest = block->end % 8 == 0 ? 0 : stream[block->end / 8];
  if (!last) {
    const auto clear = static_cast<std::uint8_t>(~(1U << block->begin % 8));
    if (block->begin / 8 < bytes.size()) {
      bytes[block->begin / 8] &= clear;
    } else {
      rest &= clear;
    }
  }
  out.bytes(bytes);
  const unsigned bits = block->end % 8;
  out.put(rest & ((1U << bits) - 1), bits);
  if (!last && bits != 0) {
    // Stored blocks count on whole bytes: an empty one fills this byte.
    out.put(0, 3);
    out.align();
    out.put(0xFFFF0000, 32);
  }
  return true;
}

}  // namespace imgmill::png

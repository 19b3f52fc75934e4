#include "png/pieces.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace imgmill::png {
namespace {

/// Reads bits from the lowest of each byte on. Zeros follow the end; position() tells.
class BitReader {
 public:
  explicit BitReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  // Returns at least the next 24 bits without consuming them.
  [[nodiscard]] std::uint32_t peek() const {
    const std::size_t byte = at_ / 8;
    std::uint64_t bits = 0;
    if (byte + sizeof bits <= bytes_.size()) {
      std::memcpy(&bits, bytes_.data() + byte, sizeof bits);
      if constexpr (std::endian::native == std::endian::big) bits = std::byteswap(bits);
    } else {
      for (std::size_t i = 0; byte + i < bytes_.size(); ++i) {
        bits |= std::uint64_t{bytes_[byte + i]} << 8 * i;
      }
    }
    return static_cast<std::uint32_t>(bits >> at_ % 8);
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
constexpr unsigned no_symbol = 0xFFFF;

/// Decodes one symbol from the next bits.
class Decoder {
 public:
  // Unused codes decode to no_symbol.
  explicit Decoder(std::span<const std::uint8_t> lengths)
      : bits_(lengths.empty() ? 0 : std::ranges::max(lengths)),
        entries_(std::size_t{1} << bits_, none) {
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
      if (code >> bits != 0) continue;  // over-subscribed code
      unsigned turned = 0;
      for (unsigned bit = 0; bit < bits; ++bit) turned |= (code >> bit & 1) << (bits - 1 - bit);
      const auto entry = static_cast<std::uint16_t>(symbol << length_bits | bits);
      for (std::size_t i = turned; i < entries_.size(); i += std::size_t{1} << bits) {
        entries_[i] = entry;
      }
    }
  }

  unsigned next(BitReader& in) const {
    const std::uint16_t entry = entries_[in.peek() & ((1U << bits_) - 1)];
    if (entry == none) return no_symbol;
    in.skip(entry & ((1U << length_bits) - 1));
    return entry >> length_bits;
  }

 private:
  static constexpr unsigned length_bits = 4;
  static constexpr std::uint16_t none = 0xFFFF;
  unsigned bits_;  ///< length of the longest code
  std::vector<std::uint16_t> entries_;
};

// The code lengths of a block: literals, then distances.
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

std::uint32_t sum_of(std::span<const std::uint8_t> raw) {
  return libdeflate_adler32(1, raw.data(), raw.size());
}

// Adler-32 of two concatenated blocks, the second of `size` bytes (RFC 1950, 9: two sums modulo
// 65521, the first of the bytes and 1, the second of the first after each byte).
std::uint32_t joined_sum(std::uint32_t one, std::uint32_t other, std::size_t size) {
  constexpr std::uint64_t modulus = 65521;
  const std::uint64_t before = (one & 0xFFFF) + modulus - 1;
  const std::uint64_t low = (before + (other & 0xFFFF)) % modulus;
  const std::uint64_t high = ((one >> 16) + (other >> 16) + size % modulus * before) % modulus;
  return static_cast<std::uint32_t>(high << 16 | low);
}

}  // namespace

std::optional<LastBlock> last_block(std::span<const std::uint8_t> stream) {
  BitReader in(stream);
  bool any_stored = false;
  for (;;) {
    const std::size_t begin = in.position();
    const bool last = in.take(1) == 1;
    const unsigned type = in.take(2);
    bool good = false;
    if (type == 0) {
      good = skip_stored(in);
      any_stored = true;
    } else if (type == 1) {
      good = skip_symbols(in, fixed_block_codes());
    } else if (type == 2) {
      const std::optional<BlockCodes> codes = dynamic_codes(in);
      good = codes && skip_symbols(in, *codes);
    }
    if (!good || in.beyond()) return std::nullopt;
    if (last) return LastBlock{begin, in.position(), any_stored};
  }
}

Piece piece_of(BitWriter out, std::span<const std::uint8_t> raw) {
  const std::size_t bits = out.bits();
  const bool whole_bytes = out.was_aligned();
  return {out.take(), bits, whole_bytes, raw.size(), sum_of(raw)};
}

std::optional<Piece> piece_of(std::span<const std::uint8_t> stream,
                              std::span<const std::uint8_t> raw, bool last) {
  const std::optional<LastBlock> block = last_block(stream);
  if (!block) return std::nullopt;
  Piece piece{
      {stream.begin(), stream.end()}, block->end, block->any_stored, raw.size(), sum_of(raw)};
  if (!last) piece.bytes[block->begin / 8] &= static_cast<std::uint8_t>(~(1U << block->begin % 8));
  return piece;
}

std::vector<std::uint8_t> zlib_stream_of(std::vector<Piece> pieces) {
  constexpr std::size_t around = 64;
  constexpr std::size_t between = 16;
  std::size_t size = around;
  for (const Piece& piece : pieces) size += piece.bytes.size() + between;
  BitWriter out(size);
  out.put(0x78, 8);  // deflate with a 32 KiB window
  out.put(0xDA, 8);  // slowest compression; makes the header a multiple of 31
  std::uint32_t sum = 1;
  for (Piece& piece : pieces) {
    if (piece.whole_bytes && out.bits() % 8 != 0) {
      // An empty stored block pads to a byte boundary.
      out.put(0, 3);
      out.align();
      out.put(0xFFFF0000, 32);
    }
    out.append(piece.bytes, piece.bits);
    sum = joined_sum(sum, piece.sum, piece.size);
    piece = {};
  }
  out.align();
  for (unsigned shift = 32; shift > 0; shift -= 8) out.put(sum >> (shift - 8) & 0xFF, 8);
  return out.take();
}

}  // namespace imgmill::png

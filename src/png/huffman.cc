#include "png/huffman.h"

#include <algorithm>
#include <numeric>

namespace imgmill::png {
namespace {

constexpr std::size_t length_symbols = 29;

struct LengthTable {
  std::array<LengthCode, longest_match + 1> codes{};

  constexpr LengthTable() {
    unsigned length = shortest_match;
    for (unsigned symbol = 0; symbol < length_symbols; ++symbol) {
      const unsigned extra = symbol < 8 ? 0 : symbol / 4 - 1;
      const unsigned base = length;
      for (unsigned i = 0; i < 1U << extra && length <= longest_match; ++i, ++length) {
        codes[length] = {static_cast<std::uint16_t>(257 + symbol), static_cast<std::uint8_t>(extra),
                         static_cast<std::uint16_t>(base)};
      }
      if (symbol == length_symbols - 2) length = longest_match;  // the longest has its own symbol
    }
    codes[longest_match] = {285, 0, longest_match};
  }
};

constexpr LengthTable lengths;

constexpr std::size_t header_symbols = header_order.size();

// Canonical codes, bit-reversed as deflate writes them.
std::vector<std::uint16_t> codes_of(std::span<const std::uint8_t> code_length) {
  std::array<unsigned, 17> count{};
  for (const std::uint8_t bits : code_length) ++count[bits];
  count[0] = 0;
  std::array<unsigned, 17> next{};
  for (std::size_t bits = 1; bits < next.size(); ++bits) {
    next[bits] = (next[bits - 1] + count[bits - 1]) << 1;
  }
  std::vector<std::uint16_t> codes(code_length.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    unsigned code = next[code_length[i]]++;
    unsigned turned = 0;
    for (unsigned bit = 0; bit < code_length[i]; ++bit, code >>= 1)
      turned = turned << 1 | (code & 1);
    codes[i] = static_cast<std::uint16_t>(turned);
  }
  return codes;
}

/// Code lengths in the run-length form of a block header.
struct HeaderItem {
  std::uint8_t symbol;
  std::uint8_t extra;
  std::uint8_t extra_bits;
};

struct Codes {
  std::vector<std::uint8_t> literal;
  std::vector<std::uint8_t> distance;
  std::vector<HeaderItem> items;
  std::vector<std::uint8_t> header;  ///< code lengths of the header's own symbols
  std::size_t header_used = 0;       ///< entries of header_order
  std::uint64_t header_bits = 0;
};

std::vector<HeaderItem> run_lengths(const std::vector<std::uint8_t>& all) {
  std::vector<HeaderItem> items;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t run = 1;
    while (i + run < all.size() && all[i + run] == all[i]) ++run;
    std::size_t left = run;
    if (all[i] == 0) {
      while (left >= 11) {
        const std::size_t now = std::min<std::size_t>(left, 138);
        items.push_back({18, static_cast<std::uint8_t>(now - 11), 7});
        left -= now;
      }
      if (left >= 3) {
        items.push_back({17, static_cast<std::uint8_t>(left - 3), 3});
        left = 0;
      }
    } else {
      items.push_back({all[i], 0, 0});
      --left;
      while (left >= 3) {
        // Six of seven would leave a single one; four and three do not.
        const std::size_t now = left == 7 ? 4 : std::min<std::size_t>(left, 6);
        items.push_back({16, static_cast<std::uint8_t>(now - 3), 2});
        left -= now;
      }
    }
    for (; left > 0; --left) items.push_back({all[i], 0, 0});
    i += run;
  }
  return items;
}

Codes codes_for(const Histogram& histogram) {
  Codes codes;
  std::array<std::uint32_t, literal_symbols> literal = histogram.literal;
  literal[end_symbol] = 1;
  codes.literal = code_lengths(literal, 15);
  codes.distance = code_lengths(histogram.distance, 15);
  // Some decoders require at least one distance code.
  if (std::ranges::count(codes.distance, 0) == static_cast<std::ptrdiff_t>(distance_symbols)) {
    codes.distance[0] = 1;
  }
  std::size_t literals = literal_symbols;
  while (literals > 257 && codes.literal[literals - 1] == 0) --literals;
  std::size_t distances = distance_symbols;
  while (distances > 1 && codes.distance[distances - 1] == 0) --distances;
  codes.literal.resize(literals);
  codes.distance.resize(distances);

  std::vector<std::uint8_t> all = codes.literal;
  all.insert(all.end(), codes.distance.begin(), codes.distance.end());
  codes.items = run_lengths(all);
  std::array<std::uint32_t, header_symbols> count{};
  for (const HeaderItem& item : codes.items) ++count[item.symbol];
  codes.header = code_lengths(count, 7);
  codes.header_used = header_symbols;
  while (codes.header_used > 4 && codes.header[header_order[codes.header_used - 1]] == 0) {
    --codes.header_used;
  }
  codes.header_bits = 3 + 5 + 5 + 4 + 3 * codes.header_used;
  for (const HeaderItem& item : codes.items) {
    codes.header_bits += codes.header[item.symbol] + item.extra_bits;
  }
  return codes;
}

std::uint64_t body_bits(const Histogram& histogram, std::span<const std::uint8_t> literal,
                        std::span<const std::uint8_t> distance) {
  std::uint64_t bits = literal[end_symbol];
  for (std::size_t i = 0; i < literal.size(); ++i) {
    if (i != end_symbol) bits += std::uint64_t{histogram.literal[i]} * literal[i];
  }
  for (std::size_t i = 0; i < distance.size(); ++i) {
    bits += std::uint64_t{histogram.distance[i]} *
            (distance[i] + distance_extra_bits(static_cast<unsigned>(i)));
  }
  for (std::size_t i = 265; i < literal_symbols - 1; ++i) {
    bits += std::uint64_t{histogram.literal[i]} * ((i - 257) / 4 - 1);
  }
  return bits;
}

struct FixedCodes {
  std::vector<std::uint8_t> literal;
  std::vector<std::uint8_t> distance;

  FixedCodes() : literal(288), distance(30, 5) {
    for (std::size_t i = 0; i < literal.size(); ++i) {
      literal[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    }
  }
};

const FixedCodes& fixed_codes() {
  static const FixedCodes codes;
  return codes;
}

void put_tokens(BitWriter& out, std::span<const Token> tokens,
                std::span<const std::uint8_t> literal, std::span<const std::uint8_t> distance) {
  const std::vector<std::uint16_t> literal_code = codes_of(literal);
  const std::vector<std::uint16_t> distance_code = codes_of(distance);
  for (const Token& token : tokens) {
    if (token.is_literal()) {
      out.put(literal_code[token.distance], literal[token.distance]);
      continue;
    }
    const LengthCode& length = length_code(token.length);
    out.put(literal_code[length.symbol], literal[length.symbol]);
    out.put(token.length - length.base, length.extra_bits);
    const unsigned symbol = distance_symbol(token.distance);
    out.put(distance_code[symbol], distance[symbol]);
    const unsigned extra = distance_extra_bits(symbol);
    out.put((token.distance - 1U) & ((1U << extra) - 1), extra);
  }
  out.put(literal_code[end_symbol], literal[end_symbol]);
}

void put_stored(BitWriter& out, std::span<const std::uint8_t> raw, bool last) {
  constexpr std::size_t most = 65535;
  do {
    const std::size_t now = std::min(raw.size(), most);
    out.put(last && now == raw.size() ? 1 : 0, 1);
    out.put(0, 2);
    out.align();
    out.put(now, 16);
    out.put(now ^ 0xFFFF, 16);
    out.bytes(raw.first(now));
    raw = raw.subspan(now);
  } while (!raw.empty());
}

}  // namespace

const LengthCode& length_code(unsigned length) { return lengths.codes[length]; }

std::vector<std::uint8_t> code_lengths(std::span<const std::uint32_t> counts, unsigned limit) {
  std::vector<std::uint8_t> bits(counts.size());
  std::vector<std::uint16_t> symbols;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) symbols.push_back(static_cast<std::uint16_t>(i));
  }
  const std::size_t leaves = symbols.size();
  if (leaves <= 2) {
    for (const std::uint16_t symbol : symbols) bits[symbol] = 1;
    return bits;
  }
  std::ranges::stable_sort(symbols, {}, [&](std::uint16_t symbol) { return counts[symbol]; });

  // Each level holds the leaves and the pairs of the level below, lightest first. All that is
  // needed of a level later is which of its items are leaves.
  std::vector<std::vector<bool>> is_leaf(limit);
  std::vector<std::uint64_t> below;
  std::vector<std::uint64_t> level;
  for (unsigned depth = 0; depth < limit; ++depth) {
    level.clear();
    std::size_t leaf = 0;
    std::size_t pair = 0;
    const std::size_t pairs = below.size() / 2;
    while (leaf < leaves || pair < pairs) {
      const std::uint64_t together =
          pair < pairs ? below[2 * pair] + below[2 * pair + 1] : ~std::uint64_t{0};
      const bool take_leaf = leaf < leaves && counts[symbols[leaf]] <= together;
      is_leaf[depth].push_back(take_leaf);
      if (take_leaf) {
        level.push_back(counts[symbols[leaf++]]);
      } else {
        level.push_back(together);
        ++pair;
      }
    }
    std::swap(level, below);
  }
  // Take the 2n - 2 lightest items of the top level: each leaf costs its symbol one bit, each pair
  // takes two items of the level below.
  std::size_t items = 2 * leaves - 2;
  for (unsigned depth = limit; depth-- > 0 && items > 0;) {
    std::size_t taken = 0;
    for (std::size_t i = 0; i < items; ++i) taken += is_leaf[depth][i] ? 1 : 0;
    for (std::size_t i = 0; i < taken; ++i) ++bits[symbols[i]];
    items = 2 * (items - taken);
  }
  return bits;
}

void BitWriter::append(std::span<const std::uint8_t> more, std::size_t bits) {
  const std::size_t whole = bits / 8;
  if (used_ == 0) {
    bytes(more.first(whole));
  } else {
    std::size_t at = bytes_.size();
    bytes_.resize(at + whole);
    auto carried = static_cast<unsigned>(buffer_);
    for (const std::uint8_t byte : more.first(whole)) {
      const unsigned both = carried | unsigned{byte} << used_;
      bytes_[at++] = static_cast<std::uint8_t>(both);
      carried = both >> 8;
    }
    buffer_ = carried;
  }
  const auto rest = static_cast<unsigned>(bits % 8);
  if (rest > 0) put(more[whole] & ((1U << rest) - 1), rest);
}

std::uint64_t block_bits(const Histogram& histogram) {
  const Codes codes = codes_for(histogram);
  return codes.header_bits + body_bits(histogram, codes.literal, codes.distance);
}

void put_block(BitWriter& out, std::span<const Token> tokens, std::span<const std::uint8_t> raw,
               bool last) {
  Histogram histogram;
  for (const Token& token : tokens) histogram.count(token);
  const Codes codes = codes_for(histogram);
  const std::uint64_t own = codes.header_bits + body_bits(histogram, codes.literal, codes.distance);
  const FixedCodes& fixed = fixed_codes();
  const std::uint64_t common =
      3 + body_bits(histogram, std::span(fixed.literal).first(literal_symbols), fixed.distance);
  const std::uint64_t stored = (raw.size() + 5 * (raw.size() / 65535 + 1) + 1) * 8;
  if (stored < std::min(own, common)) return put_stored(out, raw, last);

  out.put(last ? 1 : 0, 1);
  if (common <= own) {
    out.put(1, 2);
    return put_tokens(out, tokens, fixed.literal, fixed.distance);
  }
  out.put(2, 2);
  out.put(codes.literal.size() - 257, 5);
  out.put(codes.distance.size() - 1, 5);
  out.put(codes.header_used - 4, 4);
  for (std::size_t i = 0; i < codes.header_used; ++i) out.put(codes.header[header_order[i]], 3);
  const std::vector<std::uint16_t> header_code = codes_of(codes.header);
  for (const HeaderItem& item : codes.items) {
    out.put(header_code[item.symbol], codes.header[item.symbol]);
    out.put(item.extra, item.extra_bits);
  }
  put_tokens(out, tokens, codes.literal, codes.distance);
}

}  // namespace imgmill::png

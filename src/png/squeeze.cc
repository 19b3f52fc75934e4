#include "png/squeeze.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "png/huffman.h"

namespace imgmill::png {
namespace {

using Bytes = std::span<const std::uint8_t>;

// What is parsed and split into blocks in one go, bytes.
constexpr std::size_t segment_size = std::size_t{1} << 19;
// Blocks begin and end at multiples of about this, bytes.
constexpr std::size_t unit_size = 6144;

// Fractions of a bit that costs are counted in.
constexpr double cost_unit = 256;
using Cost = std::uint32_t;

struct Match {
  std::uint16_t length;
  std::uint16_t distance;  // 32768 at most
  std::uint32_t symbol;    // of the distance
};

std::uint32_t load32(const std::uint8_t* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::uint64_t load64(const std::uint8_t* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

unsigned common_length(const std::uint8_t* a, const std::uint8_t* b, unsigned most) {
  unsigned length = 0;
  while (length + 8 <= most) {
    const std::uint64_t difference = load64(a + length) ^ load64(b + length);
    if (difference != 0) {
      const int bits = std::endian::native == std::endian::little ? std::countr_zero(difference)
                                                                  : std::countl_zero(difference);
      return length + static_cast<unsigned>(bits) / 8;
    }
    length += 8;
  }
  while (length < most && a[length] == b[length]) ++length;
  return length;
}

/// Earlier places with the same bytes, by hash chains.
class MatchFinder {
 public:
  MatchFinder(Bytes data, const Squeeze& how)
      : data_(data),
        how_(how),
        head3_(1U << bits3, none),
        head4_(1U << bits4, none),
        previous_(window_size, none) {}

  /// The matches of all places from `begin` to `end`, each place's behind each other: longer
  /// ones are farther away. `first[i]` is where those of place begin + i start.
  void find(std::size_t begin, std::size_t end, std::vector<Match>& matches,
            std::vector<std::uint32_t>& first) {
    matches.clear();
    first.clear();
    std::size_t skip = 0;
    for (std::size_t at = begin; at < end; ++at) {
      first.push_back(static_cast<std::uint32_t>(matches.size()));
      if (skip > 0) {
        --skip;
        note(at);
        continue;
      }
      const unsigned longest = look(at, end, matches);
      // Inside of a long match nothing better will come up.
      if (longest >= how_.nice) skip = longest - 1;
    }
    first.push_back(static_cast<std::uint32_t>(matches.size()));
  }

 private:
  // Noise has a different three bytes at each place of the window.
  static constexpr unsigned bits3 = 18;
  static constexpr unsigned bits4 = 16;
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  [[nodiscard]] std::size_t hash3(std::uint32_t bytes) const {
    // The order of the bytes in a word does not matter, as long as there are three.
    return ((bytes & 0xFFFFFF) * 0x9E3779B1U) >> (32 - bits3);
  }
  [[nodiscard]] std::size_t hash4(std::uint32_t bytes) const {
    return (bytes * 0x9E3779B1U) >> (32 - bits4);
  }
  [[nodiscard]] std::uint32_t three(std::size_t at) const {
    return std::uint32_t{data_[at]} | std::uint32_t{data_[at + 1]} << 8 |
           std::uint32_t{data_[at + 2]} << 16;
  }

  void note(std::size_t at) {
    if (at + 4 > data_.size()) return;
    const auto place = static_cast<std::uint32_t>(at);
    const std::uint32_t bytes = load32(&data_[at]);
    head3_[hash3(three(at))] = place;
    std::uint32_t& head = head4_[hash4(bytes)];
    previous_[at % window_size] = head;
    head = place;
  }

  unsigned look(std::size_t at, std::size_t end, std::vector<Match>& matches) {
    if (at + 4 > data_.size()) return 0;
    const auto most = static_cast<unsigned>(std::min<std::size_t>(longest_match, end - at));
    const std::uint8_t* here = data_.data() + at;
    const std::uint32_t near = head3_[hash3(three(at))];
    std::uint32_t place = head4_[hash4(load32(here))];
    note(at);
    unsigned longest = shortest_match - 1;
    if (most < shortest_match) return 0;
    const auto consider = [&](std::size_t there) {
      const unsigned length = common_length(data_.data() + there, here, most);
      if (length <= longest) return;
      longest = length;
      const auto distance = static_cast<std::uint16_t>(at - there);
      matches.push_back({static_cast<std::uint16_t>(length), distance, distance_symbol(distance)});
    };
    if (near != none && at - near <= window_size) consider(near);
    for (unsigned tries = how_.chain; tries > 0 && place != none && at - place <= window_size;
         --tries) {
      if (longest >= how_.nice || longest >= most) break;
      const std::uint8_t* there = data_.data() + place;
      if (there[longest] == here[longest] && load32(there) == load32(here)) consider(place);
      const std::uint32_t next = previous_[place % window_size];
      // An entry that was overwritten leads to the future.
      if (next == none || next >= place) break;
      place = next;
    }
    return longest;
  }

  Bytes data_;
  const Squeeze& how_;
  std::vector<std::uint32_t> head3_;
  std::vector<std::uint32_t> head4_;
  std::vector<std::uint32_t> previous_;
};

/// What symbols cost, extra bits included.
struct Costs {
  std::array<Cost, 256> literal{};
  std::array<Cost, longest_match + 1> length{};
  std::array<Cost, distance_symbols> distance{};
};

Cost cost_of(double total, double count) {
  // What does not come up would cost about this much if it did.
  if (count == 0) count = 0.5;
  return static_cast<Cost>(std::lround(cost_unit * std::log2(total / count)));
}

Cost in_units(unsigned bits) { return static_cast<Cost>(bits * cost_unit); }

Costs costs_of(const Histogram& histogram) {
  Costs costs;
  double total = 1;
  for (const std::uint32_t count : histogram.literal) total += count;
  for (std::size_t i = 0; i < 256; ++i) costs.literal[i] = cost_of(total, histogram.literal[i]);
  std::array<Cost, literal_symbols> symbol{};
  for (std::size_t i = 257; i < literal_symbols; ++i) {
    symbol[i] = cost_of(total, histogram.literal[i]);
  }
  for (unsigned length = shortest_match; length <= longest_match; ++length) {
    const LengthCode& code = length_code(length);
    costs.length[length] = symbol[code.symbol] + in_units(code.extra_bits);
  }
  double distances = 1;
  for (const std::uint32_t count : histogram.distance) distances += count;
  for (unsigned i = 0; i < distance_symbols; ++i) {
    costs.distance[i] =
        cost_of(distances, histogram.distance[i]) + in_units(distance_extra_bits(i));
  }
  return costs;
}

constexpr unsigned dear_match = 10;
constexpr unsigned cheap_match = 4;

// Before anything is known: matches at a flat price, bytes as often as they are there where
// matches are dear, and else at a flat price, too.
Costs first_costs(Bytes data, unsigned match_bits) {
  Costs costs;
  if (match_bits == cheap_match) {
    costs.literal.fill(in_units(8));
  } else {
    Histogram histogram;
    for (const std::uint8_t byte : data) ++histogram.literal[byte];
    costs = costs_of(histogram);
  }
  for (unsigned length = shortest_match; length <= longest_match; ++length) {
    costs.length[length] = in_units(match_bits + length_code(length).extra_bits);
  }
  for (unsigned i = 0; i < distance_symbols; ++i) {
    costs.distance[i] = in_units(4 + distance_extra_bits(i));
  }
  return costs;
}

/// n log2 n.
class Weights {
 public:
  Weights() {
    for (std::size_t n = 1; n < table_.size(); ++n) table_[n] = exact(static_cast<double>(n));
  }
  [[nodiscard]] double of(std::uint32_t n) const {
    return n < table_.size() ? table_[n] : exact(n);
  }

 private:
  static double exact(double n) { return n * std::log2(n); }
  std::array<double, 8192> table_{};
};

const Weights& weights() {
  static const Weights all;
  return all;
}

// About the size of a block, bits: entropies, and some bits for the length of each code.
double about(const Histogram& histogram) {
  constexpr double header = 80;
  constexpr double bits_a_code = 3.5;
  const Weights& weight = weights();
  double bits = header;
  std::uint32_t total = 1;
  std::uint32_t codes = 0;
  for (const std::uint32_t count : histogram.literal) {
    total += count;
    codes += count > 0 ? 1 : 0;
    bits -= weight.of(count);
  }
  bits += weight.of(total);
  total = 0;
  for (const std::uint32_t count : histogram.distance) {
    total += count;
    codes += count > 0 ? 1 : 0;
    bits -= weight.of(count);
  }
  return bits + weight.of(total) + bits_a_code * codes;
}

void add(Histogram& to, const Histogram& more) {
  for (std::size_t i = 0; i < to.literal.size(); ++i) to.literal[i] += more.literal[i];
  for (std::size_t i = 0; i < to.distance.size(); ++i) to.distance[i] += more.distance[i];
}

using Tokens = std::vector<Token>;

/// One segment: its matches, and parses of parts of it.
class Segment {
 public:
  Segment(Bytes data, std::size_t begin, std::size_t end, MatchFinder& finder)
      : data_(data.subspan(begin, end - begin)), cost_(data_.size() + 1), choice_(data_.size()) {
    finder.find(begin, end, matches_, first_);
  }

  [[nodiscard]] Bytes data() const { return data_; }

  /// The cheapest tokens for the bytes from `begin` to `end`, by dynamic programming from the
  /// end on.
  Tokens parse(std::size_t begin, std::size_t end, const Costs& costs) {
    // Nothing but pointers in here: this is where most of the time goes.
    Cost* const cost = cost_.data();
    const Match* const matches = matches_.data();
    cost[end] = 0;
    for (std::size_t at = end; at-- > begin;) {
      const std::uint8_t byte = data_[at];
      Cost best = costs.literal[byte] + cost[at + 1];
      std::uint32_t choice = 1U << 16 | byte;
      std::size_t length = shortest_match;
      const Match* const stop = matches + first_[at + 1];
      for (const Match* match = matches + first_[at]; match < stop; ++match) {
        const Cost distance = costs.distance[match->symbol];
        const std::size_t most = std::min<std::size_t>(match->length, end - at);
        for (; length <= most; ++length) {
          const Cost now = distance + costs.length[length] + cost[at + length];
          const auto way = static_cast<std::uint32_t>(length << 16 | match->distance);
          choice = now < best ? way : choice;
          best = now < best ? now : best;
        }
      }
      cost[at] = best;
      choice_[at] = choice;
    }
    Tokens tokens;
    tokens.reserve((end - begin) / 2);
    for (std::size_t at = begin; at < end; at += choice_[at] >> 16) {
      tokens.push_back({static_cast<std::uint16_t>(choice_[at] >> 16),
                        static_cast<std::uint16_t>(choice_[at] & 0xFFFF)});
    }
    return tokens;
  }

  /// Where blocks should begin, by their entropies: the cheapest way from unit to unit. The last
  /// number is the end. The tokens must stand for the whole segment.
  [[nodiscard]] std::vector<std::size_t> split(const Tokens& tokens) const {
    std::vector<Histogram> units(1);
    std::vector<std::size_t> starts = {0};
    std::size_t at = 0;
    for (const Token& token : tokens) {
      if (at >= starts.back() + unit_size) {
        starts.push_back(at);
        units.emplace_back();
      }
      units.back().count(token);
      at += token.length;
    }
    starts.push_back(at);

    const std::size_t count = units.size();
    std::vector<double> best(count + 1, std::numeric_limits<double>::max());
    std::vector<std::size_t> from(count + 1);
    best[0] = 0;
    for (std::size_t begin = 0; begin < count; ++begin) {
      Histogram sum;
      for (std::size_t end = begin + 1; end <= count; ++end) {
        add(sum, units[end - 1]);
        const double bits = best[begin] + about(sum);
        if (bits < best[end]) {
          best[end] = bits;
          from[end] = begin;
        }
      }
    }
    std::vector<std::size_t> borders;
    for (std::size_t end = count; end > 0; end = from[end]) borders.push_back(starts[end]);
    borders.push_back(0);
    std::ranges::reverse(borders);
    return borders;
  }

 private:
  Bytes data_;
  std::vector<Match> matches_;
  std::vector<std::uint32_t> first_;
  std::vector<Cost> cost_;
  std::vector<std::uint32_t> choice_;  ///< length and distance of the best token at each place
};

Histogram histogram_of(const Tokens& tokens) {
  Histogram histogram;
  for (const Token& token : tokens) histogram.count(token);
  return histogram;
}

/// A block as it was parsed last.
struct Block {
  Tokens tokens;
  std::uint64_t bits = std::numeric_limits<std::uint64_t>::max();
};

// Parses again and again with the costs of the parse before.
void refine(Segment& segment, std::size_t begin, std::size_t end, Costs costs, unsigned passes,
            Block& best) {
  for (unsigned pass = 0; pass < passes; ++pass) {
    Tokens tokens = segment.parse(begin, end, costs);
    const Histogram histogram = histogram_of(tokens);
    const std::uint64_t bits = block_bits(histogram);
    if (bits < best.bits) {
      best.bits = bits;
      best.tokens = std::move(tokens);
    } else if (pass > 0) {
      break;
    }
    costs = costs_of(histogram);
  }
}

Tokens join(const std::vector<Block>& blocks) {
  Tokens all;
  for (const Block& block : blocks) all.insert(all.end(), block.tokens.begin(), block.tokens.end());
  return all;
}

void put_segment(BitWriter& out, Segment& segment, const Squeeze& how, bool last) {
  const Bytes data = segment.data();
  const unsigned expected = how.starts == Squeeze::cheap ? cheap_match : dear_match;
  Tokens tokens = segment.parse(0, data.size(), first_costs(data, expected));
  std::vector<std::size_t> borders;
  std::vector<Block> blocks;
  for (int round = 0; round < (how.split_again ? 2 : 1); ++round) {
    borders = segment.split(tokens);
    std::vector<Block> now(borders.size() - 1);
    std::size_t token = 0;
    for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
      const std::size_t begin = borders[i];
      const std::size_t end = borders[i + 1];
      // The block's part of the parse that it was cut out of.
      Block& block = now[i];
      for (std::size_t at = begin; at < end; at += tokens[token++].length) {
        block.tokens.push_back(tokens[token]);
      }
      const Histogram histogram = histogram_of(block.tokens);
      block.bits = block_bits(histogram);
      refine(segment, begin, end, costs_of(histogram), how.passes, block);
      if (how.starts == Squeeze::both) {
        refine(segment, begin, end, first_costs(data.subspan(begin, end - begin), cheap_match),
               how.passes + 1, block);
      }
    }
    blocks = std::move(now);
    if (how.split_again && round == 0) tokens = join(blocks);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    put_block(out, blocks[i].tokens, data.subspan(borders[i], borders[i + 1] - borders[i]),
              last && i + 1 == blocks.size());
  }
}

}  // namespace

std::vector<std::uint8_t> squeezed(Bytes data, const Squeeze& how) {
  BitWriter out;
  out.put(0x78, 8);  // deflate with a window of 32 KiB
  out.put(0xDA, 8);  // slowest; makes the two a multiple of 31
  if (data.empty()) put_block(out, {}, data, true);
  MatchFinder finder(data, how);
  for (std::size_t begin = 0; begin < data.size(); begin += segment_size) {
    const std::size_t end = std::min(data.size(), begin + segment_size);
    Segment segment(data, begin, end, finder);
    put_segment(out, segment, how, end == data.size());
  }
  out.align();
  const std::uint32_t sum = libdeflate_adler32(1, data.data(), data.size());
  for (unsigned shift = 32; shift > 0; shift -= 8) out.put(sum >> (shift - 8) & 0xFF, 8);
  return out.take();
}

}  // namespace imgmill::png

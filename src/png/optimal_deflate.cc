#include "png/optimal_deflate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "png/huffman.h"
#include "png/match_finder.h"
#include "png/match_tree.h"
#include "png/parallel_for.h"
#include "png/parse.h"
#include "png/pieces.h"

namespace imgmill::png {
namespace {

using Bytes = std::span<const std::uint8_t>;

// Number of bytes that are parsed and split into blocks at once.
constexpr std::size_t segment_size = std::size_t{1} << 19;
// Blocks begin and end at multiples of about this many bytes.
constexpr std::size_t unit_size = 6144;

Cost cost_of(double total, double count) {
  // An unused symbol would cost about this much if it occurred.
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

// Initial costs: a flat price for matches; for literals their frequencies if matches are expensive,
// else a flat price as well.
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

/// n log2 n, from a table for small n.
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

// Estimates the size of a block in bits: entropies, plus some bits for the length of each code.
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
  Segment(Bytes data, std::size_t begin, std::size_t end, const DeflateParams& how)
      : data_(data.subspan(begin, end - begin)),
        cost_(data_.size() + 1 + parse_margin),
        choice_(data_.size()) {
    const auto find_with = [&](auto finder) {
      finder.learn(begin - std::min(begin, window_size), begin);
      finder.find(begin, end, matches_, first_);
    };
    if (how.finder == DeflateParams::trees) {
      find_with(MatchTree(data, how));
    } else {
      find_with(MatchFinder(data, how));
    }
  }

  [[nodiscard]] Bytes data() const { return data_; }

  /// Returns the cheapest tokens for the bytes from `begin` to `end`.
  Tokens parse(std::size_t begin, std::size_t end, const Costs& costs) {
    png::parse({.data = data_.data(),
                .begin = begin,
                .end = end,
                .matches = matches_.data(),
                .first = first_.data(),
                .costs = &costs,
                .cost = cost_.data(),
                .choice = choice_.data()});
    Tokens tokens;
    tokens.reserve((end - begin) / 2);
    for (std::size_t at = begin; at < end; at += choice_[at] >> 16) {
      tokens.push_back({static_cast<std::uint16_t>(choice_[at] >> 16),
                        static_cast<std::uint16_t>(choice_[at] & 0xFFFF)});
    }
    return tokens;
  }

  /// Chooses block borders by entropy: the cheapest path from unit to unit. The last element is the
  /// end. The tokens must cover the whole segment.
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

constexpr std::uint64_t nothing_yet = std::numeric_limits<std::uint64_t>::max();

/// The best parse of a block so far.
struct Block {
  std::size_t size = 0;  ///< uncompressed bytes
  Tokens tokens;
  std::uint64_t bits = nothing_yet;
};

// Parses repeatedly, each time with the costs of the previous parse. `little`: as in DeflateParams.
void refine(Segment& segment, std::size_t begin, std::size_t end, Costs costs, unsigned passes,
            unsigned little, Block& best) {
  for (unsigned pass = 0; pass < passes; ++pass) {
    Tokens tokens = segment.parse(begin, end, costs);
    const Histogram histogram = histogram_of(tokens);
    const std::uint64_t bits = block_bits(histogram);
    const bool better = bits < best.bits;
    const bool enough =
        better ? best.bits != nothing_yet && little > 0 && best.bits - bits < best.bits / little
               : pass > 0;
    if (better) {
      best.bits = bits;
      best.tokens = std::move(tokens);
    }
    if (enough) break;
    costs = costs_of(histogram);
  }
}

Tokens join(const std::vector<Block>& blocks) {
  Tokens all;
  for (const Block& block : blocks) all.insert(all.end(), block.tokens.begin(), block.tokens.end());
  return all;
}

// Returns the initial costs: of the two starts, the converged costs of the one that makes the
// middle of the segment smaller.
Costs better_start(Segment& segment, unsigned little) {
  constexpr std::size_t most = 96 * 1024;
  constexpr unsigned passes = 3;
  const Bytes data = segment.data();
  const std::size_t size = std::min(most, (data.size() + 1) / 2);
  const std::size_t begin = (data.size() - size) / 2;
  Costs best;
  std::uint64_t least = nothing_yet;
  for (const unsigned expected : {dear_match, cheap_match}) {
    Block block;
    refine(segment, begin, begin + size, first_costs(data.subspan(begin, size), expected), passes,
           little, block);
    if (block.bits >= least) continue;
    least = block.bits;
    best = costs_of(histogram_of(block.tokens));
  }
  return best;
}

std::vector<Block> blocks_of(Segment& segment, const DeflateParams& how) {
  const Bytes data = segment.data();
  const unsigned expected = how.starts == DeflateParams::cheap ? cheap_match : dear_match;
  Tokens tokens =
      segment.parse(0, data.size(),
                    how.starts == DeflateParams::better ? better_start(segment, how.little)
                                                        : first_costs(data, expected));
  std::vector<Block> blocks;
  for (int round = 0; round < (how.split_again ? 2 : 1); ++round) {
    const std::vector<std::size_t> borders = segment.split(tokens);
    std::vector<Block> now(borders.size() - 1);
    std::size_t token = 0;
    for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
      const std::size_t begin = borders[i];
      const std::size_t end = borders[i + 1];
      // The block's part of the parse that it was cut from.
      Block& block = now[i];
      for (std::size_t at = begin; at < end; at += tokens[token++].length) {
        block.tokens.push_back(tokens[token]);
      }
      const Histogram histogram = histogram_of(block.tokens);
      block.size = end - begin;
      block.bits = block_bits(histogram);
      refine(segment, begin, end, costs_of(histogram), how.passes, how.little, block);
      if (how.starts == DeflateParams::both) {
        refine(segment, begin, end, first_costs(data.subspan(begin, end - begin), cheap_match),
               how.passes + 1, how.little, block);
      }
    }
    blocks = std::move(now);
    if (how.split_again && round == 0) tokens = join(blocks);
  }
  return blocks;
}

}  // namespace

std::vector<std::uint8_t> optimal_deflate(const Content& content, const DeflateParams& how,
                                          int thread_count) {
  const std::size_t segments =
      std::max<std::size_t>((content.size + segment_size - 1) / segment_size, 1);
  std::vector<Piece> pieces(segments);
  parallel_for(thread_count, segments, [&](std::size_t i, std::size_t) {
    const std::size_t begin = i * segment_size;
    const std::size_t end = std::min(content.size, begin + segment_size);
    const std::size_t before = std::min(begin, window_size);
    const std::vector<std::uint8_t> data = content.part(begin - before, end);
    const Bytes own = Bytes(data).subspan(before);
    BitWriter out;
    if (own.empty()) {
      put_block(out, {}, own, true);
    } else {
      Segment segment(data, before, data.size(), how);
      std::size_t at = 0;
      for (const Block& block : blocks_of(segment, how)) {
        const bool last = end == content.size && at + block.size == own.size();
        put_block(out, block.tokens, own.subspan(at, block.size), last);
        at += block.size;
      }
    }
    pieces[i] = piece_of(std::move(out), own);
  });
  return zlib_stream_of(std::move(pieces));
}

std::vector<std::uint8_t> optimal_deflate(Bytes data, const DeflateParams& how, int thread_count) {
  return optimal_deflate(content_of(data), how, thread_count);
}

}  // namespace imgmill::png

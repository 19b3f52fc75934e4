#include "jpeg/scan_coder.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace imgmill::jpeg {
namespace {

constexpr std::uint32_t most_blocks_at_end = 0x7FFF;
constexpr std::uint8_t sixteen_zeros = 0xF0;

// Two sinks for the same traversal of a scan. Plain pointers: these are the innermost loops.
class Counter {
 public:
  explicit Counter(ScanHistograms& counts)
      : dc_{counts.dc[0].data(), counts.dc[1].data()},
        ac_{counts.ac[0].data(), counts.ac[1].data()},
        extra_bits_(counts.extra_bits) {}

  void dc(std::uint8_t code, int symbol, std::uint32_t, int extra) {
    ++dc_[code][symbol];
    extra_bits_ += static_cast<std::uint64_t>(extra);
  }
  void ac(std::uint8_t code, int symbol, std::uint32_t, int extra) {
    ++ac_[code][symbol];
    extra_bits_ += static_cast<std::uint64_t>(extra);
  }
  void raw(std::uint32_t, int count) { extra_bits_ += static_cast<std::uint64_t>(count); }

 private:
  std::uint32_t* dc_[2];
  std::uint32_t* ac_[2];
  std::uint64_t& extra_bits_;
};

class Writer {
 public:
  Writer(const ScanCodes& codes, BitWriter& out) : out_(out) {
    for (std::size_t i = 0; i < 2; ++i) {
      pack(codes.dc[i], dc_[i]);
      pack(codes.ac[i], ac_[i]);
    }
  }

  void dc(std::uint8_t code, int symbol, std::uint32_t bits, int extra) {
    put(dc_[code][symbol], bits, extra);
  }
  void ac(std::uint8_t code, int symbol, std::uint32_t bits, int extra) {
    put(ac_[code][symbol], bits, extra);
  }
  void raw(std::uint32_t bits, int count) { out_.put(bits, count); }

 private:
  using Packed = std::uint32_t[256];  // a code and, in the lowest byte, its length

  static void pack(const HuffmanCode& code, Packed& packed) {
    for (std::size_t i = 0; i < 256; ++i) {
      packed[i] = std::uint32_t{code.codes[i]} << 8 | code.lengths[i];
    }
  }
  void put(std::uint32_t code, std::uint32_t bits, int extra) {
    out_.put(code >> 8 << extra | bits, static_cast<int>(code & 0xFF) + extra);
  }

  Packed dc_[2];
  Packed ac_[2];
  BitWriter& out_;
};

// The bits of a range of coefficients in zigzag order.
constexpr std::uint64_t range(int first, int last) {
  return (~std::uint64_t{0} >> (63 - last)) & (~std::uint64_t{0} << first);
}

// The size class of a number and its additional bits (T.81, F.1.2.1). Classes above 11 are rejected
// when a file is written.
struct Magnitude {
  explicit Magnitude(int value)
      : size(
            std::min(static_cast<int>(std::bit_width(static_cast<unsigned>(std::abs(value)))), 15)),
        bits(static_cast<std::uint32_t>(value - (value < 0 ? 1 : 0)) & ((1U << size) - 1)) {}
  int size;
  std::uint32_t bits;
};

int level_at(const std::int16_t* block, int k) { return block[zigzag.data()[k]]; }

template <typename Sink>
void code_dc(int level, int& before, std::uint8_t code, Sink& sink) {
  const Magnitude difference(level - before);
  before = level;
  sink.dc(code, difference.size, difference.bits, difference.size);
}

// Codes a run of zeros and the level after it.
template <typename Sink>
void code_level(int run, int value, std::uint8_t code, Sink& sink) {
  for (; run > 15; run -= 16) sink.ac(code, sixteen_zeros, 0, 0);
  const Magnitude magnitude(value);
  sink.ac(code, run << 4 | magnitude.size, magnitude.bits, magnitude.size);
}

template <typename Sink>
void code_whole_block(const std::int16_t* block, std::uint64_t bits, std::uint8_t code,
                      Sink& sink) {
  int at = 0;
  for (bits &= range(1, 63); bits != 0; bits &= bits - 1) {
    const int k = std::countr_zero(bits);
    code_level(k - at - 1, level_at(block, k), code, sink);
    at = k;
  }
  if (at < 63) sink.ac(code, 0, 0, 0);
}

// Codes a run of blocks without further levels (EOB run).
template <typename Sink>
void end_blocks(std::uint32_t& ended, Sink& sink) {
  if (ended == 0) return;
  const int size = static_cast<int>(std::bit_width(ended)) - 1;
  sink.ac(0, size << 4, ended & ((1U << size) - 1), size);
  ended = 0;
}

// The first pass over a band (T.81, G.1.2.2).
template <typename Sink>
void first_pass(const Plane& plane, const std::vector<Significance>& marks, const Scan& scan,
                std::uint32_t every, Sink& sink) {
  const std::uint64_t wanted = range(scan.first, scan.last);
  const auto low = static_cast<std::size_t>(scan.low);
  std::uint32_t ended = 0;
  for (std::uint32_t row = 0; row < plane.blocks_high; row += every) {
    std::size_t index = std::size_t{row} * plane.blocks_wide;
    for (const std::size_t end = index + plane.blocks_wide; index < end; ++index) {
      std::uint64_t bits = marks.data()[index].bits.data()[low] & wanted;
      int at = scan.first - 1;
      if (bits != 0) {
        end_blocks(ended, sink);
        const std::int16_t* block = plane.block(index);
        for (; bits != 0; bits &= bits - 1) {
          const int k = std::countr_zero(bits);
          const int level = level_at(block, k);
          const int shifted = level < 0 ? -(-level >> low) : level >> low;
          code_level(k - at - 1, shifted, 0, sink);
          at = k;
        }
      }
      if (at < scan.last && ++ended == most_blocks_at_end) end_blocks(ended, sink);
    }
  }
  end_blocks(ended, sink);
}

// Correction bits for earlier coefficients, kept until the symbol they belong to is known.
class Corrections {
 public:
  void add(std::uint32_t bit) {
    last_ = last_ << 1 | bit;
    if (++count_ == 32) {
      words_.push_back(last_);
      count_ = 0;
      last_ = 0;
    }
  }
  template <typename Sink>
  void flush(Sink& sink) {
    for (const std::uint32_t word : words_) sink.raw(word, 32);
    if (count_ > 0) sink.raw(last_, count_);
    clear();
  }
  void take(Corrections& others) {
    for (const std::uint32_t word : others.words_) append(word, 32);
    append(others.last_, others.count_);
    others.clear();
  }
  [[nodiscard]] bool empty() const { return count_ == 0 && words_.empty(); }

 private:
  void append(std::uint32_t bits, int count) {
    while (count > 0) add(bits >> --count & 1);
  }
  void clear() {
    words_.clear();
    last_ = 0;
    count_ = 0;
  }

  std::vector<std::uint32_t> words_;
  std::uint32_t last_ = 0;
  int count_ = 0;
};

// A refinement pass over a band (T.81, G.1.2.3).
template <typename Sink>
void refining_pass(const Plane& plane, const std::vector<Significance>& marks, const Scan& scan,
                   std::uint32_t every, Sink& sink) {
  const std::uint64_t wanted = range(scan.first, scan.last);
  const auto low = static_cast<std::size_t>(scan.low);
  std::uint32_t ended = 0;
  Corrections of_ended;
  Corrections of_block;
  const auto end_all = [&] {
    end_blocks(ended, sink);
    of_ended.flush(sink);
  };
  for (std::uint32_t row = 0; row < plane.blocks_high; row += every) {
    std::size_t index = std::size_t{row} * plane.blocks_wide;
    for (const std::size_t end = index + plane.blocks_wide; index < end; ++index) {
      const std::uint64_t known = marks[index].bits[low + 1] & wanted;
      std::uint64_t bits = marks[index].bits[low] & wanted;
      const std::uint64_t fresh = bits & ~known;
      const int last_fresh = 63 - std::countl_zero(fresh);  // -1: none
      const std::int16_t* block = plane.block(index);
      int run = 0;
      int at = scan.first - 1;
      for (; bits != 0; bits &= bits - 1) {
        const int k = std::countr_zero(bits);
        const int size = std::abs(level_at(block, k)) >> low;
        run += k - at - 1;
        at = k;
        if (k <= last_fresh) {
          for (; run > 15; run -= 16) {
            end_all();
            sink.ac(0, sixteen_zeros, 0, 0);
            of_block.flush(sink);
          }
        }
        if ((known >> k & 1) != 0) {
          of_block.add(static_cast<std::uint32_t>(size & 1));
          continue;
        }
        end_all();
        sink.ac(0, run << 4 | 1, level_at(block, k) < 0 ? 0 : 1, 1);
        of_block.flush(sink);
        run = 0;
      }
      if (last_fresh < scan.last) {
        // Only zeros or previously known coefficients are left.
        const bool more = at < scan.last || !of_block.empty();
        if (more) {
          ++ended;
          of_ended.take(of_block);
          if (ended == most_blocks_at_end) end_all();
        }
      }
    }
  }
  end_all();
}

// The blocks of one plane in an MCU; a single block if the scan has only one plane.
struct Tile {
  std::size_t plane = 0;
  std::uint32_t wide = 1;
  std::uint32_t high = 1;
  std::uint8_t code = 0;
  int before = 0;  ///< the last coded DC level
};

// A block of a scan that contains DC: DC only, or all coefficients if the file is sequential.
template <typename Sink>
void code_dc_block(const CodedPicture& coded, const Scan& scan, bool whole, Tile& tile,
                   std::uint32_t row, std::uint32_t column, Sink& sink) {
  const Plane& plane = coded.picture.planes[tile.plane];
  const bool inside = row < plane.blocks_high && column < plane.blocks_wide;
  const std::size_t number = std::size_t{row} * plane.blocks_wide + column;
  if (scan.high > 0) {
    const int level = inside ? coded.dc[tile.plane][number] >> scan.low : 0;
    sink.raw(static_cast<std::uint32_t>(level) & 1U, 1);
    return;
  }
  // Padding beyond the edge is invisible: use whatever is cheapest to code.
  const int level = inside ? coded.dc[tile.plane][number] >> scan.low : tile.before;
  code_dc(level, tile.before, tile.code, sink);
  if (!whole) return;
  if (inside) {
    code_whole_block(plane.block(number), coded.marks[tile.plane][number].bits[0], tile.code, sink);
  } else {
    sink.ac(tile.code, 0, 0, 0);
  }
}

template <typename Sink>
void dc_scan(const CodedPicture& coded, const Scan& scan, bool whole, std::uint32_t every,
             Sink& sink) {
  const bool alone = scan.planes.size() == 1;
  std::vector<Tile> tiles;
  for (const int index : scan.planes) {
    const auto at = static_cast<std::size_t>(index);
    const Plane& plane = coded.picture.planes[at];
    tiles.push_back({.plane = at,
                     .wide = alone ? 1 : static_cast<std::uint32_t>(plane.across),
                     .high = alone ? 1 : static_cast<std::uint32_t>(plane.down),
                     .code = coded.code_of[at]});
  }
  const Plane& first = coded.picture.planes[tiles[0].plane];
  const std::uint32_t wide = alone ? first.blocks_wide : coded.mcus_wide;
  const std::uint32_t high = alone ? first.blocks_high : coded.mcus_high;
  for (std::uint32_t y = 0; y < high; y += every) {
    for (std::uint32_t x = 0; x < wide; ++x) {
      for (Tile& tile : tiles) {
        for (std::uint32_t row = y * tile.high; row < (y + 1) * tile.high; ++row) {
          for (std::uint32_t column = x * tile.wide; column < (x + 1) * tile.wide; ++column) {
            code_dc_block(coded, scan, whole, tile, row, column, sink);
          }
        }
      }
    }
  }
}

template <typename Sink>
void walk(const CodedPicture& coded, const Scan& scan, bool progressive, std::uint32_t every,
          Sink& sink) {
  if (scan.first == 0) {
    dc_scan(coded, scan, !progressive, every, sink);
    return;
  }
  const auto at = static_cast<std::size_t>(scan.planes[0]);
  if (scan.high == 0) {
    first_pass(coded.picture.planes[at], coded.marks[at], scan, every, sink);
  } else {
    refining_pass(coded.picture.planes[at], coded.marks[at], scan, every, sink);
  }
}

}  // namespace

CodedPicture::CodedPicture(const Picture& source) : picture(source) {
  int across = 1;
  int down = 1;
  for (const Plane& plane : source.planes) {
    across = std::max(across, plane.across);
    down = std::max(down, plane.down);
    marks.push_back(significance_of(plane));
    std::vector<std::int16_t>& levels = dc.emplace_back(plane.blocks());
    for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = plane.block(i)[0];
    code_of.push_back(plane.steps == source.planes[0].steps ? 0 : 1);
  }
  const auto mcus = [](std::uint32_t side, int blocks) {
    const auto size = static_cast<std::uint32_t>(8 * blocks);
    return (side + size - 1) / size;
  };
  mcus_wide = mcus(source.width, across);
  mcus_high = mcus(source.height, down);
}

ScanHistograms count_scan(const CodedPicture& coded, const Scan& scan, bool progressive,
                          std::uint32_t every) {
  ScanHistograms counts;
  Counter counter(counts);
  walk(coded, scan, progressive, every, counter);
  return counts;
}

void write_scan(const CodedPicture& coded, const Scan& scan, bool progressive,
                const ScanCodes& codes, BitWriter& out) {
  Writer writer(codes, out);
  walk(coded, scan, progressive, 1, writer);
}

}  // namespace imgmill::jpeg

#include "webp/coder.h"

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "webp/coder.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, so that it is included once per instruction set.
#include <hwy/highway.h>

#include "webp/macroblock-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imgmill::webp {
namespace HWY_NAMESPACE {

void CodeRow(Coder& coder) {
  for (std::size_t column = 0; column < coder.planes->wide; ++column) {
    Worker(coder, column).Code();
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::webp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

namespace imgmill::webp {
namespace {

HWY_EXPORT(CodeRow);

// Stand-ins for samples outside the picture: RFC 6386, section 12.2.
constexpr std::uint8_t beyond_top = 127;
constexpr std::uint8_t beyond_left = 129;

// Interval at which costs are adapted to the statistics so far.
constexpr std::size_t macroblocks_between_costs = 96;

void start_band(Band& band, std::size_t size, std::size_t wide) {
  band.stride = Band::margin + size * wide + Band::margin;
  band.samples.assign((size + 1) * band.stride, beyond_left);
  std::fill_n(band.samples.begin(), band.stride, beyond_top);
}

// Moves the last row of samples to the row above.
void move_band(Band& band, std::size_t size, std::size_t wide) {
  const auto last = band.samples.begin() + static_cast<std::ptrdiff_t>(size * band.stride);
  std::copy(last, last + static_cast<std::ptrdiff_t>(band.stride), band.samples.begin());
  // Beyond the right edge the last sample is repeated.
  const std::size_t end = Band::margin + size * wide;
  std::fill_n(band.samples.begin() + static_cast<std::ptrdiff_t>(end), Band::margin,
              band.samples[end - 1]);
}

void show(Band& band, std::size_t size, std::size_t row, std::size_t width,
          std::vector<std::uint8_t>& to) {
  for (std::size_t y = 0; y < size; ++y) {
    std::copy_n(band.at(0) + y * band.stride, width,
                to.begin() + static_cast<std::ptrdiff_t>((row * size + y) * width));
  }
}

}  // namespace

Coder::Coder(const Planes& from, const Segments& with, const Thought& care, std::size_t mode_bytes)
    : planes(&from), segments(&with), thought(care), above(from.wide), teller(from.wide) {
  for (std::size_t plane = 0; plane < 3; ++plane) {
    start_band(bands[plane], plane == 0 ? 16 : 8, from.wide);
  }
  const std::uint64_t all = from.wide * from.high;
  macroblocks.reserve(all);
  // Reserves the maximum: untouched pages take no memory, whereas growing would temporarily hold
  // the old buffer and one of twice the size.
  constexpr std::size_t most_levels = 25 * 16;
  levels.reserve(most_levels * all);
  // Besides the modes there are up to 2 KiB of probabilities, and for each macroblock its segment
  // and its skip flag.
  const std::uint64_t head = std::min<std::uint64_t>(mode_bytes / 2, 2048);
  const std::uint64_t bits = 8 * (mode_bytes - head) / 100 * 98;
  const std::uint64_t beside = all * (with.count > 1 ? 3 : 1);
  mode_room = bits > beside ? 256 * (bits - beside) : 0;
  fill_costs(default_probabilities, costs);
}

bool Coder::may_use_blocks() const {
  const std::uint64_t all = planes->wide * planes->high;
  // Spreads the budget evenly over the picture, with a ninth of it in advance.
  return mode_cost < mode_room / (9 * all) * (8 * macroblocks.size() + all);
}

std::size_t Coder::usable_whole_modes() const {
  const std::uint64_t all = planes->wide * planes->high;
  // Block modes stop earlier; the rest of the budget is for whole modes.
  return mode_cost < mode_room / (16 * all) * (15 * macroblocks.size() + all) ? whole_modes : 1;
}

void Coder::code_row() {
  left = {};
  const std::size_t old_levels = levels.size();
  HWY_DYNAMIC_DISPATCH(CodeRow)(*this);
  teller.start_row();
  const std::int16_t* next = levels.data() + old_levels;
  for (std::size_t column = 0; column < planes->wide; ++column) {
    next = teller.tell(macroblocks[row * planes->wide + column], column, next, counts);
  }
  since_costs += planes->wide;
  if (since_costs >= macroblocks_between_costs) {
    fill_costs(best_probabilities(counts), costs);
    since_costs = 0;
  }
  if (shown != nullptr) {
    show(bands[0], 16, row, planes->luma_stride(), shown->luma);
    show(bands[1], 8, row, planes->chroma_stride(), shown->blue);
    show(bands[2], 8, row, planes->chroma_stride(), shown->red);
  }
  for (std::size_t plane = 0; plane < 3; ++plane) {
    move_band(bands[plane], plane == 0 ? 16 : 8, planes->wide);
  }
  ++row;
}

}  // namespace imgmill::webp
#endif

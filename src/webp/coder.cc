#include "webp/coder.h"

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "webp/coder.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which makes them come once per instruction set.
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

// What stands for samples beyond the picture: RFC 6386, section 12.2.
constexpr std::uint8_t beyond_top = 127;
constexpr std::uint8_t beyond_left = 129;

// Costs follow what has been seen so far.
constexpr std::size_t macroblocks_between_costs = 96;

void start_band(Band& band, std::size_t size, std::size_t wide) {
  band.stride = Band::margin + size * wide + Band::margin;
  band.samples.assign((size + 1) * band.stride, beyond_left);
  std::fill_n(band.samples.begin(), band.stride, beyond_top);
}

// The last row of samples becomes the one above.
void move_band(Band& band, std::size_t size, std::size_t wide) {
  const auto last = band.samples.begin() + static_cast<std::ptrdiff_t>(size * band.stride);
  std::copy(last, last + static_cast<std::ptrdiff_t>(band.stride), band.samples.begin());
  // Right of the picture the last sample goes on.
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

Coder::Coder(const Planes& from, const Segments& with, const Thought& care)
    : planes(&from), segments(&with), thought(care), above(from.wide), teller(from.wide) {
  for (std::size_t plane = 0; plane < 3; ++plane) {
    start_band(bands[plane], plane == 0 ? 16 : 8, from.wide);
  }
  macroblocks.reserve(from.wide * from.high);
  fill_costs(default_probabilities, costs);
}

bool Coder::may_use_blocks() const {
  // In 256ths of a bit: the first partition has 19 bits for its size (RFC 6386, section 9.1), and a
  // fifth of it is left for what is not counted here.
  constexpr std::uint64_t room = (std::uint64_t{8} << 19) / 5 * 4 * 256;
  const std::uint64_t all = planes->wide * planes->high;
  // Even use over the picture, with a ninth of it to begin with.
  return mode_cost < room / (9 * all) * (8 * macroblocks.size() + all);
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

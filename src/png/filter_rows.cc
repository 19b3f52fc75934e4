#include "png/filter_rows.h"

#include <algorithm>
#include <cstring>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "png/filter_rows.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill::png {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The margins are as wide as the widest vectors used.
using Bytes = hn::CappedTag<std::uint8_t, row_margin>;
using V = hn::Vec<Bytes>;

HWY_INLINE V distance(V a, V b) { return hn::Or(hn::SaturatedSub(a, b), hn::SaturatedSub(b, a)); }

HWY_INLINE V paeth_of(V left, V above, V corner) {
  const V a = distance(above, corner);
  const V b = distance(left, corner);
  // |left + above - 2 corner|: either both differences have the same sign and add up (saturating at
  // 255 is fine), or they partly cancel.
  const auto up = hn::Eq(hn::Max(above, corner), above);
  const auto right = hn::Eq(hn::Max(left, corner), left);
  const V c = hn::IfThenElse(hn::Xor(up, right), distance(a, b), hn::SaturatedAdd(a, b));
  const auto takes_left = hn::Eq(hn::Min(a, hn::Min(b, c)), a);
  const auto takes_above = hn::Eq(hn::Min(b, c), b);
  return hn::IfThenElse(takes_left, left, hn::IfThenElse(takes_above, above, corner));
}

void FilterRow(const RowJob& job) {
  const Bytes d;
  const hn::Repartition<std::uint64_t, Bytes> d64;
  const std::size_t thread_count = hn::Lanes(d);
  const V zero = hn::Zero(d);
  const V one = hn::Set(d, 1);
  auto sum0 = hn::Zero(d64);
  auto sum1 = sum0, sum2 = sum0, sum3 = sum0, sum4 = sum0;
  for (std::size_t i = 0; i < job.size; i += thread_count) {
    V current = hn::LoadU(d, job.current + i);
    const V left = hn::LoadU(d, job.current + i - job.step);
    const V above = hn::LoadU(d, job.above + i);
    const V corner = hn::LoadU(d, job.above + i - job.step);
    const V mean = hn::Sub(hn::AverageRound(left, above), hn::And(hn::Xor(left, above), one));
    V by_sub = hn::Sub(current, left);
    V by_up = hn::Sub(current, above);
    V by_average = hn::Sub(current, mean);
    V by_paeth = hn::Sub(current, paeth_of(left, above, corner));
    hn::StoreU(current, d, job.out[0] + i);
    hn::StoreU(by_sub, d, job.out[1] + i);
    hn::StoreU(by_up, d, job.out[2] + i);
    hn::StoreU(by_average, d, job.out[3] + i);
    hn::StoreU(by_paeth, d, job.out[4] + i);
    if (const std::size_t left_over = job.size - i; left_over < thread_count) {
      const auto inside = hn::FirstN(d, left_over);
      current = hn::IfThenElseZero(inside, current);
      by_sub = hn::IfThenElseZero(inside, by_sub);
      by_up = hn::IfThenElseZero(inside, by_up);
      by_average = hn::IfThenElseZero(inside, by_average);
      by_paeth = hn::IfThenElseZero(inside, by_paeth);
    }
    const auto size_of = [&](V v) HWY_ATTR { return hn::SumsOf8(hn::Min(v, hn::Sub(zero, v))); };
    sum0 = hn::Add(sum0, size_of(current));
    sum1 = hn::Add(sum1, size_of(by_sub));
    sum2 = hn::Add(sum2, size_of(by_up));
    sum3 = hn::Add(sum3, size_of(by_average));
    sum4 = hn::Add(sum4, size_of(by_paeth));
  }
  const auto total = [&](hn::Vec<decltype(d64)> v)
                         HWY_ATTR { return hn::GetLane(hn::SumOfLanes(d64, v)); };
  *job.sums = {total(sum0), total(sum1), total(sum2), total(sum3), total(sum4)};
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::png
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imgmill::png {

HWY_EXPORT(FilterRow);

void filter_row(const RowJob& job) { HWY_DYNAMIC_DISPATCH(FilterRow)(job); }

void filter_row_plainly(const RowJob& job) {
  job.sums->fill(0);
  for (std::size_t i = 0; i < job.size; ++i) {
    const int current = job.current[i];
    const bool first = i < job.step;
    const int left = first ? 0 : job.current[i - job.step];
    const int above = job.above[i];
    const int corner = first ? 0 : job.above[i - job.step];
    const std::array<int, filters> predicted = {0, left, above, (left + above) / 2,
                                                paeth(left, above, corner)};
    for (std::size_t filter = 0; filter < filters; ++filter) {
      const auto rest = static_cast<std::uint8_t>(current - predicted[filter]);
      job.out[filter][i] = rest;
      (*job.sums)[filter] += std::min<unsigned>(rest, 256U - rest);
    }
  }
}

FilteredRow::FilteredRow(std::size_t size)
    : size_(size), current_(size + 2 * row_margin), above_(size + 2 * row_margin) {
  for (auto& out : out_) out.resize(size + row_margin);
}

void FilteredRow::filter(std::span<const std::uint8_t> row, std::span<const std::uint8_t> above,
                         std::size_t step) {
  std::memcpy(current_.data() + row_margin, row.data(), size_);
  if (above.empty()) {
    std::memset(above_.data() + row_margin, 0, size_);
  } else {
    std::memcpy(above_.data() + row_margin, above.data(), size_);
  }
  filter_row(
      {.current = current_.data() + row_margin,
       .above = above_.data() + row_margin,
       .size = size_,
       .step = step,
       .out = {out_[0].data(), out_[1].data(), out_[2].data(), out_[3].data(), out_[4].data()},
       .sums = &sums_});
}

}  // namespace imgmill::png
#endif

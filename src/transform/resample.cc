#include "transform/resample.h"

#include <algorithm>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "transform/resample.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// sum[x] = start[x] + rows[0][x] * weights[0] + ...; `start` may be null, or `sum` itself.
template <typename Number>
HWY_INLINE void SumOf(const Number* rows, std::size_t stride, const Number* weights,
                      std::size_t count, const Number* start, Number* sum, std::size_t width) {
  const hn::CappedTag<Number, row_padding> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t x = 0;
  for (; x + 4 * lanes <= width; x += 4 * lanes) {
    auto a = hn::Zero(d), b = a, c = a, e = a;
    if (start != nullptr) {
      a = hn::LoadU(d, start + x);
      b = hn::LoadU(d, start + x + lanes);
      c = hn::LoadU(d, start + x + 2 * lanes);
      e = hn::LoadU(d, start + x + 3 * lanes);
    }
    const Number* row = rows + x;
    for (std::size_t i = 0; i < count; ++i, row += stride) {
      const auto weight = hn::Set(d, weights[i]);
      a = hn::MulAdd(weight, hn::LoadU(d, row), a);
      b = hn::MulAdd(weight, hn::LoadU(d, row + lanes), b);
      c = hn::MulAdd(weight, hn::LoadU(d, row + 2 * lanes), c);
      e = hn::MulAdd(weight, hn::LoadU(d, row + 3 * lanes), e);
    }
    hn::StoreU(a, d, sum + x);
    hn::StoreU(b, d, sum + x + lanes);
    hn::StoreU(c, d, sum + x + 2 * lanes);
    hn::StoreU(e, d, sum + x + 3 * lanes);
  }
  for (; x < width; x += lanes) {  // may run into the padding
    auto a = start == nullptr ? hn::Zero(d) : hn::LoadU(d, start + x);
    for (std::size_t i = 0; i < count; ++i) {
      a = hn::MulAdd(hn::Set(d, weights[i]), hn::LoadU(d, rows + i * stride + x), a);
    }
    hn::StoreU(a, d, sum + x);
  }
}

// `row` must be followed by Plan::padding finite numbers.
template <typename Number>
HWY_INLINE void AcrossRow(const Number* row, const Plan& plan, const Number* weights, Number* out) {
  const hn::CappedTag<Number, Plan::padding> d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t wanted = plan.wanted();
  for (std::size_t x = 0; x < wanted; ++x) {
    const Plan::Taps taps = plan.taps(x);
    const Number* from = row + taps.first;
    const Number* by = weights + taps.at;
    auto sum = hn::Mul(hn::LoadU(d, from), hn::LoadU(d, by));
    for (std::size_t i = lanes; i < taps.count; i += lanes) {
      sum = hn::MulAdd(hn::LoadU(d, from + i), hn::LoadU(d, by + i), sum);
    }
    out[x] = hn::GetLane(hn::SumOfLanes(d, sum));
  }
}

void SumOfFloats(const float* rows, std::size_t stride, const float* weights, std::size_t count,
                 const float* start, float* sum, std::size_t width) {
  SumOf(rows, stride, weights, count, start, sum, width);
}
void SumOfDoubles(const double* rows, std::size_t stride, const double* weights, std::size_t count,
                  const double* start, double* sum, std::size_t width) {
  SumOf(rows, stride, weights, count, start, sum, width);
}
void FloatsAcross(const float* row, const Plan& plan, const float* weights, float* out) {
  AcrossRow(row, plan, weights, out);
}
void DoublesAcross(const double* row, const Plan& plan, const double* weights, double* out) {
  AcrossRow(row, plan, weights, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imgmill {

HWY_EXPORT(SumOfFloats);
HWY_EXPORT(SumOfDoubles);
HWY_EXPORT(FloatsAcross);
HWY_EXPORT(DoublesAcross);

namespace {

void sum_of(const float* rows, std::size_t stride, const float* weights, std::size_t count,
            const float* start, float* sum, std::size_t width) {
  HWY_DYNAMIC_DISPATCH(SumOfFloats)(rows, stride, weights, count, start, sum, width);
}
void sum_of(const double* rows, std::size_t stride, const double* weights, std::size_t count,
            const double* start, double* sum, std::size_t width) {
  HWY_DYNAMIC_DISPATCH(SumOfDoubles)(rows, stride, weights, count, start, sum, width);
}
void row_across(const float* row, const Plan& plan, const float* weights, float* out) {
  HWY_DYNAMIC_DISPATCH(FloatsAcross)(row, plan, weights, out);
}
void row_across(const double* row, const Plan& plan, const double* weights, double* out) {
  HWY_DYNAMIC_DISPATCH(DoublesAcross)(row, plan, weights, out);
}

template <typename Number>
std::vector<Number> weights_of(const Plan& plan) {
  std::vector<Number> weights;
  weights.reserve(plan.weights().size());
  for (const double weight : plan.weights()) weights.push_back(static_cast<Number>(weight));
  return weights;
}

}  // namespace

std::size_t row_distance(std::size_t width) {
  const std::size_t lines = (width + row_padding - 1) / row_padding;
  return (lines | 1) * row_padding;
}

template <typename Number>
Resampler<Number>::Resampler(const Plan& across, const Plan& down)
    : across_(across),
      down_(down),
      across_weights_(weights_of<Number>(across)),
      down_weights_(weights_of<Number>(down)),
      sum_(row_distance(across.samples()) + Plan::padding) {}

template <typename Number>
void Resampler<Number>::push(const Number* rows, std::size_t stride, std::uint32_t count) {
  band_ = rows;
  stride_ = stride;
  band_first_ = band_end_;
  band_end_ += count;
}

// Adds the band's share of the new row `y`.
template <typename Number>
void Resampler<Number>::add_band(std::uint32_t y, const Number* start, Number* sum) const {
  const Plan::Taps taps = down_.taps(y);
  const std::uint32_t from = std::max(taps.first, band_first_);
  const std::uint32_t to = std::max(from, std::min(taps.first + taps.count, band_end_));
  sum_of(band_ + (from - band_first_) * stride_, stride_,
         down_weights_.data() + taps.at + (from - taps.first), to - from, start, sum,
         across_.samples());
}

template <typename Number>
bool Resampler<Number>::pull(Number* row) {
  if (next_ == down_.wanted()) return false;
  const Plan::Taps taps = down_.taps(next_);
  if (taps.first + taps.count > band_end_) {
    keep_what_is_begun();
    return false;
  }
  add_band(next_, begun_.empty() ? nullptr : begun_.front().data(), sum_.data());
  if (!begun_.empty()) {
    spare_.push_back(std::move(begun_.front()));
    begun_.pop_front();
  }
  // A weight of 0 cancels any number, but not a NaN.
  std::fill_n(sum_.begin() + across_.samples(), Plan::padding, Number{0});
  row_across(sum_.data(), across_, across_weights_.data(), row);
  ++next_;
  return true;
}

template <typename Number>
void Resampler<Number>::keep_what_is_begun() {
  for (std::uint32_t y = next_; y < down_.wanted() && down_.taps(y).first < band_end_; ++y) {
    const std::size_t at = y - next_;
    const bool first = at == begun_.size();
    if (first) {
      begun_.emplace_back();
      if (!spare_.empty()) {
        begun_.back() = std::move(spare_.back());
        spare_.pop_back();
      }
      begun_.back().resize(row_distance(across_.samples()));
    }
    add_band(y, first ? nullptr : begun_[at].data(), begun_[at].data());
  }
  band_first_ = band_end_;  // already added; must not be added again
}

template class Resampler<float>;
template class Resampler<double>;

}  // namespace imgmill
#endif

// Vector code for the small scales, plane by plane, with the recursive blur. Included once per
// instruction set. Rounding must be identical on every machine: what remains of a small variance
// after rounding affects the score (see cosine_blur.h).
#if defined(IMGMILL_QUALITY_COARSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IMGMILL_QUALITY_COARSE_INL_H_
#undef IMGMILL_QUALITY_COARSE_INL_H_
#else
#define IMGMILL_QUALITY_COARSE_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "quality/cosine_blur.h"
#include "quality/ssimulacra2_fine-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imgmill::quality {
namespace HWY_NAMESPACE {

/// a * b + c, rounded once, even without a hardware instruction: a product of two floats is exact
/// in double precision.
HWY_INLINE V fused(V a, V b, V c) {
#if HWY_NATIVE_FMA
  return hn::MulAdd(a, b, c);
#elif HWY_TARGET == HWY_SCALAR
  const auto twice = [](V v) { return static_cast<double>(hn::GetLane(v)); };
  return set(static_cast<float>(twice(a) * twice(b) + twice(c)));
#else
  const hn::RepartitionToWide<Floats> doubles;
  const hn::Half<Floats> half;
  const auto of = [&](auto x, auto y, auto z) HWY_ATTR {
    const auto product = hn::Mul(hn::PromoteTo(doubles, x), hn::PromoteTo(doubles, y));
    return hn::DemoteTo(half, hn::Add(product, hn::PromoteTo(doubles, z)));
  };
  return hn::Combine(d, of(hn::UpperHalf(half, a), hn::UpperHalf(half, b), hn::UpperHalf(half, c)),
                     of(hn::LowerHalf(half, a), hn::LowerHalf(half, b), hn::LowerHalf(half, c)));
#endif
}

#if HWY_TARGET != HWY_SCALAR
/// Loads four adjacent values from each of rows 0, 4, 8, ...
template <class D>
HWY_INLINE hn::Vec<D> load_fours(D tag, const float* const* rows) {
  if constexpr (hn::MaxLanes(tag) == 4) {
    return hn::LoadU(tag, rows[0]);
  } else {
    const hn::Half<D> half;
    return hn::Combine(tag, load_fours(half, rows + hn::MaxLanes(half)), load_fours(half, rows));
  }
}
template <class D>
HWY_INLINE void store_fours(D tag, hn::Vec<D> v, float* const* rows) {
  if constexpr (hn::MaxLanes(tag) == 4) {
    hn::StoreU(v, tag, rows[0]);
  } else {
    const hn::Half<D> half;
    store_fours(half, hn::LowerHalf(half, v), rows);
    store_fours(half, hn::UpperHalf(half, v), rows + hn::MaxLanes(half));
  }
}
/// Transposes 4 x 4 squares.
HWY_INLINE void turn_fours(V (&v)[4]) {
  const hn::RepartitionToWide<Floats> wide;
  const auto two = [&](V low, V high) HWY_ATTR {
    const auto a = hn::BitCast(wide, low);
    const auto b = hn::BitCast(wide, high);
    return std::pair(hn::BitCast(d, hn::InterleaveLower(wide, a, b)),
                     hn::BitCast(d, hn::InterleaveUpper(wide, a, b)));
  };
  const auto [first, second] =
      two(hn::InterleaveLower(d, v[0], v[1]), hn::InterleaveLower(d, v[2], v[3]));
  const auto [third, fourth] =
      two(hn::InterleaveUpper(d, v[0], v[1]), hn::InterleaveUpper(d, v[2], v[3]));
  v[0] = first;
  v[1] = second;
  v[2] = third;
  v[3] = fourth;
}
#endif

/// Transposes rows `y` to `y + lanes`, so that a vector holds a column. Lanes for rows below the
/// picture are unspecified.
inline void stand_up(const Rows<float>& in, std::size_t width, std::size_t height, std::size_t y,
                     float* out) {
  const std::size_t lanes = hn::Lanes(d);
#if HWY_TARGET == HWY_SCALAR
  (void)height;
  std::copy_n(in.at(y), width, out);
#else
  for (std::size_t x = 0; x < width; x += 4) {
    const float* rows[hn::MaxLanes(d)];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      rows[lane] = in.at(std::min(y + lane, height - 1)) + x;
    }
    V v[4];
    for (std::size_t i = 0; i < 4; ++i) v[i] = load_fours(d, rows + i);
    turn_fours(v);
    for (std::size_t i = 0; i < 4; ++i) hn::Store(v[i], d, out + (x + i) * lanes);
  }
#endif
  std::fill_n(out - CoarseBuffers::zeros * lanes, CoarseBuffers::zeros * lanes, 0.0F);
  std::fill_n(out + width * lanes, CoarseBuffers::zeros * lanes, 0.0F);
}

/// Transposes back, into `rows` rows from `y` on. Writes up to three columns beyond the picture.
inline void lie_down(const float* in, const CoarseBuffers::Quantity& out, std::size_t width,
                     std::size_t y, std::size_t rows) {
#if HWY_TARGET == HWY_SCALAR
  (void)rows;
  std::copy_n(in, width, out.across_at(y));
#else
  const std::size_t lanes = hn::Lanes(d);
  alignas(64) float nowhere[4];
  for (std::size_t x = 0; x < width; x += 4) {
    float* to[hn::MaxLanes(d)];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      to[lane] = lane < rows ? out.across_at(y + lane) + x : nowhere;
    }
    V v[4];
    for (std::size_t i = 0; i < 4; ++i) v[i] = hn::Load(d, in + (x + i) * lanes);
    turn_fours(v);
    for (std::size_t i = 0; i < 4; ++i) store_fours(d, v[i], to + i);
  }
#endif
}

/// The last two results of one cosine.
struct Wave {
  V last;
  V before;
};

/// Blurs transposed rows. `in(x)` returns column x, from 6 before the first to 7 after the last.
template <typename In>
inline void blur_upright(const In& in, std::size_t columns, float* out) {
  constexpr std::ptrdiff_t radius = CosineBlur::radius;
  constexpr std::ptrdiff_t first_four = 8;  // matches the 128-bit vectors of the reference
                                            // implementation
  const auto width = static_cast<std::ptrdiff_t>(columns);
  const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
  const CosineBlur& blur = cosine_blur();
  const Wave still = {hn::Zero(d), hn::Zero(d)};
  Wave waves[3] = {still, still, still};
  const auto pair = [&](std::ptrdiff_t n) HWY_ATTR {
    return hn::Add(in(std::max<std::ptrdiff_t>(n - radius - 1, -1)),
                   in(std::min(n + radius - 1, width)));
  };
  for (std::ptrdiff_t n = 1 - radius; n < width;) {
    if (n >= first_four && n < width - radius - 2) {
      const V pairs[4] = {pair(n), pair(n + 1), pair(n + 2), pair(n + 3)};
      V results[3][4];
      for (std::size_t k = 0; k < 3; ++k) {
        const CosineBlur::Term& term = blur.terms[k];
        Wave& wave = waves[k];
        for (std::size_t i = 0; i < 4; ++i) {
          V sum = hn::Mul(pairs[0], set(term.four_input[i]));
          for (std::size_t j = 1; j <= i; ++j) {
            sum = fused(pairs[j], set(term.four_input[i - j]), sum);
          }
          sum = fused(set(term.four_before[i]), wave.before, sum);
          results[k][i] = fused(set(term.four_previous[i]), wave.last, sum);
        }
        wave = {results[k][3], results[k][2]};
      }
      for (std::size_t i = 0; i < 4; ++i, ++n) {
        hn::StoreU(hn::Add(results[0][i], hn::Add(results[1][i], results[2][i])), d,
                   out + n * lanes);
      }
      continue;
    }
    const V one_pair = pair(n);
    for (std::size_t k = 0; k < 3; ++k) {
      const CosineBlur::Term& term = blur.terms[k];
      Wave& wave = waves[k];
      const V sum =
          fused(set(term.four_before[0]), wave.before, hn::Mul(one_pair, set(term.four_input[0])));
      wave = {fused(set(term.four_previous[0]), wave.last, sum), wave.last};
    }
    if (n >= 0) {
      hn::StoreU(hn::Add(waves[0].last, hn::Add(waves[1].last, waves[2].last)), d, out + n * lanes);
    }
    ++n;
  }
}

/// The vertical blur is complete this many rows after a row arrives.
inline constexpr std::size_t rows_behind = CosineBlur::radius - 1;

/// Takes rows `first` to `first + count` of a quantity into the vertical blur; those below the
/// picture are zeros. Result y goes to out(y).
template <typename Out>
inline void blur_down(const CoarseBuffers::Quantity& quantity, const ScaleJob& job,
                      std::size_t first, std::size_t count, const Out& out) {
  constexpr std::size_t apart = 2 * CosineBlur::radius;
  static_assert(apart + CoarseBuffers::most_lanes <= CoarseBuffers::ring);
  const CosineBlur& blur = cosine_blur();
  const V inputs[3] = {set(blur.terms[0].input), set(blur.terms[1].input),
                       set(blur.terms[2].input)};
  const V previous[3] = {set(blur.terms[0].previous), set(blur.terms[1].previous),
                         set(blur.terms[2].previous)};
  for (std::size_t x = 0; x < job.width; x += hn::Lanes(d)) {
    Wave waves[3];
    for (std::size_t k = 0; k < 3; ++k) {
      const Wave still = {hn::Zero(d), hn::Zero(d)};
      waves[k] = first == 0 ? still
                            : Wave{hn::LoadU(d, quantity.waves.at(2 * k) + x),
                                   hn::LoadU(d, quantity.waves.at(2 * k + 1) + x)};
    }
    for (std::size_t row = first; row < first + count; ++row) {
      const V newest = row < job.height ? hn::LoadU(d, quantity.across_at(row) + x) : hn::Zero(d);
      const V oldest =
          row >= apart ? hn::LoadU(d, quantity.across_at(row - apart) + x) : hn::Zero(d);
      const V pair = hn::Add(oldest, newest);
      for (std::size_t k = 0; k < 3; ++k) {
        const V swing = fused(previous[k], waves[k].last, hn::Neg(waves[k].before));
        waves[k] = {fused(inputs[k], pair, swing), waves[k].last};
      }
      if (row < rows_behind) continue;
      hn::StoreU(hn::Add(waves[0].last, hn::Add(waves[1].last, waves[2].last)), d,
                 out(row - rows_behind) + x);
    }
    for (std::size_t k = 0; k < 3; ++k) {
      hn::StoreU(waves[k].last, d, quantity.waves.at(2 * k) + x);
      hn::StoreU(waves[k].before, d, quantity.waves.at(2 * k + 1) + x);
    }
  }
}

/// The three errors for a vector of pixels.
struct Errors {
  V structure, ringing, blur;
};

/// Per-lane sums over a row; totals are kept in double precision.
struct LaneSums {
  V sums[norm_count];
  LaneSums() {
    for (V& sum : sums) sum = hn::Zero(d);
  }
  HWY_INLINE void add(const Errors& e) {
    const auto add_one = [this](V error, Norm mean, Norm fourth) HWY_ATTR {
      const V squared = hn::Mul(error, error);
      sums[mean] = hn::Add(sums[mean], error);
      sums[fourth] = mul_add(squared, squared, sums[fourth]);
    };
    add_one(e.structure, structure_1, structure_4);
    add_one(e.ringing, ringing_1, ringing_4);
    add_one(e.blur, blur_1, blur_4);
  }
  void add_to(Sums& total) const {
    for (std::size_t n = 0; n < norm_count; ++n) {
      total[n] += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sums[n])));
    }
  }
};

/// One channel of a coarse scale, after its light has been converted to colours in place.
struct CoarseChannel {
  const ScaleJob& job;
  const CoarseBuffers& room;
  std::size_t channel;

  /// The quantities to blur, from columns a and b of two pictures.
  struct ItsValue {
    HWY_INLINE V operator()(V, V b) const { return b; }
  };
  struct ItsSquare {
    HWY_INLINE V operator()(V, V b) const { return hn::Mul(b, b); }
  };
  struct Product {
    HWY_INLINE V operator()(V a, V b) const { return hn::Mul(a, b); }
  };
  struct OriginalValue {
    HWY_INLINE V operator()(V a, V) const { return a; }
  };
  struct OriginalSquare {
    HWY_INLINE V operator()(V a, V) const { return hn::Mul(a, a); }
  };

  /// Blurs the rows of `first` and `second`, group by group, as combined by each functor in `of`:
  /// horizontally into that quantity's ring, for which rows are transposed only once, and then
  /// vertically into out(quantity, row). Calls done(row) after each row of results.
  template <typename Out, typename Done, typename... Of>
  void blur(const Rows<float>* first, const Rows<float>& second, const Out& out, const Done& done,
            Of... of) const {
    const std::size_t lanes = hn::Lanes(d);
    const std::size_t all = job.height + rows_behind;
    for (std::size_t y = 0; y < all; y += lanes) {
      const bool inside = y < job.height;
      if (inside && first != nullptr) {
        stand_up(*first, job.width, job.height, y, room.upright[0]);
      }
      if (inside) stand_up(second, job.width, job.height, y, room.upright[1]);
      const std::size_t count = std::min(lanes, all - y);
      std::size_t index = 0;
      const auto one = [&](auto make) {
        const CoarseBuffers::Quantity& quantity = room.quantities[index];
        if (inside) {
          const auto in = [&](std::ptrdiff_t x) HWY_ATTR {
            const std::ptrdiff_t at = x * static_cast<std::ptrdiff_t>(lanes);
            const V b = hn::LoadU(d, room.upright[1] + at);
            return make(first == nullptr ? b : hn::LoadU(d, room.upright[0] + at), b);
          };
          blur_upright(in, job.width, room.upright[2]);
          lie_down(room.upright[2], quantity, job.width, y, std::min(lanes, job.height - y));
        }
        blur_down(quantity, job, y, count, [&](std::size_t row) { return out(index, row); });
        ++index;
      };
      (one(of), ...);
      for (std::size_t row = std::max(y, rows_behind); row < y + count; ++row) {
        done(row - rows_behind);
      }
    }
  }

  void prepare() const {
    const Rows<float>& a = job.light[channel];
    for (std::size_t y = 0; y < job.height; ++y) {
      std::copy_n(a.at(y), job.width, job.values[channel].at(y));
    }
    if (job.original != nullptr) return;
    const auto out = [&](std::size_t quantity, std::size_t y) {
      return (quantity == 0 ? job.means : job.squares)[channel].at(y);
    };
    const auto done = [](std::size_t) {};
    if (job.need[channel].structure) {
      blur(nullptr, a, out, done, ItsValue(), ItsSquare());
    } else {
      blur(nullptr, a, out, done, ItsValue());
    }
  }

  void compare() const {
    const Rows<float>& a = job.values[channel];
    const Rows<float>& b = job.light[channel];
    const bool structured = job.need[channel].structure;
    const auto out = [&](std::size_t quantity, std::size_t y) {
      return room.quantities[quantity].blurred_at(y);
    };
    if (job.original == nullptr) {
      const auto add = [&](std::size_t y) {
        const float* squares = structured ? job.squares[channel].at(y) : nullptr;
        add_row(y, {a.at(y), job.means[channel].at(y), squares});
      };
      if (structured) {
        blur(&a, b, out, add, ItsValue(), ItsSquare(), Product());
      } else {
        blur(nullptr, b, out, add, ItsValue());
      }
    } else if (structured) {
      const auto add = [&](std::size_t y) { add_row(y, {a.at(y), out(3, y), out(4, y)}); };
      blur(&a, b, out, add, ItsValue(), ItsSquare(), Product(), OriginalValue(), OriginalSquare());
    } else {
      const auto add = [&](std::size_t y) { add_row(y, {a.at(y), out(1, y), nullptr}); };
      blur(&a, b, out, add, ItsValue(), OriginalValue());
    }
  }

  /// Row of the original: values, their means, and the means of their squares, if those count.
  struct Original {
    const float* values;
    const float* means;
    const float* squares;
  };
  void add_row(std::size_t y, const Original& original) const {
    const bool structured = original.squares != nullptr;
    const float* b = job.light[channel].at(y);
    const float* m2s = room.quantities[0].blurred_at(y);
    LaneSums sums;
    for (std::size_t x = 0; x < job.width; x += hn::Lanes(d)) {
      const auto inside = hn::FirstN(d, job.width - x);
      const V one = set(1);
      const V m1 = hn::LoadU(d, original.means + x);
      const V m2 = hn::LoadU(d, m2s + x);
      const V edge_a = hn::Add(one, hn::AbsDiff(hn::LoadU(d, original.values + x), m1));
      const V edge_b = hn::Add(one, hn::AbsDiff(hn::LoadU(d, b + x), m2));
      const V edge = hn::IfThenElseZero(inside, hn::Div(hn::Sub(edge_b, edge_a), edge_a));
      V structure = hn::Zero(d);
      if (structured) {
        const V variance_a = hn::Sub(hn::LoadU(d, original.squares + x), hn::Mul(m1, m1));
        const V variance_b =
            hn::Sub(hn::LoadU(d, room.quantities[1].blurred_at(y) + x), hn::Mul(m2, m2));
        const V covariance =
            hn::Sub(hn::LoadU(d, room.quantities[2].blurred_at(y) + x), hn::Mul(m1, m2));
        const V floor = set(variance_floor);
        const V between = hn::Sub(m1, m2);
        const V similar = hn::Div(hn::Mul(hn::Sub(one, hn::Mul(between, between)),
                                          hn::Add(hn::Add(covariance, covariance), floor)),
                                  hn::Add(hn::Add(variance_a, variance_b), floor));
        structure = hn::IfThenElseZero(inside, hn::Max(hn::Sub(one, similar), hn::Zero(d)));
      }
      const Errors e = {structure, hn::Max(edge, hn::Zero(d)), hn::Max(hn::Neg(edge), hn::Zero(d))};
      sums.add(e);
      if (job.sink != nullptr) {
        hn::StoreU(e.structure, d, room.upright[2] + x);
        hn::StoreU(e.ringing, d, room.upright[0] + x);
        hn::StoreU(e.blur, d, room.upright[1] + x);
      }
    }
    sums.add_to((*job.sums)[channel]);
    if (job.sink != nullptr) {
      job.sink->add(channel, y, 0, job.width, room.upright[2], room.upright[0], room.upright[1]);
    }
  }
};

inline void read_light(const ScaleJob& job) {
  for (std::size_t y = 0; y < job.height; ++y) {
    job.reader->read(y, 0, job.width, job.background, job.light[0].at(y), job.light[1].at(y),
                     job.light[2].at(y));
  }
}

inline void halve_light(const ScaleJob& job) {
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t y = 0; y < job.height; y += 2) {
      float* upper = job.light[c].at(y);
      float* lower = job.light[c].at(std::min(y + 1, job.height - 1));
      upper[job.width] = upper[job.width - 1];
      lower[job.width] = lower[job.width - 1];
      halve(upper, lower, job.width, job.next[c].at(y / 2));
    }
  }
}

inline void light_to_colours(const ScaleJob& job) {
  for (std::size_t y = 0; y < job.height; ++y) {
    float* const rows[3] = {job.light[0].at(y), job.light[1].at(y), job.light[2].at(y)};
    for (std::size_t x = 0; x < job.width; x += hn::Lanes(d)) {
      const Xyb xyb = to_xyb<Rounding::same_everywhere>(
          hn::LoadU(d, rows[0] + x), hn::LoadU(d, rows[1] + x), hn::LoadU(d, rows[2] + x));
      hn::StoreU(xyb.x, d, rows[0] + x);
      hn::StoreU(xyb.y, d, rows[1] + x);
      hn::StoreU(xyb.b, d, rows[2] + x);
    }
  }
}

inline void run_coarse(const ScaleJob& job) {
  if (job.reader != nullptr) read_light(job);
  if (job.next[0].first != nullptr) halve_light(job);
  light_to_colours(job);
  const CoarseBuffers room(job);
  for (std::size_t c = 0; c < 3; ++c) {
    if (!job.need[c].any()) continue;
    const CoarseChannel channel{job, room, c};
    job.kind == ScaleJob::Kind::prepare ? channel.prepare() : channel.compare();
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::quality
HWY_AFTER_NAMESPACE();

#endif

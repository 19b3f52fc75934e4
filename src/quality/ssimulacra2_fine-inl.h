// Vector code for the two largest scales, tile by tile. Included once per instruction set.
//
// A tile is a column of the picture, processed from top to bottom in blocks of rows, so that
// everything between the light of a pixel and the sums of its errors stays in the cache. The same
// holds for the second scale, whose rows follow those of the first:
//
//   light -> colours, fixed point -> horizontal blur into a ring buffer of rows -> vertical blur
//        \-> light of the next scale                             errors, their sums <-/
#if defined(IMGMILL_QUALITY_FINE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IMGMILL_QUALITY_FINE_INL_H_
#undef IMGMILL_QUALITY_FINE_INL_H_
#else
#define IMGMILL_QUALITY_FINE_INL_H_
#endif

#include <hwy/cache_control.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "quality/ssimulacra2_buffers.h"
#include "quality/ssimulacra2_colour-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imgmill::quality {
namespace HWY_NAMESPACE {

HWY_INLINE V load_fixed(const std::int16_t* at) {
  return hn::ConvertTo(d, hn::PromoteTo(di, hn::LoadU(ds, at)));
}
HWY_INLINE V load_value(const std::int16_t* at) {
  return mul_add(load_fixed(at), set(1 / fixed_scale), set(fixed_middle));
}
/// Rounds to the nearest fixed-point value, since both sides of a comparison must be rounded alike.
/// Adding and subtracting a number too large for finer steps does that.
HWY_INLINE V rounded(V v) {
  const V coarse = set(static_cast<float>(3 << 22) / fixed_scale);
  return hn::Sub(hn::Add(v, coarse), coarse);
}
HWY_INLINE hn::Vec<Ints> to_fixed(V v) {
  // Exact after rounding; in the opposite order it would be rounded twice.
  return hn::NearestInt(hn::Mul(hn::Sub(rounded(v), set(fixed_middle)), set(fixed_scale)));
}
HWY_INLINE void store_fixed(hn::Vec<Ints> fixed, std::int16_t* to) {
  hn::StoreU(hn::DemoteTo(ds, fixed), ds, to);
}
struct Taps {
  V centre, one, two, three, four;
};
HWY_INLINE Taps taps() {
  return {set(static_cast<float>(gaussian[0])), set(static_cast<float>(gaussian[1])),
          set(static_cast<float>(gaussian[2])), set(static_cast<float>(gaussian[3])),
          set(static_cast<float>(gaussian[4]))};
}

HWY_INLINE V weighted(const Taps& t, V centre, V one, V two, V three, V four) {
  return mul_add(
      t.centre, centre,
      mul_add(t.one, one, mul_add(t.two, two, mul_add(t.three, three, hn::Mul(t.four, four)))));
}

/// The vector `back` columns before the one at `at`.
template <int back>
HWY_INLINE V load_before(const float* at, V here, V four_before) {
#if HWY_TARGET == HWY_SCALAR
  (void)here;
  (void)four_before;
  return hn::LoadU(d, at - back);
#else
  // Each block of four columns follows the corresponding block of `four_before`.
  (void)at;
  return hn::CombineShiftRightBytes<(4 - back) * sizeof(float)>(d, here, four_before);
#endif
}
template <int ahead>
HWY_INLINE V load_after(const float* at, V here, V four_after) {
#if HWY_TARGET == HWY_SCALAR
  (void)here;
  (void)four_after;
  return hn::LoadU(d, at + ahead);
#else
  (void)at;
  return hn::CombineShiftRightBytes<ahead * sizeof(float)>(d, four_after, here);
#endif
}

HWY_INLINE void blur_across(const Taps& t, const float* in, std::size_t count, float* out) {
  for (std::size_t x = 0; x < count; x += hn::Lanes(d)) {
    const float* at = in + x;
    const V here = hn::Load(d, at);
    const V left = hn::LoadU(d, at - 4);
    const V right = hn::LoadU(d, at + 4);
    hn::Store(
        weighted(t, here, hn::Add(load_before<1>(at, here, left), load_after<1>(at, here, right)),
                 hn::Add(load_before<2>(at, here, left), load_after<2>(at, here, right)),
                 hn::Add(load_before<3>(at, here, left), load_after<3>(at, here, right)),
                 hn::Add(left, right)),
        d, out + x);
  }
}

/// Pointers to rows y - 4 to y + 5 in a ring buffer, for the results y and y + 1.
struct Ten {
  const float* rows[10];
  Ten(const FineTile::Row* ring, std::size_t y) {
    for (std::size_t i = 0; i < 10; ++i) {
      rows[i] = ring[(y + FineTile::ring - gaussian_reach + i) % FineTile::ring].data() +
                FineTile::margin;
    }
  }
};

struct Two {
  V upper, lower;
};

HWY_INLINE Two blur_down(const Taps& t, const Ten& ten, std::size_t x) {
  const V r0 = hn::Load(d, ten.rows[0] + x);
  const V r1 = hn::Load(d, ten.rows[1] + x);
  const V r2 = hn::Load(d, ten.rows[2] + x);
  const V r3 = hn::Load(d, ten.rows[3] + x);
  const V r4 = hn::Load(d, ten.rows[4] + x);
  const V r5 = hn::Load(d, ten.rows[5] + x);
  const V r6 = hn::Load(d, ten.rows[6] + x);
  const V r7 = hn::Load(d, ten.rows[7] + x);
  const V r8 = hn::Load(d, ten.rows[8] + x);
  const V r9 = hn::Load(d, ten.rows[9] + x);
  return {weighted(t, r4, hn::Add(r3, r5), hn::Add(r2, r6), hn::Add(r1, r7), hn::Add(r0, r8)),
          weighted(t, r5, hn::Add(r4, r6), hn::Add(r3, r7), hn::Add(r2, r8), hn::Add(r1, r9))};
}

/// The errors for a vector of pixels. Only those that the weights of the fine scales use are
/// computed.
struct FineErrors {
  V structure, blur;
};

/// Per-lane sums of fourth powers over a block; totals are kept in double precision.
struct FineSums {
  V structure, blur;
  FineSums() : structure(hn::Zero(d)), blur(hn::Zero(d)) {}

  template <bool with_blur>
  HWY_INLINE void add(const FineErrors& e) {
    const V squared = hn::Mul(e.structure, e.structure);
    structure = mul_add(squared, squared, structure);
    if constexpr (with_blur) {
      const V blurred = hn::Mul(e.blur, e.blur);
      blur = mul_add(blurred, blurred, blur);
    }
  }
  void add_to(Sums& total) const {
    total[structure_4] += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, structure)));
    total[blur_4] += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, blur)));
  }
};

/// `square` and `apart`: blurred squares and blurred squared differences. With the means m1 and m2,
/// SSIM's quotient is 1 - (apart - (m1 - m2)^2) / variances.
template <bool with_blur>
HWY_INLINE FineErrors fine_errors(V a, V b, V m1, V m2, V square, V apart) {
  const V one = set(1);
  const V between = hn::Sub(m1, m2);
  const V between2 = hn::Mul(between, between);
  const V variances =
      hn::NegMulAdd(m2, m2, hn::NegMulAdd(m1, m1, hn::Add(square, set(variance_floor))));
  const V numerator = hn::Sub(apart, between2);
  const auto structure_of = [&](V lost) HWY_ATTR {
    return hn::Max(mul_add(hn::Sub(one, between2), lost, between2), hn::Zero(d));
  };
  if constexpr (with_blur) {
    const V edge_a = hn::Add(one, hn::AbsDiff(a, m1));
    const V edge_b = hn::Add(one, hn::AbsDiff(b, m2));
    // Two quotients from one division.
    const V inverse = hn::Div(one, hn::Mul(variances, edge_a));
    const V blurred = hn::Mul(hn::Sub(edge_a, edge_b), hn::Mul(inverse, variances));
    return {structure_of(hn::Mul(numerator, hn::Mul(inverse, edge_a))),
            hn::Max(blurred, hn::Zero(d))};
  } else {
    return {structure_of(hn::Div(numerator, variances)), hn::Zero(d)};
  }
}

/// One channel of a tile at one scale, `width` columns from `left` on. From each channel the fine
/// scales need only the structure, and from one of them also the lost edges.
struct FineChannel {
  const ScaleJob& job;
  FineTile& tile;
  FineTile::Scale& rows;
  std::size_t channel;
  std::size_t left;
  std::size_t width;

  [[nodiscard]] const float* colour(std::size_t y) const {
    return rows.colours[channel][y % FineTile::ring].data() + FineTile::margin;
  }
  [[nodiscard]] std::int16_t* fixed(std::size_t y) const {
    if (job.original == nullptr) return job.fixed_values[channel].at(y) + left;
    return rows.originals[channel][y % FineTile::ring].data() + FineTile::margin;
  }
  [[nodiscard]] float* across(Quantity quantity, std::size_t y) const {
    return rows.blurred[channel][quantity][y % FineTile::ring].data() + FineTile::margin;
  }

  void clear_across(std::size_t y) const {
    for (std::size_t q = 0; q < quantity_count; ++q) {
      std::fill_n(across(static_cast<Quantity>(q), y), width + FineTile::margin, 0.0F);
    }
  }

  // Hardware prefetchers follow rows, but not the same columns of the next rows.
  void call_for(std::size_t y) const {
    if (y >= job.height || job.original != nullptr) return;
    const std::int16_t* row = fixed(y);
    for (std::size_t x = 0; x < width; x += cache_line / sizeof(*row)) hwy::Prefetch(row + x);
  }

  void blur_row(std::size_t y) const {
    const Taps t = taps();
    call_for(y + FineTile::block);
    const float* b = colour(y);
    const std::int16_t* a = fixed(y);
    float* const values = tile.values.data() + FineTile::margin;
    float* const both = tile.products[0].data() + FineTile::margin;
    float* const apart = tile.products[1].data() + FineTile::margin;
    const auto end = static_cast<std::ptrdiff_t>(width + gaussian_reach);
    const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    for (auto x = -std::max<std::ptrdiff_t>(lanes, gaussian_reach); x < end; x += lanes) {
      const V one = load_value(a + x);
      const V other = hn::Load(d, b + x);
      const V difference_of = hn::Sub(one, other);
      hn::Store(one, d, values + x);
      hn::Store(mul_add(one, one, hn::Mul(other, other)), d, both + x);
      hn::Store(hn::Mul(difference_of, difference_of), d, apart + x);
    }
    blur_across(t, values, width, across(original, y));
    blur_across(t, b, width, across(candidate, y));
    blur_across(t, both, width, across(squares, y));
    blur_across(t, apart, width, across(difference, y));
  }

  void prepare_row(std::size_t y) const {
    for (std::size_t x = 0; x < width; x += hn::Lanes(d)) {
      // Whole vectors must not leave values beyond the picture's edge.
      const auto inside = hn::FirstN(di, width - x);
      const V a = hn::Load(d, colour(y) + x);
      store_fixed(hn::IfThenElse(inside, to_fixed(a), hn::Set(di, fixed_zero)), fixed(y) + x);
    }
  }

  /// Compares rows y and y + 1, the second of which may be outside the picture.
  template <bool with_blur>
  HWY_INLINE void compare_rows(std::size_t y, bool both_rows, FineSums& sums) const {
    const Taps t = taps();
    const Ten before(rows.blurred[channel][original], y);
    const Ten after(rows.blurred[channel][candidate], y);
    const Ten both(rows.blurred[channel][squares], y);
    const Ten apart(rows.blurred[channel][difference], y);
    struct Row {
      const std::int16_t* value;
      const float* b;
    };
    const Row upper{fixed(y), colour(y)};
    const Row lower = both_rows ? Row{fixed(y + 1), colour(y + 1)} : upper;
    // Means are rounded, so that no noise remains where both sides are equal.
    const auto errors_at = [](const Row& row, std::size_t x, V m1, V m2, V s, V p) HWY_ATTR
        __attribute__((always_inline)) {
      return fine_errors<with_blur>(load_value(row.value + x), hn::Load(d, row.b + x), rounded(m1),
                                    rounded(m2), s, p);
    };
    FineSums mine = sums;
    const std::size_t lanes = hn::Lanes(d);
    const std::size_t whole = job.sink == nullptr && both_rows ? width / lanes * lanes : 0;
    for (std::size_t x = 0; x < width; x += lanes) {
      const Two m1 = blur_down(t, before, x);
      const Two m2 = blur_down(t, after, x);
      const Two s = blur_down(t, both, x);
      const Two p = blur_down(t, apart, x);
      FineErrors above = errors_at(upper, x, m1.upper, m2.upper, s.upper, p.upper);
      FineErrors below = errors_at(lower, x, m1.lower, m2.lower, s.lower, p.lower);
      if (x >= whole) {
        const auto inside = hn::FirstN(d, width - x);
        for (FineErrors* e : {&above, &below}) {
          e->structure = hn::IfThenElseZero(inside, e->structure);
          e->blur = hn::IfThenElseZero(inside, e->blur);
        }
        if (job.sink != nullptr) {
          keep(above, x, 0);
          keep(below, x, 1);
        }
      }
      mine.template add<with_blur>(above);
      if (both_rows) mine.template add<with_blur>(below);
    }
    sums = mine;
    if (job.sink != nullptr) {
      tell(y, 0);
      if (both_rows) tell(y + 1, 1);
    }
  }
  void keep(const FineErrors& e, std::size_t x, std::size_t row) const {
    hn::Store(e.structure, d, tile.errors[row][0].data() + x);
    hn::Store(e.blur, d, tile.errors[row][1].data() + x);
  }
  void tell(std::size_t y, std::size_t row) const {
    const auto& errors = tile.errors[row];
    job.sink->add(channel, y, left, width, errors[0].data(), tile.no_ringing.data(),
                  errors[1].data());
  }

  /// Processes the block of input rows from `first` on, and outputs the rows that are complete by
  /// then.
  void block(std::size_t first) const {
    const std::size_t last = first + FineTile::block;
    if (job.kind == ScaleJob::Kind::prepare) {
      if (job.original != nullptr) return;
      for (std::size_t y = first; y < std::min(last, job.height); ++y) prepare_row(y);
      return;
    }
    for (std::size_t y = first; y < last; ++y) {
      if (y < job.height) {
        blur_row(y);
      } else {
        clear_across(y);
      }
    }
    const std::size_t begin = first == 0 ? 0 : first - gaussian_reach;
    const std::size_t end = std::min(last - gaussian_reach, job.height);
    FineSums sums;
    for (std::size_t y = begin; y < end; y += 2) {
      const bool both_rows = y + 1 < job.height;
      if (job.need[channel].edges) {
        compare_rows<true>(y, both_rows, sums);
      } else {
        compare_rows<false>(y, both_rows, sums);
      }
    }
    sums.add_to((*job.sums)[channel]);
  }
};

/// A row of light of a tile: pointers to its column 0, the number of columns before that, and the
/// total number.
struct LightRow {
  float* planes[3];
  std::size_t before;
  std::size_t count;

  /// Pictures of odd width end with half a pair of pixels: duplicate the last one.
  void end_with_a_pair() {
    if (count % 2 == 0) return;
    for (float* plane : planes) {
      float* const end = plane - before + count;
      *end = end[-1];
    }
    ++count;
  }
};

/// A tile at one scale.
struct FinePart {
  const ScaleJob& job;
  FineTile& tile;
  FineTile::Scale& rows;
  std::size_t left;
  std::size_t width;

  /// Clears the rows above the picture.
  void clear() const {
    if (job.kind == ScaleJob::Kind::prepare) return;
    for (std::size_t c = 0; c < FineTile::channels; ++c) {
      if (!job.need[c].any()) continue;
      for (std::size_t y = 0; y < FineTile::ring; ++y) {
        FineChannel{job, tile, rows, c, left, width}.clear_across(y);
      }
    }
  }

  /// The number of columns beside the tile that are read where they exist: the reach of the blur at
  /// the next scale.
  static constexpr std::size_t beside = 2 * gaussian_reach;
  static_assert(beside <= FineTile::margin);
  [[nodiscard]] LightRow light_row(std::size_t y, std::size_t before, std::size_t count) const {
    LightRow row{.planes = {}, .before = before, .count = count};
    for (std::size_t c = 0; c < 3; ++c) {
      row.planes[c] = rows.light[y % 2][c].data() + FineTile::margin;
    }
    return row;
  }

  [[nodiscard]] LightRow read(const LinearRgbReader& from, std::size_t y) const {
    const std::size_t before = std::min(left, beside);
    const std::size_t after = std::min(job.width - left - width, beside);
    const LightRow row = light_row(y, before, before + width + after);
    const std::size_t begin = left - before;
    constexpr std::size_t rows_ahead = 6;
    from.call_for(y + rows_ahead, begin, row.count);
    float* const to[3] = {row.planes[0] - before, row.planes[1] - before, row.planes[2] - before};
    const std::uint8_t* plain = from.plain_rgb(y, begin, row.count, job.background);
    const std::size_t done =
        plain == nullptr ? 0 : read_plain(plain, row.count, to[0], to[1], to[2]);
    from.read(y, begin + done, row.count - done, job.background, to[0] + done, to[1] + done,
              to[2] + done);
    return row;
  }

  /// Row `y` of this scale from two rows of the previous one.
  [[nodiscard]] LightRow halved(std::size_t y, const LightRow& upper, const LightRow& lower) const {
    const LightRow row = light_row(y, upper.before / 2, upper.count / 2);
    for (std::size_t c = 0; c < 3; ++c) {
      halve(upper.planes[c] - upper.before, lower.planes[c] - upper.before, upper.count,
            row.planes[c] - row.before);
    }
    return row;
  }

  void to_colours(std::size_t y, const LightRow& light) const {
    const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    const auto end = static_cast<std::ptrdiff_t>(width + gaussian_reach);
    const auto row_of = [&](std::size_t c) {
      return job.need[c].any() ? rows.colours[c][y % FineTile::ring].data() + FineTile::margin
                               : nullptr;
    };
    float* const out[2] = {row_of(0), row_of(1)};
    for (auto x = -std::max<std::ptrdiff_t>(lanes, gaussian_reach); x < end; x += lanes) {
      const V red = hn::LoadU(d, light.planes[0] + x);
      const V green = hn::LoadU(d, light.planes[1] + x);
      const V blue = hn::LoadU(d, light.planes[2] + x);
      const V long_cone = cone<Rounding::free>(red, green, blue, 0);
      const V middle_cone = cone<Rounding::free>(red, green, blue, 3);
      if (out[0] != nullptr) {
        hn::Store(rounded(opponent_of<Rounding::free>(long_cone, middle_cone)), d, out[0] + x);
      }
      hn::Store(rounded(luma_of(long_cone, middle_cone)), d, out[1] + x);
    }
    for (float* row : out) {
      if (row == nullptr) continue;
      if (left == 0) std::fill_n(row - FineTile::margin, FineTile::margin, 0.0F);
      const std::size_t inside = job.width - left;
      const std::size_t reach = width + FineTile::margin;
      if (inside < reach) std::fill_n(row + inside, reach - inside, 0.0F);
    }
  }

  /// Takes row `y` of the colours for the original's.
  void take_for_original(std::size_t y) const {
    const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    const auto end = static_cast<std::ptrdiff_t>(width + gaussian_reach);
    for (std::size_t c = 0; c < FineTile::channels; ++c) {
      if (!job.need[c].any()) continue;
      const FineChannel channel{job, tile, rows, c, left, width};
      const float* from = channel.colour(y);
      std::int16_t* const to = channel.fixed(y);
      for (auto x = -std::max<std::ptrdiff_t>(lanes, gaussian_reach); x < end; x += lanes) {
        store_fixed(to_fixed(hn::Load(d, from + x)), to + x);
      }
    }
  }

  void block(std::size_t first) const {
    for (std::size_t c = 0; c < FineTile::channels; ++c) {
      if (job.need[c].any()) FineChannel{job, tile, rows, c, left, width}.block(first);
    }
  }
};

/// Both scales of a tile; each block of rows is processed as soon as its light is available.
struct FineColumn {
  FinePart first;
  FinePart second;

  void run() const {
    first.clear();
    second.clear();
    constexpr std::size_t block = FineTile::block;
    for (std::size_t y = 0; y < second.job.height + gaussian_reach; y += block) {
      for (const std::size_t above : {2 * y, 2 * y + block}) {
        if (above >= first.job.height + gaussian_reach) break;
        const std::size_t end = std::min(above + block, first.job.height);
        for (std::size_t row = above; row < end; row += 2) take_in(row);
        first.block(above);
      }
      second.block(y);
    }
  }

  /// Reads rows `y` and `y + 1` of the first scale, and derives the row of the second.
  void take_in(std::size_t y) const {
    const std::size_t below = y / 2;
    const bool compares = first.job.kind == ScaleJob::Kind::compare;
    const LinearRgbReader* const original = first.job.original;
    if (compares && original != nullptr) {
      take_in(*original, y, [&](const FinePart& part, std::size_t row, const LightRow& light) {
        part.to_colours(row, light);
        part.take_for_original(row);
      });
    }
    take_in(*first.job.reader, y,
            [&](const FinePart& part, std::size_t row, const LightRow& light) {
              if (compares || original == nullptr) part.to_colours(row, light);
            });
    const bool last = below + 1 == second.job.height;
    if (below % 2 != 0 || last) hand_on(below);
  }
  template <typename Use>
  void take_in(const LinearRgbReader& from, std::size_t y, const Use& use) const {
    LightRow upper = first.read(from, y);
    use(first, y, upper);
    LightRow lower = upper;
    if (y + 1 < first.job.height) {
      lower = first.read(from, y + 1);
      use(first, y + 1, lower);
    }
    upper.end_with_a_pair();
    lower.end_with_a_pair();
    use(second, y / 2, second.halved(y / 2, upper, lower));
  }

  /// Passes row `y` and, if that is odd, the one above, on to the scale after the second.
  void hand_on(std::size_t y) const {
    // The columns beyond the tile are passed on by the next one.
    LightRow upper = second.light_row(y - y % 2, 0, second.width);
    LightRow lower = second.light_row(y, 0, second.width);
    upper.end_with_a_pair();
    lower.end_with_a_pair();
    for (std::size_t c = 0; c < 3; ++c) {
      halve(upper.planes[c], lower.planes[c], lower.count,
            second.job.next[c].at(y / 2) + second.left / 2);
    }
  }
};

inline void run_fine(const ScaleJob& first, const ScaleJob& second) {
  FineTile& tile = *new (first.scratch) FineTile;
  tile.no_ringing.fill(0);
  for (std::size_t left = 0; left < first.width; left += tile_width) {
    const std::size_t width = std::min(tile_width, first.width - left);
    FineColumn{{first, tile, tile.scales[0], left, width},
               {second, tile, tile.scales[1], left / 2, (width + 1) / 2}}
        .run();
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::quality
HWY_AFTER_NAMESPACE();

#endif

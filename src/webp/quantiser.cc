#include "webp/quantiser.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "webp/unrest.h"

namespace imgmill::webp {
namespace {

// All constants here (and two in unrest.cc and colour.cc) were fitted together, one after the
// other, up and down, for the fewest bytes at equal mean SSIMULACRA 2 of 75, 80 and 85 over five
// Kodak pictures and the centres of five photographs, and verified on others.

// Relative to the picture's quantizer index: low frequencies are visible at all scales.
constexpr int luma_dc_change = -15;
constexpr int second_dc_change = -12;
constexpr int second_ac_change = -12;
constexpr int chroma_dc_change = -15;
constexpr int chroma_ac_change = 1;

// Index steps per octave of activity.
constexpr int steps_of_an_octave_64ths = 183;

// Weights of errors by frequency, decreasing with frequency. In 16ths, in zigzag order.
constexpr std::array<std::int16_t, 16> falling(double fall) {
  std::array<std::int16_t, 16> weights{};
  for (std::size_t at = 0; at < 16; ++at) {
    const int x = zigzag[at] % 4;
    const int y = zigzag[at] / 4;
    weights[at] = static_cast<std::int16_t>(16 / (1 + fall * (x * x + y * y) / 18) + 0.5);
  }
  return weights;
}
constexpr std::array<std::int16_t, 16> luma_weights = falling(2.25);
constexpr std::array<std::int16_t, 16> chroma_weights = falling(2.5);
// Its transform makes squared errors four times as large, but sixteen blocks depend on it.
constexpr std::int16_t second_weight = 12;

// Rounding bias before truncation for levels without a trellis, in 256ths of a step.
constexpr int luma_bias = 102;
constexpr int second_bias = 115;
constexpr int chroma_bias = 107;

// Price of bits, in 256ths of the square of an AC step.
constexpr int mode_price = 201;
constexpr int level_price = 73;
constexpr int chroma_price = 44;
// Below this index the price of bits falls to zero: there is no finer quantizer for higher quality.
constexpr int all_for_bits = 4;
// In 256ths of a step, for comparisons of Hadamard sums.
constexpr int satd_price = 95;

// Loop filter strength in 1024ths of a step. SSIMULACRA 2 prefers none for scores of 60 and above
// (0.3 points more at the same bytes), but viewers see block edges in smooth faces: this is the
// weakest filter that hides them at 150% magnification down to quality 60.
constexpr int filter_share = 100;
constexpr int filter_sharpness = 7;

// A picture's quantizer index, in 16ths, by quality, chosen to match the mean score of libwebp's
// method 4 at that quality over eight Kodak pictures and the centres of eight photographs.
struct Point {
  int quality;
  int index;
};
constexpr std::array curve = {Point{1, 1800}, Point{10, 1329}, Point{20, 1118}, Point{30, 974},
                              Point{40, 867}, Point{50, 763},  Point{60, 673},  Point{68, 589},
                              Point{75, 529}, Point{79, 440},  Point{82, 388},  Point{85, 323},
                              Point{88, 248}, Point{91, 158},  Point{94, 76},   Point{97, 20},
                              Point{100, 0}};

int index_for(double quality) {
  quality = std::clamp(quality, 1.0, 100.0);
  std::size_t next = 1;
  while (curve[next].quality < quality) ++next;
  const Point& from = curve[next - 1];
  const Point& to = curve[next];
  return from.index + static_cast<int>((to.index - from.index) * (quality - from.quality) /
                                       (to.quality - from.quality));
}

Matrix make_matrix(int dc, int ac, int bias, const std::array<std::int16_t, 16>& weights) {
  Matrix matrix;
  matrix.weights = weights;
  for (std::size_t at = 0; at < 16; ++at) {
    const int step = at == 0 ? dc : ac;
    matrix.steps[at] = static_cast<std::uint16_t>(step);
    matrix.inverse[at] = static_cast<std::uint16_t>(65536 / step);
    matrix.bias[at] = static_cast<std::uint16_t>((step * bias + 128) >> 8);
  }
  return matrix;
}

int at_least_one(int value) { return std::max(value, 1); }

// RFC 6386, sections 9.6 and 14.1.
Segment make_segment(int quantiser) {
  const auto index = [&](int change, int most = 127) {
    return static_cast<std::size_t>(std::clamp(quantiser + change, 0, most));
  };
  const int ac = ac_steps[index(0)];
  const int chroma_ac = ac_steps[index(chroma_ac_change)];
  std::array<std::int16_t, 16> second_weights{};
  second_weights.fill(second_weight);
  Segment segment;
  segment.quantiser = quantiser;
  segment.filter = std::min(ac * filter_share >> 10, 63);
  segment.luma = make_matrix(dc_steps[index(luma_dc_change)], ac, luma_bias, luma_weights);
  segment.second = make_matrix(2 * dc_steps[index(second_dc_change)],
                               std::max(8, ac_steps[index(second_ac_change)] * 155 / 100),
                               second_bias, second_weights);
  segment.chroma =
      make_matrix(dc_steps[index(chroma_dc_change, 117)], chroma_ac, chroma_bias, chroma_weights);
  const int share = std::min(quantiser, all_for_bits);
  const auto lambda = [&](int step, int price) {
    return at_least_one(step * step / all_for_bits * price * share >> 8);
  };
  segment.lambda_mode = lambda(ac, mode_price);
  segment.lambda_luma = lambda(ac, level_price);
  segment.lambda_chroma = lambda(chroma_ac, chroma_price);
  segment.lambda_satd = at_least_one(ac * satd_price >> 8);
  return segment;
}

}  // namespace

// Number of macroblocks of about 150 megapixels: beyond it fewer than seven bits remain for each.
constexpr std::size_t most_segmented = 600'000;

Segments make_segments(const Planes& planes, double quality) {
  return segments_at(planes, index_for(quality));
}

Segments segments_at(const Planes& planes, int index) {
  Unrest unrest = unrest_of(planes);
  Segments segments{.map = std::move(unrest.groups),
                    .luma_dc_change = luma_dc_change,
                    .second_dc_change = second_dc_change,
                    .second_ac_change = second_ac_change,
                    .chroma_dc_change = chroma_dc_change,
                    .chroma_ac_change = chroma_ac_change,
                    .sharpness = filter_sharpness};
  std::array<int, most_segments> quantisers{};
  for (std::size_t i = 0; i < most_segments; ++i) {
    const int change = unrest.against_mean[i] * steps_of_an_octave_64ths;  // in 4096ths
    quantisers[i] = std::clamp((index * 256 + change + 2048) >> 12, 0, 127);
    segments.rows[i] = make_segment(quantisers[i]);
  }
  // One segment is enough if all quantizers are equal, or if the segment map would take space that
  // modes need (see Coder::most_mode_bytes).
  const bool too_many = planes.wide * planes.high > most_segmented;
  if (too_many) segments.rows[0] = make_segment(std::clamp((index * 256 + 2048) >> 12, 0, 127));
  if (too_many || std::ranges::count(quantisers, quantisers[0]) == most_segments) {
    segments.count = 1;
    std::ranges::fill(segments.map, std::uint8_t{0});
  }
  return segments;
}

}  // namespace imgmill::webp

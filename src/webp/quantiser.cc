#include "webp/quantiser.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace imgmill::webp {

double tune[64] = {};

namespace {

// dev
double T(int i, double otherwise) { return tune[i] != 0 ? tune[i] : otherwise; }

Matrix make_matrix(int dc, int ac, double bias, double weight, double fall) {
  Matrix matrix;
  for (std::size_t at = 0; at < 16; ++at) {
    const int step = at == 0 ? dc : ac;
    matrix.steps[at] = static_cast<std::uint16_t>(step);
    matrix.inverse[at] = static_cast<std::uint16_t>(65536 / step);
    matrix.bias[at] = static_cast<std::uint16_t>(std::lround(step * bias));
    const int x = zigzag[at] % 4;
    const int y = zigzag[at] / 4;
    matrix.weights[at] =
        static_cast<std::int16_t>(std::lround(16 * weight / (1 + fall * (x * x + y * y) / 18.0)));
  }
  return matrix;
}

void fill_segment(Segments& segments, Segment& segment, int quantiser) {
  const auto index = [](int at, int most = 127) {
    return static_cast<std::size_t>(std::clamp(at, 0, most));
  };
  segment.quantiser = quantiser;
  const int ac = ac_steps[index(quantiser)];
  const int luma_dc = dc_steps[index(quantiser + segments.luma_dc_change)];
  const int second_dc = 2 * dc_steps[index(quantiser + segments.second_dc_change)];
  const int second_ac = std::max(8, ac_steps[index(quantiser + segments.second_ac_change)] * 155 / 100);
  const int chroma_dc = dc_steps[index(quantiser + segments.chroma_dc_change, 117)];
  const int chroma_ac = ac_steps[index(quantiser + segments.chroma_ac_change)];
  const double fall = tune[8];
  segment.luma = make_matrix(luma_dc, ac, T(1, 0.4), 1, fall);
  segment.luma_ac = make_matrix(luma_dc, ac, T(1, 0.4), 1, fall);
  segment.second = make_matrix(second_dc, second_ac, 0.45, 0.5, 0);
  segment.chroma = make_matrix(chroma_dc, chroma_ac, 0.42, 1, fall);
  const double unit = 1.92 * ac * ac;
  const double chroma_unit = 1.92 * chroma_ac * chroma_ac;
  segment.lambda_luma = std::max(1, static_cast<int>(std::lround(unit * T(2, 1))));
  segment.lambda_trellis = std::max(1, static_cast<int>(std::lround(unit * T(3, 1))));
  segment.lambda_chroma = std::max(1, static_cast<int>(std::lround(chroma_unit * T(4, 1))));
  segment.lambda_satd = std::max(1, static_cast<int>(std::lround(0.37 * ac * T(5, 1))));
  segment.filter =
      std::clamp(static_cast<int>(std::lround(T(6, 0.5) * std::pow(ac, T(7, 0.9)))), 0, 63);
}

// Unrest of a macroblock: the logarithm of the mean magnitude of what luma has of details,
// in 16ths of an octave... 
double unrest(const Planes& planes, std::size_t row, std::size_t column) {
  const std::size_t stride = planes.luma_stride();
  const std::uint8_t* at = planes.luma.data() + 16 * (row * stride + column);
  double sum = 0;
  for (std::size_t by = 0; by < 16; by += 8) {
    for (std::size_t bx = 0; bx < 16; bx += 8) {
      int s = 0, ss = 0;
      for (std::size_t y = 0; y < 8; ++y) {
        for (std::size_t x = 0; x < 8; ++x) {
          const int v = at[(by + y) * stride + bx + x];
          s += v;
          ss += v * v;
        }
      }
      const double variance = (ss - s * static_cast<double>(s) / 64) / 64;
      sum += std::log2(variance + T(10, 4));
    }
  }
  return sum / 8;
}

}  // namespace

Segments make_segments(const Planes& planes, int quality) {
  Segments segments;
  const std::size_t count = planes.wide * planes.high;
  segments.map.assign(count, 0);
  segments.chroma_ac_change = static_cast<int>(tune[11]);
  segments.chroma_dc_change = static_cast<int>(tune[12]);
  segments.luma_dc_change = static_cast<int>(tune[13]);
  segments.second_dc_change = static_cast<int>(tune[14]);
  segments.second_ac_change = static_cast<int>(tune[15]);
  segments.sharpness = static_cast<int>(T(16, 7));
  const double base = 127.0 * (100 - quality) / 100;
  const double strength = tune[9];
  if (strength == 0) {
    segments.count = 1;
    for (Segment& segment : segments.rows) {
      fill_segment(segments, segment, std::clamp(static_cast<int>(std::lround(base)), 0, 127));
    }
    return segments;
  }
  std::vector<double> values(count);
  double mean = 0;
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = unrest(planes, i / planes.wide, i % planes.wide);
    mean += values[i];
  }
  mean /= static_cast<double>(count);
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  std::array<double, 4> centres{};
  for (std::size_t k = 0; k < 4; ++k) centres[k] = sorted[count * (2 * k + 1) / 8];
  for (int round = 0; round < 8; ++round) {
    std::array<double, 4> sums{};
    std::array<double, 4> members{};
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t best = 0;
      for (std::size_t k = 1; k < 4; ++k) {
        if (std::abs(values[i] - centres[k]) < std::abs(values[i] - centres[best])) best = k;
      }
      segments.map[i] = static_cast<std::uint8_t>(best);
      sums[best] += values[i];
      members[best] += 1;
    }
    for (std::size_t k = 0; k < 4; ++k) {
      if (members[k] > 0) centres[k] = sums[k] / members[k];
    }
  }
  segments.count = 4;
  for (std::size_t k = 0; k < 4; ++k) {
    const double change = strength * (centres[k] - mean);
    fill_segment(segments, segments.rows[k],
                 std::clamp(static_cast<int>(std::lround(base + change)), 0, 127));
  }
  return segments;
}

}  // namespace imgmill::webp

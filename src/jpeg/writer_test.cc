#include "jpeg/writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "jpeg/chroma.h"
#include "jpeg/dct.h"
#include "jpeg/encoder.h"
#include "jpeg/forward.h"
#include "jpeg/reader.h"
#include "support/decode.h"
#include "support/jpegtran.h"

namespace imgmill {
namespace {

using namespace test;

TEST(Huffman, CodesAreValidWhateverTheHistogram) {
  jpeg::Histogram fibonacci{};  // the deepest possible tree
  fibonacci[0] = fibonacci[1] = 1;
  for (std::size_t i = 2; i < 40; ++i) fibonacci[i] = fibonacci[i - 1] + fibonacci[i - 2];
  jpeg::Histogram even{};
  even.fill(7);
  jpeg::Histogram one{};
  one[200] = 5;
  for (const jpeg::Histogram& histogram : {fibonacci, even, one, jpeg::Histogram{}}) {
    const jpeg::HuffmanCode code = jpeg::best_code(histogram);
    double space = 0;
    for (std::size_t symbol = 0; symbol < 256; ++symbol) {
      const int bits = code.lengths[symbol];
      EXPECT_TRUE(bits > 0 || histogram[symbol] == 0);
      EXPECT_LE(bits, 16);
      if (bits == 0) continue;
      space += std::ldexp(1.0, -bits);
      EXPECT_NE(code.codes[symbol], (1U << bits) - 1) << "all ones are reserved";
    }
    EXPECT_LT(space, 1);
    EXPECT_EQ(std::accumulate(code.counts.begin(), code.counts.end(), std::size_t{0}),
              code.symbols.size());
  }
}

TEST(Huffman, FrequentSymbolsAreShort) {
  jpeg::Histogram histogram{};
  histogram[3] = 1000;
  histogram[4] = 10;
  histogram[5] = 1;
  const jpeg::HuffmanCode code = jpeg::best_code(histogram);
  EXPECT_EQ(code.lengths[3], 1);
  EXPECT_EQ(code.cost(histogram), 1000U + 2 * 10 + 3);
}

TEST(JpegRepacking, IsNeverLargerThanJpegtran) {
  for (const int quality : {30, 75, 95}) {
    for (const auto& [width, height] : {std::pair{1, 1}, {16, 16}, {65, 40}, {300, 200}}) {
      for (const int channels : {1, 3, 4}) {
        const Bytes file = make_jpeg(photo(width, height, channels), {.quality = quality});
        const auto ours = jpeg::repack_jpeg(file);
        ASSERT_TRUE(ours);
        EXPECT_LE(ours->size(), jpegtran(file).size())
            << quality << " " << width << "x" << height << " " << channels;
        EXPECT_EQ(jpeg_coefficients(ours->view()), jpeg_coefficients(file));
      }
    }
  }
}

TEST(JpegWriter, RefusesLevelsNoDecoderTakes) {
  const Bytes file = make_jpeg(photo(64, 64));
  for (const int level : {2000, -2000, 32767, -32768}) {
    auto picture = jpeg::read_picture(file);
    ASSERT_TRUE(picture);
    picture->planes[0].block(5)[9] = static_cast<std::int16_t>(level);
    const auto written = jpeg::write_jpeg(*picture, jpeg::ScanSearch::sampled);
    ASSERT_FALSE(written) << level;
    EXPECT_EQ(written.error().code(), ErrorCode::unsupported);
  }
}

// More blocks per MCU than one scan may contain.
TEST(JpegWriter, LargeSamplingFactorsAreReadBack) {
  auto picture = jpeg::read_picture(make_jpeg(photo(70, 50, 1)));
  ASSERT_TRUE(picture);
  picture->planes[0].across = picture->planes[0].down = 4;
  const std::uint8_t id = picture->planes[0].id;
  for (int i = 0; i < 2; ++i) {
    jpeg::Plane plane;
    plane.id = static_cast<std::uint8_t>(id + 1 + i);
    plane.steps.fill(3);
    plane.blocks_wide = (70 + 31) / 32;
    plane.blocks_high = (50 + 31) / 32;
    plane.allocate();
    std::fill_n(plane.levels.get(), plane.blocks() * 64, std::int16_t{2});
    picture->planes.push_back(std::move(plane));
  }
  for (const auto search : {jpeg::ScanSearch::sampled, jpeg::ScanSearch::whole}) {
    const auto file = jpeg::write_jpeg(*picture, search);
    ASSERT_TRUE(file);
    const auto again = jpeg::read_picture(file->view());
    ASSERT_TRUE(again) << again.error().describe();
    ASSERT_EQ(again->planes.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      const jpeg::Plane& a = picture->planes[i];
      const jpeg::Plane& b = again->planes[i];
      ASSERT_EQ(a.blocks(), b.blocks());
      EXPECT_TRUE(std::equal(a.levels.get(), a.levels.get() + a.blocks() * 64, b.levels.get()));
    }
  }
}

TEST(Dct, CoefficientsAreThoseOfTheDefinition) {
  const Raster picture = photo(8, 8, 1);
  std::vector<std::uint8_t> samples;
  for (const auto sample : picture.samples) samples.push_back(static_cast<std::uint8_t>(sample));
  const jpeg::Picture dct = jpeg::forward_dct(
      {.first = samples.data(), .row_size = 8, .width = 8, .height = 8, .channels = 1});
  const auto& plane = dct.planes[0];
  for (int v = 0; v < 8; ++v) {
    for (int u = 0; u < 8; ++u) {
      // T.81, A.3.3.
      double sum = 0;
      for (int y = 0; y < 8; ++y) {
        for (int x = 0; x < 8; ++x) {
          sum += (samples[static_cast<std::size_t>(8 * y + x)] - 128) *
                 std::cos((2 * x + 1) * u * M_PI / 16) * std::cos((2 * y + 1) * v * M_PI / 16);
        }
      }
      sum *= 0.25 * (u == 0 ? M_SQRT1_2 : 1) * (v == 0 ? M_SQRT1_2 : 1);
      EXPECT_NEAR(plane.block(0)[8 * v + u] * plane.unit, sum, 0.04) << u << " " << v;
    }
  }
}

// The samples of a plane, without rounding or clipping.
double sample_at(const jpeg::Plane& plane, std::size_t x, std::size_t y, bool gain) {
  const std::int16_t* block = plane.block(y / 8 * plane.blocks_wide + x / 8);
  double sum = 0;
  for (std::size_t v = 0; v < 8; ++v) {
    for (std::size_t u = 0; u < 8; ++u) {
      double value = block[8 * v + u] * double{plane.unit} * plane.steps[8 * v + u];
      if (gain) value /= jpeg::halving_gain(u) * jpeg::halving_gain(v);
      sum += value * jpeg::dct_basis()[u][x % 8] * jpeg::dct_basis()[v][y % 8];
    }
  }
  return sum;
}

TEST(Chroma, HalvedSamplesAreMeans) {
  const auto picture =
      jpeg::read_picture(make_jpeg(photo(64, 48), {.quality = 95, .across = 1, .down = 1}));
  ASSERT_TRUE(picture);
  const jpeg::Plane& full = picture->planes[1];
  const jpeg::Plane half = jpeg::halved(full, true, true);
  ASSERT_EQ(half.blocks_wide, 4U);
  ASSERT_EQ(half.blocks_high, 3U);
  for (std::size_t y = 0; y < 24; y += 3) {
    for (std::size_t x = 0; x < 32; x += 3) {
      const double mean =
          (sample_at(full, 2 * x, 2 * y, false) + sample_at(full, 2 * x + 1, 2 * y, false) +
           sample_at(full, 2 * x, 2 * y + 1, false) +
           sample_at(full, 2 * x + 1, 2 * y + 1, false)) /
          4;
      EXPECT_NEAR(sample_at(half, x, y, true), mean, 0.15) << x << " " << y;
    }
  }
}

}  // namespace
}  // namespace imgmill

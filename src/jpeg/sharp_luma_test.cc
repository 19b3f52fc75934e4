#include "jpeg/sharp_luma.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "jpeg/encoder.h"
#include "jpeg/reader.h"
#include "support/decode.h"
#include "support/raster.h"

namespace imgmill {
namespace {

using namespace test;

struct Pixels {
  std::vector<std::uint8_t> samples;
  int width = 0;
  int height = 0;

  [[nodiscard]] jpeg::Samples view(int channels = 3) const {
    return {.first = samples.data(),
            .row_size = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels),
            .width = static_cast<std::uint32_t>(width),
            .height = static_cast<std::uint32_t>(height),
            .channels = channels};
  }
};

Pixels pixels_of(const Raster& raster) {
  Pixels out{.width = raster.width, .height = raster.height};
  for (const auto sample : raster.samples) out.samples.push_back(static_cast<std::uint8_t>(sample));
  return out;
}

// Stand-ins for letters: red bars, one to four pixels wide, on a dull green.
Pixels bars(int width, int height) {
  Pixels out{.width = width, .height = height};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool on = x / (1 + y / 8 % 4) % 3 == 0;
      const auto colour =
          on ? std::array<std::uint8_t, 3>{200, 40, 40} : std::array<std::uint8_t, 3>{90, 130, 90};
      out.samples.insert(out.samples.end(), colour.begin(), colour.end());
    }
  }
  return out;
}

double light(double sample) {
  const double v = sample / 255;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

double luminance(const auto* rgb) {
  return 0.2126 * light(rgb[0]) + 0.7152 * light(rgb[1]) + 0.0722 * light(rgb[2]);
}

// The mean deviation of a pixel's luminance from the original's.
double error_in_light(ByteView file, const Pixels& original) {
  const Raster shown = decode(file, Format::jpeg).picture();
  double sum = 0;
  for (std::size_t at = 0; at < original.samples.size(); at += 3) {
    sum += std::abs(luminance(&shown.samples[at]) - luminance(&original.samples[at]));
  }
  return 3 * sum / static_cast<double>(original.samples.size());
}

// The file at this effort, without the effort's influence on levels and scans.
Buffer file_of(const Pixels& pixels, jpeg::Luma luma) {
  const jpeg::Picture picture = jpeg::forward_dct(pixels.view(), luma);
  return *jpeg::encode_jpeg(picture, {.quality = 90, .halve_chroma = true});
}

TEST(SharpLuma, LightIsNearerToTheOriginal) {
  const Pixels pixels = bars(96, 64);
  const double before = error_in_light(file_of(pixels, jpeg::Luma::own).view(), pixels);
  const double after =
      error_in_light(file_of(pixels, jpeg::Luma::for_halved_chroma).view(), pixels);
  EXPECT_GT(before, 0.015);
  EXPECT_LT(after, 0.4 * before) << before;
}

TEST(SharpLuma, LeavesWhatHalvingDoesNotChange) {
  Pixels flat{.samples = std::vector<std::uint8_t>(3 * 24 * 17), .width = 24, .height = 17};
  for (std::size_t at = 0; at < flat.samples.size(); at += 3) {
    flat.samples[at] = 10;
    flat.samples[at + 1] = 200;
    flat.samples[at + 2] = 70;
  }
  Pixels grey = pixels_of(photo(24, 17));
  for (std::size_t at = 0; at < grey.samples.size(); at += 3) {
    grey.samples[at + 1] = grey.samples[at + 2] = grey.samples[at];
  }
  for (const Pixels* pixels : {&flat, &grey}) {
    const jpeg::Picture own = jpeg::forward_dct(pixels->view());
    const jpeg::Picture sharp = jpeg::forward_dct(pixels->view(), jpeg::Luma::for_halved_chroma);
    for (std::size_t i = 0; i < 3; ++i) {
      const jpeg::Plane& plane = own.planes[i];
      for (std::size_t k = 0; k < plane.blocks() * jpeg::block_coefficients; ++k) {
        ASSERT_NEAR(plane.levels[k], sharp.planes[i].levels[k], i == 0 ? 1 : 0) << i << " " << k;
      }
    }
  }
}

// Only at the highest effort, and only for subsampled chroma.
TEST(SharpLuma, ComesWithThoroughCareAlone) {
  const Pixels pixels = bars(40, 40);
  const auto luma_of = [&](jpeg::Care care, bool halve) {
    const auto file = jpeg::encode_jpeg(pixels.view(), {.care = care, .halve_chroma = halve});
    return jpeg::read_picture(file->view());
  };
  const auto same = [](const auto& a, const auto& b) {
    const std::size_t count = a->planes[0].blocks() * jpeg::block_coefficients;
    return std::equal(a->planes[0].levels.get(), a->planes[0].levels.get() + count,
                      b->planes[0].levels.get());
  };
  const jpeg::Picture plain = jpeg::forward_dct(pixels.view());
  for (const bool halve : {false, true}) {
    for (const jpeg::Care care : {jpeg::Care::weighed, jpeg::Care::thorough}) {
      const auto without = jpeg::encode_jpeg(plain, {.care = care, .halve_chroma = halve});
      const auto expected = jpeg::read_picture(without->view());
      EXPECT_EQ(same(luma_of(care, halve), expected), !(halve && care == jpeg::Care::thorough));
    }
  }
}

TEST(SharpLuma, TakesPicturesOfEverySize) {
  for (int side = 1; side <= 20; ++side) {
    for (const auto& [width, height] :
         {std::pair{side, side}, {side, 21 - side}, {side, 1}, {2, side}}) {
      SCOPED_TRACE(testing::Message() << width << "x" << height);
      for (const int channels : {1, 3}) {
        const Raster picture = photo(width, height, channels);
        const Pixels pixels = pixels_of(picture);
        const auto file =
            jpeg::encode_jpeg(pixels.view(channels),
                              {.quality = 90, .care = jpeg::Care::thorough, .halve_chroma = true});
        ASSERT_TRUE(file);
        EXPECT_GT(psnr(decode(file->view(), Format::jpeg).picture(), picture), 20);
      }
    }
  }
}

}  // namespace
}  // namespace imgmill

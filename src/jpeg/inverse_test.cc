#include "jpeg/inverse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <vector>

#include "codecs/engine.h"
#include "jpeg/encoder.h"
#include "jpeg/writer.h"
#include "quality/ssimulacra2_simd.h"
#include "support/decode.h"
#include "support/jpeg_kinds.h"

namespace imgmill {
namespace {

using namespace test;

Raster shown_by_us(const jpeg::Picture& picture) {
  const jpeg::Pixels pixels = jpeg::shown_pixels(picture);
  Raster raster(static_cast<int>(pixels.width), static_cast<int>(pixels.height), pixels.channels);
  std::copy_n(pixels.samples, raster.samples.size(), raster.samples.begin());
  std::free(pixels.samples);
  return raster;
}

// The number of samples that differ.
std::size_t unlike(const Raster& a, const Raster& b) {
  if (a.width != b.width || a.height != b.height || a.channels != b.channels)
    return a.samples.size();
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.samples.size(); ++i) count += a.samples[i] != b.samples[i];
  return count;
}

TEST(JpegInverse, EveryKindAndSizeIsShownAsLibjpegShowsIt) {
  std::size_t known = 0;
  for (const JpegKind& kind : jpeg_kinds) {
    for (const auto& [width, height] : {std::pair{1, 1},
                                        {2, 3},
                                        {5, 9},
                                        {6, 1},
                                        {7, 8},
                                        {8, 9},
                                        {15, 17},
                                        {33, 31},
                                        {70, 64},
                                        {129, 70}}) {
      SCOPED_TRACE(testing::Message() << kind.name << " " << width << "x" << height);
      const Bytes file = make_jpeg(photo(width, height, kind.channels), kind.how);
      const auto picture = jpeg::read_picture(file);
      ASSERT_TRUE(picture);
      if (!jpeg::can_be_shown(*picture)) continue;
      ++known;
      EXPECT_EQ(unlike(shown_by_us(*picture), decode(file, Format::jpeg).picture()), 0U);
    }
  }
  // All but 4:4:0, 4:1:1, CMYK, and subsampled pictures narrower than six pixels.
  EXPECT_EQ(known, 8U * 10 - 6 * 3);
}

TEST(JpegInverse, RegionsAreThePixelsOfTheWhole) {
  std::mt19937 random(5);
  const auto below = [&](std::uint32_t end) { return static_cast<std::uint32_t>(random() % end); };
  for (const JpegKind& kind : jpeg_kinds) {
    const std::uint32_t width = 163;
    const std::uint32_t height = 75;
    SCOPED_TRACE(kind.name);
    const auto picture =
        jpeg::read_picture(make_jpeg(photo(width, height, kind.channels), kind.how));
    ASSERT_TRUE(picture);
    if (!jpeg::can_be_shown(*picture)) continue;
    const Raster whole = shown_by_us(*picture);
    const auto channels = static_cast<std::size_t>(whole.channels);
    jpeg::RegionDecoder decoder(*picture);
    const auto expect_like_whole = [&](const jpeg::Region& region) {
      const std::size_t row = region.width * channels;
      std::vector<unsigned char> part(row * region.height);
      decoder.decode(region, part.data(), row);
      for (std::uint32_t y = 0; y < region.height; ++y) {
        const auto* expected =
            whole.samples.data() + ((region.top + y) * std::size_t{width} + region.left) * channels;
        ASSERT_TRUE(std::equal(expected, expected + row, part.data() + y * row))
            << region.left << "," << region.top << " " << region.width << "x" << region.height
            << ", row " << y;
      }
    };
    // Columns from top to bottom, in bands of any height.
    for (std::uint32_t left = 0; left < width; left += 37) {
      const std::uint32_t wide = std::min(41U, width - left);
      for (std::uint32_t top = 0; top < height;) {
        const auto high = std::min(1 + below(20), height - top);
        expect_like_whole({left, top, wide, high});
        top += high;
      }
    }
    for (int i = 0; i < 200; ++i) {
      const std::uint32_t left = below(width);
      const std::uint32_t top = below(height);
      expect_like_whole({left, top, 1 + below(width - left), 1 + below(height - top)});
    }
  }
}

TEST(JpegInverse, WhatOurEncoderWritesIsShownAsEveryDecoderShowsIt) {
  for (const int channels : {1, 3}) {
    for (const auto& [width, height] : {std::pair{90, 50}, {1201, 840}}) {
      const Bytes file = make_jpeg(photo(width, height, channels), {.across = 1, .down = 1});
      const auto source = jpeg::read_picture(file);
      ASSERT_TRUE(source);
      for (const double quality : {20.0, 75.25, 97.0}) {
        if (width > 1000 && quality != 75.25) continue;
        SCOPED_TRACE(testing::Message() << width << " x " << channels << " at " << quality);
        const jpeg::Picture coarse = jpeg::requantised(*source, {.quality = quality});
        ASSERT_TRUE(jpeg::can_be_shown(coarse));
        const auto written = jpeg::write_jpeg(coarse, jpeg::ScanSearch::sampled);
        ASSERT_TRUE(written);
        const Raster ours = shown_by_us(coarse);
        EXPECT_EQ(unlike(ours, decode(written->view(), Format::jpeg).picture()), 0U);
        // libvips has its own decoder.
        const vips::VImage theirs =
            vips::VImage::jpegload_buffer(BlobView(written->view()).get()).copy_memory();
        const auto* samples = static_cast<const std::uint8_t*>(theirs.data());
        EXPECT_TRUE(std::equal(ours.samples.begin(), ours.samples.end(), samples));
      }
    }
  }
}

TEST(JpegInverse, WildCoefficientsAreHeldInTheirRange) {
  std::mt19937 random(7);
  const Bytes file = make_jpeg(photo(64, 48), {.across = 2, .down = 2});
  auto picture = jpeg::read_picture(file);
  ASSERT_TRUE(picture);
  for (jpeg::Plane& plane : picture->planes) {
    plane.steps.fill(3);
    for (std::size_t i = 0; i < plane.blocks() * jpeg::block_coefficients; ++i) {
      plane.levels[i] = static_cast<std::int16_t>(static_cast<int>(random() % 161) - 80);
    }
  }
  const auto written = jpeg::write_jpeg(*picture, jpeg::ScanSearch::sampled);
  ASSERT_TRUE(written);
  const Raster ours = shown_by_us(*picture);
  EXPECT_EQ(unlike(ours, decode(written->view(), Format::jpeg).picture()), 0U);
  EXPECT_TRUE(std::ranges::count(ours.samples, 0) > 0 && std::ranges::count(ours.samples, 255) > 0);
}

TEST(JpegInverse, EveryInstructionSetShowsTheSame) {
  std::vector<jpeg::Picture> pictures;
  for (const JpegMake& how : {JpegMake{.across = 1, .down = 1}, JpegMake{.across = 2, .down = 1},
                              JpegMake{.across = 2, .down = 2}}) {
    auto picture = jpeg::read_picture(make_jpeg(photo(83, 61), how));
    ASSERT_TRUE(picture);
    pictures.push_back(*std::move(picture));
  }
  // Products that wrap around, and sums that are clipped.
  std::mt19937 random(11);
  auto wild = jpeg::read_picture(make_jpeg(photo(75, 41), {.across = 2, .down = 2}));
  ASSERT_TRUE(wild);
  for (jpeg::Plane& plane : wild->planes) {
    plane.steps.fill(40000);
    plane.steps[0] = 250;
    for (std::size_t i = 0; i < plane.blocks() * jpeg::block_coefficients; ++i) {
      plane.levels[i] = static_cast<std::int16_t>(random());
    }
  }
  pictures.push_back(*std::move(wild));
  for (const jpeg::Picture& picture : pictures) {
    const Raster usual = shown_by_us(picture);
    ASSERT_GT(simd_targets().size(), 1U);
    for (const std::string_view target : simd_targets()) {
      SCOPED_TRACE(target);
      ASSERT_TRUE(quality::choose_simd_target(target));
      EXPECT_EQ(unlike(shown_by_us(picture), usual), 0U);
    }
    quality::choose_simd_target("");
  }
}

}  // namespace
}  // namespace imgmill

#include "jpeg/encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "jpeg/quality.h"
#include "jpeg/reader.h"
#include "jpeg/writer.h"
#include "quality/ssimulacra2_simd.h"
#include "support/decode.h"
#include "support/jpeg_kinds.h"

namespace imgmill {
namespace {

using namespace test;

Raster shown(ByteView file) { return decode(file, Format::jpeg).picture(); }

jpeg::Samples samples_of(const Raster& raster, std::vector<std::uint8_t>& storage) {
  storage.clear();
  for (const auto sample : raster.samples) storage.push_back(static_cast<std::uint8_t>(sample));
  const auto width = static_cast<std::uint32_t>(raster.width);
  return {.first = storage.data(),
          .row_size = std::size_t{width} * static_cast<std::size_t>(raster.channels),
          .width = width,
          .height = static_cast<std::uint32_t>(raster.height),
          .channels = raster.channels};
}

Result<Buffer> encoded(const Raster& raster, const jpeg::EncoderSettings& settings) {
  std::vector<std::uint8_t> storage;
  return jpeg::encode_jpeg(samples_of(raster, storage), settings);
}

TEST(JpegEncoder, RequantisedFilesOfEveryKindAndSizeLookAlike) {
  for (const JpegKind& kind : jpeg_kinds) {
    for (const auto& [width, height] :
         {std::pair{1, 1}, {2, 3}, {7, 8}, {8, 9}, {15, 17}, {33, 31}, {70, 64}}) {
      for (const jpeg::CodingEffort effort :
           {jpeg::CodingEffort::quick, jpeg::CodingEffort::weighed, jpeg::CodingEffort::thorough}) {
        SCOPED_TRACE(testing::Message() << kind.name << " " << width << "x" << height);
        const Bytes file = make_jpeg(photo(width, height, kind.channels), kind.how);
        const auto picture = jpeg::read_picture(file);
        ASSERT_TRUE(picture);
        const auto coarse = jpeg::encode_jpeg(*picture, {.quality = 75, .effort = effort});
        ASSERT_TRUE(coarse) << coarse.error().describe();
        EXPECT_GT(psnr(shown(coarse->view()), shown(file)), 28);
      }
    }
  }
}

TEST(JpegEncoder, SamplesOfEverySizeComeBack) {
  for (const int channels : {1, 3}) {
    for (int side = 1; side <= 40; ++side) {
      SCOPED_TRACE(testing::Message() << side << " channels " << channels);
      const Raster picture = photo(side, 41 - side, channels);
      const auto file = encoded(picture, {.quality = 90});
      ASSERT_TRUE(file);
      EXPECT_GT(psnr(shown(file->view()), picture), 28);
      const auto best = encoded(picture, {.quality = 100});
      ASSERT_TRUE(best);
      // Steps of 1 and no chroma subsampling: only rounding errors remain.
      EXPECT_GT(psnr(shown(best->view()), picture), 44);
    }
  }
}

TEST(JpegEncoder, HigherQualitiesAreLargerAndNearer) {
  const Raster picture = photo(128, 96);
  std::size_t size = 0;
  double nearness = 0;
  for (const int quality : {20, 40, 60, 75, 85, 92, 97, 100}) {
    const auto file = encoded(picture, {.quality = static_cast<double>(quality)});
    ASSERT_TRUE(file);
    const double now = psnr(shown(file->view()), picture);
    EXPECT_GT(file->size(), size) << quality;
    EXPECT_GT(now, nearness) << quality;
    size = file->size();
    nearness = now;
  }
}

TEST(JpegEncoder, WeighingPays) {
  const Raster picture = photo(256, 192);
  const auto rounded = encoded(picture, {.quality = 75, .effort = jpeg::CodingEffort::quick});
  const auto weighed = encoded(picture, {.quality = 75, .effort = jpeg::CodingEffort::weighed});
  ASSERT_TRUE(rounded && weighed);
  EXPECT_LT(weighed->size(), rounded->size());
}

TEST(JpegEncoder, CoarseStepsStay) {
  const Bytes coarse = make_jpeg(photo(64, 64), {.quality = 40});
  const auto picture = jpeg::read_picture(coarse);
  ASSERT_TRUE(picture);
  const jpeg::Picture finer = jpeg::requantised(*picture, {.quality = 95});
  for (std::size_t i = 0; i < picture->planes.size(); ++i) {
    EXPECT_EQ(finer.planes[i].steps, picture->planes[i].steps);
  }
}

// Detecting earlier loss requires the output of a simple encoder with a file's tables for other
// pixels.
TEST(JpegEncoder, ImitatesThePlainEncoderOfAFile) {
  const Raster picture = photo(97, 173);
  for (const JpegKind& kind : jpeg_kinds) {
    if (kind.channels != 3 || kind.how.across == 4) continue;
    SCOPED_TRACE(kind.name);
    JpegMake how = kind.how;
    how.quality = 70;
    const Bytes file = make_jpeg(picture, how);
    const auto model = jpeg::read_picture(file);
    ASSERT_TRUE(model);
    std::vector<std::uint8_t> storage;
    const jpeg::Samples samples = samples_of(picture, storage);
    jpeg::PlainEncoder encoder(samples.width, samples.height, *model);
    for (std::uint32_t y = 0; y < samples.height; y += jpeg::PlainEncoder::band_rows) {
      jpeg::Samples band = samples;
      band.first += y * samples.row_size;
      band.height = std::min(jpeg::PlainEncoder::band_rows, samples.height - y);
      encoder.add(band);
    }
    const auto like = jpeg::write_jpeg(std::move(encoder).take(), jpeg::ScanSearch::sampled);
    ASSERT_TRUE(like);
    const auto again = jpeg::read_picture(like->view());
    ASSERT_TRUE(again);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(again->planes[i].steps, model->planes[i].steps);
      EXPECT_EQ(again->planes[i].blocks(), model->planes[i].blocks());
    }
    EXPECT_NEAR(psnr(shown(like->view()), picture), psnr(shown(file), picture), 0.5);
  }
}

TEST(JpegEncoder, SegmentsComeAlong) {
  const Bytes file = make_jpeg(photo(40, 40), {.exif = exif_block(6), .comment = secret_comment});
  const auto picture = jpeg::read_picture(file);
  ASSERT_TRUE(picture);
  const auto coarse = jpeg::encode_jpeg(*picture, {.quality = 60});
  ASSERT_TRUE(coarse);
  EXPECT_TRUE(holds(coarse->view(), secret_camera));
  EXPECT_TRUE(holds(coarse->view(), secret_comment));
}

// Red letters on white: chroma subsampling would smear them.
TEST(JpegEncoder, ChromaIsHalvedWhereItIsNotSeen) {
  Raster stripes = photo(64, 64);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      const bool on = (x + y) % 2 == 0;
      auto* at = &stripes.samples[static_cast<std::size_t>(3 * (64 * y + x))];
      at[0] = 255;
      at[1] = at[2] = static_cast<std::uint16_t>(on ? 0 : 255);
    }
  }
  std::vector<std::uint8_t> storage;
  const auto across = [&](const Raster& raster, int quality) {
    const jpeg::Picture picture = jpeg::forward_dct(samples_of(raster, storage));
    return jpeg::requantised(picture, {.quality = static_cast<double>(quality)}).planes[0].across;
  };
  EXPECT_EQ(across(stripes, 80), 1);
  const jpeg::Picture asked = jpeg::forward_dct(samples_of(stripes, storage));
  EXPECT_EQ(jpeg::requantised(asked, {.halve_chroma = true}).planes[0].across, 2);
  EXPECT_EQ(jpeg::requantised(asked, {.halve_chroma = false}).planes[0].across, 1);
  EXPECT_EQ(across(photo(64, 64), 80), 2);
  EXPECT_EQ(across(photo(64, 64), 95), 1);
}

TEST(JpegEncoder, EveryInstructionSetWritesTheSameBytes) {
  const Raster picture = photo(83, 61);
  const Bytes file = make_jpeg(photo(90, 50), {.across = 1, .down = 1});
  const auto source = jpeg::read_picture(file);
  ASSERT_TRUE(source);
  const auto from_samples =
      encoded(picture, {.quality = 80, .effort = jpeg::CodingEffort::thorough});
  const auto from_file = jpeg::encode_jpeg(*source, {.quality = 80});
  ASSERT_TRUE(from_samples && from_file);
  ASSERT_GT(simd_targets().size(), 1U);
  for (const std::string_view target : simd_targets()) {
    SCOPED_TRACE(target);
    ASSERT_TRUE(quality::choose_simd_target(target));
    const auto again = encoded(picture, {.quality = 80, .effort = jpeg::CodingEffort::thorough});
    const auto coarse = jpeg::encode_jpeg(*source, {.quality = 80});
    ASSERT_TRUE(again && coarse);
    EXPECT_TRUE(std::ranges::equal(again->view(), from_samples->view()));
    EXPECT_TRUE(std::ranges::equal(coarse->view(), from_file->view()));
  }
  quality::choose_simd_target("");
}

TEST(JpegEncoder, SamplesThatAreEncodedTwiceGiveTheBytesOfOnce) {
  const Raster picture = photo(83, 61);
  std::vector<std::uint8_t> storage;
  jpeg::SamplesEncoder encoder(samples_of(picture, storage), {});
  for (const jpeg::CodingEffort effort :
       {jpeg::CodingEffort::weighed, jpeg::CodingEffort::thorough, jpeg::CodingEffort::quick}) {
    for (const double quality : {60.0, 95.0, 60.0}) {
      const jpeg::EncoderSettings settings{.quality = quality, .effort = effort};
      const auto once = encoded(picture, settings);
      const auto again = jpeg::write_jpeg(encoder.quantised(settings), jpeg::scan_search(effort));
      ASSERT_TRUE(once && again);
      EXPECT_TRUE(std::ranges::equal(once->view(), again->view())) << quality;
    }
  }
}

TEST(JpegEncoder, WhatAFileDoesNotHoldIsNoticed) {
  auto picture = jpeg::read_picture(make_jpeg(photo(40, 30), {}));
  ASSERT_TRUE(picture);
  const auto file = jpeg::write_jpeg(*picture, jpeg::ScanSearch::sampled);
  ASSERT_TRUE(file);
  EXPECT_TRUE(jpeg::check_jpeg(file->view(), *picture));
  ++picture->planes[2].block(1)[3];
  const auto other = jpeg::check_jpeg(file->view(), *picture);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::internal);
  --picture->planes[2].block(1)[3];
  EXPECT_FALSE(jpeg::check_jpeg(file->view().first(file->size() / 2), *picture));
  ++picture->planes[0].steps[9];
  EXPECT_FALSE(jpeg::check_jpeg(file->view(), *picture));
}

TEST(JpegQuality, EstimatesKnowOurTables) {
  for (int quality = 20; quality <= 97; ++quality) {
    EXPECT_NEAR(jpeg::estimate_quality(jpeg::steps_for(quality, jpeg::Channel::luma)), quality, 1);
  }
}

TEST(JpegQuality, TablesOfPlainEncodersAreKnownFromOurs) {
  const Raster picture = photo(32, 24);
  for (int quality = 1; quality <= 98; ++quality) {
    SCOPED_TRACE(quality);
    const auto plain = jpeg::read_picture(make_jpeg(picture, {.quality = quality}));
    ASSERT_TRUE(plain);
    jpeg::Steps steps = plain->planes[0].steps;
    EXPECT_TRUE(jpeg::is_example_table(steps));
    steps[20] = static_cast<std::uint16_t>(steps[20] + 1);
    EXPECT_FALSE(jpeg::is_example_table(steps));
  }
  for (int quality = 1; quality <= 100; ++quality) {
    const jpeg::Steps ours = jpeg::steps_for(quality, jpeg::Channel::luma);
    EXPECT_FALSE(jpeg::is_example_table(ours)) << quality;
  }
}

TEST(JpegQuality, TablesAreFinerTheHigherTheQuality) {
  for (const auto channel :
       {jpeg::Channel::luma, jpeg::Channel::full_chroma, jpeg::Channel::halved_chroma}) {
    jpeg::Steps before = jpeg::steps_for(1, channel);
    for (int quality = 2; quality <= 100; ++quality) {
      const jpeg::Steps steps = jpeg::steps_for(quality, channel);
      for (std::size_t k = 0; k < steps.size(); ++k) EXPECT_LE(steps[k], before[k]);
      before = steps;
    }
    EXPECT_EQ(std::ranges::max(before), 1);
  }
}

}  // namespace
}  // namespace imgmill

// JPEG to JPEG XL: packed whole if nothing may be lost.
#include "optimize/candidates/packed_jpeg.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "codecs/jpeg_in_jxl.h"
#include "support/decode.h"
#include "support/make.h"

namespace imgmill {
namespace {

using namespace test;

constexpr std::uint64_t plenty = std::uint64_t{1} << 24;

ImageSettings without_loss(Keep keep = {}) {
  ImageSettings settings{.output_format = Format::jpegxl, .keep = keep};
  settings.compression = Compression::lossless;
  return settings;
}

TEST(JpegToJxl, WithEverythingKeptTheVeryFileComesBack) {
  const Bytes jpeg = make_jpeg(
      photo(90, 60), {.exif = exif_block(6), .xmp = xmp_packet(), .comment = secret_comment});
  const auto made = optimize(jpeg, without_loss(Keep::all()));
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->decision, Decision::transcoded);
  EXPECT_EQ(made->judgement.score, 100);
  EXPECT_EQ(made->width, 60U);
  const auto back = unpack_jpeg(made->bytes.view(), plenty);
  ASSERT_TRUE(back);
  EXPECT_TRUE(std::ranges::equal(back->view(), ByteView(jpeg)));
}

TEST(JpegToJxl, SecretsAreGoneAlsoFromWhatComesBack) {
  const Bytes jpeg = make_jpeg(
      photo(90, 60), {.exif = exif_block(1), .xmp = xmp_packet(), .comment = secret_comment});
  const auto made = optimize(jpeg, without_loss());
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_FALSE(made->notes.empty());
  const auto back = unpack_jpeg(made->bytes.view(), plenty);
  ASSERT_TRUE(back);
  for (const auto secret : {secret_place, secret_camera, secret_xmp, secret_comment}) {
    EXPECT_FALSE(holds(made->bytes.view(), secret)) << secret;
    EXPECT_FALSE(holds(back->view(), secret)) << secret;
  }
  EXPECT_TRUE(holds(back->view(), owner));
  EXPECT_EQ(jpeg_coefficients(back->view()), jpeg_coefficients(jpeg));
}

TEST(JpegToJxl, IsLeftAloneAfterwards) {
  const Bytes jpeg = make_jpeg(photo(90, 60), {.exif = exif_block(1), .xmp = xmp_packet()});
  const auto made = optimize(jpeg, without_loss(Keep::all()));
  ASSERT_TRUE(made);
  for (const ImageSettings& settings :
       {ImageSettings{}, ImageSettings{.target = Target{.score = 60}}}) {
    const auto again = optimize(made->bytes.view(), settings);
    ASSERT_TRUE(again) << again.error().describe();
    EXPECT_EQ(again->decision, Decision::kept);
    EXPECT_FALSE(again->notes.empty());
  }
}

TEST(JpegToJxl, PackedIsARivalOfLosingMore) {
  // Already coarse: a lossy encoding with a high score would be larger than the packed JPEG.
  const Bytes jpeg = make_jpeg(photo(200, 150), {.quality = 40});
  ImageSettings settings{.target = Target{.score = 95}, .output_format = Format::jpegxl};
  const auto made = optimize(jpeg, settings);
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->decision, Decision::transcoded);
  EXPECT_TRUE(unpack_jpeg(made->bytes.view(), plenty));
  EXPECT_LT(made->bytes.size(), jpeg.size());
}

TEST(JpegToJxl, WhatCannotBePackedIsEncoded) {
  const Bytes jpeg = make_jpeg(photo(90, 60));
  ImageSettings half = without_loss();
  half.resize = {.mode = ResizeMode::percent, .percent = 50};
  const auto smaller = optimize(jpeg, half);
  ASSERT_TRUE(smaller) << smaller.error().describe();
  EXPECT_EQ(smaller->decision, Decision::reencoded);
  EXPECT_FALSE(unpack_jpeg(smaller->bytes.view(), plenty));
}

TEST(JpegToJxl, AutomaticOnlyWhenAllowed) {
  const Bytes jpeg = make_jpeg(photo(120, 90), {.quality = 95});
  ImageSettings settings{.target = Target{.score = 100}, .choose_format = true};
  const auto usual = optimize(jpeg, settings);
  ASSERT_TRUE(usual) << usual.error().describe();
  EXPECT_NE(usual->format, Format::jpegxl);
  settings.allowed.insert(Format::jpegxl);
  const auto allowed = optimize(jpeg, settings);
  ASSERT_TRUE(allowed) << allowed.error().describe();
  EXPECT_EQ(allowed->format, Format::jpegxl);
  EXPECT_LT(allowed->bytes.size(), usual->bytes.size());
}

}  // namespace
}  // namespace imgmill

#include "codecs/jxl.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace test;

TEST(JxlDistance, FallsWithQuality) {
  EXPECT_FLOAT_EQ(jxl_distance(100), 0.1F);
  EXPECT_FLOAT_EQ(jxl_distance(90), 1.0F);
  EXPECT_FLOAT_EQ(jxl_distance(1), 15.0F);
  for (int quality = 2; quality <= 100; ++quality) {
    EXPECT_LT(jxl_distance(quality), jxl_distance(quality - 1)) << quality;
  }
}

TEST(Jxl, IsReadUprightInAndOutOfBoxes) {
  const Raster picture = photo(41, 29);
  for (const bool boxes : {false, true}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      // The EXIF tag says the same and must not rotate it twice.
      const Bytes exif = boxes ? exif_block(orientation) : Bytes();
      const Bytes file =
          make_jxl(picture, {.orientation = orientation, .boxes = boxes, .exif = exif});
      const auto png = optimize(file, {.output_format = Format::png});
      ASSERT_TRUE(png) << png.error().describe();
      EXPECT_EQ(rgba(decode(png->bytes.view(), Format::png).picture()),
                turned(rgba(picture), orientation))
          << orientation << boxes;
    }
  }
}

TEST(Jxl, KeepsChannelsAndDepthWithoutLoss) {
  for (const int channels : {1, 2, 3, 4}) {
    for (const int bits : {8, 16}) {
      const Raster picture = photo(37, 21, channels, bits);
      ImageSettings settings{.output_format = Format::jpegxl};
      settings.compression = Compression::lossless;
      const auto made = optimize(make_png(picture), settings);
      ASSERT_TRUE(made) << made.error().describe();
      const Decoded after = decode(made->bytes.view(), Format::jpegxl);
      EXPECT_EQ(after.picture(), picture) << channels << " channels, " << bits << " bits";
      const auto known = inspect(made->bytes.view());
      ASSERT_TRUE(known);
      EXPECT_EQ(known->channels, channels);
      EXPECT_EQ(known->bits, bits);
      EXPECT_TRUE(known->lossless);
    }
  }
}

TEST(Jxl, SmallerWithLowerQualityAndTheSameEachTime) {
  const Bytes file = make_png(photo(160, 120));
  std::size_t before = 0;
  for (const int quality : {20, 50, 80, 95}) {
    ImageSettings settings{.output_format = Format::jpegxl};
    settings.quality.jxl = quality;
    const auto once = optimize(file, settings);
    const auto twice = optimize(file, settings);
    ASSERT_TRUE(once && twice);
    EXPECT_TRUE(std::ranges::equal(once->bytes.view(), twice->bytes.view()));
    EXPECT_GT(once->bytes.size(), before) << quality;
    before = once->bytes.size();
  }
}

TEST(Jxl, ColoursOfAProfileLookTheSameWithAndWithoutLoss) {
  Raster picture(48, 40, 3);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 48; ++x) {
      const int ramps[3] = {80 + 2 * x, 90 + 2 * y, 100 + x + y};
      for (int c = 0; c < 3; ++c) picture.at(x, y, c) = static_cast<std::uint16_t>(ramps[c]);
    }
  }
  const Bytes profile = wide_profile();
  const Bytes png = make_png(picture, {.icc = profile});
  for (const int quality : {95, 100}) {
    ImageSettings settings{.output_format = Format::jpegxl};
    settings.quality.jxl = quality;
    const auto made = optimize(png, settings);
    ASSERT_TRUE(made) << made.error().describe();
    const Decoded after = decode(made->bytes.view(), Format::jpegxl);
    EXPECT_FALSE(after.icc.empty());
    EXPECT_LT(mean_delta_e(picture, profile, after.picture(), after.icc), 1.5) << quality;
    // The same for the output.
    const auto again = optimize(made->bytes.view(), {.output_format = Format::png});
    ASSERT_TRUE(again);
    const Decoded last = decode(again->bytes.view(), Format::png);
    EXPECT_LT(mean_delta_e(picture, profile, last.picture(), last.icc), 1.5) << quality;
  }
}

TEST(Jxl, AnAnimationIsLeftAloneOrItsFirstFrameTaken) {
  const Movie shown = movie(40, 30, 3);
  const Bytes file = make_jxl(shown);
  const auto same = optimize(file);
  ASSERT_TRUE(same) << same.error().describe();
  EXPECT_EQ(same->decision, Decision::kept);
  EXPECT_FALSE(same->notes.empty());
  const auto refused = optimize(file, {.output_format = Format::png});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
  const auto first =
      optimize(file, {.output_format = Format::png, .animation = imgmill::Animation::first_frame});
  ASSERT_TRUE(first) << first.error().describe();
  EXPECT_EQ(rgba(decode(first->bytes.view(), Format::png).picture()), rgba(shown.frames[0]));
}

TEST(Jxl, LimitsAreCheckedBeforeDecoding) {
  const Bytes file = make_jxl(photo(90, 70));
  const auto refused = optimize(file, {.output_format = Format::png}, {.max_pixels = 6'299});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit);
  EXPECT_TRUE(optimize(file, {.output_format = Format::png}, {.max_pixels = 6'300}));
}

}  // namespace
}  // namespace imgmill

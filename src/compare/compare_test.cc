#include "imgmill/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "support/decode.h"
#include "support/make.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace imgmill::test;

Comparison compared(const Bytes& original, const Bytes& other, HeatMap map = HeatMap::no) {
  auto result = compare(original, other, {.map = map});
  if (!result) {
    ADD_FAILURE() << result.error().describe();
    return {};
  }
  return *std::move(result);
}

std::string refusal(const Bytes& original, const Bytes& other, ErrorCode code) {
  const auto result = compare(original, other);
  if (result) return "compared";
  EXPECT_EQ(result.error().code(), code);
  return result.error().describe();
}

TEST(Compare, TheSamePixelsAreExactlyTheSame) {
  const Raster picture = photo(200, 120);
  for (const auto& [one, two] : {std::pair(make_png(picture), make_png(picture)),
                                 std::pair(make_png(picture), make_webp(picture)),
                                 std::pair(make_png(picture), make_tiff(picture))}) {
    const Comparison result = compared(one, two);
    EXPECT_EQ(result.score, 100);
    EXPECT_EQ(result.worst.score, 100);
    EXPECT_THAT(result.verdict, HasSubstr("same"));
    EXPECT_EQ(result.width, 200U);
    EXPECT_EQ(result.height, 120U);
    EXPECT_EQ(result.frames, 1U);
    EXPECT_EQ(result.original.bytes, one.size());
    EXPECT_EQ(result.other.bytes, two.size());
  }
}

TEST(Compare, LessQualityIsLessScore) {
  const Raster picture = photo(160, 160);
  const Bytes original = make_png(picture);
  double last = 100;
  for (const int quality : {95, 75, 40, 10}) {
    const double score = compared(original, make_jpeg(picture, {.quality = quality})).score;
    EXPECT_LT(score, last) << quality;
    last = score;
  }
}

TEST(Compare, OtherSizesAreRefusedByName) {
  const std::string told =
      refusal(make_png(photo(64, 48)), make_png(photo(48, 64)), ErrorCode::unsupported);
  EXPECT_THAT(told, HasSubstr("64 x 48 and 48 x 64 pixels"));
  EXPECT_THAT(told, HasSubstr("--resize"));
}

TEST(Compare, AnimationsOfOtherLengthsAreRefused) {
  const Bytes still = make_webp(photo(32, 32));
  const Bytes moving = make_webp(movie(32, 32, 3));
  const Bytes longer = make_webp(movie(32, 32, 4));
  EXPECT_THAT(refusal(still, moving, ErrorCode::unsupported), HasSubstr("3 pictures in 0.21 s"));
  EXPECT_THAT(refusal(moving, longer, ErrorCode::unsupported),
              AllOf(HasSubstr("4 pictures in 0.32 s"), HasSubstr("3 pictures in 0.21 s")));
}

// The same content with more frames, and with fewer where frames are equal.
TEST(Compare, WhatIsSeenCountsNotHowManyFramesSayIt) {
  const Movie known = movie(40, 30, 3);
  Movie few{.frames = known.frames, .delays = {1000, 1000, 1000}};
  Movie many;
  for (int i = 0; i < 12; ++i) {
    many.frames.push_back(known.frames[static_cast<std::size_t>(i / 4)]);
    many.delays.push_back(250);
  }
  for (const auto& [one, other] : {std::pair(few, many), std::pair(many, few)}) {
    const Comparison result = compared(make_gif(one), make_gif(other));
    EXPECT_EQ(result.score, 100);
    EXPECT_EQ(result.frames, one.frames.size());
    EXPECT_TRUE(result.notes.empty());
  }
  many.frames[9] = spoilt(many.frames[9], 5, 5, 20);
  many.frames[10] = spoilt(many.frames[10], 5, 5, 20);
  EXPECT_LT(compared(make_gif(many), make_gif(few)).score, 90);
}

// More scenes than are scored: those that differ are among the scored ones.
TEST(Compare, OneFrameOfManyIsFound) {
  Movie shown = movie(64, 48, 40);
  for (const std::size_t place : {std::size_t{1}, std::size_t{17}, std::size_t{38}}) {
    Movie other = shown;
    other.frames[place] = spoilt(other.frames[place], 8, 8, 30);
    const Comparison result = compared(make_webp(shown), make_webp(other));
    EXPECT_LT(result.score, 80) << place;
    EXPECT_EQ(result.frame, place);
  }
}

TEST(Compare, OtherTimesAreTold) {
  const Movie known = movie(40, 30, 3);
  Movie late = known;
  late.delays = {100, 40, 90};
  late.loop = 3;
  const Comparison result = compared(make_gif(known), make_gif(late));
  EXPECT_EQ(result.score, 100);
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("at other times"), HasSubstr("3 times")));
}

TEST(Compare, FramesThatAreAllEqualAreAStillPicture) {
  Movie held{.frames = {rgba(graphic(40, 30)), rgba(graphic(40, 30))}, .delays = {40, 70}};
  EXPECT_EQ(compared(make_gif(held), make_png(graphic(40, 30))).score, 100);
  EXPECT_EQ(compared(make_png(graphic(40, 30)), make_gif(held)).score, 100);
}

TEST(Compare, WhatIsNoImageIsRefusedAndNamed) {
  const Bytes text(400, std::byte{'a'});
  const Bytes image = make_png(photo(32, 32));
  EXPECT_THAT(refusal(text, image, ErrorCode::bad_input), HasSubstr("original"));
  EXPECT_THAT(refusal(image, text, ErrorCode::bad_input), HasSubstr("other"));
  EXPECT_THAT(refusal(image, {}, ErrorCode::bad_input), HasSubstr("other"));
}

TEST(Compare, DamageIsTold) {
  Bytes broken = make_png(photo(128, 128));
  broken.resize(broken.size() / 2);
  const std::string told = refusal(make_png(photo(128, 128)), broken, ErrorCode::bad_input);
  EXPECT_THAT(told, HasSubstr("damaged"));
  EXPECT_THAT(told, HasSubstr("other"));
}

TEST(Compare, LimitsHold) {
  const Bytes image = make_png(photo(64, 64));
  const auto result = compare(image, image, {}, {.max_pixels = 1000});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::limit);
}

TEST(Compare, OrientationIsCarriedOutFirst) {
  const Raster picture = photo(96, 64);
  const Bytes upright = make_jpeg(picture, {.quality = 95, .across = 1, .down = 1});
  for (int orientation = 2; orientation <= 8; ++orientation) {
    // Each orientation is its own inverse, except the quarter turns.
    const int back = orientation == 6 ? 8 : orientation == 8 ? 6 : orientation;
    const Bytes lying =
        make_jpeg(turned(picture, back),
                  {.quality = 95, .across = 1, .down = 1, .exif = exif_block(orientation)});
    const Comparison result = compared(upright, lying);
    EXPECT_GT(result.score, 90) << orientation;
    EXPECT_EQ(result.width, 96U) << orientation;
  }
}

TEST(Compare, GreyEqualsAColourOfEqualParts) {
  const Raster grey = photo(80, 80, 1);
  Raster colour(80, 80, 3);
  for (int y = 0; y < 80; ++y) {
    for (int x = 0; x < 80; ++x) {
      for (int c = 0; c < 3; ++c) colour.at(x, y, c) = grey.at(x, y, 0);
    }
  }
  EXPECT_EQ(compared(make_png(grey), make_png(colour)).score, 100);
}

TEST(Compare, SixteenBitsAreCloseToTheirEight) {
  const Raster deep = photo(80, 80, 3, 16);
  Raster flat(80, 80, 3);
  for (std::size_t i = 0; i < deep.samples.size(); ++i) {
    flat.samples[i] = static_cast<std::uint16_t>(deep.samples[i] >> 8);
  }
  EXPECT_EQ(compared(make_png(deep), make_png(deep)).score, 100);
  EXPECT_GT(compared(make_png(deep), make_png(flat)).score, 90);
}

TEST(Compare, LostTransparencyIsSeen) {
  const Raster clear = photo(96, 96, 4);
  EXPECT_EQ(compared(make_png(clear), make_webp(clear)).score, 100);
  const Raster white = flattened(clear);
  EXPECT_LT(compared(make_png(clear), make_png(white)).score, 70);
}

TEST(Compare, CmykIsSeenAsAScreenWouldShowIt) {
  Raster ink(64, 64, 4);
  ink.cmyk = true;
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) ink.at(x, y, 1) = static_cast<std::uint16_t>(x * 4);
  }
  const Bytes print = make_jpeg(ink, {.quality = 90, .icc = cmyk_profile()});
  const Comparison same = compared(print, print, HeatMap::yes);
  EXPECT_EQ(same.score, 100);
  EXPECT_FALSE(same.map.empty());
  EXPECT_LT(compared(print, make_png(photo(64, 64))).score, 50);
}

TEST(Compare, TheWorstFrameCounts) {
  Movie original = movie(64, 64, 3);
  Movie other = original;
  other.frames[1] = spoilt(rgba(other.frames[1]), 8, 8, 40);
  for (std::size_t i : {std::size_t{0}, std::size_t{2}}) other.frames[i] = rgba(other.frames[i]);
  for (Raster& frame : original.frames) frame = rgba(frame);
  const Comparison result = compared(make_webp(original), make_webp(other), HeatMap::yes);
  EXPECT_LT(result.score, 80);
  EXPECT_EQ(result.frame, 1U);
  EXPECT_EQ(result.frames, 3U);
  const Decoded map = decode(result.map.view(), Format::png);
  EXPECT_EQ(map.picture().height, static_cast<int>(map_extent(64, 64).height));
}

TEST(Compare, SmallestPicturesHaveAnswers) {
  for (const auto& [width, height] :
       {std::pair(1, 1), std::pair(7, 3), std::pair(8, 8), std::pair(1, 40), std::pair(9, 65)}) {
    const Raster picture = photo(width, height);
    const Bytes original = make_png(picture);
    const Comparison same = compared(original, original, HeatMap::yes);
    EXPECT_EQ(same.score, 100);
    Raster other = picture;
    for (std::uint16_t& sample : other.samples) sample = sample > 127 ? 0 : 255;
    const Comparison different = compared(original, make_png(other), HeatMap::yes);
    EXPECT_LT(different.score, 90) << width << " x " << height;
    EXPECT_LE(different.worst.left + different.worst.width, static_cast<unsigned>(width));
    EXPECT_LE(different.worst.top + different.worst.height, static_cast<unsigned>(height));
    const MapExtent extent =
        map_extent(static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height));
    const Decoded map = decode(different.map.view(), Format::png);
    EXPECT_EQ(map.picture().width, static_cast<int>(extent.width));
    EXPECT_EQ(map.picture().height, static_cast<int>(extent.height));
  }
}

TEST(Compare, EveryScoreHasAVerdictAndTheyFollowTheMetricsScale) {
  EXPECT_THAT(verdict_of(100), HasSubstr("same picture"));
  EXPECT_NE(verdict_of(99.99), verdict_of(100));
  for (const double bound : {90.0, 85.0, 80.0, 70.0, 50.0, 30.0, 10.0}) {
    EXPECT_NE(verdict_of(bound), verdict_of(bound - 0.01)) << bound;
    EXPECT_EQ(verdict_of(bound), verdict_of(bound + 1)) << bound;
  }
  EXPECT_FALSE(verdict_of(-400).empty());
  EXPECT_FALSE(verdict_of(std::nan("")).empty());
}

}  // namespace
}  // namespace imgmill

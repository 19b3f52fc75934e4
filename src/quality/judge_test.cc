#include "quality/judge.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "codecs/engine.h"
#include "support/profiles.h"
#include "transform/transform.h"

namespace imgmill {
namespace {

// 16-bit grey: `coarse` in the upper eight bits, and `fine` steps below, up and down.
Picture picture(int bits, int fine) {
  constexpr int width = 160;
  constexpr int height = 140;
  std::vector<std::uint16_t> words;
  std::vector<std::uint8_t> bytes;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int coarse = 40 + (x * 3 + y * 5) % 150;
      const int below = (x + y) % 2 == 0 ? fine : -fine;
      words.push_back(static_cast<std::uint16_t>(coarse * 257 + below));
      bytes.push_back(static_cast<std::uint8_t>(coarse));
    }
  }
  Picture out{.source_bits = bits};
  out.image = bits == 8 ? vips::VImage::new_from_memory_copy(bytes.data(), bytes.size(), width,
                                                             height, 1, VIPS_FORMAT_UCHAR)
                        : vips::VImage::new_from_memory_copy(words.data(), words.size() * 2, width,
                                                             height, 1, VIPS_FORMAT_USHORT);
  out.image.get_image()->Type = bits == 8 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_GREY16;
  return out;
}

double score(const Picture& original, const Picture& candidate) {
  auto judge = Judge::create(original);
  EXPECT_TRUE(judge);
  const auto found = judge->score(candidate);
  EXPECT_TRUE(found);
  return found->score;
}

// Shades of a decoded candidate between those of an 8-bit original are rounded to 8 bits.
TEST(Judge, FinerShadesThanTheOriginalHasAreRounded) {
  EXPECT_EQ(score(picture(8, 0), picture(8, 0)), 100);
  EXPECT_EQ(score(picture(8, 0), picture(16, 0)), 100);
  EXPECT_EQ(score(picture(8, 0), picture(16, 120)), 100);
  EXPECT_LT(score(picture(8, 0), picture(16, 140)), 99.9);
}

// With a profile, too: the samples are rounded, not their light.
TEST(Judge, FinerShadesAreRoundedBeforeAProfileIsApplied) {
  const test::Bytes profile = test::grey_profile(1.8);
  const auto with_profile = [&](Picture in) {
    embed_profile(in.image, profile);
    return in;
  };
  EXPECT_EQ(score(with_profile(picture(8, 0)), with_profile(picture(16, 120))), 100);
  EXPECT_LT(score(with_profile(picture(8, 0)), with_profile(picture(16, 140))), 99.9);
  EXPECT_LT(score(with_profile(picture(16, 0)), with_profile(picture(16, 120))), 100);
}

TEST(Judge, TheShadesOfAnOriginalOf16BitsCount) {
  EXPECT_EQ(score(picture(16, 120), picture(16, 120)), 100);
  EXPECT_LT(score(picture(16, 120), picture(16, 0)), 100);
  EXPECT_LT(score(picture(16, 120), picture(8, 0)), 100);
}

// A grey picture of `width` x `height`: hills, with a step of `coarse` between shades.
Picture hills(int width, int height, int coarse) {
  std::vector<std::uint8_t> bytes;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double light =
          128 + 60 * std::sin(x * 0.37 + 2 * std::sin(y * 0.11)) + 50 * std::cos(y * 0.31);
      bytes.push_back(static_cast<std::uint8_t>(static_cast<int>(light) / coarse * coarse));
    }
  }
  Picture out;
  out.image = vips::VImage::new_from_memory_copy(bytes.data(), bytes.size(), width, height, 1,
                                                 VIPS_FORMAT_UCHAR);
  out.image.get_image()->Type = VIPS_INTERPRETATION_B_W;
  return out;
}

Rating rating(const Picture& original, const Picture& candidate) {
  auto judge = Judge::create(original, Context::mirrored);
  EXPECT_TRUE(judge);
  const auto found = judge->rate(candidate);
  EXPECT_TRUE(found);
  return *found;
}

// The same damage to the same content: the size of the picture should not matter.
TEST(Judge, SmallPicturesScoreAboutAsLargeOnesDo) {
  const double large = rating(hills(400, 300, 1), hills(400, 300, 24)).score;
  ASSERT_GT(large, 20);
  ASSERT_LT(large, 80);
  EXPECT_EQ(large, score(hills(400, 300, 1), hills(400, 300, 24))) << "no context is needed";
  for (const auto& [width, height] : {std::pair(112, 112), std::pair(300, 60), std::pair(64, 48),
                                      std::pair(31, 200), std::pair(24, 24)}) {
    const double small = rating(hills(width, height, 1), hills(width, height, 24)).score;
    EXPECT_NEAR(small, large, 16) << width << " x " << height;
    EXPECT_EQ(rating(hills(width, height, 1), hills(width, height, 1)).reaches(), 100);
  }
  EXPECT_GT(score(hills(64, 48, 1), hills(64, 48, 24)), 90) << "by the reference program";
}

TEST(Judge, EachFrameHasItsOwnContext) {
  Picture one = hills(40, 60, 1);
  one.frames = 2;
  Picture other = one;
  // The second frame loses all of its shades; its neighbour must not lend it any.
  other.image = vips::VImage::arrayjoin({one.image.crop(0, 0, 40, 30), hills(40, 30, 255).image},
                                        vips::VImage::option()->set("across", 1));
  const Picture second = [&] {
    Picture alone;
    alone.image = one.image.crop(0, 30, 40, 30).copy_memory();
    return alone;
  }();
  const Rating both = rating(one, other);
  const Rating alone = rating(second, hills(40, 30, 255));
  EXPECT_EQ(both.score, alone.score);
  EXPECT_EQ(both.psnr, alone.psnr);
}

// The same pixels, computed whenever they are read.
Picture on_demand(const Picture& in) {
  Picture out = in;
  out.image = in.image.rot180().rot180();
  out.on_demand = true;
  return out;
}

TEST(Judge, PicturesOnDemandAreScoredAsInMemory) {
  const Picture original = hills(310, 237, 1);
  const Picture coarse = hills(310, 237, 24);
  const Picture small = hills(31, 30, 1);
  const Picture small_coarse = hills(31, 30, 24);
  for (const auto& [one, other] : {std::pair(original, coarse), std::pair(small, small_coarse)}) {
    const Rating in_memory = rating(one, other);
    EXPECT_LT(in_memory.score, 90);
    for (const Rating& found : {rating(on_demand(one), other), rating(one, on_demand(other)),
                                rating(on_demand(one), on_demand(other))}) {
      EXPECT_EQ(found.score, in_memory.score);
      EXPECT_EQ(found.psnr, in_memory.psnr);
    }
  }
}

// The score and the PSNR of the light of whole pictures.
Rating rating_of_light(const Picture& original, const Picture& candidate) {
  const vips::VImage one = as_light(original)->image.copy_memory();
  const vips::VImage other = as_light(candidate)->image.copy_memory();
  EXPECT_EQ(one.format(), VIPS_FORMAT_FLOAT);
  const auto view = [](const vips::VImage& image) {
    return PixelView{.samples = VIPS_IMAGE_ADDR(image.get_image(), 0, 0),
                     .width = static_cast<std::uint32_t>(image.width()),
                     .height = static_cast<std::uint32_t>(image.height()),
                     .channels = image.bands(),
                     .kind = SampleKind::linear,
                     .row_bytes = VIPS_IMAGE_SIZEOF_LINE(image.get_image())};
  };
  return {.score = Ssimulacra2::prepare(view(one))->compare(view(other))->score,
          .psnr = *psnr(view(one), view(other))};
}

// Tables and a matrix while pixels are read give what a conversion of the whole picture gives.
TEST(Judge, ProfilesAreAppliedWhilePixelsAreRead) {
  const auto in_colour = [](int coarse) {
    const vips::VImage grey = hills(300, 160, coarse).image;
    Picture out;
    out.image = grey.bandjoin(grey.rot180()).bandjoin(grey.fliphor()).copy_memory();
    out.image.get_image()->Type = VIPS_INTERPRETATION_sRGB;
    return out;
  };
  const test::Bytes rgb = test::rgb_profile_of({.gamma = 1.8});
  const test::Bytes grey = test::grey_profile(1.8);
  for (const auto& [make, profile] :
       {std::pair<std::function<Picture(int)>, test::Bytes>(in_colour, rgb),
        {[](int coarse) { return hills(300, 160, coarse); }, grey}}) {
    Picture original = make(1);
    Picture candidate = make(12);
    const Rating plain = rating(original, candidate);
    embed_profile(original.image, profile);
    embed_profile(candidate.image, profile);
    ASSERT_TRUE(light_by_tables(original));
    const Rating found = rating(original, candidate);
    const Rating converted = rating_of_light(original, candidate);
    EXPECT_NEAR(found.score, converted.score, 0.001);
    EXPECT_NEAR(found.psnr, converted.psnr, 0.001);
    EXPECT_GT(std::abs(found.score - plain.score), 0.1);
    EXPECT_EQ(rating(on_demand(original), candidate).score, found.score);
    // Too small without its mirror images, which have the profile, too.
    const auto part = [](const Picture& whole) {
      Picture out = whole;
      out.image = whole.image.crop(0, 0, 40, 40).copy_memory();
      return out;
    };
    const double small = rating(part(original), part(candidate)).score;
    EXPECT_NEAR(small, found.score, 16);
    EXPECT_GT(std::abs(small - rating(part(make(1)), part(make(12))).score), 0.1);
  }
}

TEST(Judge, NoScoreMakesUpForPixelsThatAreFarOff) {
  EXPECT_EQ((Rating{.score = 85, .psnr = 40}).reaches(), 85);
  EXPECT_EQ((Rating{.score = 85, .psnr = 31}).reaches(), 80);
  EXPECT_EQ((Rating{.score = 95, .psnr = 33}).reaches(), 88);
  EXPECT_EQ((Rating{.score = 95, .psnr = 25}).reaches(), 56);
  const Rating at_the_edge{.score = 86, .psnr = 40};
  EXPECT_EQ((Rating{.score = 86, .psnr = at_the_edge.needed_psnr()}).reaches(), 86);
  EXPECT_LT((Rating{.score = 86, .psnr = at_the_edge.needed_psnr() - 0.1}).reaches(), 86);
}

}  // namespace
}  // namespace imgmill

#include "transform/icc.h"

#include <gtest/gtest.h>

#include "support/profiles.h"

namespace imgmill {
namespace {

TEST(Icc, SpaceAndNameAreRead) {
  const IccFacts wide = read_icc(test::wide_profile());
  EXPECT_EQ(wide.space, "RGB");
  EXPECT_EQ(wide.description, "Wide P3");
  EXPECT_FALSE(is_srgb(wide));
  EXPECT_EQ(read_icc(test::grey_profile(2.2)).space, "GRAY");
  EXPECT_EQ(read_icc(test::cmyk_profile()).space, "CMYK");
}

bool reads_as_srgb(const test::RgbProfileMake& how) {
  return is_srgb(read_icc(test::rgb_profile_of(how)));
}

TEST(Icc, SrgbIsKnownByWhatItSays) {
  EXPECT_TRUE(reads_as_srgb({.name = "anything"}));
  EXPECT_TRUE(reads_as_srgb({.version = 2.1}));
  // Hewlett-Packard's profile has 1,024 entries, the smallest copies have some dozens.
  EXPECT_TRUE(reads_as_srgb({.table = 1024, .version = 2.1}));
  EXPECT_TRUE(reads_as_srgb({.table = 42, .version = 2.1}));
}

TEST(Icc, ANameMakesNoSrgb) {
  EXPECT_FALSE(reads_as_srgb({.gamma = 1, .name = "sRGB-elle-V4-g10.icc"}));
  EXPECT_FALSE(reads_as_srgb({.gamma = 1, .version = 2.1, .name = "sRGB linear"}));
  EXPECT_FALSE(reads_as_srgb({.gamma = 1.8}));
  EXPECT_FALSE(reads_as_srgb({.gamma = 2.2}));
  EXPECT_FALSE(reads_as_srgb({.gamma = 2.4}));
  EXPECT_FALSE(reads_as_srgb({.places = test::p3_places}));
  EXPECT_FALSE(reads_as_srgb({.places = test::adobe_places, .gamma = 2.19921875}));
  EXPECT_FALSE(is_srgb(read_icc(test::grey_profile(1.0))));
  EXPECT_FALSE(is_srgb(read_icc(test::cmyk_profile())));
  EXPECT_FALSE(is_srgb(IccFacts{.space = "RGB", .description = "sRGB"}));
}

TEST(Icc, NonsenseInCurvesIsNoSrgb) {
  const test::Bytes profile = test::rgb_profile_of({.table = 64});
  // Every byte after the tag table, corrupted in turn: nothing is read outside the profile.
  for (std::size_t at = 128; at < profile.size(); ++at) {
    test::Bytes spoilt = profile;
    spoilt[at] = static_cast<std::byte>(~std::to_integer<unsigned>(spoilt[at]) & 0xFF);
    (void)read_icc(spoilt);
  }
  test::Bytes flat = profile;
  std::fill(flat.begin() + 400, flat.end(), std::byte{0});
  EXPECT_FALSE(is_srgb(read_icc(flat)));
}

TEST(Icc, TruncatedProfilesAreReadAsFarAsTheyGo) {
  const test::Bytes profile = test::wide_profile();
  for (std::size_t size = 0; size < profile.size(); ++size) {
    const test::Bytes part(profile.begin(), profile.begin() + static_cast<std::ptrdiff_t>(size));
    (void)read_icc(part);  // checked by the sanitizers
  }
  EXPECT_EQ(read_icc(test::Bytes(200)).space, "");
}

}  // namespace
}  // namespace imgmill

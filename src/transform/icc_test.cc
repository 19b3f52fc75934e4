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

TEST(Icc, SrgbIsKnownByItsName) {
  EXPECT_TRUE(is_srgb({"RGB", "sRGB IEC61966-2.1"}));
  EXPECT_FALSE(is_srgb({"RGB", "Adobe RGB (1998)"}));
  EXPECT_FALSE(is_srgb({"GRAY", "sRGB grey"}));
}

TEST(Icc, TruncatedProfilesAreReadAsFarAsTheyGo) {
  const test::Bytes profile = test::wide_profile();
  for (std::size_t size = 0; size < profile.size(); ++size) {
    const test::Bytes part(profile.begin(), profile.begin() + static_cast<std::ptrdiff_t>(size));
    (void)read_icc(part);  // the sanitizers watch
  }
  EXPECT_EQ(read_icc(test::Bytes(200)).space, "");
}

}  // namespace
}  // namespace imgmill

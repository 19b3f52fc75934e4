#include "transform/icc_light.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "support/light.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace imgmill::test;

/// Light of an 8-bit pixel.
std::array<double, 3> light_of_pixel(const IccLight& found, const std::array<int, 3>& pixel) {
  std::array<double, 3> out{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t c = 0; c < 3; ++c) {
      const auto at = static_cast<std::size_t>(pixel[c]) * 3 + c;
      out[row] += found.mix[3 * row + c] * static_cast<double>(found.tables[at]);
    }
  }
  return out;
}

TEST(IccLight, IsWhatLittleCmsFinds) {
  for (const RgbMeaning& meaning : {srgb, display_p3, adobe_rgb, rec2020_light}) {
    const Bytes profile = profile_of(meaning);
    const auto found = icc_light_of(profile, 256);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->channels, 3U);
    Raster pixels(6, 1, 3);
    const std::array<std::array<int, 3>, 6> numbers = {
        {{0, 0, 0}, {255, 255, 255}, {255, 0, 0}, {3, 200, 40}, {90, 91, 250}, {12, 7, 9}}};
    for (int x = 0; x < 6; ++x) {
      for (int c = 0; c < 3; ++c) {
        pixels.at(x, 0, c) = static_cast<std::uint16_t>(
            numbers[static_cast<std::size_t>(x)][static_cast<std::size_t>(c)]);
      }
    }
    const std::vector<float> expected = light_of(pixels, profile);
    for (std::size_t x = 0; x < 6; ++x) {
      const auto light = light_of_pixel(*found, numbers[x]);
      for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_NEAR(light[c], static_cast<double>(expected[3 * x + c]), 3e-4) << x << ", " << c;
      }
    }
    for (const double white : light_of_pixel(*found, {255, 255, 255})) EXPECT_NEAR(white, 1, 3e-4);
  }
}

TEST(IccLight, OfGreyIsItsCurve) {
  for (const double gamma : {1.0, 1.8, 2.2}) {
    const auto found = icc_light_of(grey_profile(gamma), 65536);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->channels, 1U);
    ASSERT_EQ(found->tables.size(), 65536U);
    for (const std::size_t i :
         {std::size_t{0}, std::size_t{70}, std::size_t{30000}, std::size_t{65535}}) {
      EXPECT_NEAR(static_cast<double>(found->tables[i]),
                  std::pow(static_cast<double>(i) / 65535, gamma), 2e-4);
    }
  }
}

TEST(IccLight, ProfilesWithTablesForColoursAreNotReduced) {
  EXPECT_FALSE(icc_light_of(cmyk_profile(), 256));
  EXPECT_FALSE(icc_light_of({}, 256));
}

// Damaged profiles give tables of the requested size, or nothing.
TEST(IccLight, DamageIsSurvived) {
  for (const Bytes& whole : {profile_of(display_p3), grey_profile(1.8)}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto found = icc_light_of(ByteView(whole).first(size), 256);
      EXPECT_TRUE(!found || found->tables.size() == 256 * found->channels) << size;
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const int value : {0x00, 0x7F, 0xFF}) {
        Bytes damaged = whole;
        damaged[at] = static_cast<std::byte>(value);
        const auto found = icc_light_of(damaged, 256);
        EXPECT_TRUE(!found || found->tables.size() == 256 * found->channels) << at;
      }
    }
  }
}

}  // namespace
}  // namespace imgmill

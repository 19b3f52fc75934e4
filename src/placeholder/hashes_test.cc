#include "placeholder/hashes.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace imgmill {
namespace {

enum class Kind { plain, alpha };

SmallPicture drawn(std::uint32_t width, std::uint32_t height, Kind kind) {
  SmallPicture picture{width, height, {}};
  const auto ramp = [](std::uint32_t at, std::uint32_t length) {
    return static_cast<std::uint8_t>(at * 255 / std::max(length - 1, 1U));
  };
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      const bool whole = kind == Kind::plain || (x + y) % 2 == 1;
      const auto third = static_cast<std::uint8_t>((x * 7 + y * 13) % 256);
      const auto alpha = static_cast<std::uint8_t>(whole ? 255 : x * 40 % 256);
      picture.rgba.insert(picture.rgba.end(), {ramp(x, width), ramp(y, height), third, alpha});
    }
  }
  return picture;
}

struct Known {
  std::uint32_t width, height;
  Kind kind;
  std::string_view thumb, blur;
};

// Made of the same pixels by the published implementations: npm's thumbhash 0.1.1, and the encoder
// in C of BlurHash (on white).
constexpr std::array known = {
    Known{100, 75, Kind::plain, "3wcKNZqAh3dwd3d4eHh3eHCAB/h3", "L%HV9x2Y$6Sghpayjsf6gdfPfRfP"},
    Known{60, 100, Kind::plain, "3/cJPBpwB4d3d3d4d3eAgAj4eA==", "T%HV9w2Y$4hpayfQgbfjfPi~a{fQ"},
    Known{33, 100, Kind::alpha, "IAiKKhILgIB3d3eAgAj4dwMGh3eIeHg=", "TqK-nI2@$kl}ayj=gIfPf7nTa_j="},
    Known{100, 1, Kind::plain, "VPYqcb52d4eIiAiJlYdPiAg=", "L~HPf;6fwtSK|l6fwtSK|l6fwtSK"},
    Known{100, 100, Kind::plain, "3wcKPxpwd4dweHh3d3eHd3d3BwiIgH8H",
          "L%HV9w2Y$4SghpayfRf6gbfQfPfQ"},
};

TEST(Hashes, AreThoseOfThePublishedImplementations) {
  for (const Known& one : known) {
    const SmallPicture picture = drawn(one.width, one.height, one.kind);
    const std::vector<std::uint8_t> hash = thumb_hash(picture);
    EXPECT_EQ(base64(std::as_bytes(std::span(hash))), one.thumb)
        << one.width << " x " << one.height;
    EXPECT_EQ(blur_hash(picture), one.blur) << one.width << " x " << one.height;
  }
}

TEST(Hashes, EverySizeHasOne) {
  for (std::uint32_t side = 1; side <= SmallPicture::longest_side; side += 9) {
    for (const Kind kind : {Kind::plain, Kind::alpha}) {
      for (const SmallPicture& picture : {drawn(side, 100, kind), drawn(100, side, kind)}) {
        const std::size_t size = thumb_hash(picture).size();
        EXPECT_GE(size, 5U);
        EXPECT_LE(size, 25U);
        EXPECT_EQ(blur_hash(picture).size(), 6U + 11 * 2);
      }
    }
  }
}

// The coefficients of a flat picture are rounding errors and must not decide anything.
TEST(Hashes, AFlatPictureHasNoFrequencies) {
  SmallPicture picture{16, 9, {}};
  for (int i = 0; i < 16 * 9; ++i) {
    picture.rgba.insert(picture.rgba.end(), {200, 100, 50, 255});
  }
  const std::vector<std::uint8_t> hash = thumb_hash(picture);
  ASSERT_GT(hash.size(), 5U);
  EXPECT_TRUE(
      std::ranges::all_of(hash.begin() + 5, hash.end(), [](int byte) { return byte == 0; }));
}

TEST(Hashes, APictureOfNothingHasOne) {
  const SmallPicture clear{4, 4, std::vector<std::uint8_t>(4 * 4 * 4)};
  EXPECT_EQ(thumb_hash(clear).size(), thumb_hash(drawn(4, 4, Kind::alpha)).size());
  EXPECT_EQ(blur_hash(clear).size(), 6U + 11 * 2);
}

}  // namespace
}  // namespace imgmill

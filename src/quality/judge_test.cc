#include "quality/judge.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "codecs/engine.h"

namespace imgmill {
namespace {

// Grey of 16 bits: `coarse` in the upper eight, and `fine` steps below, up and down.
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

// What a decoder has beside an original of 8 bits is seen as 8 bits show it.
TEST(Judge, FinerShadesThanTheOriginalHasAreRounded) {
  EXPECT_EQ(score(picture(8, 0), picture(8, 0)), 100);
  EXPECT_EQ(score(picture(8, 0), picture(16, 0)), 100);
  EXPECT_EQ(score(picture(8, 0), picture(16, 120)), 100);
  EXPECT_LT(score(picture(8, 0), picture(16, 140)), 99.9);
}

TEST(Judge, TheShadesOfAnOriginalOf16BitsCount) {
  EXPECT_EQ(score(picture(16, 120), picture(16, 120)), 100);
  EXPECT_LT(score(picture(16, 120), picture(16, 0)), 100);
  EXPECT_LT(score(picture(16, 120), picture(8, 0)), 100);
}

}  // namespace
}  // namespace imgmill

// JPEGs with arithmetic coding, which most encoders cannot write, are read like all others.
#include <gtest/gtest.h>

#include <algorithm>

#include "imgmill/optimize.h"
#include "jpeg/encoder.h"
#include "support/decode.h"
#include "support/make.h"

namespace imgmill {
namespace {

using namespace test;

struct Twins {
  Bytes arithmetic;
  Bytes huffman;  ///< the same coefficients
};

Twins twins(const Raster& picture, JpegMake how) {
  Twins made;
  made.huffman = make_jpeg(picture, how);
  how.arithmetic = true;
  made.arithmetic = make_jpeg(picture, how);
  return made;
}

// SOF9 or SOF10 (T.81, table B.1) in front of the first scan.
bool is_arithmetic(ByteView file) {
  const auto byte = [&](std::size_t at) { return std::to_integer<unsigned>(file[at]); };
  for (std::size_t at = 2; at + 4 <= file.size() && byte(at) == 0xFF && byte(at + 1) != 0xDA;) {
    if (byte(at + 1) == 0xC9 || byte(at + 1) == 0xCA) return true;
    at += 2 + (byte(at + 2) << 8 | byte(at + 3));
  }
  return false;
}

const std::vector<JpegMake> kinds = {
    {.quality = 92},
    {.quality = 92, .across = 1, .down = 1},
    {.quality = 92, .progressive = true},
    {.quality = 92, .restart_rows = 1},
};

TEST(ArithmeticJpeg, IsMadeByTheseTests) {
  const Twins made = twins(photo(64, 48), {});
  EXPECT_TRUE(is_arithmetic(made.arithmetic));
  EXPECT_FALSE(is_arithmetic(made.huffman));
  EXPECT_EQ(jpeg_coefficients(made.arithmetic), jpeg_coefficients(made.huffman));
}

TEST(ArithmeticJpeg, IsPackedWithItsCoefficients) {
  for (const JpegMake& how : kinds) {
    for (const int channels : {1, 3}) {
      const Twins made = twins(photo(123, 87, channels), how);
      const auto packed = jpeg::repack_jpeg(made.arithmetic);
      ASSERT_TRUE(packed) << packed.error().describe();
      // Written with Huffman coding, which every decoder supports.
      EXPECT_FALSE(is_arithmetic(packed->view()));
      EXPECT_EQ(jpeg_coefficients(packed->view()), jpeg_coefficients(made.arithmetic));
    }
  }
}

TEST(ArithmeticJpeg, IsNeverBiggerWithoutLoss) {
  ImageSettings exact;
  exact.compression = Compression::lossless;
  for (const JpegMake& how : kinds) {
    const Twins made = twins(photo(123, 87), how);
    const auto result = optimize(made.arithmetic, exact);
    ASSERT_TRUE(result) << result.error().describe();
    EXPECT_NE(result->decision, Decision::reencoded);
    EXPECT_LE(result->bytes.size(), made.arithmetic.size());
    EXPECT_EQ(jpeg_coefficients(result->bytes.view()), jpeg_coefficients(made.arithmetic));
  }
}

TEST(ArithmeticJpeg, BecomesWhatItsTwinBecomes) {
  ImageSettings settings;
  settings.quality.global = 60;
  for (const JpegMake& how : kinds) {
    const Twins made = twins(photo(123, 87), how);
    const auto result = optimize(made.arithmetic, settings);
    const auto twin = optimize(made.huffman, settings);
    ASSERT_TRUE(result && twin);
    EXPECT_EQ(result->decision, Decision::reencoded);
    EXPECT_LT(result->bytes.size(), made.arithmetic.size());
    // The entropy coding of the input must not affect the output.
    EXPECT_TRUE(std::ranges::equal(result->bytes.view(), twin->bytes.view()));
  }
}

TEST(ArithmeticJpeg, ReachesItsTarget) {
  const Twins made = twins(photo(160, 120), {.quality = 95});
  const auto result = optimize(made.arithmetic, {.target = Target{.score = 70}});
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_LE(result->bytes.size(), made.arithmetic.size());
  EXPECT_GE(result->judgement.score.value_or(0), 70);
}

TEST(ArithmeticJpeg, GivesItsPixelsToOtherFormats) {
  const Twins made = twins(photo(90, 70), {.quality = 92});
  ImageSettings settings{.output_format = Format::png};
  settings.compression = Compression::lossless;
  const auto result = optimize(made.arithmetic, settings);
  const auto twin = optimize(made.huffman, settings);
  ASSERT_TRUE(result && twin);
  EXPECT_TRUE(std::ranges::equal(result->bytes.view(), twin->bytes.view()));
}

}  // namespace
}  // namespace imgmill

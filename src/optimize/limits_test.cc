// Headers with excessive sizes are rejected before anything is allocated.
#include <gtest/gtest.h>
#include <zlib.h>

#include "imgmill/optimize.h"
#include "support/make.h"

namespace imgmill {
namespace {

using namespace test;

void expect_limit(ByteView file, std::string_view what, const Limits& limits = {}) {
  for (const FormatInfo& row : written_formats()) {
    const auto result = optimize(file, {.output_format = row.format}, limits);
    ASSERT_FALSE(result) << what;
    EXPECT_EQ(result.error().code(), ErrorCode::limit) << what << result.error().describe();
  }
  const auto info = inspect(file, limits);
  ASSERT_FALSE(info) << what;
  EXPECT_EQ(info.error().code(), ErrorCode::limit) << what;
}

void put_u32be(Bytes& file, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) file[at + i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

TEST(Limits, JpegOf65535Sides) {
  Bytes file = make_jpeg(photo(16, 16));
  const std::size_t frame = as_text(file).find("\xFF\xC0");
  ASSERT_NE(frame, std::string_view::npos);
  for (std::size_t i = 5; i < 9; ++i) file[frame + i] = std::byte{0xFF};
  expect_limit(file, "65535 x 65535");
}

TEST(Limits, PngOfTheLargestSides) {
  for (const auto& [width, height] : {std::pair{0x7FFFFFFFU, 0x7FFFFFFFU},
                                      {0x7FFFFFFFU, 1000U},
                                      {1U, 0x7FFFFFFFU},
                                      {60000U, 60000U}}) {
    Bytes file = make_png(photo(16, 16));
    put_u32be(file, 16, width);
    put_u32be(file, 20, height);
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(file.data() + 12), 17);
    put_u32be(file, 29, static_cast<std::uint32_t>(sum));
    expect_limit(file, "png");
  }
}

TEST(Limits, GifOfManyFrames) {
  // The smallest possible frames. The default allows 10,000, whose list takes minutes to grow
  // because the address sanitizer moves it for every frame.
  constexpr Limits limits{.max_frames = 1000};
  Bytes file = make_gif(graphic(2, 2));
  const Bytes head(file.begin(), file.begin() + 13);
  Bytes frames = head;
  for (int i = 0; i < 2000; ++i) frames.insert(frames.end(), file.begin() + 13, file.end() - 1);
  frames.push_back(file.back());
  expect_limit(frames, "gif frames", limits);
}

TEST(Limits, GifOfALargeScreen) {
  Bytes file = make_gif(graphic(20, 20));
  for (std::size_t i = 6; i < 10; ++i) file[i] = std::byte{0xFF};
  // Decoders treat such a screen size as a mistake and use that of the frames: either is safe.
  const auto result = optimize(file);
  if (result) {
    EXPECT_LE(result->width, 20U);
  } else {
    EXPECT_EQ(result.error().code(), ErrorCode::limit);
  }
}

TEST(Limits, WebpOfTheLargestCanvas) {
  Bytes file = make_webp(movie(20, 20, 3));
  const std::size_t canvas = as_text(file).find("VP8X") + 12;
  for (std::size_t i = 0; i < 6; ++i)
    file[canvas + i] = i % 3 == 2 ? std::byte{0} : std::byte{0xFF};
  const auto result = optimize(file);
  ASSERT_FALSE(result);
  // libwebp may report damage first: its frames are smaller than its canvas.
  EXPECT_TRUE(result.error().code() == ErrorCode::limit ||
              result.error().code() == ErrorCode::bad_input);
}

TEST(Limits, AreThoseThatWereGiven) {
  const Bytes file = make_png(photo(40, 30));
  expect_limit(file, "pixels", {.max_pixels = 1199});
  expect_limit(file, "bytes", {.max_decoded_bytes = 3599});
  expect_limit(file, "file", {.max_input_bytes = file.size() - 1});
  expect_limit(make_gif(movie(40, 30, 3)), "frames", {.max_frames = 2});
  expect_limit(make_gif(movie(40, 30, 3)), "pixels of frames", {.max_pixels = 3599});
  EXPECT_TRUE(optimize(file, {}, {.max_pixels = 1200, .max_decoded_bytes = 3600}));
  EXPECT_TRUE(optimize(make_gif(movie(40, 30, 3)), {}, {.max_pixels = 3600, .max_frames = 3}));
}

TEST(Limits, OutputsThatAFormatCannotHoldAreRefusedWithAdvice) {
  const Bytes file = make_png(graphic(17000, 2), {.palette = true});
  for (const FormatInfo& row : written_formats()) {
    const auto result = optimize(file, {.output_format = row.format});
    if (row.max_side >= 17000) {
      EXPECT_TRUE(result) << row.name << result.error().describe();
      continue;
    }
    ASSERT_FALSE(result) << row.name;
    EXPECT_EQ(result.error().code(), ErrorCode::unsupported) << row.name;
    EXPECT_NE(result.error().advice().find("--resize"), std::string::npos);
  }
}

TEST(Limits, EnlargingIsLimitedToo) {
  ImageSettings settings;
  settings.resize = {.mode = ResizeMode::width, .width = 65535, .enlarge = Enlarge::allow};
  const auto result = optimize(make_png(photo(100, 100)), settings);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::limit) << result.error().describe();
}

TEST(Settings, OutOfRangeAreUsageErrors) {
  const Bytes file = make_png(photo(10, 10));
  std::vector<ImageSettings> wrong(5);
  wrong[0].quality.global = 0;
  wrong[1].quality.jpeg = 101;
  wrong[2].resize = {.mode = ResizeMode::width, .width = 0};
  wrong[3].resize = {.mode = ResizeMode::percent, .percent = -5};
  wrong[4].resize = {.mode = ResizeMode::fit, .width = 10};
  for (const ImageSettings& settings : wrong) {
    const auto result = optimize(file, settings);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::usage);
  }
}

}  // namespace
}  // namespace imgmill

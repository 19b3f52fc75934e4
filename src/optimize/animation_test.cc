// Frames, delays and loop counts, judged by giflib and libwebp.
#include <gtest/gtest.h>

#include "imgmill/optimize.h"
#include "support/decode.h"

namespace imgmill {
namespace {

using namespace test;

Bytes make_movie(Format format, const Movie& shown) {
  return format == Format::gif ? make_gif(shown) : make_webp(shown);
}

void expect_movie(const Optimized& result, const Movie& expected, double fidelity) {
  const Movie found = decode(result.bytes.view(), result.format).movie;
  ASSERT_EQ(found.frames.size(), expected.frames.size());
  EXPECT_EQ(found.delays, expected.delays);
  EXPECT_EQ(found.loop, expected.loop);
  EXPECT_EQ(result.frames, expected.frames.size());
  for (std::size_t i = 0; i < found.frames.size(); ++i) {
    EXPECT_GE(psnr(found.frames[i], expected.frames[i]), fidelity) << "frame " << i;
  }
}

class AnimationPair : public testing::TestWithParam<std::tuple<Format, Format, int, bool>> {};

TEST_P(AnimationPair, KeepsFramesDelaysAndLoops) {
  const auto [from, to, loop, clear] = GetParam();
  Movie shown = movie(48, 36, 5, clear);
  shown.loop = loop;
  const Bytes file = make_movie(from, shown);
  const auto result = optimize(file, {.output_format = to});
  ASSERT_TRUE(result) << result.error().describe();
  // Lossy WebP blurs the hard edges of chroma.
  expect_movie(*result, shown, to == Format::webp && from == Format::gif ? 22 : 99);
  if (from == to) {
    EXPECT_LE(result->bytes.size(), file.size());
  }
}

TEST_P(AnimationPair, ResizeKeepsThemToo) {
  const auto [from, to, loop, clear] = GetParam();
  Movie shown = movie(64, 48, 4, clear);
  shown.loop = loop;
  ImageSettings settings{.output_format = to};
  settings.resize = {.mode = ResizeMode::percent, .percent = 50};
  const auto result = optimize(make_movie(from, shown), settings);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->width, 32U);
  EXPECT_EQ(result->height, 24U);
  for (Raster& frame : shown.frames) frame = shrunk(frame, 2);
  expect_movie(*result, shown, 17);
}

INSTANTIATE_TEST_SUITE_P(All, AnimationPair,
                         testing::Combine(testing::Values(Format::gif, Format::webp),
                                          testing::Values(Format::gif, Format::webp),
                                          testing::Values(0, 1, 2, 7), testing::Bool()));

TEST(Animation, DoesNotFitIntoOneFrame) {
  const Movie shown = movie(48, 36, 4);
  for (const Format from : {Format::gif, Format::webp}) {
    const Bytes file = make_movie(from, shown);
    for (const FormatInfo& to : written_formats()) {
      if (to.animation) continue;
      ImageSettings settings{.output_format = to.format};
      const auto refused = optimize(file, settings);
      ASSERT_FALSE(refused) << to.name;
      EXPECT_EQ(refused.error().code(), ErrorCode::unsupported) << to.name;
      EXPECT_FALSE(refused.error().advice().empty());

      settings.animation = imgmill::Animation::first_frame;
      const auto first = optimize(file, settings);
      ASSERT_TRUE(first) << to.name << first.error().describe();
      EXPECT_EQ(first->frames, 1U);
      EXPECT_EQ(first->height, 36U);
      EXPECT_FALSE(first->notes.empty());
      EXPECT_GT(psnr(decode(first->bytes.view(), to.format).picture(), shown.frames[0]), 22)
          << to.name;
    }
  }
}

TEST(Animation, FramesThatAreEqualStay) {
  Movie still = movie(40, 30, 1);
  still.frames.push_back(still.frames[0]);
  still.frames.push_back(still.frames[0]);
  still.delays = {100, 200, 300};
  const auto result = optimize(make_gif(still));
  ASSERT_TRUE(result);
  expect_movie(*result, still, 99);
}

// Of an animated PNG: the chunk that says how many frames there are, and another
// frame that is the first over again.
Bytes animated_png(const Raster& picture) {
  const Bytes plain = make_png(picture);
  const auto chunk = [](std::string_view type, ByteView data) {
    Bytes out;
    const auto u32 = [&](std::uint32_t value) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::byte>(value >> shift));
      }
    };
    u32(static_cast<std::uint32_t>(data.size()));
    for (const char c : type) out.push_back(static_cast<std::byte>(c));
    out.insert(out.end(), data.begin(), data.end());
    std::uint32_t sum = 0xFFFFFFFF;
    for (std::size_t i = 4; i < out.size(); ++i) {
      sum ^= std::to_integer<std::uint32_t>(out[i]);
      for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320 : 0);
    }
    u32(~sum);
    return out;
  };
  const auto control = [&](std::uint8_t number) {
    Bytes data(26);
    data[3] = std::byte{number};
    data[7] = static_cast<std::byte>(picture.width);
    data[11] = static_cast<std::byte>(picture.height);
    data[21] = std::byte{10};
    data[23] = std::byte{100};
    return chunk("fcTL", data);
  };
  const Bytes count{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{2},
                    std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}};
  Bytes out(plain.begin(), plain.begin() + 33);
  const auto add = [&](const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); };
  add(chunk("acTL", count));
  add(control(0));
  out.insert(out.end(), plain.begin() + 33, plain.end() - 12);
  add(control(1));
  // The pixels of the first frame: everything between the first IDAT's header and its sum.
  const std::size_t at = as_text(plain).find("IDAT");
  std::size_t size = 0;
  for (std::size_t i = at - 4; i < at; ++i)
    size = size << 8 | std::to_integer<std::size_t>(plain[i]);
  Bytes data{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{2}};
  data.insert(data.end(), plain.begin() + static_cast<std::ptrdiff_t>(at) + 4,
              plain.begin() + static_cast<std::ptrdiff_t>(at + 4 + size));
  add(chunk("fdAT", data));
  out.insert(out.end(), plain.end() - 12, plain.end());
  return out;
}

TEST(Animation, OfPngIsLeftAlone) {
  const Bytes file = animated_png(graphic(40, 30));
  ASSERT_EQ(inspect(file)->frames, 2U);
  const auto result = optimize(file);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_TRUE(std::ranges::equal(result->bytes.view(), ByteView(file)));
  EXPECT_EQ(result->frames, 2U);
  EXPECT_FALSE(result->notes.empty());

  ImageSettings half;
  half.resize = {.mode = ResizeMode::percent, .percent = 50};
  EXPECT_FALSE(optimize(file, half));
  for (const FormatInfo& to : written_formats()) {
    if (to.format == Format::png) continue;
    const auto refused = optimize(file, {.output_format = to.format});
    ASSERT_FALSE(refused) << to.name;
    EXPECT_EQ(refused.error().code(), ErrorCode::unsupported) << refused.error().describe();
    const auto first =
        optimize(file, {.output_format = to.format, .animation = imgmill::Animation::first_frame});
    ASSERT_TRUE(first) << to.name << first.error().describe();
    EXPECT_EQ(first->frames, 1U);
  }
}

TEST(Pages, StayInTiffAndGoNowhereElse) {
  const std::vector pages{photo(40, 30, 3, 8, 1), photo(40, 30, 3, 8, 2)};
  const Bytes file = make_tiff(pages, {.deflate = false});
  const auto same = optimize(file);
  ASSERT_TRUE(same);
  EXPECT_EQ(decode(same->bytes.view(), Format::tiff).movie.frames, pages);
  ImageSettings half;
  half.resize = {.mode = ResizeMode::percent, .percent = 50};
  const auto smaller = optimize(file, half);
  ASSERT_TRUE(smaller) << smaller.error().describe();
  const Movie found = decode(smaller->bytes.view(), Format::tiff).movie;
  ASSERT_EQ(found.frames.size(), 2U);
  EXPECT_GT(psnr(found.frames[1], shrunk(pages[1], 2)), 27);
  for (const FormatInfo& to : written_formats()) {
    if (to.format == Format::tiff) continue;
    const auto refused = optimize(file, {.output_format = to.format});
    ASSERT_FALSE(refused) << to.name;
    EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
    const auto first =
        optimize(file, {.output_format = to.format, .animation = imgmill::Animation::first_frame});
    ASSERT_TRUE(first) << to.name;
    EXPECT_EQ(first->height, 30U);
  }
}

}  // namespace
}  // namespace imgmill

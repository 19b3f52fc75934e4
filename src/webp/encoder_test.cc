#include "webp/encoder.h"

#include <gtest/gtest.h>
#include <webp/decode.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <string>

#include "quality/ssimulacra2.h"
#include "quality/ssimulacra2_simd.h"
#include "support/decode.h"
#include "webp/colour.h"
#include "webp/writer.h"

namespace imgmill {
namespace {

using namespace test;
using webp::Thought;

struct Shot {
  std::vector<std::uint8_t> storage;
  webp::Samples samples;
};

Shot shot(const Raster& raster) {
  Shot made;
  for (const auto sample : raster.samples) {
    made.storage.push_back(static_cast<std::uint8_t>(sample));
  }
  const auto width = static_cast<std::uint32_t>(raster.width);
  made.samples = {.first = made.storage.data(),
                  .row_size = std::size_t{width} * static_cast<std::size_t>(raster.channels),
                  .width = width,
                  .height = static_cast<std::uint32_t>(raster.height),
                  .channels = raster.channels};
  return made;
}

Raster noise(int width, int height, std::uint32_t seed) {
  std::mt19937 random(seed);
  Raster raster(width, height, 3);
  for (auto& sample : raster.samples) sample = static_cast<std::uint16_t>(random() & 0xFF);
  return raster;
}

Raster flat(int width, int height, std::array<std::uint16_t, 3> colour) {
  Raster raster(width, height, 3);
  for (std::size_t i = 0; i < raster.samples.size(); ++i) raster.samples[i] = colour[i % 3];
  return raster;
}

Result<Buffer> encoded(const Raster& raster, const webp::EncoderSettings& settings) {
  return webp::encode_webp(shot(raster).samples, settings);
}

constexpr Thought thoughts[] = {{.block_modes = 0, .weigh = false},
                                {.block_modes = 1, .weigh = false},
                                {.block_modes = 2, .weigh = true},
                                {.block_modes = 4, .weigh = true}};

bool same_rows(const std::uint8_t* shown, int stride, const std::vector<std::uint8_t>& ours,
               std::size_t our_stride, std::size_t width, std::size_t height) {
  for (std::size_t y = 0; y < height; ++y) {
    if (!std::equal(shown, shown + width, ours.data() + y * our_stride)) return false;
    shown += stride;
  }
  return true;
}

// Checks that libwebp's output without a loop filter equals the encoder's reconstruction.
testing::AssertionResult decoder_agrees(const Raster& raster, int quality, const Thought& thought) {
  const webp::Planes planes = webp::to_planes(shot(raster).samples);
  webp::Segments segments = webp::make_segments(planes, quality);
  for (webp::Segment& segment : segments.rows) segment.filter = 0;
  webp::Coder coder(planes, segments, thought);
  webp::Planes ours = planes;
  coder.shown = &ours;
  for (std::size_t row = 0; row < planes.high; ++row) coder.code_row();
  const auto file = webp::write_webp(coder);
  if (!file) return testing::AssertionFailure() << file.error().describe();
  int width = 0, height = 0, stride = 0, chroma_stride = 0;
  std::uint8_t* blue = nullptr;
  std::uint8_t* red = nullptr;
  std::uint8_t* luma =
      WebPDecodeYUV(reinterpret_cast<const std::uint8_t*>(file->data()), file->size(), &width,
                    &height, &blue, &red, &stride, &chroma_stride);
  if (luma == nullptr) return testing::AssertionFailure() << "cannot be decoded";
  const auto across = static_cast<std::size_t>(width);
  const auto down = static_cast<std::size_t>(height);
  const bool sizes = width == raster.width && height == raster.height;
  const bool same = sizes && same_rows(luma, stride, ours.luma, ours.luma_stride(), across, down) &&
                    same_rows(blue, chroma_stride, ours.blue, ours.chroma_stride(),
                              (across + 1) / 2, (down + 1) / 2) &&
                    same_rows(red, chroma_stride, ours.red, ours.chroma_stride(), (across + 1) / 2,
                              (down + 1) / 2);
  WebPFree(luma);
  if (!sizes) return testing::AssertionFailure() << width << "x" << height;
  if (!same) return testing::AssertionFailure() << "other samples";
  return testing::AssertionSuccess();
}

TEST(WebpEncoder, DecodersShowWhatItWentByAtEverySize) {
  for (int side = 1; side <= 70; ++side) {
    for (const auto& [width, height] : {std::pair{side, 71 - side}, {side, 17}, {16, side}}) {
      const Thought& thought = thoughts[static_cast<std::size_t>(side) % 4];
      SCOPED_TRACE(testing::Message() << width << "x" << height);
      EXPECT_TRUE(decoder_agrees(photo(width, height), 20 + side, thought));
    }
  }
}

TEST(WebpEncoder, DecodersShowWhatItWentByWhateverThePicture) {
  const Raster pictures[] = {
      noise(61, 50, 1), flat(40, 40, {200, 30, 90}),   photo(90, 70),
      graphic(64, 70),  flat(33, 18, {255, 255, 255}), spoilt(flat(70, 70, {0, 0, 0}), 20, 20, 30)};
  for (std::size_t i = 0; i < std::size(pictures); ++i) {
    for (const int quality : {1, 30, 75, 90, 100}) {
      for (const Thought& thought : thoughts) {
        SCOPED_TRACE(testing::Message() << "picture " << i << " quality " << quality << " modes "
                                        << thought.block_modes);
        EXPECT_TRUE(decoder_agrees(pictures[i], quality, thought));
      }
    }
  }
}

TEST(WebpEncoder, RandomPicturesOfRandomSizesComeOut) {
  std::mt19937 random(5);
  for (int round = 0; round < 60; ++round) {
    const int width = 1 + static_cast<int>(random() % 80);
    const int height = 1 + static_cast<int>(random() % 80);
    Raster picture = photo(width, height, 3, 8, static_cast<std::uint32_t>(random()));
    // Part noise, part flat: levels of all sizes.
    for (auto& sample : picture.samples) {
      if (random() % 4 == 0) sample = static_cast<std::uint16_t>(random() & 0xFF);
    }
    picture = spoilt(picture, width / 3, height / 4, std::min(width, height) / 3);
    EXPECT_TRUE(
        decoder_agrees(picture, 1 + static_cast<int>(random() % 100), thoughts[random() % 4]))
        << "round " << round;
  }
}

TEST(WebpEncoder, FilesComeBackAsPictures) {
  for (const int channels : {1, 3}) {
    for (const int side : {1, 2, 15, 16, 17, 40, 70}) {
      SCOPED_TRACE(testing::Message() << side << " channels " << channels);
      Raster picture = photo(side, 71 - side, channels);
      const auto file = encoded(picture, {.quality = 90});
      ASSERT_TRUE(file);
      EXPECT_GT(psnr(decode(file->view(), Format::webp).picture(), picture), 24);
    }
  }
}

TEST(WebpEncoder, FlatColoursStayWhatTheyAre) {
  for (const std::array<std::uint16_t, 3>& colour : {std::array<std::uint16_t, 3>{0, 0, 0},
                                                     {255, 255, 255},
                                                     {128, 128, 128},
                                                     {200, 30, 90},
                                                     {10, 240, 20},
                                                     {20, 30, 250}}) {
    const Raster picture = flat(37, 21, colour);
    const auto file = encoded(picture, {.quality = 95});
    ASSERT_TRUE(file);
    const Raster shown = decode(file->view(), Format::webp).picture();
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(shown.at(18, 10, static_cast<int>(c)), colour[c], 4) << c;
    }
  }
}

TEST(WebpEncoder, GreyIsWhatEqualChannelsAre) {
  const Raster grey = photo(50, 40, 1);
  Raster colours(50, 40, 3);
  for (std::size_t i = 0; i < colours.samples.size(); ++i) colours.samples[i] = grey.samples[i / 3];
  const auto one = encoded(grey, {.quality = 70});
  const auto three = encoded(colours, {.quality = 70});
  ASSERT_TRUE(one && three);
  EXPECT_TRUE(std::ranges::equal(one->view(), three->view()));
}

TEST(WebpEncoder, HigherQualitiesAreLargerAndNearer) {
  const Raster picture = photo(160, 128);
  std::size_t size = 0;
  double nearness = 0;
  for (const int quality : {5, 20, 40, 60, 75, 85, 92, 97, 100}) {
    const auto file = encoded(picture, {.quality = static_cast<double>(quality)});
    ASSERT_TRUE(file);
    const double now = psnr(decode(file->view(), Format::webp).picture(), picture);
    EXPECT_GT(file->size(), size) << quality;
    EXPECT_GT(now, nearness) << quality;
    size = file->size();
    nearness = now;
  }
}

TEST(WebpEncoder, ThoughtPays) {
  const Raster picture = photo(256, 192);
  const auto quick =
      encoded(picture, {.quality = 75, .thought = {.block_modes = 1, .weigh = false}});
  const auto weighed = encoded(picture, {.quality = 75});
  ASSERT_TRUE(quick && weighed);
  // Twice the bytes are worth about 6 dB.
  const auto worth = [&](const Buffer& file) {
    return psnr(decode(file.view(), Format::webp).picture(), picture) -
           6 * std::log2(static_cast<double>(file.size()));
  };
  EXPECT_GT(worth(*weighed), worth(*quick) + 0.1);
}

// The last instruction set is the scalar one, the reference for the others.
TEST(WebpEncoder, GivesTheSameBytesOnEveryInstructionSet) {
  const Raster pictures[] = {photo(75, 53), noise(40, 33, 3), graphic(64, 64)};
  for (const Raster& picture : pictures) {
    for (const Thought& thought : thoughts) {
      const webp::EncoderSettings settings{.quality = 80, .thought = thought};
      const auto best = encoded(picture, settings);
      ASSERT_TRUE(best);
      for (const std::string_view target : simd_targets()) {
        ASSERT_TRUE(quality::choose_simd_target(target));
        const auto file = encoded(picture, settings);
        ASSERT_TRUE(file);
        EXPECT_TRUE(std::ranges::equal(file->view(), best->view())) << target;
      }
      quality::choose_simd_target("");
    }
  }
}

TEST(WebpEncoder, ModesThatNoLongerFitAreNotTold) {
  const webp::Planes planes = webp::to_planes(shot(photo(64, 64)).samples);
  const webp::Segments segments = webp::make_segments(planes, 90);
  for (const bool full : {false, true}) {
    webp::Coder coder(planes, segments, {});
    // 19 bits of bytes, in 256ths of a bit.
    if (full) coder.mode_cost = (std::uint64_t{8} << 19) * 256;
    for (std::size_t row = 0; row < planes.high; ++row) coder.code_row();
    EXPECT_EQ(std::ranges::any_of(coder.macroblocks, &webp::Macroblock::by_blocks), !full);
    EXPECT_TRUE(webp::write_webp(coder));
  }
}

// As in large pictures: few bits per macroblock, down to the minimum for the cheapest modes.
TEST(WebpEncoder, ModesKeepToTheRoomThatThereIs) {
  const webp::Planes planes = webp::to_planes(shot(noise(1024, 512, 3)).samples);
  const webp::Segments segments = webp::make_segments(planes, 85);
  std::size_t before = 0;
  for (const std::size_t room : {4096, 5000, 8000, 500'000}) {
    webp::Coder coder(planes, segments, {}, room);
    for (std::size_t row = 0; row < planes.high; ++row) coder.code_row();
    const auto file = webp::write_webp(coder);
    ASSERT_TRUE(file);
    // The frame begins with a 3-byte tag; its upper 19 bits are the first partition's size.
    const std::span<const std::byte> frame = file->view().subspan(20);
    const std::size_t size =
        (std::to_integer<std::size_t>(frame[0]) | std::to_integer<std::size_t>(frame[1]) << 8 |
         std::to_integer<std::size_t>(frame[2]) << 16) >>
        5;
    EXPECT_LE(size, room);
    EXPECT_GT(size, before) << room;
    before = size;
    const Raster shown = decode(file->view(), Format::webp).picture();
    EXPECT_EQ(shown.width, 1024);
  }
}

TEST(WebpEncoder, TheLongestSidesFit) {
  for (const auto& [width, height] : {std::pair{16383, 1}, {1, 16383}}) {
    const auto file = encoded(flat(width, height, {90, 90, 90}), {.quality = 50});
    ASSERT_TRUE(file);
    const Raster shown = decode(file->view(), Format::webp).picture();
    EXPECT_EQ(shown.width, width);
    EXPECT_EQ(shown.height, height);
  }
}

TEST(WebpEncoder, SegmentsAreWhatTheFormatAllows) {
  for (int quality = 1; quality <= 100; ++quality) {
    for (const Raster& picture : {photo(100, 80), noise(60, 60, 2), flat(40, 40, {1, 2, 3})}) {
      const webp::Planes planes = webp::to_planes(shot(picture).samples);
      const webp::Segments segments = webp::make_segments(planes, quality);
      ASSERT_EQ(segments.map.size(), planes.wide * planes.high);
      EXPECT_LT(*std::ranges::max_element(segments.map), segments.count);
      for (const webp::Segment& segment : segments.rows) {
        EXPECT_TRUE(segment.quantiser >= 0 && segment.quantiser <= 127) << segment.quantiser;
        EXPECT_TRUE(segment.filter >= 0 && segment.filter <= 63) << segment.filter;
      }
    }
  }
}

}  // namespace
}  // namespace imgmill

// Compares GIFs rendered as in browsers with giflib's indices, composited by the tests.
#include "codecs/gif_frames.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "codecs/gif.h"
#include "codecs/gif_pixels.h"
#include "support/animations.h"
#include "support/decode.h"
#include "support/pictures.h"

namespace imgmill {
namespace {

using namespace test;

Raster plain(int width, int height, std::array<int, 3> colour) {
  Raster raster(width, height, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        raster.at(x, y, c) = static_cast<std::uint16_t>(colour[static_cast<std::size_t>(c)]);
      }
    }
  }
  return raster;
}

constexpr std::array red = {220, 30, 30};
constexpr std::array green = {30, 160, 40};
constexpr std::array blue = {30, 60, 220};

Result<Picture> decoded(ByteView file) {
  IMGMILL_TRY(const ImageInfo info, GifCodec::probe(file));
  return GifCodec::decode(file, info, {});
}

void expect_as_giflib(const Bytes& file, const char* what) {
  const auto picture = decoded(file);
  ASSERT_TRUE(picture) << what << ": " << picture.error().describe();
  const Movie expected = decode(file, Format::gif).movie;
  EXPECT_EQ(frames_of(*picture), expected.frames) << what;
}

TEST(GifFrames, WhatNoFrameCoversIsClear) {
  for (const int background : {0, 1}) {
    for (const int disposal : {0, 1, 2, 3}) {
      GifMake how{.width = 40, .height = 30, .background = background};
      how.parts = {{.picture = plain(10, 12, red), .left = 8, .top = 6, .disposal = disposal},
                   {.picture = plain(12, 9, green), .left = 12, .top = 9, .disposal = disposal},
                   {.picture = plain(5, 5, blue), .left = 0, .top = 20}};
      const Bytes file = make_gif(how);
      const auto info = GifCodec::probe(file);
      ASSERT_TRUE(info);
      EXPECT_TRUE(info->alpha);
      EXPECT_EQ(info->channels, 4);
      expect_as_giflib(file, "small frames");
      const auto picture = decoded(file);
      const Raster first = frames_of(*picture).front();
      EXPECT_EQ(first.at(0, 0, 3), 0);
      EXPECT_EQ(first.at(9, 8, 3), 255);
      EXPECT_EQ(first.at(9, 8, 0), red[0]);
    }
  }
}

TEST(GifFrames, WhatIsCoveredAllTheTimeHasNoAlpha) {
  GifMake how{.width = 40, .height = 30};
  how.parts = {{.picture = plain(40, 30, red), .disposal = 2},
               {.picture = plain(40, 30, green), .disposal = 3},
               {.picture = plain(10, 10, blue), .left = 5, .top = 5, .disposal = 2},
               {.picture = plain(20, 20, red), .left = 3, .top = 3, .disposal = 1}};
  expect_as_giflib(make_gif(how), "restored to what is clear");
  EXPECT_TRUE(GifCodec::probe(make_gif(how))->alpha);
  how.parts[0].disposal = 1;
  EXPECT_FALSE(GifCodec::probe(make_gif(how))->alpha);
  expect_as_giflib(make_gif(how), "covered");
  // The third frame's area is exposed if the fourth is smaller.
  how.parts[3] = {.picture = plain(5, 5, red), .left = 5, .top = 5};
  EXPECT_TRUE(GifCodec::probe(make_gif(how))->alpha);
  expect_as_giflib(make_gif(how), "bare again");
}

// Observed with Chromium: the screen grows for the first frame only.
TEST(GifFrames, ScreensThatDoNotFit) {
  struct Case {
    const char* what;
    int width, height, left, top;
  };
  for (const Case& it : {Case{"none", 0, 0, 0, 0}, Case{"too small", 20, 20, 0, 0},
                         Case{"too narrow", 20, 60, 6, 4}, Case{"small", 90, 70, 50, 40}}) {
    GifMake how{.width = it.width, .height = it.height};
    how.parts = {{.picture = graphic(40, 30), .left = it.left, .top = it.top},
                 {.picture = plain(70, 50, green), .left = 20, .top = 10, .disposal = 3},
                 {.picture = plain(9, 9, blue), .left = 1, .top = 2, .disposal = 2},
                 {.picture = plain(9, 9, red), .left = 500, .top = 500, .disposal = 2}};
    const auto info = GifCodec::probe(make_gif(how));
    ASSERT_TRUE(info) << it.what;
    EXPECT_EQ(info->width, std::max(it.width, it.left + 40)) << it.what;
    EXPECT_EQ(info->height, std::max(it.height, it.top + 30)) << it.what;
    expect_as_giflib(make_gif(how), it.what);
  }
}

TEST(GifFrames, CodesOfAllLengthsAndInterlacedRows) {
  for (const int colours : {2, 3, 5, 17, 64, 129, 256}) {
    for (const bool interlaced : {false, true}) {
      // Noise fills the string table more than once.
      Raster picture = plain(173, 131, red);
      std::mt19937 random(static_cast<unsigned>(colours));
      for (int y = 0; y < picture.height; ++y) {
        for (int x = 0; x < picture.width; ++x) {
          const auto index = random() % static_cast<unsigned>(colours);
          picture.at(x, y, 1) = static_cast<std::uint16_t>(index);
        }
      }
      GifMake how{.width = 173, .height = 131};
      how.parts = {{.picture = picture, .interlaced = interlaced}};
      expect_as_giflib(make_gif(how), interlaced ? "interlaced noise" : "noise");
      how.parts = {{.picture = graphic(173, 131, 4, 8, colours), .interlaced = interlaced}};
      if (colours <= 200) expect_as_giflib(make_gif(how), "strings that hold themselves");
    }
  }
  for (const int side : {1, 2, 3, 7, 8, 9}) {
    GifMake how{.width = side, .height = side};
    how.parts = {{.picture = plain(side, side, blue), .interlaced = true}};
    expect_as_giflib(make_gif(how), "small");
  }
}

TEST(GifFrames, MayBeAskedForInAnyOrder) {
  GifMake how{.width = 40, .height = 30};
  for (int i = 0; i < 5; ++i) {
    how.parts.push_back({.picture = plain(10, 10, i % 2 == 0 ? red : blue),
                         .left = 5 * i,
                         .top = 3 * i,
                         .disposal = i % 4});
  }
  const Bytes file = make_gif(how);
  const std::vector<Raster> expected = decode(file, Format::gif).movie.frames;
  const auto picture = decoded(file);
  ASSERT_TRUE(picture);
  for (const int frame : {3, 0, 4, 1, 1, 2}) {
    const Picture one{.image = picture->image.crop(0, frame * 30, 40, 30)};
    EXPECT_EQ(frames_of(one).front(), expected[static_cast<std::size_t>(frame)]) << frame;
  }
}

TEST(GifFrames, FirstOfManyStandsForItself) {
  GifMake how{.width = 40, .height = 30};
  how.parts = {{.picture = graphic(40, 30)}, {.picture = plain(40, 30, blue)}};
  const Bytes file = make_gif(how);
  ImageInfo info = *GifCodec::probe(file);
  EXPECT_EQ(info.frames, 2U);
  info.frames = 1;
  const auto picture = GifCodec::decode(file, info, {});
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->frames, 1U);
  EXPECT_EQ(frames_of(*picture), std::vector{rgba(graphic(40, 30))});
}

TEST(GifFrames, TimesAndPlaysAreThoseOfBrowsers) {
  GifMake how{.width = 8, .height = 8};
  for (const int delay : {0, 1, 2, 3, 65535}) {
    how.parts.push_back({.picture = plain(8, 8, red), .delay = delay});
  }
  const std::vector expected{100, 100, 20, 30, 655350};
  struct Again {
    std::optional<int> stored;
    int plays;
  };
  for (const Again& it : {Again{std::nullopt, 1}, Again{0, 0}, Again{1, 2}, Again{9, 10}}) {
    how.again = it.stored;
    const Bytes file = make_gif(how);
    EXPECT_EQ(GifCodec::probe(file)->loop, it.plays);
    const Movie movie = movie_of(*decoded(file));
    EXPECT_EQ(movie.delays, expected);
    EXPECT_EQ(movie.loop, it.plays);
  }
}

TEST(GifFrames, ThatEndEarlyAreDamage) {
  GifMake how{.width = 40, .height = 30};
  how.parts = {{.picture = graphic(40, 30)}};
  Bytes file = make_gif(how);
  const metadata::GifScreen screen = metadata::read_gif_screen(file);
  // The same data for a picture with one more row.
  ASSERT_EQ(screen.pictures.size(), 1U);
  std::vector<std::uint8_t> indices(40 * 31);
  const metadata::GifPicture& picture = screen.pictures.front();
  EXPECT_EQ(unpack_gif(picture.data, picture.code_size, indices).indices, 40U * 30U);
  const std::size_t at = as_text(file).find(std::string_view("\x28\x00\x1E\x00\x87", 4), 13);
  ASSERT_NE(at, std::string_view::npos);
  file[at + 2] = std::byte{31};
  const auto refused = decoded(file);
  ASSERT_TRUE(refused) << "found out when its pixels are read";
  EXPECT_THROW((void)frames_of(*refused), vips::VError);
  const auto lenient = GifCodec::decode(file, *GifCodec::probe(file), {.damage = Damage::tolerate});
  ASSERT_TRUE(lenient);
  EXPECT_EQ(frames_of(*lenient).front().height, 31);
}

TEST(GifFrames, FarTooLargeOnesAreRefused) {
  GifMake how{.width = 10, .height = 10};
  how.parts = {{.picture = plain(10, 10, red)}, {.picture = plain(10, 10, blue)}};
  Bytes file = make_gif(how);
  const std::size_t at = as_text(file).rfind(std::string_view("\x0A\x00\x0A\x00", 4));
  for (const std::size_t place : {at, at + 1, at + 2, at + 3}) file[place] = std::byte{0xFF};
  const auto refused = GifCodec::probe(file);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit);
}

TEST(GifFrames, MutationsAreErrorsOrPictures) {
  GifMake how{.width = 40, .height = 30};
  how.parts = {
      {.picture = graphic(40, 30, 4)},
      {.picture = plain(20, 20, blue), .left = 25, .top = 5, .disposal = 3},
      {.picture = plain(9, 9, green), .left = 1, .top = 2, .disposal = 2, .interlaced = true}};
  const Bytes whole = make_gif(how);
  std::mt19937 random(7);
  int shown = 0;
  for (int round = 0; round < 3000; ++round) {
    Bytes file = whole;
    for (int i = 0; i < 3; ++i) file[random() % file.size()] = static_cast<std::byte>(random());
    const auto info = GifCodec::probe(file);
    // Larger files take time and find nothing more.
    if (!info || std::uint64_t{info->width} * info->height * info->frames > 100'000) continue;
    for (const Damage damage : {Damage::refuse, Damage::tolerate}) {
      const auto picture = GifCodec::decode(file, *info, {.damage = damage});
      if (!picture) continue;
      try {
        shown += static_cast<int>(frames_of(*picture).size());
      } catch (const vips::VError&) {
        vips_error_clear();
      }
    }
  }
  EXPECT_GT(shown, 100);
}

}  // namespace
}  // namespace imgmill

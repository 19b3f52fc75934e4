// Compares animated PNGs with frames that libpng decodes and the tests composite.
#include "codecs/apng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "codecs/png.h"
#include "support/animations.h"
#include "support/decode.h"
#include "support/pictures.h"

namespace imgmill {
namespace {

using namespace test;

Result<Picture> decoded(ByteView file) {
  IMGMILL_TRY(const ImageInfo info, PngCodec::probe(file));
  return PngCodec::decode(file, info, {});
}

// The tests round in their own way, so samples may differ by one.
void expect_near(const std::vector<Raster>& found, const std::vector<Raster>& expected,
                 int tolerance, const std::string& what) {
  ASSERT_EQ(found.size(), expected.size()) << what;
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].samples.size(), expected[i].samples.size()) << what;
    int worst = 0;
    for (std::size_t at = 0; at < found[i].samples.size(); at += 4) {
      // Invisible pixels may have any colour.
      if (found[i].samples[at + 3] == 0 && expected[i].samples[at + 3] == 0) continue;
      for (std::size_t c = 0; c < 4; ++c) {
        worst = std::max(worst, std::abs(found[i].samples[at + c] - expected[i].samples[at + c]));
      }
    }
    EXPECT_LE(worst, tolerance) << what << ", frame " << i;
  }
}

ApngMake of_all_kinds(int channels, int bits, PngMake how) {
  ApngMake out{.plays = 3, .how = how};
  const auto part = [&](int width, int height) { return graphic(width, height, channels, bits); };
  out.parts = {{.picture = part(40, 30), .dispose = 2},
               {.picture = part(20, 20), .left = 5, .top = 7, .dispose = 1, .blend = 1},
               {.picture = part(9, 30), .left = 31, .dispose = 2, .blend = 1},
               {.picture = part(40, 3), .top = 27, .dispose = 0},
               {.picture = part(12, 12), .left = 20, .top = 12, .blend = 1}};
  return out;
}

TEST(Apng, OfEveryColourTypeAndDepth) {
  struct Kind {
    int channels, bits;
    PngMake how;
  };
  std::vector<Kind> kinds;
  for (const int channels : {1, 2, 3, 4}) {
    for (const int bits : {8, 16}) {
      for (const bool interlaced : {false, true}) {
        kinds.push_back({channels, bits, {.interlaced = interlaced}});
        if (channels % 2 == 1) {
          kinds.push_back({channels, bits, {.interlaced = interlaced, .clear_first = true}});
        }
      }
    }
  }
  for (const int bits : {1, 2, 4}) kinds.push_back({1, bits, {}});
  for (const int bits : {2, 4, 8}) kinds.push_back({3, bits, {.palette = true}});
  for (const Kind& kind : kinds) {
    const std::string what = std::to_string(kind.channels) + " channels of " +
                             std::to_string(kind.bits) + " bits" +
                             (kind.how.palette ? ", palette" : "");
    ApngMake make = of_all_kinds(kind.channels, kind.how.palette ? 8 : kind.bits, kind.how);
    const Bytes file = make_apng(make);
    const auto info = PngCodec::probe(file);
    ASSERT_TRUE(info) << what << info.error().describe();
    EXPECT_EQ(info->frames, 5U) << what;
    EXPECT_EQ(info->loop, 3) << what;
    const auto picture = decoded(file);
    ASSERT_TRUE(picture) << what << picture.error().describe();
    // The frames as libpng decodes them one by one.
    for (ApngPart& part : make.parts) {
      part.picture = rgba(decode(make_png(part.picture, kind.how), Format::png).picture());
    }
    const Movie expected = drawn(make);
    const Movie found = movie_of(*picture);
    expect_near(found.frames, expected.frames, 1, what);
    EXPECT_EQ(found.delays, expected.delays) << what;
    EXPECT_EQ(found.loop, 3) << what;
    const bool wide = picture->image.format() == VIPS_FORMAT_USHORT;
    EXPECT_EQ(wide, kind.bits == 16 && !kind.how.palette) << what;
  }
}

TEST(Apng, HalfTransparencyIsBlended) {
  ApngMake make;
  make.parts = {{.picture = photo(40, 30, 4, 8, 1)},
                {.picture = photo(40, 30, 4, 8, 2), .blend = 1},
                {.picture = photo(30, 20, 4, 8, 3), .left = 3, .top = 2, .dispose = 2, .blend = 1},
                {.picture = photo(20, 20, 4, 8, 4), .left = 13, .top = 8, .blend = 1}};
  const Bytes file = make_apng(make);
  const auto picture = decoded(file);
  ASSERT_TRUE(picture);
  const Movie expected = drawn(make);
  const std::vector<Raster> found = frames_of(*picture);
  // Each of up to four layers is rounded; at low alpha the colour is imprecise.
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_GT(psnr(found[i], expected.frames[i]), 48) << i;
  }
  expect_near({found[1]}, {expected.frames[1]}, 1, "two layers");
}

TEST(Apng, PreviousOfTheFirstFrameIsNothing) {
  ApngMake make;
  make.parts = {{.picture = graphic(20, 20), .dispose = 2},
                {.picture = graphic(6, 6), .left = 3, .top = 3}};
  const Bytes file = make_apng(make);
  EXPECT_TRUE(PngCodec::probe(file)->alpha) << "most of the second picture is clear";
  const std::vector<Raster> found = frames_of(*decoded(file));
  EXPECT_EQ(found, drawn(make).frames);
  EXPECT_EQ(found[1].at(0, 0, 3), 0);
}

TEST(Apng, TheStillPictureMayBeNoneOfTheFrames) {
  ApngMake make{.still = photo(20, 16)};
  make.parts = {{.picture = graphic(20, 16)}, {.picture = graphic(5, 5), .left = 2, .top = 1}};
  const Bytes file = make_apng(make);
  const auto picture = decoded(file);
  ASSERT_TRUE(picture);
  EXPECT_EQ(frames_of(*picture), drawn(make).frames);
  // Also with a single frame, or if only the first is requested.
  make.parts.resize(1);
  const Bytes one = make_apng(make);
  EXPECT_EQ(PngCodec::probe(one)->frames, 1U);
  EXPECT_EQ(frames_of(*decoded(one)), drawn(make).frames);
}

TEST(Apng, DelaysDoNotDriftAndShortOnesAreThoseOfBrowsers) {
  ApngMake make;
  for (int i = 0; i < 30; ++i) {
    make.parts.push_back({.picture = graphic(8, 8), .delay = 1, .parts = 30});
  }
  std::vector<int> delays = movie_of(*decoded(make_apng(make))).delays;
  EXPECT_EQ(std::accumulate(delays.begin(), delays.end(), 0), 1000);
  EXPECT_GE(*std::ranges::min_element(delays), 33);
  make.parts.resize(5);
  make.parts[0].delay = 0;
  make.parts[1] = {.picture = graphic(8, 8), .delay = 10, .parts = 1000};
  make.parts[2] = {.picture = graphic(8, 8), .delay = 11, .parts = 1000};
  make.parts[3] = {.picture = graphic(8, 8), .delay = 7, .parts = 0};
  make.parts[4] = {.picture = graphic(8, 8), .delay = 65535, .parts = 1};
  delays = movie_of(*decoded(make_apng(make))).delays;
  EXPECT_EQ(delays, (std::vector{100, 100, 11, 70, 65'535'000}));
}

// Writes `value` at `at` into one of the `type` chunks and updates all checksums.
Bytes changed(const Bytes& file, std::string_view type, std::size_t which, std::size_t at,
              std::uint8_t value) {
  Bytes out(file.begin(), file.begin() + 8);
  std::size_t seen = 0;
  for (std::size_t place = 8; place + 12 <= file.size();) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      size = size << 8 | std::to_integer<std::size_t>(file[place + i]);
    }
    if (size > file.size() - place - 12) break;
    const ByteView chunk = ByteView(file).subspan(place + 8, size);
    Bytes data(chunk.begin(), chunk.end());
    const std::string_view name = as_text(ByteView(file).subspan(place + 4, 4));
    if (name == type && seen++ == which) data[at] = std::byte{value};
    const Bytes again = png_chunk(name, data);
    out.insert(out.end(), again.begin(), again.end());
    place += size + 12;
  }
  return out;
}

TEST(Apng, WhatIsWrongWithFramesIsDamage) {
  ApngMake make;
  make.parts = {{.picture = graphic(40, 30)},
                {.picture = graphic(20, 10), .left = 20, .top = 20},
                {.picture = graphic(40, 30)}};
  const Bytes whole = make_apng(make);
  ASSERT_TRUE(png::read_animation(whole));
  EXPECT_EQ(changed(whole, "acTL", 0, 3, 3), whole);
  struct Wrong {
    const char* what;
    std::string_view type;
    std::size_t which, at;
    std::uint8_t value;
  };
  for (const Wrong& it :
       {Wrong{"a frame less than announced", "acTL", 0, 3, 4},
        Wrong{"a frame more than announced", "acTL", 0, 3, 2},
        Wrong{"numbers not in order", "fcTL", 1, 3, 2}, Wrong{"a number twice", "fdAT", 0, 3, 1},
        Wrong{"the first frame is smaller", "fcTL", 0, 7, 39},
        Wrong{"too far right", "fcTL", 1, 15, 21}, Wrong{"too far down", "fcTL", 1, 19, 21},
        Wrong{"far out", "fcTL", 1, 12, 255}, Wrong{"no width", "fcTL", 1, 7, 0},
        Wrong{"no such disposal", "fcTL", 1, 24, 3}, Wrong{"no such blending", "fcTL", 1, 25, 2}}) {
    const auto refused = png::read_animation(changed(whole, it.type, it.which, it.at, it.value));
    ASSERT_FALSE(refused) << it.what;
    EXPECT_EQ(refused.error().code(), ErrorCode::bad_input) << it.what;
  }
  // A frame with too few rows is detected when it is drawn.
  const Bytes short_frame = changed(whole, "fcTL", 1, 11, 9);
  const auto picture = decoded(short_frame);
  ASSERT_TRUE(picture);
  EXPECT_THROW((void)frames_of(*picture), vips::VError);
}

TEST(Apng, MutationsAreErrorsOrPictures) {
  ApngMake make;
  make.parts = {{.picture = graphic(20, 20, 4)},
                {.picture = graphic(10, 10, 4), .left = 5, .top = 5, .dispose = 2, .blend = 1},
                {.picture = graphic(20, 10, 4), .dispose = 1}};
  const Bytes whole = make_apng(make);
  std::mt19937 random(5);
  int shown = 0;
  for (int round = 0; round < 2000; ++round) {
    Bytes file = whole;
    for (int i = 0; i < 2; ++i) file[random() % file.size()] = static_cast<std::byte>(random());
    file = changed(file, "none", 0, 0, 0);
    const auto animation = png::read_animation(file);
    if (!animation || animation->form.pixels() > 4096) continue;
    try {
      const auto frames = static_cast<std::uint32_t>(animation->frames.size());
      shown += static_cast<int>(frames_of(stacked(apng_animation(*animation), frames)).size());
    } catch (const vips::VError&) {
      vips_error_clear();
    }
  }
  EXPECT_GT(shown, 50);
  for (std::size_t size = 0; size < whole.size(); size += 3) {
    EXPECT_FALSE(png::read_animation(ByteView(whole).first(size))) << size;
  }
}

}  // namespace
}  // namespace imgmill

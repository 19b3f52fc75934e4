// Tests frames, delays and loop counts with giflib and libwebp.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "imgmill/compare.h"
#include "imgmill/optimize.h"
#include "support/animations.h"
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
  // Lossy WebP blurs hard chroma edges.
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

// Expects `result` to look like `shown`.
void expect_seen(const Optimized& result, const Movie& shown, double fidelity,
                 const std::string& what) {
  const Movie found = as_seen(decode(result.bytes.view(), result.format).movie);
  const Movie expected = as_seen(shown);
  ASSERT_EQ(found.frames.size(), expected.frames.size()) << what;
  EXPECT_EQ(found.delays, expected.delays) << what;
  EXPECT_EQ(found.loop, expected.loop) << what;
  for (std::size_t i = 0; i < found.frames.size(); ++i) {
    EXPECT_GE(psnr(found.frames[i], expected.frames[i]), fidelity) << what << ", frame " << i;
  }
}

// The pictures of a movie by number, each for `delay`.
Movie movie_of(const std::vector<int>& pictures, const std::vector<int>& delays, int loop = 0,
               bool clear = false) {
  const Movie known = movie(48, 36, 5, clear);
  Movie out{.delays = delays, .loop = loop};
  for (const int index : pictures) {
    out.frames.push_back(known.frames[static_cast<std::size_t>(index)]);
  }
  return out;
}

std::vector<std::pair<std::string, Movie>> timed_movies() {
  return {
      {"equal neighbours", movie_of({0, 0, 1, 1, 2}, {50, 500, 50, 1000, 50})},
      {"equal neighbours that are clear", movie_of({0, 0, 1, 1}, {50, 500, 50, 90}, 3, true)},
      {"held at the end", movie_of({0, 1, 1, 1}, {100, 100, 1000, 2000}, 2)},
      {"the last as the first", movie_of({0, 1, 0}, {100, 100, 100})},
      {"no delays", movie_of({0, 1, 2, 2}, {0, 0, 0, 0})},
      {"delays of a hundredth", movie_of({0, 0, 1, 2}, {10, 10, 10, 10})},
      {"delays of two hundredths", movie_of({0, 1, 1, 2}, {20, 20, 20, 20})},
      {"longer than WebP's encoder writes at once", movie_of({0, 1, 1}, {20, 655'350, 655'350})},
      {"all equal", movie_of({1, 1, 1}, {100, 100, 100}, 4)},
      {"played once", movie_of({0, 1}, {100, 4000}, 1)}};
}

TEST(Animation, IsTheSameOverTime) {
  for (const auto& [what, shown] : timed_movies()) {
    const Bytes file = make_gif(shown);
    for (const Format to : {Format::gif, Format::webp}) {
      ImageSettings settings{.output_format = to};
      settings.compression = Compression::lossless;
      const auto exact = optimize(file, settings);
      ASSERT_TRUE(exact) << what << exact.error().describe();
      expect_seen(*exact, shown, 99, what + ", without loss");
      EXPECT_EQ(exact->frames, decode(exact->bytes.view(), to).movie.frames.size()) << what;
      for (const std::optional<double> target : {std::optional<double>{}, std::optional(80.0)}) {
        ImageSettings lossy{.output_format = to};
        if (target && to == Format::webp) {
          lossy.target = Target{.score = *target};
        } else {
          lossy.quality.global = 80;
        }
        const auto result = optimize(file, lossy);
        ASSERT_TRUE(result) << what << result.error().describe();
        expect_seen(*result, shown, 22, what + ", with loss");
      }
    }
    ImageSettings automatic;
    automatic.choose_format = true;
    const auto chosen = optimize(file, automatic);
    ASSERT_TRUE(chosen) << what << chosen.error().describe();
    expect_seen(*chosen, shown, 22, what + ", auto");
  }
}

TEST(Animation, FarLaterThanItsFramesCanLastIsToldAndIsALoss) {
  const Movie shown = movie_of({0, 1, 2}, {33, 15, 700'000});
  const Bytes file = make_webp(shown);
  const auto result = optimize(file, {.output_format = Format::gif});
  ASSERT_TRUE(result) << result.error().describe();
  // The second begins at 33 ms and cannot be shorter than two hundredths.
  EXPECT_EQ(decode(result->bytes.view(), Format::gif).movie.delays, (std::vector{30, 20, 655'350}));
  ASSERT_FALSE(result->notes.empty());
  EXPECT_NE(result->notes.front().find("delays rounded"), std::string::npos);
  ImageSettings exact{.output_format = Format::gif};
  exact.compression = Compression::lossless;
  const auto refused = optimize(file, exact);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
}

// 33 ms are neither three hundredths nor four; the whole takes as long as before.
TEST(Animation, RoundedDelaysDoNotDrift) {
  Movie shown = movie(32, 24, 30);
  for (int& delay : shown.delays) delay = 33;
  const auto result = optimize(make_webp(shown), {.output_format = Format::gif});
  ASSERT_TRUE(result);
  const std::vector<int> delays = decode(result->bytes.view(), Format::gif).movie.delays;
  EXPECT_EQ(std::accumulate(delays.begin(), delays.end(), 0), 990);
  EXPECT_LE(*std::ranges::max_element(delays), 40);
}

TEST(Animation, IsTurnedUprightFrameByFrame) {
  for (const int orientation : {2, 3, 6, 7}) {
    Movie shown = movie(48, 36, 3);
    const Bytes file = make_webp(shown, {.exif = exif_block(orientation)});
    for (Raster& frame : shown.frames) frame = turned(frame, orientation);
    ImageSettings settings{.output_format = Format::gif};
    settings.compression = Compression::lossless;
    const auto result = optimize(file, settings);
    ASSERT_TRUE(result) << orientation << result.error().describe();
    expect_seen(*result, shown, 99, "turned");
    EXPECT_EQ(compare(file, result->bytes.view())->score, 100) << orientation;
  }
}

TEST(Animation, CanvasThatNoFrameCoversShowsThrough) {
  GifMake how{.width = 60, .height = 50, .background = 1};
  for (int i = 0; i < 3; ++i) {
    how.parts.push_back(
        {.picture = graphic(20 + i, 20, 3, 8, 3 + i), .left = 9, .top = 14, .disposal = 1});
  }
  for (const std::size_t frames : {std::size_t{3}, std::size_t{1}}) {
    how.parts.resize(frames);
    const Bytes file = make_gif(how);
    const Movie shown = decode(file, Format::gif).movie;
    ASSERT_EQ(shown.frames.front().at(0, 0, 3), 0);
    for (const FormatInfo& to : written_formats()) {
      if (frames > 1 && !to.animation) continue;
      if (to.lossless && to.alpha && to.format != Format::tiff) {
        ImageSettings exact{.output_format = to.format};
        exact.compression = Compression::lossless;
        const auto result = optimize(file, exact);
        ASSERT_TRUE(result) << to.name << result.error().describe();
        expect_seen(*result, shown, 99, std::string(to.name));
        continue;
      }
      const auto result = optimize(file, {.output_format = to.format});
      ASSERT_TRUE(result) << to.name << result.error().describe();
      if (to.alpha) continue;
      EXPECT_GT(
          psnr(decode(result->bytes.view(), to.format).picture(), flattened(shown.frames.front())),
          22)
          << to.name;
      ASSERT_FALSE(result->notes.empty()) << to.name;
      EXPECT_NE(result->notes.front().find("transparency was flattened"), std::string::npos);
    }
  }
}

ApngMake animated_png(int plays = 2) {
  ApngMake make{.plays = plays};
  make.parts = {{.picture = graphic(40, 30), .delay = 1, .parts = 10},
                {.picture = graphic(20, 10, 3, 8, 3), .left = 7, .top = 9, .delay = 200},
                {.picture = graphic(20, 10, 3, 8, 3), .left = 7, .top = 9, .delay = 300},
                {.picture = graphic(40, 30, 3, 8, 5), .delay = 2, .parts = 1}};
  return make;
}

TEST(Animation, OfPngIsLeftAloneAsPng) {
  const Bytes file = make_apng(animated_png());
  const auto known = inspect(file);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->frames, 4U);
  EXPECT_EQ(known->loop, 2);
  for (const bool choose : {false, true}) {
    ImageSettings settings;
    settings.choose_format = choose;
    if (choose) settings.allowed = {Format::png, Format::jpeg};
    const auto result = optimize(file, settings);
    ASSERT_TRUE(result) << result.error().describe();
    EXPECT_TRUE(std::ranges::equal(result->bytes.view(), ByteView(file)));
    EXPECT_EQ(result->frames, 4U);
    EXPECT_FALSE(result->notes.empty());
  }
  ImageSettings half;
  half.resize = {.mode = ResizeMode::percent, .percent = 50};
  const auto refused = optimize(file, half);
  ASSERT_FALSE(refused) << "animated PNG is not written";
  EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
}

TEST(Animation, OfPngGoesWhereFramesGo) {
  for (const int plays : {0, 1, 2, 9}) {
    for (const bool apart : {false, true}) {
      ApngMake make = animated_png(plays);
      if (apart) make.still = photo(40, 30);
      const Bytes file = make_apng(make);
      const Movie shown = drawn(make);
      for (const Format to : {Format::webp, Format::gif}) {
        for (const Compression compression : {Compression::lossy, Compression::lossless}) {
          ImageSettings settings{.output_format = to};
          settings.compression = compression;
          const auto result = optimize(file, settings);
          ASSERT_TRUE(result) << result.error().describe();
          expect_seen(*result, shown, compression == Compression::lossless ? 99 : 17, "apng");
          EXPECT_EQ(std::ranges::count_if(result->notes,
                                          [](const std::string& note) {
                                            return note.find("still picture") != std::string::npos;
                                          }),
                    apart ? 1 : 0);
        }
      }
      ImageSettings settings;
      settings.choose_format = true;
      const auto chosen = optimize(file, settings);
      ASSERT_TRUE(chosen) << chosen.error().describe();
      EXPECT_LE(chosen->bytes.size(), file.size());
      EXPECT_EQ(chosen->format, Format::webp);
      expect_seen(*chosen, shown, 17, "auto");

      ImageSettings half{.output_format = Format::webp};
      half.resize = {.mode = ResizeMode::percent, .percent = 50};
      const auto smaller = optimize(file, half);
      ASSERT_TRUE(smaller) << smaller.error().describe();
      EXPECT_EQ(smaller->height, 15U);
      EXPECT_EQ(decode(smaller->bytes.view(), Format::webp).movie.delays,
                (std::vector{100, 500, 2000}));
    }
  }
}

TEST(Animation, OfPngDoesNotFitIntoOneFrame) {
  const Bytes file = make_apng(animated_png());
  for (const FormatInfo& to : written_formats()) {
    if (to.format == Format::png || to.animation) continue;
    const auto refused = optimize(file, {.output_format = to.format});
    ASSERT_FALSE(refused) << to.name;
    EXPECT_EQ(refused.error().code(), ErrorCode::unsupported) << refused.error().describe();
    const auto first =
        optimize(file, {.output_format = to.format, .animation = imgmill::Animation::first_frame});
    ASSERT_TRUE(first) << to.name << first.error().describe();
    EXPECT_EQ(first->frames, 1U);
  }
}

TEST(Animation, StaysAsItIsWhereTheFormatHasNoRoom) {
  const Movie shown = movie(48, 36, 4);
  for (const Format from : {Format::gif, Format::webp}) {
    const Bytes file = make_movie(from, shown);
    for (const FormatInfo& to : written_formats()) {
      if (to.animation) continue;
      const auto kept =
          optimize(file, {.output_format = to.format, .animation = imgmill::Animation::keep});
      ASSERT_TRUE(kept) << to.name << kept.error().describe();
      EXPECT_EQ(kept->format, from) << to.name;
      EXPECT_LE(kept->bytes.size(), file.size());
      expect_movie(*kept, shown, 99);
      ASSERT_FALSE(kept->notes.empty()) << to.name;
      EXPECT_TRUE(kept->notes.back().starts_with("it stays ")) << kept->notes.back();
    }
    ImageSettings half{.output_format = Format::jpeg, .animation = imgmill::Animation::keep};
    half.resize = {.mode = ResizeMode::percent, .percent = 50};
    const auto smaller = optimize(file, half);
    ASSERT_TRUE(smaller) << smaller.error().describe();
    EXPECT_EQ(smaller->format, from);
    EXPECT_EQ(smaller->width, 24U);
    EXPECT_EQ(smaller->frames, 4U);
  }
  // Formats that can hold it accept it, and still pictures are not affected.
  const auto webp = optimize(
      make_gif(shown), {.output_format = Format::webp, .animation = imgmill::Animation::keep});
  ASSERT_TRUE(webp) << webp.error().describe();
  EXPECT_EQ(webp->format, Format::webp);
  const auto still = optimize(make_gif(movie(48, 36, 1)), {.output_format = Format::png,
                                                           .animation = imgmill::Animation::keep});
  ASSERT_TRUE(still) << still.error().describe();
  EXPECT_EQ(still->format, Format::png);
}

TEST(Animation, OfPngStaysAsItIsAtItsOwnSize) {
  const Bytes file = make_apng(animated_png());
  ImageSettings settings{.output_format = Format::avif, .animation = imgmill::Animation::keep};
  for (const double percent : {100.0, 50.0}) {
    settings.resize = {.mode = ResizeMode::percent, .percent = percent};
    const auto kept = optimize(file, settings);
    ASSERT_TRUE(kept) << percent << kept.error().describe();
    EXPECT_EQ(kept->format, Format::png);
    EXPECT_LE(kept->bytes.size(), file.size());
    EXPECT_EQ(kept->width, optimize(file)->width);
    EXPECT_TRUE(kept->notes.back().starts_with("it stays png: ")) << kept->notes.back();
  }
}

TEST(Animation, OfOneFrameIsWhatBrowsersShow) {
  ApngMake make;
  make.parts = {{.picture = graphic(40, 30), .delay = 100}};
  const auto plain = optimize(make_apng(make));
  ASSERT_TRUE(plain) << plain.error().describe();
  EXPECT_EQ(rgba(decode(plain->bytes.view(), Format::png).picture()), rgba(graphic(40, 30)));

  make.still = photo(40, 30);
  const Bytes file = make_apng(make);
  const auto same = optimize(file);
  ASSERT_TRUE(same) << same.error().describe();
  EXPECT_TRUE(std::ranges::equal(same->bytes.view(), ByteView(file)));
  ImageSettings settings{.output_format = Format::webp};
  settings.compression = Compression::lossless;
  const auto result = optimize(file, settings);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(decode(result->bytes.view(), Format::webp).picture(), rgba(graphic(40, 30)));
}

TEST(Animation, OfPngWithDamagedFramesIsRefused) {
  Bytes file = make_apng(animated_png());
  // The chunks are intact, but the frames are out of order.
  const std::size_t at = as_text(file).rfind("fcTL") - 4;
  const Bytes control(file.begin() + static_cast<std::ptrdiff_t>(at + 8),
                      file.begin() + static_cast<std::ptrdiff_t>(at + 34));
  Bytes other = control;
  other[3] = std::byte{99};
  const Bytes chunk = png_chunk("fcTL", other);
  std::ranges::copy(chunk, file.begin() + static_cast<std::ptrdiff_t>(at));
  const auto refused = optimize(file, {.output_format = Format::webp});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::bad_input) << refused.error().describe();
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

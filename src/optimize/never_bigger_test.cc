// Outputs are never bigger, stable after one run, and deterministic.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "imgmill/optimize.h"
#include "support/decode.h"

namespace imgmill {
namespace {

using namespace test;

struct Small {
  std::string_view what;
  Bytes file;
};

// Files with little or nothing to gain.
std::vector<Small> small_files() {
  std::vector<Small> out;
  out.push_back({"rough jpeg", make_jpeg(photo(64, 48), {.quality = 20, .progressive = true})});
  out.push_back({"tiny jpeg", make_jpeg(photo(1, 1), {.quality = 5})});
  out.push_back({"grey jpeg", make_jpeg(photo(64, 48, 1), {.quality = 20})});
  out.push_back({"cmyk jpeg", make_jpeg(photo(64, 48, 4), {.quality = 20})});
  out.push_back({"tiny png", make_png(photo(1, 1), {.level = 9})});
  out.push_back({"bit png", make_png(graphic(64, 64, 1, 1, 2), {.level = 9})});
  out.push_back({"palette png", make_png(graphic(64, 64), {.palette = true, .level = 9})});
  out.push_back({"noisy png", make_png(photo(40, 40), {.level = 9})});
  out.push_back({"lossy webp", make_webp(photo(64, 48), {.lossless = false, .quality = 20})});
  out.push_back({"lossless webp", make_webp(graphic(64, 48))});
  out.push_back({"webp animation", make_webp(movie(40, 30, 4))});
  out.push_back({"lossy avif", make_avif(photo(64, 48), {.lossless = false, .quality = 20})});
  out.push_back({"gif", make_gif(graphic(64, 48))});
  out.push_back({"gif animation", make_gif(movie(40, 30, 4))});
  out.push_back({"tiff", make_tiff(photo(64, 48))});
  out.push_back({"bit tiff", make_tiff(photo(64, 48, 1, 1))});
  out.push_back({"tiny tiff", make_tiff(photo(1, 1), {.deflate = false})});
  return out;
}

bool equal(const Optimized& result, const Bytes& file) {
  return std::ranges::equal(result.bytes.view(), ByteView(file));
}

TEST(NeverBigger, WhateverTheSettings) {
  std::vector<ImageSettings> all(6);
  all[1].compression = Compression::lossless;
  all[2].quality.global = 95;
  all[3].quality.global = 40;
  all[4].keep = Keep::none();
  all[5].keep = Keep::all();
  all[5].quality.global = 100;
  for (const Small& small : small_files()) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto result = optimize(small.file, all[i]);
      ASSERT_TRUE(result) << small.what << ": " << result.error().describe();
      EXPECT_LE(result->bytes.size(), small.file.size()) << small.what << " settings " << i;
      EXPECT_EQ(result->decision == Decision::kept, equal(*result, small.file))
          << small.what << " settings " << i;
      EXPECT_NO_THROW((void)decode(result->bytes.view(), result->format)) << small.what;
    }
  }
}

TEST(NeverBigger, ASecondRunSettles) {
  for (const Small& small : small_files()) {
    const auto once = optimize(small.file);
    ASSERT_TRUE(once) << small.what;
    const auto twice = optimize(once->bytes.view());
    ASSERT_TRUE(twice) << small.what;
    EXPECT_LE(twice->bytes.size(), once->bytes.size()) << small.what;
    EXPECT_NE(twice->decision, Decision::reencoded) << small.what;
    EXPECT_EQ(decode(twice->bytes.view(), twice->format).movie.frames,
              decode(once->bytes.view(), once->format).movie.frames)
        << small.what;
  }
}

TEST(NeverBigger, AJpegIsNotCompressedTwice) {
  ImageSettings eighty;
  eighty.quality.global = 80;
  for (const int quality : {60, 78, 80, 82, 90, 97}) {
    for (const Effort effort : {Effort::fast, Effort::balanced}) {
      eighty.effort = effort;
      const auto once = optimize(make_jpeg(photo(160, 120), {.quality = quality}), eighty);
      ASSERT_TRUE(once);
      const auto twice = optimize(once->bytes.view(), eighty);
      ASSERT_TRUE(twice);
      EXPECT_EQ(jpeg_coefficients(twice->bytes.view()), jpeg_coefficients(once->bytes.view()))
          << quality;
      EXPECT_EQ(inspect(twice->bytes.view())->quality, inspect(once->bytes.view())->quality);
    }
  }
}

TEST(Decision, TellsHowTheOutputCameAbout) {
  const Raster picture = photo(160, 120);
  const auto fresh = optimize(make_jpeg(picture, {.quality = 97}));
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->decision, Decision::reencoded);

  const auto packed = optimize(make_jpeg(picture, {.quality = 60}));
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->decision, Decision::transcoded);

  const auto again = optimize(packed->bytes.view());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->decision, Decision::kept);
  EXPECT_TRUE(std::ranges::equal(again->bytes.view(), packed->bytes.view()));

  // A file that is already optimal, plus metadata: only that is removed.
  const auto tight = optimize(make_webp(photo(64, 48), {.lossless = false, .quality = 30}));
  ASSERT_TRUE(tight);
  const Bytes telling =
      make_webp(photo(64, 48),
                {.lossless = false, .quality = 30, .exif = exif_block(1), .xmp = xmp_packet()});
  const auto stripped = optimize(telling);
  ASSERT_TRUE(stripped);
  EXPECT_EQ(stripped->decision, Decision::stripped);
  EXPECT_FALSE(holds(stripped->bytes.view(), secret_xmp));

  const auto png = optimize(make_png(picture, {.level = 0}));
  ASSERT_TRUE(png);
  EXPECT_EQ(png->decision, Decision::transcoded);
}

TEST(Determinism, TheSameBytesAgainAndFromManyThreads) {
  std::vector<Small> files = small_files();
  files.push_back({"camera", make_jpeg(photo(200, 150), {.quality = 95, .exif = exif_block(6)})});
  std::vector<Bytes> expected;
  for (const Small& small : files) {
    const auto result = optimize(small.file);
    ASSERT_TRUE(result);
    expected.emplace_back(result->bytes.view().begin(), result->bytes.view().end());
  }
  std::vector<int> wrong(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = 0; i < files.size(); ++i) {
          const std::size_t which = (i + 5 * t) % files.size();
          const auto result = optimize(files[which].file);
          if (!result || !equal(*result, expected[which])) ++wrong[t];
        }
      });
    }
  }
  EXPECT_EQ(wrong, std::vector<int>(4));
}

}  // namespace
}  // namespace imgmill

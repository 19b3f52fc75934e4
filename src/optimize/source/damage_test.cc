// Damaged files cause an error, never a crash, and never a picture that looks repaired.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "imgmill/optimize.h"
#include "support/decode.h"

namespace imgmill {
namespace {

using namespace test;

struct Victim {
  std::string_view what;
  Format format;
  Bytes file;
};

std::vector<Victim> victims() {
  const Bytes exif = exif_block(6);
  std::vector<Victim> all = {
      {"jpeg", Format::jpeg, make_jpeg(photo(70, 50), {.quality = 85, .exif = exif})},
      {"progressive jpeg", Format::jpeg, make_jpeg(photo(70, 50), {.progressive = true})},
      {"jpeg with restarts", Format::jpeg, make_jpeg(photo(70, 50), {.restart_rows = 1})},
      {"png", Format::png, make_png(photo(70, 50), {.exif = exif})},
      {"interlaced png", Format::png, make_png(photo(70, 50), {.interlaced = true})},
      {"palette png", Format::png, make_png(graphic(70, 50, 4), {.palette = true})},
      {"lossless webp", Format::webp, make_webp(photo(70, 50), {.exif = exif})},
      {"lossy webp", Format::webp, make_webp(photo(70, 50, 4), {.lossless = false})},
      {"webp animation", Format::webp, make_webp(movie(70, 50, 4))},
      {"gif", Format::gif, make_gif(graphic(70, 50))},
      {"gif animation", Format::gif, make_gif(movie(70, 50, 4))},
      {"tiff", Format::tiff, make_tiff(photo(70, 50))},
      {"plain tiff", Format::tiff, make_tiff(photo(70, 50), {.deflate = false})},
      {"tiled tiff", Format::tiff, make_tiff(photo(70, 50), {.tile = 16})},
      {"plain tiled tiff", Format::tiff, make_tiff(photo(70, 50), {.deflate = false, .tile = 16})},
      {"tiff pages", Format::tiff, make_tiff(std::vector{photo(70, 50), photo(70, 50)})},
      {"avif", Format::avif, make_avif(photo(70, 50), {.lossless = false})},
      {"avif with alpha", Format::avif, make_avif(photo(70, 50, 4))},
      {"jxl", Format::jpegxl, make_jxl(photo(70, 50), {.lossless = false})},
      {"qoi", Format::qoi, make_qoi(photo(70, 50, 4))},
      {"lossless jxl", Format::jpegxl, make_jxl(photo(70, 50, 4), {.exif = exif})},
  };
  if (can_make_heic()) {
    all.push_back({"heic", Format::heic, make_heic(photo(70, 50), {.exif = exif})});
    all.push_back({"heic with alpha", Format::heic, make_heic(photo(70, 50, 4))});
  }
  return all;
}

// True if an output shows the same as the whole file.
bool as_whole(const Optimized& result, const Decoded& whole) {
  const Movie found = decode(result.bytes.view(), result.format).movie;
  if (found.frames.size() != whole.movie.frames.size()) return false;
  for (std::size_t i = 0; i < found.frames.size(); ++i) {
    if (psnr(found.frames[i], whole.movie.frames[i]) < 35) return false;
  }
  return true;
}

TEST(Truncated, FilesAreErrors) {
  for (const Victim& victim : victims()) {
    const Decoded whole = decode(victim.file, victim.format);
    for (std::size_t cut = 0; cut < 20; ++cut) {
      const std::size_t size = victim.file.size() * cut / 20;
      for (const std::optional<int> quality :
           {std::optional<int>{}, std::optional(100), std::optional(50)}) {
        ImageSettings settings;
        settings.quality.global = quality;
        const Bytes part(victim.file.begin(),
                         victim.file.begin() + static_cast<std::ptrdiff_t>(size));
        const auto result = optimize(part, settings);
        if (!result) {
          EXPECT_FALSE(result.error().message().empty());
          EXPECT_NE(result.error().code(), ErrorCode::internal) << result.error().describe();
          continue;
        }
        // The truncated part may have been only metadata at the end.
        EXPECT_TRUE(as_whole(*result, whole))
            << victim.what << " cut to " << size << " of " << victim.file.size();
      }
      const auto converted =
          optimize(ByteView(victim.file).first(size), {.output_format = Format::tiff});
      if (converted) {
        EXPECT_TRUE(as_whole(*converted, whole)) << victim.what << " converted, " << size;
      }
    }
  }
}

TEST(Mutated, FilesNeverCrash) {
  std::mt19937 random(20240607);
  const std::vector<FormatInfo> targets = written_formats();
  for (const Victim& victim : victims()) {
    int refused = 0;
    for (int i = 0; i < 80; ++i) {
      Bytes file = victim.file;
      // Half of the hits in the first 200 bytes, where the headers are.
      const std::size_t range = i % 2 == 0 ? std::min<std::size_t>(200, file.size()) : file.size();
      file[random() % range] = static_cast<std::byte>(random() % 256);
      ImageSettings settings;
      if (i % 3 == 0) settings.quality.global = 60;
      if (i % 5 == 0) settings.output_format = targets[random() % targets.size()].format;
      const auto result = optimize(file, settings, {.max_pixels = 1'000'000});
      if (result) {
        EXPECT_FALSE(result->bytes.empty());
      } else {
        ++refused;
        EXPECT_NE(result.error().code(), ErrorCode::internal) << result.error().describe();
        EXPECT_FALSE(result.error().message().empty());
      }
    }
    EXPECT_GT(refused, 0) << victim.what;
  }
}

TEST(Damaged, PngWithABrokenSumIsRefused) {
  Bytes file = make_png(photo(70, 50));
  file[file.size() - 30] ^= std::byte{0x10};
  for (const Format to : {Format::png, Format::jpeg, Format::webp}) {
    const auto result = optimize(file, {.output_format = to});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::bad_input);
    EXPECT_FALSE(result.error().advice().empty());
  }
}

TEST(Damaged, JpegWithAHoleIsRefused) {
  Bytes file = make_jpeg(photo(160, 120), {.restart_rows = 1});
  const auto middle = file.begin() + static_cast<std::ptrdiff_t>(file.size() / 2);
  file.erase(middle, middle + 300);
  for (const int quality : {50, 100}) {
    ImageSettings settings;
    settings.quality.global = quality;
    const auto result = optimize(file, settings);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::bad_input);
  }
}

TEST(Damaged, StrayBytesBeforeTheEndOfAJpegAreShruggedOff) {
  Bytes file = make_jpeg(photo(160, 120), {.quality = 97});
  const Raster picture = decode(file, Format::jpeg).picture();
  file.insert(file.end() - 2, {std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}});
  const auto result = optimize(file);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->decision, Decision::reencoded);
  EXPECT_LT(result->bytes.size(), file.size());
  EXPECT_GT(psnr(decode(result->bytes.view(), Format::jpeg).picture(), picture), 30);
}

// Browsers show such a file as if nothing were missing, and nothing is.
TEST(Damaged, AMissingEndMarkerOfAJpegIsMendedInEveryMode) {
  for (const bool progressive : {false, true}) {
    const Raster shown = photo(160, 120);
    const Bytes whole = make_jpeg(shown, {.quality = 97, .progressive = progressive});
    const Bytes file(whole.begin(), whole.end() - 2);
    const Raster picture = decode(whole, Format::jpeg).picture();
    ImageSettings lossless{.compression = Compression::lossless};
    ImageSettings everything = lossless;
    everything.keep = Keep::all();
    ImageSettings target;
    target.target = Target{.score = 80};
    ImageSettings small;
    small.max_bytes = whole.size() / 2;
    for (const ImageSettings& settings :
         {ImageSettings(), lossless, everything, target, small,
          ImageSettings{.output_format = Format::webp}, ImageSettings{.output_format = Format::png},
          ImageSettings{.compression = Compression::lossless, .output_format = Format::jpegxl}}) {
      const auto made = optimize(file, settings);
      ASSERT_TRUE(made) << made.error().describe();
      EXPECT_NE(made->decision, Decision::kept);
      EXPECT_TRUE(std::ranges::find(made->notes, "the end marker was missing and was added") !=
                  made->notes.end());
      const Raster again = decode(made->bytes.view(), made->format).picture();
      EXPECT_GT(psnr(again, picture), 30);
      if (made->format == Format::jpeg) {
        EXPECT_EQ(made->bytes.view().back(), std::byte{0xD9});
        EXPECT_LT(made->bytes.size(), file.size());
      }
      if (made->format == Format::jpeg && settings.compression == Compression::lossless) {
        EXPECT_EQ(jpeg_coefficients(made->bytes.view()), jpeg_coefficients(whole));
      }
    }
    // If nothing is gained the file stays as it was, with a note.
    const auto packed = optimize(whole, lossless);
    ASSERT_TRUE(packed);
    const Bytes least(packed->bytes.view().begin(), packed->bytes.view().end() - 2);
    const auto kept = optimize(least, lossless);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->decision, Decision::kept);
    EXPECT_TRUE(std::ranges::equal(kept->bytes.view(), least));
    EXPECT_NE(kept->notes.back().find("the end marker is missing"), std::string::npos);
  }
}

// The engine leaves such a tile black and continues.
TEST(Damaged, ABrokenTileOfATiffIsDamageWhicheverItIs) {
  const Raster picture = photo(96, 64);
  const Bytes whole = make_tiff(picture, {.tile = 32});
  int refused = 0;
  for (std::size_t at = 8; at + 60 < whole.size(); at += whole.size() / 40) {
    Bytes broken = whole;
    std::fill_n(broken.begin() + static_cast<std::ptrdiff_t>(at), 50, std::byte{0});
    for (const auto target : {std::optional<Format>{}, std::optional(Format::png)}) {
      const auto result = optimize(broken, ImageSettings{.output_format = target});
      if (!result) {
        ++refused;
        continue;
      }
      const bool untouched = std::ranges::equal(result->bytes.view(), ByteView(broken));
      const Raster shown = decode(result->bytes.view(), result->format).picture();
      EXPECT_TRUE(untouched || psnr(shown, picture) > 35) << "byte " << at;
    }
  }
  EXPECT_GT(refused, 60);
  ASSERT_TRUE(optimize(whole));
}

TEST(Damaged, BytesAfterTheEndDoNotMatter) {
  for (const Victim& victim : victims()) {
    if (victim.format == Format::avif || victim.format == Format::tiff ||
        victim.format == Format::jpegxl || victim.format == Format::heic ||
        victim.format == Format::qoi)
      continue;
    Bytes file = victim.file;
    file.insert(file.end(), 1000, std::byte{'x'});
    const auto result = optimize(file);
    ASSERT_TRUE(result) << victim.what << result.error().describe();
    EXPECT_LE(result->bytes.size(), file.size());
  }
}

}  // namespace
}  // namespace imgmill

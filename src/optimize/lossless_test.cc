// Lossless requests give lossless results, verified with another decoder.
#include <gtest/gtest.h>

#include <string>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace test;

ImageSettings exact(std::optional<Format> to = {}) {
  ImageSettings settings{.output_format = to};
  settings.compression = Compression::lossless;
  return settings;
}

// Same format, lossless: the pixels are equal, in the file's own depth or more.
void expect_same(const Bytes& file, Format format, std::string_view what) {
  SCOPED_TRACE(what);
  const auto result = optimize(file, exact());
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_LE(result->bytes.size(), file.size());
  EXPECT_NE(result->decision, Decision::reencoded);
  const Decoded before = decode(file, format);
  const Decoded after = decode(result->bytes.view(), format);
  ASSERT_EQ(after.movie.frames.size(), before.movie.frames.size());
  const int bits = std::max(8, before.bits);
  for (std::size_t i = 0; i < before.movie.frames.size(); ++i) {
    EXPECT_EQ(rgba(after.movie.frames[i], bits), rgba(before.movie.frames[i], bits));
  }
  EXPECT_EQ(after.movie.delays, before.movie.delays);
  EXPECT_EQ(after.movie.loop, before.movie.loop);
}

TEST(Lossless, PngOfEveryColourTypeAndDepth) {
  for (const bool interlaced : {false, true}) {
    for (const int bits : {1, 2, 4, 8, 16}) {
      const std::string depth = std::to_string(bits) + (interlaced ? " interlaced" : "");
      for (const int channels : {1, 2, 3, 4}) {
        if (bits < 8 && channels > 1) continue;
        const PngMake how{.interlaced = interlaced, .level = 0};
        const std::string name = depth + " bits, channels: " + std::to_string(channels);
        expect_same(make_png(photo(37, 29, channels, bits), how), Format::png, "photo " + name);
        expect_same(make_png(graphic(33, 41, channels, bits, 1 << std::min(bits, 2)), how),
                    Format::png, "graphic " + name);
        if (channels == 1 || channels == 3) {
          PngMake keyed = how;
          keyed.clear_first = true;
          expect_same(make_png(graphic(33, 41, channels, bits, 1 << std::min(bits, 2)), keyed),
                      Format::png, "keyed " + name);
        }
      }
    }
    for (const int colours : {2, 4, 13, 200}) {
      for (const int channels : {3, 4}) {
        expect_same(make_png(graphic(41, 35, channels, 8, colours),
                             {.palette = true, .interlaced = interlaced, .level = 0}),
                    Format::png, "palette " + std::to_string(colours));
      }
    }
  }
}

TEST(Lossless, PaletteWithHalfTransparentEntries) {
  Raster picture = graphic(40, 40, 4, 8, 6);
  for (int i = 0; i < 40; ++i) {
    picture.at(i, 20, 3) = 100;
    picture.at(i, 21, 3) = 7;
    picture.at(i, 22, 3) = 0;  // transparent, but with a colour of its own
  }
  expect_same(make_png(picture, {.palette = true, .level = 0}), Format::png, "palette");
  expect_same(make_png(picture, {.level = 0}), Format::png, "plain");
  expect_same(make_webp(picture), Format::webp, "webp");
  expect_same(make_tiff(picture), Format::tiff, "tiff");
  expect_same(make_avif(picture), Format::avif, "avif");
}

TEST(Lossless, PngOfOddSizes) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 70}, {70, 1}, {3, 5}, {17, 9}}) {
    for (const int bits : {1, 2, 4, 8}) {
      expect_same(make_png(photo(width, height, 1, bits)), Format::png, "grey");
    }
    expect_same(make_png(photo(width, height, 4)), Format::png, "colour");
  }
}

TEST(Lossless, WebpAndAvif) {
  for (const int channels : {3, 4}) {
    expect_same(make_webp(photo(45, 38, channels)), Format::webp, "webp photo");
    expect_same(make_webp(graphic(45, 38, channels)), Format::webp, "webp graphic");
    expect_same(make_webp(photo(45, 38, channels), {.lossless = false}), Format::webp, "lossy");
    expect_same(make_avif(photo(45, 38, channels)), Format::avif, "avif photo");
    expect_same(make_avif(graphic(45, 38, channels)), Format::avif, "avif graphic");
    expect_same(make_avif(photo(45, 38, channels), {.lossless = false}), Format::avif, "lossy");
    for (const int bits : {10, 12}) {
      expect_same(make_avif(photo(45, 38, channels, bits)), Format::avif, "deep avif");
    }
  }
}

TEST(Lossless, TiffOfEveryKind) {
  for (const bool deflate : {false, true}) {
    for (const int bits : {1, 2, 4, 8, 16}) {
      SCOPED_TRACE(bits);
      expect_same(make_tiff(photo(45, 38, 1, bits), {.deflate = deflate}), Format::tiff, "grey");
      if (bits < 8) continue;
      for (const int channels : {2, 3, 4}) {
        expect_same(make_tiff(photo(45, 38, channels, bits), {.deflate = deflate}), Format::tiff,
                    "channels");
      }
      Raster inks = photo(45, 38, 4, bits);
      inks.cmyk = true;
      const Bytes file = make_tiff(inks, {.deflate = deflate});
      const auto result = optimize(file, exact());
      ASSERT_TRUE(result);
      EXPECT_EQ(decode(result->bytes.view(), Format::tiff).picture(), inks);
    }
    expect_same(make_tiff(std::vector{photo(45, 38), graphic(45, 38)}, {.deflate = deflate}),
                Format::tiff, "pages of one size");
    expect_same(make_tiff(std::vector{photo(45, 38), graphic(20, 60)}, {.deflate = deflate}),
                Format::tiff, "pages of two sizes");
  }
}

TEST(Lossless, TiffPagesOfTwoSizesAreLeftAloneAndNotForced) {
  const Bytes file = make_tiff(std::vector{photo(45, 38), graphic(20, 60)});
  for (const Compression compression : {Compression::lossy, Compression::lossless}) {
    ImageSettings settings;
    settings.compression = compression;
    const auto same = optimize(file, settings);
    ASSERT_TRUE(same) << same.error().describe();
    EXPECT_EQ(decode(same->bytes.view(), Format::tiff).movie.frames,
              decode(file, Format::tiff).movie.frames);
    EXPECT_FALSE(same->notes.empty());
  }
  ImageSettings half;
  half.resize = {.mode = ResizeMode::percent, .percent = 50};
  const auto smaller = optimize(file, half);
  ASSERT_FALSE(smaller);
  EXPECT_EQ(smaller.error().code(), ErrorCode::unsupported);
}

TEST(Lossless, Gif) {
  expect_same(make_gif(graphic(45, 38)), Format::gif, "opaque");
  expect_same(make_gif(graphic(45, 38, 4)), Format::gif, "clear border");
  expect_same(make_gif(graphic(45, 38, 3, 8, 200)), Format::gif, "many colours");
  expect_same(make_gif(movie(45, 38, 5)), Format::gif, "animation");
  expect_same(make_gif(movie(45, 38, 5, true)), Format::gif, "clear animation");
}

TEST(Lossless, JpegKeepsItsCoefficients) {
  for (const JpegMake& how :
       {JpegMake{.across = 1, .down = 1}, JpegMake{.across = 2, .down = 2},
        JpegMake{.progressive = true}, JpegMake{.quality = 100, .restart_rows = 1}}) {
    const Bytes file = make_jpeg(photo(70, 45), how);
    const auto result = optimize(file, exact());
    ASSERT_TRUE(result);
    EXPECT_LE(result->bytes.size(), file.size());
    EXPECT_EQ(jpeg_coefficients(result->bytes.view()), jpeg_coefficients(file));
    ImageSettings hundred;
    hundred.quality.global = 100;
    const auto same = optimize(file, hundred);
    ASSERT_TRUE(same);
    EXPECT_EQ(jpeg_coefficients(same->bytes.view()), jpeg_coefficients(file));
  }
}

TEST(Lossless, IsRefusedWhereItCannotBe) {
  Raster inks = photo(20, 20, 4);
  inks.cmyk = true;
  const struct {
    std::string_view what;
    Bytes file;
    Format to;
  } impossible[] = {
      {"16 bits into WebP", make_png(photo(20, 20, 3, 16)), Format::webp},
      {"16 bits into AVIF", make_png(photo(20, 20, 3, 16)), Format::avif},
      {"16 bits into GIF", make_png(photo(20, 20, 3, 16)), Format::gif},
      {"alpha into JPEG", make_png(photo(20, 20, 4)), Format::jpeg},
      {"pixels into JPEG", make_png(photo(20, 20)), Format::jpeg},
      {"many colours into GIF", make_png(photo(60, 60)), Format::gif},
      {"half transparency into GIF", make_png(photo(20, 20, 2)), Format::gif},
      {"16 bit TIFF into WebP", make_tiff(photo(20, 20, 3, 16)), Format::webp},
      {"inks into PNG", make_jpeg(inks), Format::png},
      {"a profile into GIF", make_png(graphic(20, 20), {.icc = wide_profile()}), Format::gif},
      {"a grey profile into WebP", make_png(photo(20, 20, 1), {.icc = grey_profile(1.4)}),
       Format::webp},
      {"a gamma into GIF", make_png(graphic(20, 20), {.gamma = 1.0}), Format::gif},
  };
  for (const auto& wish : impossible) {
    const auto result = optimize(wish.file, exact(wish.to));
    ASSERT_FALSE(result) << wish.what;
    EXPECT_EQ(result.error().code(), ErrorCode::unsupported)
        << wish.what << ": " << result.error().describe();
    EXPECT_FALSE(result.error().advice().empty()) << wish.what;
  }
}

TEST(Lossless, NewColoursAreNoLossWhenAskedFor) {
  const Bytes files[] = {make_png(graphic(20, 20), {.icc = wide_profile()}),
                         make_png(graphic(20, 20), {.gamma = 1.0})};
  for (const Bytes& file : files) {
    for (const Format to : {Format::png, Format::gif, Format::webp}) {
      ImageSettings settings = exact(to);
      settings.colour = ColourPolicy::to_srgb;
      const auto result = optimize(file, settings);
      ASSERT_TRUE(result) << result.error().describe();
      EXPECT_TRUE(decode(result->bytes.view(), to).icc.empty());
    }
  }
}

TEST(Lossless, KeepsTheProfileThatThePixelsNeed) {
  const Raster picture = photo(20, 20);
  ImageSettings settings = exact(Format::webp);
  settings.keep = Keep::none();
  const auto result = optimize(make_png(picture, {.icc = wide_profile()}), settings);
  ASSERT_TRUE(result) << result.error().describe();
  const Decoded shown = decode(result->bytes.view(), Format::webp);
  EXPECT_EQ(shown.icc, wide_profile());
  EXPECT_EQ(rgba(shown.picture()), rgba(picture));
}

TEST(Lossless, SixteenBitsGoThroughPngAndTiff) {
  for (const int channels : {1, 2, 3, 4}) {
    const Raster picture = photo(30, 20, channels, 16);
    const auto tiff = optimize(make_png(picture), exact(Format::tiff));
    ASSERT_TRUE(tiff) << tiff.error().describe();
    EXPECT_EQ(decode(tiff->bytes.view(), Format::tiff).picture(), picture);
    const auto png = optimize(tiff->bytes.view(), exact(Format::png));
    ASSERT_TRUE(png) << png.error().describe();
    EXPECT_EQ(decode(png->bytes.view(), Format::png).picture(), picture);
  }
}

TEST(Lossless, ConvertedPicturesAreUprightAndStillExact) {
  const Raster picture = photo(31, 22);
  const auto result = optimize(make_png(picture, {.exif = exif_block(6)}), exact(Format::webp));
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(decode(result->bytes.view(), Format::webp).picture(), rgba(turned(picture, 6)));
}

}  // namespace
}  // namespace imgmill

// All resize modes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/resample.h"
#include "support/score.h"

namespace imgmill {
namespace {

using namespace test;

// Red increases to the right, green downwards: each value identifies its position.
Raster ramp(int width, int height, int channels = 3) {
  Raster out(width, height, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      out.at(x, y, 0) = static_cast<std::uint16_t>(255 * x / (width - 1));
      if (channels > 1) out.at(x, y, 1) = static_cast<std::uint16_t>(255 * y / (height - 1));
      if (channels > 2) out.at(x, y, 2) = 60;
      if (channels > 3) out.at(x, y, 3) = 255;
    }
  }
  return out;
}

TEST(Resize, EveryModeGivesItsSizeAndTheWholePicture) {
  const struct {
    Resize wish;
    int width, height;
  } rows[] = {
      {{.mode = ResizeMode::width, .width = 50}, 50, 25},
      {{.mode = ResizeMode::height, .height = 50}, 100, 50},
      {{.mode = ResizeMode::longest, .size = 64}, 64, 32},
      {{.mode = ResizeMode::shortest, .size = 40}, 80, 40},
      {{.mode = ResizeMode::fit, .width = 60, .height = 60}, 60, 30},
      {{.mode = ResizeMode::fit, .width = 60, .height = 60, .fit = Fit::fill}, 60, 60},
      {{.mode = ResizeMode::percent, .percent = 25}, 50, 25},
      {{.mode = ResizeMode::width, .width = 7}, 7, 4},
      {{.mode = ResizeMode::width, .width = 400}, 200, 100},
      {{.mode = ResizeMode::width, .width = 400, .enlarge = Enlarge::allow}, 400, 200},
  };
  for (const FormatInfo& row : written_formats()) {
    if (row.format == Format::gif) continue;  // a ramp has too many colours
    const Bytes file = make(row.format, ramp(200, 100));
    for (const auto& [wish, width, height] : rows) {
      ImageSettings settings{.resize = wish};
      settings.quality.global = 92;
      settings.quality.png = 100;
      const auto result = optimize(file, settings);
      ASSERT_TRUE(result) << row.name << result.error().describe();
      EXPECT_EQ(static_cast<int>(result->width), width) << row.name;
      EXPECT_EQ(static_cast<int>(result->height), height) << row.name;
      const Raster picture = rgba(decode(result->bytes.view(), row.format).picture());
      ASSERT_EQ(picture.width, width);
      ASSERT_EQ(picture.height, height);
      if (width < 20) continue;
      for (const double part : {0.25, 0.5, 0.75}) {
        const int x = static_cast<int>(part * width);
        const int y = static_cast<int>(part * height);
        EXPECT_NEAR(picture.at(x, y, 0), 255 * part, 9) << row.name << width;
        EXPECT_NEAR(picture.at(x, y, 1), 255 * part, 12) << row.name << width;
      }
      EXPECT_LT(picture.at(0, height / 2, 0), 12);
      EXPECT_GT(picture.at(width - 1, height / 2, 0), 243);
    }
  }
}

TEST(Resize, TransparentEdgesDoNotDarken) {
  // White in the middle of transparent black: everything visible must stay white.
  Raster picture(64, 64, 4);
  for (int y = 15; y < 49; ++y) {
    for (int x = 15; x < 49; ++x) {
      for (int c = 0; c < 4; ++c) picture.at(x, y, c) = 255;
    }
  }
  for (const Format format : {Format::png, Format::webp, Format::tiff, Format::avif}) {
    for (const double percent : {50.0, 37.0}) {
      ImageSettings settings;
      settings.resize = {.mode = ResizeMode::percent, .percent = percent};
      settings.quality.global = 100;
      const auto result = optimize(make(format, picture), settings);
      ASSERT_TRUE(result) << result.error().describe();
      const Raster small = rgba(decode(result->bytes.view(), format).picture());
      for (int y = 0; y < small.height; ++y) {
        for (int x = 0; x < small.width; ++x) {
          if (small.at(x, y, 3) < 20) continue;
          EXPECT_GT(small.at(x, y, 0), 235) << info(format).name << " " << x << "," << y;
        }
      }
    }
  }
}

TEST(Resize, WithoutLossIsWhatTheReferenceGives) {
  const Raster picture = photo(321, 239);
  for (const Bytes& file : {make_jpeg(picture), make_jpeg(picture, {.progressive = true}),
                            make_png(picture), make_webp(picture)}) {
    const Format from = file[0] == std::byte{0xFF}   ? Format::jpeg
                        : file[0] == std::byte{0x89} ? Format::png
                                                     : Format::webp;
    const Raster shown = decode(file, from).picture();
    for (const double percent : {83.0, 50.0, 24.0, 8.0, 150.0}) {
      ImageSettings settings{.output_format = Format::png};
      settings.resize = {
          .mode = ResizeMode::percent, .percent = percent, .enlarge = Enlarge::allow};
      const auto result = optimize(file, settings);
      ASSERT_TRUE(result) << result.error().describe();
      const Raster made = rgba(decode(result->bytes.view(), Format::png).picture());
      const Raster wanted = rgba(resampled(shown, made.width, made.height));
      EXPECT_LE(worst_difference(made, wanted), 1) << info(from).name << " " << percent;
      // One level off only if the exact sum is half way between two.
      std::size_t off = 0;
      for (std::size_t i = 0; i < made.samples.size(); ++i) {
        off += made.samples[i] == wanted.samples[i] ? 0 : 1;
      }
      EXPECT_LE(off, made.samples.size() / 1000) << info(from).name << " " << percent;
    }
  }
}

TEST(Resize, FramesAreEachForThemselvesAndKeepTheirTimes) {
  Movie film = movie(80, 64, 4);
  film.delays = {70, 200, 130, 400};
  film.loop = 3;
  ImageSettings settings{.compression = Compression::lossless};
  settings.resize = {.mode = ResizeMode::percent, .percent = 40};
  const auto result = optimize(make_webp(film), settings);
  ASSERT_TRUE(result) << result.error().describe();
  const Movie made = decode(result->bytes.view(), Format::webp).movie;
  ASSERT_EQ(made.frames.size(), film.frames.size());
  EXPECT_EQ(made.delays, film.delays);
  EXPECT_EQ(made.loop, film.loop);
  for (std::size_t i = 0; i < film.frames.size(); ++i) {
    const Raster wanted =
        rgba(resampled(film.frames[i], made.frames[i].width, made.frames[i].height));
    EXPECT_LE(worst_difference(rgba(made.frames[i]), wanted), 1) << i;
  }
}

// For a given quality the decoder may scale; the reported score must still be relative to the exact
// picture.
TEST(Resize, ScoresCountFromThePictureAsItIs) {
  const Bytes file = make_jpeg(photo(800, 600), {.quality = 95});
  const Raster exact = resampled(decode(file, Format::jpeg).picture(), 200, 150);
  for (const Format to : {Format::jpeg, Format::webp}) {
    ImageSettings settings{.measure = true, .output_format = to};
    settings.quality.global = 85;
    settings.resize = {.mode = ResizeMode::width, .width = 200};
    const auto told = optimize(file, settings);
    ASSERT_TRUE(told) << told.error().describe();
    ASSERT_TRUE(told->judgement.score);
    const Raster shown = decode(told->bytes.view(), to).picture();
    EXPECT_NEAR(*told->judgement.score, score_between(rgba(exact), rgba(shown)), 0.2)
        << info(to).name;

    settings.measure = false;
    const auto untold = optimize(file, settings);
    ASSERT_TRUE(untold);
    EXPECT_TRUE(std::ranges::equal(told->bytes.view(), untold->bytes.view()));
  }
  ImageSettings searched{.target = Target{.score = 85}};
  searched.resize = {.mode = ResizeMode::width, .width = 200};
  const auto found = optimize(file, searched);
  ASSERT_TRUE(found) << found.error().describe();
  EXPECT_GE(score_between(exact, decode(found->bytes.view(), Format::jpeg).picture()), 84.8);
}

TEST(Resize, HowItIsDoneIsAsAsked) {
  const Raster picture = photo(160, 120);
  const Bytes file = make_png(picture);
  for (const ResizeFilter filter : {ResizeFilter::mitchell, ResizeFilter::catmull_rom,
                                    ResizeFilter::box, ResizeFilter::nearest}) {
    for (const ResizeLight light : {ResizeLight::coded, ResizeLight::linear}) {
      ImageSettings settings;
      settings.resize = {.mode = ResizeMode::width, .width = 66, .filter = filter, .light = light};
      const auto result = optimize(file, settings);
      ASSERT_TRUE(result) << result.error().describe();
      const Raster made = rgba(decode(result->bytes.view(), Format::png).picture());
      EXPECT_LE(
          worst_difference(made, rgba(resampled(picture, made.width, made.height, filter, light))),
          1);
    }
  }
  ImageSettings settings;
  settings.resize = {.mode = ResizeMode::width, .width = 66};
  const auto plain = optimize(file, settings);
  settings.resize.sharpen = 40;
  const auto sharp = optimize(file, settings);
  ASSERT_TRUE(plain && sharp);
  const auto contrast = [](const Buffer& bytes) {
    const Raster raster = decode(bytes.view(), Format::png).picture();
    int sum = 0;
    for (int y = 0; y < raster.height; ++y) {
      for (int x = 1; x < raster.width; ++x) {
        sum += std::abs(raster.at(x, y, 0) - raster.at(x - 1, y, 0));
      }
    }
    return sum;
  };
  EXPECT_GT(contrast(sharp->bytes), contrast(plain->bytes) * 1.05);
}

TEST(Resize, DecodingSmallerAgreesWithTheLongWay) {
  const Raster picture = photo(321, 239);
  const Bytes jpeg = make_jpeg(picture, {.quality = 98, .across = 1, .down = 1});
  const Bytes png = make_png(decode(jpeg, Format::jpeg).picture());
  for (const double percent : {60.0, 50.0, 37.0, 25.0, 20.0, 12.5, 9.0}) {
    ImageSettings settings{.output_format = Format::tiff};
    settings.resize = {.mode = ResizeMode::percent, .percent = percent};
    const auto quick = optimize(jpeg, settings);
    const auto plain = optimize(png, settings);
    ASSERT_TRUE(quick);
    ASSERT_TRUE(plain);
    EXPECT_EQ(quick->width, plain->width);
    EXPECT_EQ(quick->height, plain->height);
    EXPECT_GT(psnr(decode(quick->bytes.view(), Format::tiff).picture(),
                   decode(plain->bytes.view(), Format::tiff).picture()),
              25)
        << percent;
  }
}

TEST(Resize, ChannelsAndPalettesSurvive) {
  ImageSettings half;
  half.resize = {.mode = ResizeMode::percent, .percent = 50};
  for (const int channels : {1, 2, 3, 4}) {
    for (const int bits : {8, 16}) {
      const Raster picture = photo(80, 60, channels, bits);
      for (const Format format : {Format::png, Format::tiff}) {
        const auto result = optimize(make(format, picture), half);
        ASSERT_TRUE(result) << result.error().describe();
        const Decoded after = decode(result->bytes.view(), format);
        EXPECT_EQ(after.picture().channels, channels) << info(format).name;
        EXPECT_EQ(after.picture().bits, bits) << info(format).name;
        EXPECT_GT(psnr(after.picture(), shrunk(picture, 2)), 27) << info(format).name;
      }
    }
  }
  for (const int bits : {1, 2, 4}) {
    const Raster picture = graphic(80, 64, 1, bits, 1 << bits);
    const auto result = optimize(make_png(picture), half);
    ASSERT_TRUE(result);
    EXPECT_GT(psnr(decode(result->bytes.view(), Format::png).picture(), shrunk(picture, 2)), 20)
        << bits;
    const auto page = optimize(make_tiff(picture), half);
    ASSERT_TRUE(page);
    EXPECT_GT(psnr(decode(page->bytes.view(), Format::tiff).picture(), shrunk(picture, 2)), 20)
        << bits;
  }
  const Raster flat = graphic(80, 64, 4);
  const auto palette = optimize(make_png(flat, {.palette = true}), half);
  ASSERT_TRUE(palette);
  EXPECT_GT(psnr(decode(palette->bytes.view(), Format::png).picture(), shrunk(flat, 2)), 20);
}

TEST(Resize, InksOfTiffStayInks) {
  Raster inks = photo(80, 60, 4);
  inks.cmyk = true;
  ImageSettings half;
  half.resize = {.mode = ResizeMode::percent, .percent = 50};
  const auto result = optimize(make_tiff(inks), half);
  ASSERT_TRUE(result) << result.error().describe();
  const Raster small = decode(result->bytes.view(), Format::tiff).picture();
  EXPECT_EQ(small.width, 40);
  EXPECT_TRUE(small.cmyk || small.channels == 3);
}

TEST(Resize, ToOnePixel) {
  for (const FormatInfo& row : written_formats()) {
    ImageSettings settings;
    settings.resize = {.mode = ResizeMode::longest, .size = 1};
    const auto result = optimize(make(row.format, graphic(90, 11)), settings);
    ASSERT_TRUE(result) << row.name << result.error().describe();
    EXPECT_EQ(result->width, 1U);
    EXPECT_EQ(result->height, 1U);
  }
}

}  // namespace
}  // namespace imgmill

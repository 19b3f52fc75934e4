// Colours keep their appearance, measured in Lab through lcms2.
#include <gtest/gtest.h>

#include <cmath>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/engine_age.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace test;

// Slow ramps of colours that are within sRGB even when interpreted with the wide profile: clipping
// and subsampled chroma would mask the errors tested for here.
Raster gentle(int channels = 3) {
  Raster out(48, 40, channels);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      const int ramps[4] = {80 + 2 * x, 90 + 2 * y, 100 + x + y, 60 + x + 2 * y};
      for (int c = 0; c < channels; ++c) out.at(x, y, c) = static_cast<std::uint16_t>(ramps[c]);
      if (out.alpha()) out.at(x, y, channels - 1) = static_cast<std::uint16_t>(x < 8 ? 0 : 255);
    }
  }
  return out;
}

double difference(const Bytes& before, Format from, const Optimized& after) {
  const Decoded one = decode(before, from);
  const Decoded other = decode(after.bytes.view(), after.format);
  return mean_delta_e(one.picture(), one.icc, other.picture(), other.icc);
}

TEST(Profile, OfAJpegStaysByDefault) {
  const Bytes profile = wide_profile();
  const Bytes file = make_jpeg(gentle(), {.quality = 97, .icc = profile});
  for (const int quality : {60, 80, 100}) {
    ImageSettings settings;
    settings.quality.global = quality;
    const auto result = optimize(file, settings);
    ASSERT_TRUE(result);
    EXPECT_EQ(decode(result->bytes.view(), Format::jpeg).icc, profile) << quality;
    EXPECT_LT(difference(file, Format::jpeg, *result), 3) << quality;
  }
}

TEST(Profile, GoesAlongToEveryFormatThatCanCarryIt) {
  const Bytes profile = wide_profile();
  for (const Bytes& file :
       {make_png(gentle(), {.icc = profile}), make_png(gentle(4), {.icc = profile})}) {
    for (const FormatInfo& row : written_formats()) {
      const auto result = optimize(file, {.output_format = row.format});
      ASSERT_TRUE(result) << row.name;
      const Bytes found = decode(result->bytes.view(), row.format).icc;
      if (row.format == Format::jpegxl) {
        // A lossy encoding describes the same colours in its own way.
        EXPECT_FALSE(found.empty());
        continue;
      }
      EXPECT_EQ(found, row.profile ? profile : Bytes{}) << row.name;
    }
  }
}

TEST(Profile, IsAppliedWhenItCannotStay) {
  const Bytes profile = wide_profile();
  const Bytes png = make_png(gentle(), {.icc = profile});
  for (const FormatInfo& row : written_formats()) {
    ImageSettings converted{.output_format = row.format, .colour = ColourPolicy::to_srgb};
    converted.quality.global = 95;
    converted.quality.png = 100;
    ImageSettings bare{.output_format = row.format, .keep = Keep::none()};
    bare.quality = converted.quality;
    for (const ImageSettings& settings : {converted, bare}) {
      if (row.format == Format::png && settings.colour == ColourPolicy::keep_profile) continue;
      const auto result = optimize(png, settings);
      ASSERT_TRUE(result) << row.name;
      EXPECT_TRUE(decode(result->bytes.view(), row.format).icc.empty()) << row.name;
      EXPECT_LT(difference(png, Format::png, *result), 2.5) << row.name;
    }
  }
}

TEST(Profile, SameFormatWithoutAProfileLooksTheSame) {
  const Bytes profile = wide_profile();
  const std::pair<Format, Bytes> files[] = {
      {Format::png, make_png(gentle(), {.icc = profile})},
      {Format::jpeg, make_jpeg(gentle(), {.quality = 97, .icc = profile})},
      {Format::jpeg, make_jpeg(gentle(), {.quality = 50, .icc = profile})},
      {Format::webp, make_webp(gentle(), {.icc = profile})},
      {Format::tiff, make_tiff(gentle(), {.icc = profile})},
      {Format::avif, make_avif(gentle(), {.icc = profile})},
      {Format::png, make_png(gentle(1), {.icc = grey_profile(1.4)})},
  };
  for (const auto& [format, file] : files) {
    // Older AV1 encoders lose a little more.
    const double most = format == Format::avif && !exact_avif() ? 2.8 : 2.5;
    for (const std::optional<int> quality :
         {std::optional<int>{}, std::optional(90), std::optional(100)}) {
      ImageSettings settings{.keep = Keep::none()};
      settings.quality.global = quality;
      const auto bare = optimize(file, settings);
      ASSERT_TRUE(bare) << bare.error().describe();
      EXPECT_LT(difference(file, format, *bare), most) << info(format).name;
      settings.keep = {};
      settings.colour = ColourPolicy::to_srgb;
      const auto converted = optimize(file, settings);
      ASSERT_TRUE(converted) << converted.error().describe();
      EXPECT_TRUE(decode(converted->bytes.view(), format).icc.empty()) << info(format).name;
      EXPECT_LT(difference(file, format, *converted), most) << info(format).name;
    }
  }
}

TEST(Profile, WideColoursAreNotDulledBySilence) {
  // Pure green of the wide space is far outside sRGB: kept, it must stay pure.
  Raster green(16, 16, 3);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) green.at(x, y, 1) = 255;
  }
  const Bytes file = make_png(green, {.icc = wide_profile()});
  const auto webp = optimize(file, {.output_format = Format::webp});
  ASSERT_TRUE(webp);
  EXPECT_LT(difference(file, Format::png, *webp), 3);
}

TEST(Profile, GreyIsTranslatedWhereGreyIsUnknown) {
  const Bytes file = make_png(photo(40, 40, 1), {.icc = grey_profile(1.4)});
  for (const Format to : {Format::webp, Format::avif, Format::gif}) {
    ImageSettings settings{.output_format = to};
    settings.quality.global = 95;
    const auto result = optimize(file, settings);
    ASSERT_TRUE(result);
    EXPECT_LT(difference(file, Format::png, *result), 2) << info(to).name;
  }
  const auto jpeg = optimize(file, {.output_format = Format::jpeg});
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(decode(jpeg->bytes.view(), Format::jpeg).icc, grey_profile(1.4));
  EXPECT_LT(difference(file, Format::png, *jpeg), 3);
}

TEST(Profile, InksBecomeTheColoursTheyStandFor) {
  if (engine_before(8, 14, 3)) {
    GTEST_SKIP() << "this libvips takes many CMYK profiles for unfit and reads its own instead";
  }
  Raster inks = gentle(4);
  inks.cmyk = true;
  for (std::size_t i = 3; i < inks.samples.size(); i += 4) inks.samples[i] = 40;
  const Bytes file = make_jpeg(inks, {.quality = 98, .icc = cmyk_profile()});
  for (const Format to : {Format::png, Format::webp, Format::avif}) {
    ImageSettings settings{.output_format = to};
    settings.quality.global = 95;
    settings.quality.png = 100;
    const auto result = optimize(file, settings);
    ASSERT_TRUE(result) << result.error().describe();
    EXPECT_TRUE(decode(result->bytes.view(), to).icc.empty());
    EXPECT_LT(difference(file, Format::jpeg, *result), 4) << info(to).name;
  }
  ImageSettings converted{.colour = ColourPolicy::to_srgb};
  const auto jpeg = optimize(file, converted);
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(decode(jpeg->bytes.view(), Format::jpeg).picture().channels, 3);
  EXPECT_LT(difference(file, Format::jpeg, *jpeg), 6);
}

TEST(Profile, InksWithoutAProfileArePlausible) {
  Raster inks(16, 16, 4);
  const auto shown = [&](int cyan, int magenta, int yellow, int black) {
    for (std::size_t i = 0; i < inks.samples.size(); i += 4) {
      inks.samples[i] = static_cast<std::uint16_t>(cyan);
      inks.samples[i + 1] = static_cast<std::uint16_t>(magenta);
      inks.samples[i + 2] = static_cast<std::uint16_t>(yellow);
      inks.samples[i + 3] = static_cast<std::uint16_t>(black);
    }
    const auto result = optimize(make_jpeg(inks), {.output_format = Format::png});
    EXPECT_TRUE(result);
    return rgba(decode(result->bytes.view(), Format::png).picture());
  };
  const Raster white = shown(0, 0, 0, 0);
  EXPECT_TRUE(white.at(8, 8, 0) > 245 && white.at(8, 8, 1) > 245 && white.at(8, 8, 2) > 245);
  const Raster black = shown(0, 0, 0, 255);
  EXPECT_TRUE(black.at(8, 8, 0) < 70 && black.at(8, 8, 1) < 70 && black.at(8, 8, 2) < 70);
  const Raster red = shown(0, 255, 255, 0);
  EXPECT_TRUE(red.at(8, 8, 0) > 180 && red.at(8, 8, 1) < 80 && red.at(8, 8, 2) < 80);
}

TEST(Profile, NonsenseDoesNotFailTheImage) {
  Bytes broken = wide_profile();
  for (std::size_t i = 128; i < broken.size(); ++i) broken[i] = static_cast<std::byte>(i * 31);
  Bytes cut = wide_profile();
  cut.resize(140);
  const Bytes noise(500, std::byte{0x5A});
  for (const Bytes& profile : {broken, cut, noise}) {
    const Bytes jpeg = make_jpeg(photo(40, 40), {.quality = 97, .icc = profile});
    const Bytes webp = make_webp(photo(40, 40), {.icc = profile});
    for (const Bytes& file : {jpeg, webp}) {
      for (const FormatInfo& row : written_formats()) {
        for (const ColourPolicy policy : {ColourPolicy::keep_profile, ColourPolicy::to_srgb}) {
          const auto result = optimize(file, {.output_format = row.format, .colour = policy});
          ASSERT_TRUE(result) << row.name << ": " << result.error().describe();
        }
      }
      const auto same = optimize(file, {.keep = Keep::none()});
      ASSERT_TRUE(same) << same.error().describe();
    }
  }
}

using std::string_view_literals::operator""sv;

constexpr auto hdr_chunk = "cICP\x09\x10\0\1"sv;

TEST(CodePoints, StayInPng) {
  const Raster picture = photo(40, 40);
  const Bytes file = make_png(picture, {.cicp = {{9, 16}}, .level = 0});
  for (const Keep& keep : {Keep(), Keep::none()}) {
    for (const int quality : {100, 60}) {
      ImageSettings settings{.keep = keep};
      settings.quality.global = quality;
      const auto same = optimize(file, settings);
      ASSERT_TRUE(same) << same.error().describe();
      EXPECT_LT(same->bytes.size(), file.size());
      EXPECT_TRUE(holds(same->bytes.view(), hdr_chunk));
      if (quality == 100) {
        EXPECT_EQ(decode(same->bytes.view(), Format::png).picture(), picture);
      }
      settings.resize = {.mode = ResizeMode::width, .width = 20};
      const auto half = optimize(file, settings);
      ASSERT_TRUE(half) << half.error().describe();
      EXPECT_TRUE(holds(half->bytes.view(), hdr_chunk));
      EXPECT_GT(psnr(decode(half->bytes.view(), Format::png).picture(), shrunk(picture, 2)), 25);
    }
  }
}

TEST(CodePoints, OfForeignColoursAreNotConverted) {
  const Bytes png = make_png(photo(40, 40), {.cicp = {{9, 16}}});
  const Bytes avif = make_avif(photo(40, 40), {.cicp = {9, 18}});
  for (const auto& [from, file] : {std::pair{Format::png, png}, {Format::avif, avif}}) {
    for (const FormatInfo& to : written_formats()) {
      if (to.format == from) continue;
      const auto refused = optimize(file, {.output_format = to.format});
      ASSERT_FALSE(refused) << to.name;
      EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
      EXPECT_NE(refused.error().message().find("CICP"), std::string::npos);
      EXPECT_FALSE(refused.error().advice().empty());
    }
    const auto refused = optimize(file, {.colour = ColourPolicy::to_srgb});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
  }
  EXPECT_TRUE(optimize(avif));
}

TEST(CodePoints, OfSrgbChangeNothing) {
  const Raster picture = photo(40, 40);
  for (const CodePoints cicp : {CodePoints{1, 13}, CodePoints{2, 2}}) {
    const auto result =
        optimize(make_png(picture, {.cicp = cicp}), {.output_format = Format::tiff});
    ASSERT_TRUE(result);
    EXPECT_EQ(decode(result->bytes.view(), Format::tiff).picture(), picture);
  }
}

TEST(CodePoints, GoWithTheProfileTheyStandFor) {
  const Bytes file = make_png(gentle(), {.cicp = {{12, 13}}, .icc = wide_profile()});
  for (const bool resize : {false, true}) {
    ImageSettings settings{.colour = ColourPolicy::to_srgb};
    if (resize) settings.resize = {.mode = ResizeMode::width, .width = 24};
    const auto converted = optimize(file, settings);
    ASSERT_TRUE(converted) << converted.error().describe();
    EXPECT_FALSE(holds(converted->bytes.view(), "cICP"));
  }
  ImageSettings bare{.keep = Keep::none()};
  bare.quality.global = 60;
  const auto lossy = optimize(file, bare);
  ASSERT_TRUE(lossy);
  EXPECT_EQ(holds(lossy->bytes.view(), "cICP"),
            !decode(lossy->bytes.view(), Format::png).icc.empty());
}

TEST(Gamma, StaysInPngAndGoesAlongElsewhere) {
  const Raster linear = photo(40, 40);
  const Bytes file = make_png(linear, {.gamma = 1.0, .level = 0});
  const auto png = optimize(file);
  ASSERT_TRUE(png);
  EXPECT_LT(png->bytes.size(), file.size());
  EXPECT_NEAR(decode(png->bytes.view(), Format::png).gamma, 1.0, 1e-4);
  EXPECT_EQ(decode(png->bytes.view(), Format::png).picture(), linear);

  const Bytes meaning = rgb_profile_of({.gamma = 1});
  for (const Format to : {Format::webp, Format::tiff}) {
    ImageSettings settings{.compression = Compression::lossless, .output_format = to};
    const auto result = optimize(file, settings);
    ASSERT_TRUE(result);
    const Decoded after = decode(result->bytes.view(), to);
    EXPECT_LT(mean_delta_e(linear, meaning, after.picture(), after.icc), 0.1) << info(to).name;
  }

  ImageSettings half;
  half.resize = {.mode = ResizeMode::width, .width = 20};
  const auto small = optimize(file, half);
  ASSERT_TRUE(small);
  EXPECT_NEAR(decode(small->bytes.view(), Format::png).gamma, 1.0, 1e-4);
}

TEST(Gamma, BecomesSrgbWhenAskedAndStaysWhenProfilesGo) {
  const Raster linear = photo(40, 40);
  Raster expected = linear;
  for (std::uint16_t& sample : expected.samples) {
    const double light = sample / 255.0;
    sample = static_cast<std::uint16_t>(std::lround(
        255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055)));
  }
  const Bytes file = make_png(linear, {.gamma = 1.0});
  ImageSettings settings{.colour = ColourPolicy::to_srgb};
  const auto asked = optimize(file, settings);
  ASSERT_TRUE(asked) << asked.error().describe();
  EXPECT_EQ(decode(asked->bytes.view(), Format::png).gamma, 0);
  EXPECT_GT(psnr(decode(asked->bytes.view(), Format::png).picture(), expected), 40);

  settings.resize = {.mode = ResizeMode::width, .width = 20};
  const auto resized = optimize(file, settings);
  ASSERT_TRUE(resized);
  EXPECT_EQ(decode(resized->bytes.view(), Format::png).gamma, 0);
  EXPECT_GT(psnr(decode(resized->bytes.view(), Format::png).picture(), shrunk(expected, 2)), 25);

  ImageSettings bare{.resize = settings.resize, .keep = Keep::none()};
  const auto kept = optimize(file, bare);
  ASSERT_TRUE(kept);
  EXPECT_NEAR(decode(kept->bytes.view(), Format::png).gamma, 1.0, 1e-4);
  EXPECT_GT(psnr(decode(kept->bytes.view(), Format::png).picture(), shrunk(linear, 2)), 25);
}

TEST(Gamma, OfSrgbChangesNothing) {
  const Raster picture = photo(40, 40);
  const auto result =
      optimize(make_png(picture, {.gamma = 0.45455}), {.output_format = Format::tiff});
  ASSERT_TRUE(result);
  EXPECT_EQ(decode(result->bytes.view(), Format::tiff).picture(), picture);
}

}  // namespace
}  // namespace imgmill

// Colours specified other than by a profile, measured in Lab through lcms2.
#include "optimize/source/implied_colours.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "imgmill/optimize.h"
#include "metadata/exif.h"
#include "metadata/metadata.h"
#include "support/decode.h"
#include "support/engine_age.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace test;

// Slow ramps within sRGB: clipping and subsampled chroma are not tested here.
Raster ramps(int channels = 3) {
  Raster out(64, 48, channels);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      const int values[4] = {70 + 2 * x, 90 + 2 * y, 100 + x + y, 255};
      for (int c = 0; c < channels; ++c) out.at(x, y, c) = static_cast<std::uint16_t>(values[c]);
    }
  }
  return out;
}

// Flat colours, which GIF holds without dithering.
Raster patches() {
  Raster out(64, 48, 3);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      out.at(x, y, 0) = static_cast<std::uint16_t>(90 + 30 * (x / 16));
      out.at(x, y, 1) = static_cast<std::uint16_t>(90 + 30 * (y / 16));
      out.at(x, y, 2) = 120;
    }
  }
  return out;
}

double difference(const Raster& meant, const Bytes& profile, const Optimized& shown) {
  const Decoded after = decode(shown.bytes.view(), shown.format);
  return mean_delta_e(meant, profile, after.picture(), after.icc);
}

ImageSettings fine(std::optional<Format> format = {}) {
  ImageSettings settings{.output_format = format};
  settings.quality.global = 96;
  settings.quality.png = 100;
  return settings;
}

constexpr double unseen = 1.5;  // mean difference in Lab

// Lossy WebP has subsampled chroma, which shows more with wide colours; the reference decoder for
// JPEG XL outputs profiles it has no name for as 8-bit linear light.
double unseen_in(Format format) {
  return format == Format::webp || format == Format::jpegxl ? 3 : unseen;
}

bool has_chunk(const Optimized& png, std::string_view name) {
  return holds(png.bytes.view(), name);
}

struct ImpliedColours {
  std::string_view name;
  Bytes png;
  Bytes means;  // a profile by lcms2
};

std::vector<ImpliedColours> told_pngs(const Raster& picture) {
  return {
      {"Adobe RGB by gAMA and cHRM",
       make_png(picture, {.gamma = 1 / 2.2, .chromaticities = adobe_places}),
       rgb_profile_of({.places = adobe_places, .gamma = 2.2})},
      {"P3 by gAMA and cHRM", make_png(picture, {.gamma = 1 / 2.2, .chromaticities = p3_places}),
       rgb_profile_of({.places = p3_places, .gamma = 2.2})},
      {"gamma 1.8 alone", make_png(picture, {.gamma = 1 / 1.8}), rgb_profile_of({.gamma = 1.8})},
      {"P3 by cICP", make_png(picture, {.cicp = {{12, 13}}}), wide_profile()},
      {"P3 by cICP, before a profile",
       make_png(picture, {.cicp = {{12, 13}}, .icc = rgb_profile_of({.gamma = 1.8})}),
       wide_profile()},
      {"BT.2020 by cICP, as on a display", make_png(picture, {.cicp = {{9, 14}}}),
       rgb_profile_of(
           {.places = {0.3127, 0.329, 0.708, 0.292, 0.17, 0.797, 0.131, 0.046}, .gamma = 2.4})},
  };
}

TEST(ToldColours, OfAPngGoAlongAsAProfile) {
  const Raster picture = ramps();
  for (const ImpliedColours& told : told_pngs(picture)) {
    for (const Format to :
         {Format::jpeg, Format::webp, Format::avif, Format::jpegxl, Format::tiff}) {
      SCOPED_TRACE(std::string(told.name) + " to " + std::string(info(to).name));
      const auto made = optimize(told.png, fine(to));
      ASSERT_TRUE(made) << made.error().describe();
      EXPECT_FALSE(decode(made->bytes.view(), to).icc.empty());
      EXPECT_LT(difference(picture, told.means, *made), unseen_in(to));
    }
    SCOPED_TRACE(told.name);
    ImageSettings exact = fine(Format::webp);
    exact.compression = Compression::lossless;
    const auto webp = optimize(told.png, exact);
    ASSERT_TRUE(webp) << webp.error().describe();
    EXPECT_LT(difference(picture, told.means, *webp), 0.1);
  }
}

TEST(ToldColours, OfAPngBecomeSrgbWhereNoProfileIsToBe) {
  const Raster picture = patches();
  for (const ImpliedColours& told : told_pngs(picture)) {
    SCOPED_TRACE(told.name);
    const auto gif = optimize(told.png, fine(Format::gif));
    ASSERT_TRUE(gif) << gif.error().describe();
    EXPECT_LT(difference(picture, told.means, *gif), unseen);

    ImageSettings converted = fine();
    converted.colour = ColourPolicy::to_srgb;
    const auto png = optimize(told.png, converted);
    ASSERT_TRUE(png) << png.error().describe();
    EXPECT_TRUE(decode(png->bytes.view(), Format::png).icc.empty());
    EXPECT_FALSE(has_chunk(*png, "cHRM") || has_chunk(*png, "gAMA") || has_chunk(*png, "cICP"));
    EXPECT_LT(difference(picture, told.means, *png), unseen);

    ImageSettings bare = fine(Format::avif);
    bare.keep = Keep::none();
    const auto avif = optimize(told.png, bare);
    ASSERT_TRUE(avif) << avif.error().describe();
    EXPECT_TRUE(decode(avif->bytes.view(), Format::avif).icc.empty());
    EXPECT_LT(difference(picture, told.means, *avif), unseen);
  }
}

TEST(ToldColours, OfEveryKindOfPng) {
  const Bytes means = rgb_profile_of({.places = adobe_places, .gamma = 2.2});
  Raster deep = ramps();
  deep.bits = 16;
  for (std::uint16_t& sample : deep.samples) sample = static_cast<std::uint16_t>(sample * 257 + 50);
  const struct {
    std::string_view name;
    Raster picture;
    PngMake how;
  } kinds[] = {{"palette", patches(), {.palette = true}},
               {"alpha", ramps(4), {}},
               {"16 bits", deep, {}},
               {"interlaced", ramps(), {.interlaced = true}}};
  for (const auto& [name, picture, kind] : kinds) {
    SCOPED_TRACE(name);
    PngMake how = kind;
    how.gamma = 1 / 2.2;
    how.chromaticities = adobe_places;
    const Bytes file = make_png(picture, how);
    const auto carried = optimize(file, {.output_format = Format::tiff});
    ASSERT_TRUE(carried) << carried.error().describe();
    EXPECT_LT(difference(picture, means, *carried), 0.1);
    ImageSettings settings{.output_format = Format::tiff, .colour = ColourPolicy::to_srgb};
    const auto converted = optimize(file, settings);
    ASSERT_TRUE(converted) << converted.error().describe();
    EXPECT_TRUE(decode(converted->bytes.view(), Format::tiff).icc.empty());
    EXPECT_LT(difference(picture, means, *converted), unseen);
  }
}

TEST(ToldColours, StayInAPngAsTheyWere) {
  const Raster picture = ramps();
  const Bytes file =
      make_png(picture, {.gamma = 1 / 2.2, .chromaticities = adobe_places, .level = 0});
  for (const Keep& keep : {Keep(), Keep::none()}) {
    for (const int quality : {100, 60}) {
      for (const bool resize : {false, true}) {
        ImageSettings settings{.keep = keep};
        settings.quality.global = quality;
        if (resize) settings.resize = {.mode = ResizeMode::width, .width = 32};
        const auto made = optimize(file, settings);
        ASSERT_TRUE(made) << made.error().describe();
        EXPECT_TRUE(has_chunk(*made, "gAMA") && has_chunk(*made, "cHRM"));
        EXPECT_TRUE(decode(made->bytes.view(), Format::png).icc.empty());
        const Raster after = decode(made->bytes.view(), Format::png).picture();
        if (quality == 100 && !resize) {
          EXPECT_EQ(after, picture);
        }
        if (resize) {
          EXPECT_GT(psnr(after, shrunk(picture, 2)), 28);
        }
      }
    }
  }
}

TEST(ToldColours, OfAPngStayBesideTheProfileTheyOverrule) {
  const Bytes profile = rgb_profile_of({.gamma = 1.8});
  const Bytes file = make_png(ramps(), {.cicp = {{12, 13}}, .icc = profile});
  ImageSettings half;
  half.resize = {.mode = ResizeMode::width, .width = 32};
  const auto made = optimize(file, half);
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_TRUE(has_chunk(*made, "cICP"));
  EXPECT_EQ(decode(made->bytes.view(), Format::png).icc, profile);
}

TEST(ToldColours, OfSrgbAddNothing) {
  const Raster picture = ramps();
  const Bytes files[] = {
      make_png(picture, {.gamma = 1 / 2.2, .chromaticities = srgb_places}),
      make_png(picture, {.gamma = 0.45455}), make_png(picture, {.chromaticities = p3_places}),
      make_png(picture, {.cicp = {{1, 13}}}), make_avif(picture, {.cicp = {1, 1}})};
  for (std::size_t i = 0; i < std::size(files); ++i) {
    const auto made = optimize(files[i], fine(Format::tiff));
    ASSERT_TRUE(made) << i;
    EXPECT_TRUE(decode(made->bytes.view(), Format::tiff).icc.empty()) << i;
  }
}

TEST(ToldColours, OfGreyAreGrey) {
  Raster grey = ramps(1);
  const Bytes file = make_png(grey, {.gamma = 1.0});
  for (const Format to : {Format::jpeg, Format::webp}) {
    const auto made = optimize(file, fine(to));
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_LT(difference(grey, grey_profile(1.0), *made), unseen) << info(to).name;
  }
}

// The file with other values in its cHRM chunk.
Bytes with_places(Bytes png, const std::array<std::uint32_t, 8>& numbers) {
  const std::size_t at = as_text(png).find("cHRM");
  for (std::size_t i = 0; i < 32; ++i) {
    png[at + 4 + i] = static_cast<std::byte>(numbers[i / 4] >> (24 - 8 * (i % 4)) & 0xFF);
  }
  const auto* chunk = reinterpret_cast<const Bytef*>(png.data() + at);
  const uLong sum = crc32(0, chunk, 36);
  for (std::size_t i = 0; i < 4; ++i) {
    png[at + 36 + i] = static_cast<std::byte>(sum >> (24 - 8 * i) & 0xFF);
  }
  return png;
}

TEST(ToldColours, NonsenseInChunksIsPassedOver) {
  const Bytes sound = make_png(ramps(), {.gamma = 1 / 2.2, .chromaticities = p3_places});
  const std::array<std::uint32_t, 8> places[] = {
      {},
      {31270, 0, 64000, 33000, 30000, 60000, 15000, 6000},
      {31270, 32900, 30000, 30000, 30000, 30000, 30000, 30000},
      {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 0xFFFFFFFF, 1, 1},
  };
  for (const auto& nonsense : places) {
    const Bytes file = with_places(sound, nonsense);
    for (const FormatInfo& row : written_formats()) {
      const auto made = optimize(file, {.output_format = row.format});
      ASSERT_TRUE(made) << row.name << ": " << made.error().describe();
      if (row.format == Format::tiff) {
        EXPECT_TRUE(decode(made->bytes.view(), row.format).icc.empty());
      }
    }
  }
}

TEST(ToldColours, OfAnAvifByCodePoints) {
  if (!exact_avif()) GTEST_SKIP() << "this libvips writes AVIF of 10 bits as 12";
  const Raster picture = ramps();
  const Bytes file = make_avif(picture, {.cicp = {12, 13}});
  for (const FormatInfo& row : written_formats()) {
    if (row.format == Format::gif || row.format == Format::svg) continue;
    SCOPED_TRACE(row.name);
    const auto made = optimize(file, fine(row.format));
    ASSERT_TRUE(made) << made.error().describe();
    if (made->decision == Decision::reencoded) {  // otherwise the code points are still there
      EXPECT_LT(difference(picture, wide_profile(), *made), unseen_in(row.format));
    }
    ImageSettings converted = fine(row.format);
    converted.colour = ColourPolicy::to_srgb;
    const auto srgb = optimize(file, converted);
    ASSERT_TRUE(srgb) << srgb.error().describe();
    EXPECT_TRUE(decode(srgb->bytes.view(), row.format).icc.empty());
    EXPECT_LT(difference(picture, wide_profile(), *srgb), unseen_in(row.format));
  }
  ImageSettings half = fine();
  half.resize = {.mode = ResizeMode::width, .width = 32};
  const auto small = optimize(file, half);
  ASSERT_TRUE(small) << small.error().describe();
  EXPECT_FALSE(decode(small->bytes.view(), Format::avif).icc.empty());
}

TEST(ToldColours, OfHighDynamicRangeAreLeftAlone) {
  const Bytes icc = wide_profile();
  for (const Bytes& file :
       {make_png(ramps(), {.cicp = {{9, 16}}}), make_png(ramps(), {.cicp = {{9, 18}}, .icc = icc}),
        make_avif(ramps(), {.cicp = {9, 16}})}) {
    const auto refused = optimize(file, {.output_format = Format::jpeg});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
    EXPECT_NE(refused.error().message().find("CICP 9/1"), std::string::npos);
  }
}

TEST(LinearProfile, CalledSrgbIsConverted) {
  const Raster picture = patches();
  const Bytes linear = rgb_profile_of({.gamma = 1, .name = "sRGB-elle-V2-g10.icc"});
  const Bytes png = make_png(picture, {.icc = linear});
  const Bytes jpeg = make_jpeg(picture, {.quality = 97, .across = 1, .down = 1, .icc = linear});
  ImageSettings bare = fine();
  bare.keep = Keep::none();
  ImageSettings converted = fine();
  converted.colour = ColourPolicy::to_srgb;
  for (const Bytes& file : {png, jpeg}) {
    for (const ImageSettings& settings : {bare, converted, fine(Format::gif)}) {
      const auto made = optimize(file, settings);
      ASSERT_TRUE(made) << made.error().describe();
      EXPECT_LT(difference(picture, linear, *made), unseen);
    }
  }
}

const Bytes& adobe_by_lcms() {
  static const Bytes profile =
      rgb_profile_of({.places = adobe_places, .gamma = 2.19921875, .name = "Adobe"});
  return profile;
}

TEST(Dcf, ExifSaysAdobeRgb) {
  EXPECT_TRUE(read_exif(dcf_exif(0xFFFF, "R03")).adobe_rgb);
  EXPECT_TRUE(read_exif(dcf_exif(2, "")).adobe_rgb);
  EXPECT_FALSE(read_exif(dcf_exif(1, "R98")).adobe_rgb);
  EXPECT_FALSE(read_exif(dcf_exif(0xFFFF, "R98")).adobe_rgb);
  EXPECT_FALSE(read_exif(dcf_exif(0xFFFF, "")).adobe_rgb);
  const Bytes whole = dcf_exif(0xFFFF, "R03");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    (void)read_exif(ByteView(whole).first(size));
  }
}

bool still_says_adobe(const Optimized& jpeg) {
  return read_exif(read_metadata(jpeg.bytes.view(), Format::jpeg).exif.view()).adobe_rgb;
}

TEST(Dcf, AJpegInAdobeRgbGetsAProfileThatSaysSo) {
  const Raster picture = photo(320, 240);
  for (const Bytes& exif : {dcf_exif(0xFFFF, "R03"), dcf_exif(2, "")}) {
    const Bytes file = make_jpeg(picture, {.quality = 92, .exif = exif});
    const Bytes as_shown = make_jpeg(picture, {.quality = 92, .icc = adobe_by_lcms()});
    const Raster before = decode(as_shown, Format::jpeg).picture();
    for (const Keep& keep : {Keep(), Keep::all()}) {
      for (const bool lossless : {false, true}) {
        ImageSettings settings{.keep = keep};
        if (lossless) settings.compression = Compression::lossless;
        const auto made = optimize(file, settings);
        ASSERT_TRUE(made) << made.error().describe();
        EXPECT_LT(made->bytes.size(), file.size());
        EXPECT_FALSE(decode(made->bytes.view(), Format::jpeg).icc.empty());
        EXPECT_LT(difference(before, adobe_by_lcms(), *made), 4);
        EXPECT_EQ(still_says_adobe(*made), keep == Keep::all());
        if (lossless) {
          EXPECT_EQ(jpeg_coefficients(made->bytes.view()), jpeg_coefficients(file));
          EXPECT_LT(difference(before, adobe_by_lcms(), *made), 0.1);
        }
      }
    }
    ImageSettings aimed{.target = Target{.score = 80}};
    const auto good = optimize(file, aimed);
    ASSERT_TRUE(good) << good.error().describe();
    EXPECT_FALSE(decode(good->bytes.view(), Format::jpeg).icc.empty());
    ASSERT_TRUE(good->judgement.score);
    EXPECT_GT(*good->judgement.score, 79.9);
  }
}

TEST(Dcf, WhereAProfileWouldOutgrowTheFileATagSaysSo) {
  Raster dot(8, 8, 3);
  const Bytes file = make_jpeg(dot, {.quality = 50, .exif = dcf_exif(0xFFFF, "R03")});
  for (const Keep& keep : {Keep(), Keep::none()}) {
    const auto made = optimize(file, {.keep = keep});
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_LE(made->bytes.size(), file.size());
    EXPECT_TRUE(still_says_adobe(*made));
  }
}

TEST(Dcf, ConversionsKnowWhatTheJpegMeans) {
  const Raster picture = ramps();
  const Bytes file =
      make_jpeg(picture, {.quality = 97, .across = 1, .down = 1, .exif = dcf_exif(0xFFFF, "R03")});
  for (const FormatInfo& row : written_formats()) {
    if (row.format == Format::gif || row.format == Format::svg) continue;
    for (const bool to_srgb : {false, true}) {
      SCOPED_TRACE(std::string(row.name) + (to_srgb ? " in sRGB" : ""));
      ImageSettings settings = fine(row.format);
      if (to_srgb) settings.colour = ColourPolicy::to_srgb;
      const auto made = optimize(file, settings);
      ASSERT_TRUE(made) << made.error().describe();
      if (still_says_adobe(*made)) continue;
      EXPECT_LT(difference(picture, adobe_by_lcms(), *made), 4);
    }
  }
}

TEST(Dcf, ExifSaysSrgbOnceTheColoursAre) {
  const Raster picture = photo(120, 90);
  for (const Bytes& exif : {dcf_exif(0xFFFF, "R03"), dcf_exif(2, "")}) {
    const Bytes file = make_jpeg(picture, {.quality = 97, .exif = exif});
    ImageSettings settings{.keep = Keep::all(), .colour = ColourPolicy::to_srgb};
    settings.resize = {.mode = ResizeMode::width, .width = 60};
    const auto made = optimize(file, settings);
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_TRUE(decode(made->bytes.view(), Format::jpeg).icc.empty());
    EXPECT_FALSE(read_metadata(made->bytes.view(), Format::jpeg).exif.empty());
    EXPECT_FALSE(still_says_adobe(*made));
  }
  Buffer block = Buffer::copy_of(ByteView(dcf_exif(0xFFFF, "R03")));
  say_srgb(block);
  EXPECT_TRUE(std::ranges::equal(block.view(), ByteView(dcf_exif(1, "R98"))));
}

TEST(Dcf, AProfileGoesBeforeTheTag) {
  const Bytes file =
      make_jpeg(ramps(), {.quality = 92, .icc = wide_profile(), .exif = dcf_exif(0xFFFF, "R03")});
  const auto made = optimize(file);
  ASSERT_TRUE(made);
  EXPECT_EQ(decode(made->bytes.view(), Format::jpeg).icc, wide_profile());
}

}  // namespace
}  // namespace imgmill

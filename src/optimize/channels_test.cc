// Extra channels: alpha of both kinds, masks, inks; floats and Lab in TIFF.
#include <gtest/gtest.h>

#include <cmath>

#include "codecs/tiff_header.h"
#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace test;

using Kinds = std::vector<std::uint16_t>;

constexpr std::uint16_t unspecified = 0;
constexpr std::uint16_t associated = 1;
constexpr std::uint16_t straight = 2;

// Colours in the first channels; in the last `extras`, a frame of 40 around full strength.
Raster with_extras(int colours, int extras, int bits = 8) {
  Raster out = photo(48, 40, colours + extras, bits);
  const auto top = static_cast<std::uint16_t>(out.top());
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      const bool inside = x >= 12 && x < 36 && y >= 10 && y < 30;
      for (int e = 0; e < extras; ++e) {
        out.at(x, y, colours + e) = inside ? top : static_cast<std::uint16_t>(top * 40 / 255);
      }
    }
  }
  return out;
}

// Some channels of a raster.
Raster channels_of(const Raster& raster, int count) {
  Raster out(raster.width, raster.height, count, raster.bits);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      for (int c = 0; c < count; ++c) out.at(x, y, c) = raster.at(x, y, c);
    }
  }
  return out;
}

bool says(const Optimized& made, std::string_view text) {
  return std::ranges::any_of(
      made.notes, [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

struct Case {
  int colours;
  Kinds kinds;
};
const Case cases[] = {{3, {straight}},
                      {3, {associated}},
                      {3, {unspecified}},
                      {3, {unspecified, unspecified}},
                      {3, {straight, unspecified}},
                      {1, {unspecified}},
                      {1, {associated}},
                      {1, {unspecified, unspecified}}};

TEST(TiffChannels, StayWhatTheyAre) {
  for (const auto& [colours, kinds] : cases) {
    for (const int bits : {8, 16}) {
      SCOPED_TRACE(std::to_string(colours) + " colours, " + std::to_string(kinds.size()) +
                   " extras, first " + std::to_string(kinds[0]));
      const Raster picture = with_extras(colours, static_cast<int>(kinds.size()), bits);
      const Bytes file = make_tiff(picture, {.deflate = false, .extras = kinds});
      const auto made = optimize(file);
      ASSERT_TRUE(made) << made.error().describe();
      EXPECT_LT(made->bytes.size(), file.size());
      const Decoded after = decode(made->bytes.view(), Format::tiff);
      EXPECT_EQ(after.extras, kinds);
      EXPECT_EQ(after.picture(), picture);

      ImageSettings half;
      half.resize = {.mode = ResizeMode::width, .width = 24};
      const auto small = optimize(file, half);
      ASSERT_TRUE(small) << small.error().describe();
      const Decoded shrunken = decode(small->bytes.view(), Format::tiff);
      EXPECT_EQ(shrunken.extras, kinds);
      // A mask hides nothing: pixels under its dark parts are resized like all others.
      if (kinds[0] == unspecified) {
        const Raster before = shrunk(channels_of(picture, colours), 2);
        const Raster now = rgba(channels_of(shrunken.picture(), colours));
        EXPECT_GT(psnr(now, before), 28);
      }
    }
  }
}

TEST(TiffChannels, MasksAreNoTransparency) {
  for (const auto& [colours, kinds] : cases) {
    const auto alpha = std::ranges::find_if(kinds, [](auto kind) { return kind != unspecified; });
    if (alpha != kinds.end()) continue;
    const Raster picture = with_extras(colours, static_cast<int>(kinds.size()));
    const Bytes file = make_tiff(picture, {.extras = kinds});
    for (const FormatInfo& row : written_formats()) {
      if (row.format == Format::tiff || row.format == Format::gif || row.format == Format::svg)
        continue;
      SCOPED_TRACE(row.name);
      ImageSettings settings{.output_format = row.format};
      settings.quality.global = 96;
      settings.quality.png = 100;
      const auto made = optimize(file, settings);
      ASSERT_TRUE(made) << made.error().describe();
      EXPECT_TRUE(says(*made, "neither colour nor transparency"));
      const Raster after = rgba(decode(made->bytes.view(), row.format).picture());
      EXPECT_GT(psnr(after, rgba(channels_of(picture, colours))), 28);
    }
    const auto exact =
        optimize(file, {.compression = Compression::lossless, .output_format = Format::png});
    ASSERT_FALSE(exact);
    EXPECT_EQ(exact.error().code(), ErrorCode::unsupported);
  }
}

TEST(TiffChannels, AlphaBesideAMaskIsAlpha) {
  const Raster picture = with_extras(3, 2);
  const Bytes file = make_tiff(picture, {.extras = {straight, unspecified}});
  const auto png = optimize(file, {.output_format = Format::png});
  ASSERT_TRUE(png) << png.error().describe();
  EXPECT_EQ(decode(png->bytes.view(), Format::png).picture(), channels_of(picture, 4));
}

TEST(TiffChannels, AssociatedAlphaIsDividedOut) {
  for (const int bits : {8, 16}) {
    const Raster picture = with_extras(3, 1, bits);
    const Bytes file = make_tiff(premultiplied(picture), {.extras = {associated}});
    const auto png = optimize(file, {.output_format = Format::png});
    ASSERT_TRUE(png) << png.error().describe();
    EXPECT_FALSE(says(*png, "brighter"));
    const Raster after = rgba(decode(png->bytes.view(), Format::png).picture());
    EXPECT_GT(psnr(after, rgba(picture)), 35);
  }
}

TEST(TiffChannels, GlowIsNotCutOffInSilence) {
  Raster picture = premultiplied(with_extras(3, 1));
  for (int x = 0; x < picture.width; ++x) {
    picture.at(x, 2, 0) = 200;  // additive light over the background
    picture.at(x, 2, 3) = 10;
  }
  const Bytes file = make_tiff(picture, {.deflate = false, .extras = {associated}});
  const auto png = optimize(file, {.output_format = Format::png});
  ASSERT_TRUE(png) << png.error().describe();
  EXPECT_TRUE(says(*png, "brighter than their transparency"));
  const auto exact =
      optimize(file, {.compression = Compression::lossless, .output_format = Format::png});
  ASSERT_FALSE(exact);
  EXPECT_EQ(exact.error().code(), ErrorCode::unsupported);
  const auto tiff = optimize(file);
  ASSERT_TRUE(tiff);
  EXPECT_EQ(decode(tiff->bytes.view(), Format::tiff).picture(), picture);
}

TEST(TiffChannels, InksBesideTheFourAreLeftAlone) {
  Raster inks = photo(40, 30, 5);
  inks.cmyk = true;
  const Bytes file = make_tiff(inks, {.deflate = false, .extras = {unspecified}});
  const auto same = optimize(file);
  ASSERT_TRUE(same) << same.error().describe();
  EXPECT_TRUE(std::ranges::equal(same->bytes.view(), ByteView(file)));
  EXPECT_TRUE(says(*same, "inks"));
  for (const FormatInfo& row : written_formats()) {
    if (row.format == Format::svg) continue;
    ImageSettings settings{.output_format = row.format};
    settings.resize = {.mode = ResizeMode::width, .width = 20};
    const auto refused = optimize(file, settings);
    ASSERT_FALSE(refused) << row.name;
    EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
    EXPECT_NE(refused.error().message().find("inks"), std::string::npos);
  }
  inks = photo(40, 30, 4);
  inks.cmyk = true;
  EXPECT_TRUE(optimize(make_tiff(inks), {.output_format = Format::png}));
}

TEST(TiffChannels, InPlanesOfTheirOwnAreReadOrRefused) {
  const Raster picture = with_extras(3, 1);
  const auto png = optimize(make_tiff(picture, {.extras = {unspecified}, .planes = true}),
                            {.output_format = Format::png});
  ASSERT_TRUE(png) << png.error().describe();
  EXPECT_EQ(decode(png->bytes.view(), Format::png).picture(), channels_of(picture, 3));
  // Files that the engine misreads are reported, and never written.
  const Bytes grey = make_tiff(with_extras(1, 1), {.extras = {unspecified}, .planes = true});
  const auto refused = optimize(grey);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
  EXPECT_FALSE(refused.error().advice().empty());
}

TEST(TiffChannels, ThePagesOfOneFileHaveToAgree) {
  Bytes file = make_tiff(std::vector{with_extras(3, 1), with_extras(3, 1)}, {.extras = {straight}});
  EXPECT_TRUE(read_tiff_channels(file).pages_agree);
  Buffer same = Buffer::copy_of(ByteView(file));
  EXPECT_TRUE(set_tiff_extras(same, {ExtraChannel::unspecified}));
  EXPECT_EQ(decode(same.view(), Format::tiff).extras, Kinds{unspecified});
  EXPECT_FALSE(set_tiff_extras(same, {ExtraChannel::straight, ExtraChannel::straight}));
}

TEST(TiffChannels, DamageReadsAsFarAsItGoes) {
  const Bytes file = make_tiff(with_extras(3, 2), {.extras = {straight, unspecified}});
  for (std::size_t size = 0; size < file.size(); size += 3) {
    (void)read_tiff_channels(ByteView(file).first(size));
  }
  for (std::size_t at = 0; at < file.size(); ++at) {
    Bytes spoilt = file;
    spoilt[at] = static_cast<std::byte>(~std::to_integer<unsigned>(spoilt[at]) & 0xFF);
    (void)read_tiff_channels(spoilt);  // checked by the sanitizers
  }
}

TEST(TiffNumbers, FloatsRunFromBlackToWhite) {
  for (const int channels : {1, 2, 3, 4}) {
    const Raster picture = photo(40, 30, channels);
    const Bytes file = make_tiff(picture, {.unit_float = true});
    const auto png = optimize(file, {.output_format = Format::png});
    ASSERT_TRUE(png) << png.error().describe();
    EXPECT_GT(psnr(rgba(decode(png->bytes.view(), Format::png).picture()), rgba(picture)), 45)
        << channels;
    const auto same = optimize(file);
    ASSERT_TRUE(same) << same.error().describe();
    EXPECT_LE(same->bytes.size(), file.size());
  }
}

TEST(TiffNumbers, FloatsGoByTheirProfile) {
  const Raster picture = photo(40, 30, 3);
  const Bytes linear = rgb_profile_of({.gamma = 1});
  const Bytes file = make_tiff(picture, {.unit_float = true, .icc = linear});
  ImageSettings settings{.output_format = Format::png, .colour = ColourPolicy::to_srgb};
  const auto png = optimize(file, settings);
  ASSERT_TRUE(png) << png.error().describe();
  const Decoded after = decode(png->bytes.view(), Format::png);
  EXPECT_LT(mean_delta_e(picture, linear, after.picture(), {}), 1);
}

TEST(TiffNumbers, LabIsUnderD50) {
  // L* from 0 to 255, a* and b* as signed bytes, as stored in the file.
  const struct {
    int l, a, b;
    int red, green, blue;  // by lcms2, relative colorimetric
  } known[] = {{128, 0, 0, 119, 119, 119}, {128, 60, 0, 206, 63, 122},
               {128, 0, 60, 138, 118, 0},  {200, -40, 20, 116, 214, 155},
               {30, 20, -30, 38, 21, 73},  {255, 0, 0, 255, 255, 255}};
  for (const bool wide : {false, true}) {
    Raster lab(static_cast<int>(std::size(known)) * 4, 4, 3, wide ? 16 : 8);
    for (int y = 0; y < lab.height; ++y) {
      for (int x = 0; x < lab.width; ++x) {
        const auto& colour = known[x / 4];
        lab.at(x, y, 0) = static_cast<std::uint16_t>(wide ? colour.l * 257 : colour.l);
        lab.at(x, y, 1) = static_cast<std::uint16_t>(wide ? colour.a * 256 : colour.a & 0xFF);
        lab.at(x, y, 2) = static_cast<std::uint16_t>(wide ? colour.b * 256 : colour.b & 0xFF);
      }
    }
    const Bytes file = make_tiff(lab, {.photometric = 8});
    const auto png = optimize(file, {.output_format = Format::png});
    ASSERT_TRUE(png) << png.error().describe();
    EXPECT_TRUE(says(*png, "Lab became sRGB"));
    const Raster after = rgba(decode(png->bytes.view(), Format::png).picture());
    for (int i = 0; i < static_cast<int>(std::size(known)); ++i) {
      EXPECT_NEAR(after.at(4 * i + 1, 1, 0), known[i].red, 2) << i;
      EXPECT_NEAR(after.at(4 * i + 1, 1, 1), known[i].green, 2) << i;
      EXPECT_NEAR(after.at(4 * i + 1, 1, 2), known[i].blue, 2) << i;
    }
    const auto same = optimize(file);
    ASSERT_TRUE(same) << same.error().describe();
    EXPECT_TRUE(std::ranges::equal(same->bytes.view(), ByteView(file)));
    const auto asked = optimize(file, {.colour = ColourPolicy::to_srgb});
    ASSERT_TRUE(asked) << asked.error().describe();
    const Raster converted = rgba(decode(asked->bytes.view(), Format::tiff).picture());
    EXPECT_NEAR(converted.at(5, 1, 0), known[1].red, 2);
  }
}

TEST(TiffNumbers, LabHasAlphaToo) {
  Raster lab = with_extras(3, 1);
  for (int y = 0; y < lab.height; ++y) {
    for (int x = 0; x < lab.width; ++x) {
      lab.at(x, y, 0) = 128;
      lab.at(x, y, 1) = lab.at(x, y, 2) = 0;
    }
  }
  const auto png = optimize(make_tiff(lab, {.photometric = 8}), {.output_format = Format::png});
  ASSERT_TRUE(png) << png.error().describe();
  const Raster after = rgba(decode(png->bytes.view(), Format::png).picture());
  EXPECT_NEAR(after.at(20, 20, 1), 119, 1);
  EXPECT_EQ(after.at(20, 20, 3), 255);
  EXPECT_EQ(after.at(2, 2, 3), 40);
}

// An uncompressed TIFF of doubles from 0 to 1, as scientific programs write it.
Bytes doubles(const Raster& grey) {
  Bytes out;
  const auto u16 = [&](unsigned value) {
    out.push_back(static_cast<std::byte>(value & 255));
    out.push_back(static_cast<std::byte>(value >> 8));
  };
  const auto entry = [&](unsigned tag, unsigned type, unsigned value) {
    u16(tag), u16(type), u16(1), u16(0), u16(value & 0xFFFF), u16(value >> 16);
  };
  const auto across = static_cast<unsigned>(grey.width);
  const auto down = static_cast<unsigned>(grey.height);
  constexpr unsigned entries = 10;
  out.insert(out.end(), {std::byte{'I'}, std::byte{'I'}, std::byte{42}, std::byte{0}});
  u16(8), u16(0), u16(entries);
  entry(256, 3, across);
  entry(257, 3, down);
  entry(258, 3, 64);
  entry(259, 3, 1);
  entry(262, 3, 1);
  entry(273, 4, 8 + 2 + 12 * entries + 4);
  entry(277, 3, 1);
  entry(278, 3, down);
  entry(279, 4, 8 * across * down);
  entry(339, 3, 3);
  u16(0), u16(0);
  for (const std::uint16_t sample : grey.samples) {
    const double value = sample / static_cast<double>(grey.top());
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    out.insert(out.end(), bytes, bytes + sizeof value);
  }
  return out;
}

TEST(TiffNumbers, DoublesRunFromBlackToWhite) {
  const Raster picture = photo(40, 30, 1);
  const Bytes file = doubles(picture);
  const auto png = optimize(file, {.output_format = Format::png});
  ASSERT_TRUE(png) << png.error().describe();
  EXPECT_GT(psnr(rgba(decode(png->bytes.view(), Format::png).picture()), rgba(picture)), 45);
  const auto same = optimize(file);
  ASSERT_TRUE(same) << same.error().describe();
  EXPECT_TRUE(std::ranges::equal(same->bytes.view(), ByteView(file)));
  EXPECT_TRUE(says(*same, "64 bits"));
  for (std::size_t size = 8; size < file.size(); size += 50) {
    (void)optimize(ByteView(file).first(size), {.output_format = Format::png});
  }
}

}  // namespace
}  // namespace imgmill

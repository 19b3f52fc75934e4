#include "codecs/heic.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace test;

class Heic : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_make_heic()) GTEST_SKIP() << "this libheif has no HEVC encoder to make files with";
  }
};

bool mentions(const Optimized& result, std::string_view part) {
  return std::ranges::any_of(
      result.notes, [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

TEST_F(Heic, BecomesAnyFormat) {
  const Raster picture = photo(96, 64);
  const Bytes file = make_heic(picture);
  for (const FormatInfo& to : written_formats()) {
    const auto made = optimize(file, {.output_format = to.format});
    ASSERT_TRUE(made) << to.name << made.error().describe();
    EXPECT_EQ(made->input_format, Format::heic);
    EXPECT_GT(psnr(decode(made->bytes.view(), to.format).picture(), picture), 24) << to.name;
  }
}

TEST_F(Heic, IsTurnedOnceAndNotByItsTagAgain) {
  const Raster picture = photo(64, 48);
  for (const auto& [turn, orientation] : {std::pair{90, 6}, {180, 3}, {270, 8}}) {
    const Bytes file = make_heic(picture, {.turn = turn, .exif = exif_block(orientation)});
    const auto made = optimize(file, {.output_format = Format::png});
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_GT(psnr(decode(made->bytes.view(), Format::png).picture(), turned(picture, orientation)),
              28)
        << turn;
    const auto info = inspect(file);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->orientation, 1);
    EXPECT_EQ(info->width, turn == 180 ? 64U : 48U);
  }
}

TEST_F(Heic, KeepsDepthAndTransparency) {
  const Raster picture = photo(64, 48, 4, 10);
  const Bytes file = make_heic(picture, {.quality = 98});
  const auto made = optimize(file, {.output_format = Format::png});
  ASSERT_TRUE(made) << made.error().describe();
  const Decoded after = decode(made->bytes.view(), Format::png);
  EXPECT_EQ(after.bits, 16);
  EXPECT_TRUE(after.picture().alpha());
  EXPECT_GT(psnr(after.picture(), picture), 28);
  const Decoded before = decode(file, Format::heic);
  EXPECT_EQ(rgba(after.picture(), 10), before.picture());
}

TEST_F(Heic, ProfilesAndCodePointsKeepTheirColours) {
  const Raster picture = photo(64, 48);
  const Bytes profile = wide_profile();
  const auto with_profile =
      optimize(make_heic(picture, {.icc = profile}), {.output_format = Format::png});
  ASSERT_TRUE(with_profile) << with_profile.error().describe();
  EXPECT_EQ(decode(with_profile->bytes.view(), Format::png).icc, profile);
  // Display P3 as code points gets the equivalent profile.
  const auto p3 = optimize(make_heic(picture, {.cicp = {12, 13}}), {.output_format = Format::png});
  ASSERT_TRUE(p3) << p3.error().describe();
  EXPECT_FALSE(decode(p3->bytes.view(), Format::png).icc.empty());
  const auto srgb = optimize(make_heic(picture), {.output_format = Format::png});
  ASSERT_TRUE(srgb);
  EXPECT_TRUE(decode(srgb->bytes.view(), Format::png).icc.empty());
  const auto hdr = optimize(make_heic(picture, {.cicp = {9, 16}}), {.output_format = Format::png});
  ASSERT_FALSE(hdr);
  EXPECT_EQ(hdr.error().code(), ErrorCode::unsupported);
}

TEST_F(Heic, MetadataFollowsThePolicy) {
  const Bytes file = make_heic(photo(64, 48), {.exif = exif_block(1), .xmp = xmp_packet()});
  const auto some = optimize(file, {.output_format = Format::jpeg});
  ASSERT_TRUE(some);
  EXPECT_TRUE(holds(some->bytes.view(), owner));
  EXPECT_FALSE(holds(some->bytes.view(), secret_place));
  const auto all = optimize(file, {.output_format = Format::jpeg, .keep = Keep::all()});
  ASSERT_TRUE(all);
  for (const auto part : {owner, secret_place, secret_camera, secret_xmp}) {
    EXPECT_TRUE(holds(all->bytes.view(), part)) << part;
  }
}

TEST_F(Heic, AloneItIsKeptLessItsSecretsAndToldWhy) {
  const Bytes file = make_heic(photo(64, 48), {.exif = exif_block(1), .xmp = xmp_packet()});
  for (const bool target : {false, true}) {
    ImageSettings settings;
    if (target) settings.target = Target{};
    const auto kept = optimize(file, settings);
    ASSERT_TRUE(kept) << kept.error().describe();
    EXPECT_EQ(kept->format, Format::heic);
    EXPECT_EQ(kept->decision, Decision::stripped);
    EXPECT_TRUE(mentions(*kept, "--format")) << "what helps is said";
    EXPECT_FALSE(holds(kept->bytes.view(), secret_place));
    EXPECT_FALSE(holds(kept->bytes.view(), secret_xmp));
    EXPECT_EQ(decode(kept->bytes.view(), Format::heic).picture(),
              decode(file, Format::heic).picture());
  }
  ImageSettings half;
  half.resize = {.mode = ResizeMode::percent, .percent = 50};
  const auto refused = optimize(file, half);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
  EXPECT_NE(refused.error().advice().find("--format"), std::string::npos);
}

TEST_F(Heic, MorePicturesAreTold) {
  const Bytes file = make_heic(photo(64, 48), {.more = true});
  ImageSettings settings{.output_format = Format::webp};
  const auto refused = optimize(file, settings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
  EXPECT_NE(refused.error().advice().find("--first-frame"), std::string::npos);
  settings.animation = Animation::first_frame;
  const auto made = optimize(file, settings);
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_TRUE(mentions(*made, "a further picture did not come along"));
  const auto one = optimize(make_heic(photo(64, 48)), {.output_format = Format::webp});
  ASSERT_TRUE(one);
  EXPECT_FALSE(mentions(*one, "further picture"));
}

TEST_F(Heic, MorePicturesStayWhereAllIsToBeKept) {
  const Bytes file = make_heic(photo(64, 48), {.more = true});
  for (const Format format : {Format::webp, Format::jpeg, Format::heic}) {
    for (const double percent : {100.0, 50.0}) {
      ImageSettings settings{.animation = Animation::keep};
      if (format != Format::heic) settings.output_format = format;
      settings.resize = {.mode = ResizeMode::percent, .percent = percent};
      const auto kept = optimize(file, settings);
      ASSERT_TRUE(kept) << kept.error().describe();
      EXPECT_EQ(kept->format, Format::heic);
      EXPECT_EQ(kept->width, 64U);
      EXPECT_EQ(kept->decision, Decision::kept);
      const bool as_asked = format == Format::heic && percent == 100;
      EXPECT_EQ(mentions(*kept, "it stays heic: "), !as_asked);
    }
  }
  // One that has no more than the main picture becomes what was asked for.
  const auto one = optimize(make_heic(photo(64, 48)),
                            {.output_format = Format::webp, .animation = Animation::keep});
  ASSERT_TRUE(one) << one.error().describe();
  EXPECT_EQ(one->format, Format::webp);
}

TEST_F(Heic, LimitsAreCheckedBeforeDecoding) {
  const auto refused =
      optimize(make_heic(photo(90, 70)), {.output_format = Format::png}, {.max_pixels = 6'299});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit);
}

TEST(HeicSettings, CannotBeAskedFor) {
  const auto asked = optimize(make_png(photo(8, 8)), {.output_format = Format::heic});
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code(), ErrorCode::usage);
  ImageSettings settings;
  settings.choose_format = true;
  settings.allowed = {Format::heic, Format::webp};
  const auto allowed = optimize(make_png(photo(8, 8)), settings);
  ASSERT_FALSE(allowed);
  EXPECT_EQ(allowed.error().code(), ErrorCode::usage);
}

TEST(HeicBrand, DecidesWhatAFileIs) {
  using std::string_literals::operator""s;
  const auto file = [](std::string_view major, std::string_view other) {
    return "\0\0\0\x18"
           "ftyp"s +
           std::string(major) + "\0\0\0\0mif1"s + std::string(other);
  };
  EXPECT_EQ(sniff(as_bytes(file("heic", "heic"))), Format::heic);
  EXPECT_EQ(sniff(as_bytes(file("mif1", "heic"))), Format::heic);
  EXPECT_EQ(sniff(as_bytes(file("mif1", "avif"))), Format::avif);
  EXPECT_EQ(sniff(as_bytes(file("avif", "miaf"))), Format::avif);
  EXPECT_EQ(sniff(as_bytes("\0\0\0\x14"
                           "ftypisom\0\0\0\0mp42"s)),
            std::nullopt);
}

}  // namespace
}  // namespace imgmill

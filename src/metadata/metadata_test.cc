// Tests that apply to every container.
#include "metadata/metadata.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "metadata/exif.h"
#include "metadata/inventory.h"
#include "metadata/isobmff.h"
#include "metadata/jpeg_segments.h"
#include "metadata/test_files.h"

namespace imgmill::metadata::test {
namespace {

class EveryContainer : public testing::TestWithParam<Format> {
 protected:
  /// As the optimizer does: the file's own EXIF is filtered and inserted again.
  static Result<Rewritten> rewrite(ByteView file, const Keep& keep) {
    const MetadataBlocks blocks = read_metadata(file, GetParam());
    const Buffer exif =
        filter_exif(blocks.exif.view(), keep, read_exif(blocks.exif.view()).orientation, false);
    return rewrite_metadata(file, GetParam(), keep, exif.view());
  }
  /// The profile that the container itself can report.
  static std::string_view own_profile() {
    return GetParam() == Format::jpegxl ? std::string_view() : profile;
  }
};

TEST_P(EveryContainer, IsReadWhole) {
  const Buffer file = file_of(GetParam());
  const MetadataBlocks blocks = read_metadata(file.view(), GetParam());
  EXPECT_EQ(text(blocks.icc), own_profile());
  EXPECT_EQ(text(blocks.xmp), xmp_packet);
  if (GetParam() == Format::jpeg || GetParam() == Format::png || GetParam() == Format::tiff) {
    EXPECT_EQ(text(blocks.iptc), iptc_records);
  }
  if (GetParam() != Format::gif) {
    const ExifFacts facts = read_exif(blocks.exif.view());
    EXPECT_EQ(facts.orientation, 6);
    EXPECT_EQ(facts.copyright, owner);
    EXPECT_TRUE(facts.has_gps);
  }
}

TEST_P(EveryContainer, LosesByDefaultWhatIsPrivateAndKeepsWhatShowsThePicture) {
  const Buffer file = file_of(GetParam());
  const auto result = rewrite(file.view(), Keep{});
  ASSERT_TRUE(result) << result.error().describe();
  const ByteView bytes = result->bytes.view();
  for (const auto secret :
       {gps_secret, camera_secret, comment_secret, "XMP-SECRET"sv, "IPTC-SECRET"sv}) {
    EXPECT_FALSE(contains(bytes, secret)) << secret;
  }
  // Unrecognized data is not covered by the policy.
  for (const auto foreign : {foreign_data, "trailing"sv}) {
    EXPECT_EQ(contains(bytes, foreign), contains(file.view(), foreign)) << foreign;
  }
  const MetadataBlocks blocks = read_metadata(bytes, GetParam());
  EXPECT_EQ(text(blocks.icc), own_profile());
  EXPECT_TRUE(blocks.xmp.empty());
  EXPECT_TRUE(blocks.iptc.empty());
  if (GetParam() != Format::gif) {
    const ExifFacts facts = read_exif(blocks.exif.view());
    EXPECT_EQ(facts.orientation, 6);
    EXPECT_EQ(facts.copyright, owner);
    EXPECT_EQ(facts.artist, "Ada");
    EXPECT_EQ(facts.camera, "");
    EXPECT_FALSE(facts.has_gps);
  }
}

TEST_P(EveryContainer, KeepsEverythingWhenAsked) {
  const Buffer file = file_of(GetParam());
  const auto result = rewrite(file.view(), Keep::all());
  ASSERT_TRUE(result) << result.error().describe();
  const MetadataBlocks before = read_metadata(file.view(), GetParam());
  const MetadataBlocks after = read_metadata(result->bytes.view(), GetParam());
  EXPECT_EQ(text(after.icc), text(before.icc));
  EXPECT_EQ(text(after.exif), text(before.exif));
  EXPECT_EQ(text(after.xmp), text(before.xmp));
  EXPECT_EQ(text(after.iptc), text(before.iptc));
}

TEST_P(EveryContainer, KeepsNothingWhenAsked) {
  const Buffer file = file_of(GetParam());
  const auto result = rewrite(file.view(), Keep::none());
  ASSERT_TRUE(result) << result.error().describe();
  for (const auto secret : {gps_secret, camera_secret, comment_secret, owner, "XMP-SECRET"sv,
                            "IPTC-SECRET"sv, foreign_data, "trailing"sv}) {
    EXPECT_FALSE(contains(result->bytes.view(), secret)) << secret;
  }
  const MetadataBlocks blocks = read_metadata(result->bytes.view(), GetParam());
  EXPECT_TRUE(blocks.exif.empty());
  // Profiles in the picture's own tables are kept.
  const bool in_tables =
      GetParam() == Format::avif || GetParam() == Format::heic || GetParam() == Format::tiff;
  EXPECT_EQ(text(blocks.icc), in_tables ? profile : ""sv);
}

TEST_P(EveryContainer, ChangesNothingTheSecondTime) {
  const Buffer file = file_of(GetParam());
  Keep iptc_only;
  iptc_only.iptc = true;
  for (const Keep& keep : {Keep{}, Keep::all(), Keep::none(), iptc_only}) {
    const auto once = rewrite(file.view(), keep);
    ASSERT_TRUE(once);
    const auto twice = rewrite(once->bytes.view(), keep);
    ASSERT_TRUE(twice) << twice.error().describe();
    EXPECT_EQ(text(twice->bytes), text(once->bytes));
  }
}

void exercise(ByteView file, Format format) {
  const MetadataBlocks blocks = read_metadata(file, format);
  for (const Keep& keep : {Keep{}, Keep::all()}) {
    const Buffer exif = filter_exif(blocks.exif.view(), keep, 6, true);
    const auto once = rewrite_metadata(file, format, keep, exif.view());
    if (!once) continue;
    const auto twice = rewrite_metadata(once->bytes.view(), format, keep, exif.view());
    ASSERT_TRUE(twice) << twice.error().describe();
    ASSERT_EQ(text(twice->bytes), text(once->bytes));
  }
  const auto inserted =
      insert_metadata(file, format, {blocks.exif.view(), blocks.xmp.view(), blocks.iptc.view()});
  if (inserted && format == Format::tiff) {
    // Copyright and artist are the only EXIF fields with their own TIFF tags.
    const ExifFacts wanted = read_exif(blocks.exif.view());
    const ExifFacts found = read_exif(read_metadata(inserted->view(), format).exif.view());
    if (!wanted.copyright.empty()) {
      EXPECT_EQ(found.copyright, wanted.copyright);
    }
    if (!wanted.artist.empty()) {
      EXPECT_EQ(found.artist, wanted.artist);
    }
  } else if (inserted) {
    EXPECT_EQ(text(read_metadata(inserted->view(), format).exif), text(blocks.exif));
  }
  for (const Holding& holding : inventory_of(file, format)) {
    if (holding.bytes.empty()) continue;
    ASSERT_GE(holding.bytes.data(), file.data());
    ASSERT_LE(holding.bytes.data() + holding.bytes.size(), file.data() + file.size());
  }
  (void)carry_unknown(file, Buffer::copy_of(file), format, Keep{});
  (void)has_gain_map_or_mpf(file);
  (void)avif_facts(file);
}

TEST_P(EveryContainer, BearsBeingCutAnywhere) {
  const Buffer file = file_of(GetParam());
  for (std::size_t size = 0; size < file.size(); ++size) {
    // A separate copy, so that a sanitizer detects reads past its end.
    const Buffer cut = Buffer::copy_of(file.view().first(size));
    exercise(cut.view(), GetParam());
    if (HasFatalFailure()) FAIL() << "cut at " << size;
  }
}

TEST_P(EveryContainer, BearsAnyByteChanged) {
  const Buffer file = file_of(GetParam());
  std::mt19937 random(20240501);
  constexpr std::array<unsigned, 8> edges{0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF, 0x08, 0xD9};
  for (int round = 0; round < 4000; ++round) {
    Buffer changed = Buffer::copy_of(file.view());
    const int changes = 1 + round % 3;
    for (int i = 0; i < changes; ++i) {
      const std::size_t at = random() % changed.size();
      const auto value = static_cast<unsigned>(random());
      changed.writable()[at] =
          static_cast<std::byte>(value % 2 == 0 ? edges[value / 2 % 8] : value / 2 & 0xFF);
    }
    exercise(changed.view(), GetParam());
    if (HasFatalFailure()) FAIL() << "round " << round;
  }
}

std::string name_of_format(const testing::TestParamInfo<Format>& each) {
  constexpr std::array names{"jpeg", "png", "webp", "avif", "gif", "tiff", "jxl", "heic"};
  return names[static_cast<std::size_t>(each.param)];
}

INSTANTIATE_TEST_SUITE_P(Metadata, EveryContainer,
                         testing::Values(Format::jpeg, Format::png, Format::webp, Format::avif,
                                         Format::gif, Format::tiff, Format::jpegxl, Format::heic),
                         name_of_format);

}  // namespace
}  // namespace imgmill::metadata::test

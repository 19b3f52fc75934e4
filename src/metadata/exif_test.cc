#include "metadata/exif.h"

#include <gtest/gtest.h>

#include "metadata/test_files.h"

namespace imgmill::metadata::test {
namespace {

/// Returns a block with a second directory that points at a thumbnail at the very end.
Buffer with_thumbnail(bool big_endian) {
  Buffer main = camera_exif(big_endian);
  ByteWriter out;
  const auto put16 = [&](std::size_t value) { big_endian ? out.u16be(value) : out.u16le(value); };
  const auto put32 = [&](std::size_t value) { big_endian ? out.u32be(value) : out.u32le(value); };
  const auto tiff = TiffView::open(main.view());
  const auto ifd = tiff->ifd(tiff->first());
  put32(main.size());
  std::ranges::copy(out.view(), main.writable().subspan(ifd->next_at).begin());
  const std::size_t thumbnail_at = main.size() + 2 + 2 * 12 + 4;
  out = ByteWriter();
  out.append(main.view());
  put16(2);
  put16(tag::jpeg_offset);
  put16(4);
  put32(1);
  put32(thumbnail_at);
  put16(tag::jpeg_length);
  put16(4);
  put32(1);
  put32(9);
  put32(0);
  out.append("THUMBNAIL");
  return out.take();
}

class Exif : public testing::TestWithParam<bool> {};

TEST_P(Exif, ReadsWhatItActsOn) {
  const ExifFacts facts = read_exif(with_thumbnail(GetParam()).view());
  EXPECT_EQ(facts.orientation, 6);
  EXPECT_EQ(facts.artist, "Ada");
  EXPECT_EQ(facts.copyright, owner);
  EXPECT_EQ(facts.camera, camera_secret);
  EXPECT_TRUE(facts.has_gps);
  EXPECT_TRUE(facts.has_thumbnail);
}

TEST_P(Exif, LosesThePositionByDefault) {
  const Buffer block = filter_exif(camera_exif(GetParam()).view(), Keep{}, 6, false);
  EXPECT_FALSE(contains(block.view(), gps_secret));
  EXPECT_FALSE(contains(block.view(), camera_secret));
  const auto tiff = TiffView::open(block.view());
  ASSERT_TRUE(tiff);
  const auto ifd = tiff->ifd(tiff->first());
  ASSERT_TRUE(ifd);
  ASSERT_EQ(ifd->entries.size(), 3u);
  EXPECT_EQ(ifd->entries[0].tag, tag::orientation);
  EXPECT_EQ(ifd->entries[1].tag, tag::artist);
  EXPECT_EQ(ifd->entries[2].tag, tag::copyright);
  EXPECT_EQ(ifd->next, 0u);
}

TEST_P(Exif, ChangesOnlyTheOrientationOfABlockThatIsKept) {
  const Buffer original = with_thumbnail(GetParam());
  const Buffer block = filter_exif(original.view(), Keep::all(), 1, false);
  ASSERT_EQ(block.size(), original.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    different += block.view()[i] != original.view()[i];
  }
  EXPECT_EQ(different, 1u);
  EXPECT_EQ(read_exif(block.view()).orientation, 1);
}

TEST_P(Exif, LosesTheThumbnailWhenPixelsChange) {
  const Buffer original = with_thumbnail(GetParam());
  const Buffer block = filter_exif(original.view(), Keep::all(), 1, true);
  EXPECT_FALSE(contains(block.view(), "THUMB"));
  EXPECT_EQ(block.size(), camera_exif(GetParam()).size());
  const ExifFacts facts = read_exif(block.view());
  EXPECT_FALSE(facts.has_thumbnail);
  EXPECT_TRUE(facts.has_gps);
  EXPECT_EQ(facts.copyright, owner);
}

TEST_P(Exif, AddsAnOrientationThatIsMissing) {
  const bool big = GetParam();
  const Buffer original =
      write_tiff(big, {ascii(tag::make, camera_secret), ascii(tag::copyright, owner)});
  const Buffer block = filter_exif(original.view(), Keep::all(), 8, false);
  const ExifFacts facts = read_exif(block.view());
  EXPECT_EQ(facts.orientation, 8);
  EXPECT_EQ(facts.copyright, owner);
  EXPECT_EQ(text(filter_exif(block.view(), Keep::all(), 8, false)), text(block));
  EXPECT_EQ(text(filter_exif(original.view(), Keep::all(), 1, false)), text(original));
}

INSTANTIATE_TEST_SUITE_P(Metadata, Exif, testing::Bool());

TEST(ExifBlock, IsSmallWhenThereIsLittleToSay) {
  EXPECT_EQ(filter_exif({}, Keep{}, 6, false).size(), 26u);
  EXPECT_TRUE(filter_exif({}, Keep{}, 1, false).empty());
  EXPECT_TRUE(filter_exif(camera_exif().view(), Keep::none(), 6, false).empty());
  EXPECT_EQ(read_exif(filter_exif({}, Keep{}, 6, false).view()).orientation, 6);
}

TEST(ExifBlock, KeepsBothHalvesOfACopyrightNotice) {
  const Buffer original = write_tiff(false, {ascii(tag::copyright, "Ada\0Berta"sv)});
  EXPECT_EQ(read_exif(original.view()).copyright, "Ada;Berta");
  EXPECT_TRUE(contains(filter_exif(original.view(), Keep{}, 1, true).view(), "Ada\0Berta"sv));
}

TEST(ExifBlock, ReadsNonsenseAsAbsent) {
  EXPECT_EQ(read_exif({}).orientation, 1);
  EXPECT_EQ(read_exif(as_bytes("II*\0\xFF\xFF\xFF\xFF"sv)).orientation, 1);
  EXPECT_EQ(read_exif(as_bytes("MM\0*\0\0\0\x08\xFF\xFF"sv)).orientation, 1);
  for (const std::uint32_t value : {0u, 9u, 65535u}) {
    const Buffer block = write_tiff(false, {number(false, tag::orientation, 3, value)});
    EXPECT_EQ(read_exif(block.view()).orientation, 1) << value;
  }
  EXPECT_TRUE(filter_exif(as_bytes("no EXIF at all"), Keep::all(), 1, true).empty());
}

}  // namespace
}  // namespace imgmill::metadata::test

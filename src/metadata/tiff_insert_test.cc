#include <gtest/gtest.h>

#include "metadata/exif.h"
#include "metadata/test_files.h"
#include "metadata/tiff_directory.h"

namespace imgmill::metadata::test {
namespace {

class TiffInsert : public ::testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(BothByteOrders, TiffInsert, ::testing::Values(false, true));

TEST_P(TiffInsert, CopyrightAndXmpAreFoundAgainAndEverythingElseStays) {
  const bool big_endian = GetParam();
  const Buffer file = write_tiff(
      big_endian, {number(big_endian, 0x0100, 3, 640), number(big_endian, 0x0101, 3, 480),
                   ascii(tag::copyright, "somebody else")});
  const Buffer exif = camera_exif();

  const Result<Buffer> out =
      insert_tiff(file.view(), {.exif = exif.view(), .xmp = as_bytes(xmp_packet)});

  ASSERT_TRUE(out) << out.error().describe();
  const MetadataBlocks blocks = read_tiff(out->view());
  EXPECT_EQ(read_exif(blocks.exif.view()).copyright, owner);
  EXPECT_EQ(read_exif(blocks.exif.view()).artist, "Ada");
  EXPECT_EQ(text(blocks.xmp), xmp_packet);
  EXPECT_FALSE(contains(out->view(), gps_secret));
  EXPECT_FALSE(contains(out->view(), camera_secret));

  const auto view = TiffView::open(out->view());
  ASSERT_TRUE(view);
  const auto ifd = view->ifd(view->first());
  ASSERT_TRUE(ifd);
  ASSERT_EQ(ifd->entries.size(), 5U);
  EXPECT_TRUE(std::ranges::is_sorted(ifd->entries, {}, &TiffEntry::tag));
  ASSERT_NE(ifd->find(0x0100), nullptr);
  EXPECT_EQ(view->number(*ifd->find(0x0100)), 640U);
}

TEST(TiffInsertRefuses, WhatIsNoTiff) {
  const Buffer exif = camera_exif();
  const Result<Buffer> out = insert_tiff(as_bytes("II+\0 something"sv), {.exif = exif.view()});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code(), ErrorCode::unsupported);
}

TEST(TiffInsertKeeps, AFileThatGetsNothing) {
  const Buffer file = write_tiff(false, {number(false, 0x0100, 3, 640)});
  const Result<Buffer> out = insert_tiff(file.view(), {});
  ASSERT_TRUE(out);
  EXPECT_EQ(text(*out), text(file));
}

}  // namespace
}  // namespace imgmill::metadata::test

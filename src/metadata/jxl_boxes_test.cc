#include "metadata/jxl_boxes.h"

#include <brotli/encode.h>
#include <gtest/gtest.h>

#include "metadata/exif.h"
#include "metadata/test_files.h"

namespace imgmill::metadata::test {
namespace {

constexpr auto bare =
    "\xFF\x0A"
    "a codestream"sv;

std::string box_of(std::string_view type, std::string_view payload) {
  ByteWriter out;
  out.u32be(payload.size() + 8);
  out.append(type);
  out.append(payload);
  return std::string(as_text(out.view()));
}

std::string packed(std::string_view type, std::string_view text) {
  std::string out(BrotliEncoderMaxCompressedSize(text.size()), '\0');
  std::size_t size = out.size();
  BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, text.size(),
                        reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                        reinterpret_cast<std::uint8_t*>(out.data()));
  out.resize(size);
  return box_of("brob", std::string(type) + out);
}

std::string in_boxes(std::string_view more) {
  return "\0\0\0\x0CJXL \x0D\x0A\x87\x0A"s + box_of("ftyp", "jxl \0\0\0\0jxl "sv) +
         box_of("jxlc", bare) + std::string(more);
}

TEST(JxlBoxes, ABareCodestreamGetsBoxesOnlyWhenItNeedsThem) {
  const auto same = rewrite_jxl(as_bytes(bare), Keep::all(), {});
  ASSERT_TRUE(same);
  EXPECT_EQ(text(same->bytes), bare);
  const Buffer exif = camera_exif();
  const auto told = insert_jxl(as_bytes(bare), {exif.view(), as_bytes(xmp_packet), {}});
  ASSERT_TRUE(told);
  const MetadataBlocks blocks = read_jxl(told->view());
  EXPECT_EQ(text(blocks.exif), text(exif));
  EXPECT_EQ(text(blocks.xmp), xmp_packet);
  EXPECT_TRUE(contains(told->view(), bare));
  // And back, when all of it goes.
  const auto less = rewrite_jxl(told->view(), Keep::none(), {});
  ASSERT_TRUE(less);
  EXPECT_EQ(text(less->bytes), bare);
}

TEST(JxlBoxes, CompressedBlocksAreRead) {
  const std::string exif = std::string(4, '\0') + text(camera_exif());
  const std::string file = in_boxes(packed("Exif", exif) + packed("xml ", xmp_packet));
  const MetadataBlocks blocks = read_jxl(as_bytes(file));
  EXPECT_EQ(read_exif(blocks.exif.view()).copyright, owner);
  EXPECT_EQ(text(blocks.xmp), xmp_packet);
  // Megabytes of nothing in a few bytes are unpacked up to a bound.
  const std::string bomb = in_boxes(packed("xml ", std::string(40 << 20, ' ')));
  EXPECT_TRUE(read_jxl(as_bytes(bomb)).xmp.empty());
}

TEST(JxlBoxes, WhatAJpegNeedsIsNotTakenAway) {
  const std::string file =
      in_boxes(box_of("jbrd", "how to write the JPEG") + box_of("xml ", xmp_packet));
  EXPECT_TRUE(holds_jpeg(as_bytes(file)));
  EXPECT_FALSE(holds_jpeg(as_bytes(in_boxes({}))));
  const auto refused = rewrite_jxl(as_bytes(file), Keep{}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
  const auto kept = rewrite_jxl(as_bytes(file), Keep::all(), {});
  ASSERT_TRUE(kept);
  EXPECT_EQ(text(kept->bytes), file);
}

}  // namespace
}  // namespace imgmill::metadata::test

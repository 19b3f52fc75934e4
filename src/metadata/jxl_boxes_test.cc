#include "metadata/jxl_boxes.h"

#include <brotli/encode.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

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
  // The bare form comes back when everything is removed.
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
  // A small box that inflates to megabytes is unpacked up to a bound.
  const std::string bomb = in_boxes(packed("xml ", std::string(40 << 20, ' ')));
  EXPECT_TRUE(read_jxl(as_bytes(bomb)).xmp.empty());
}

// A picture box with other contents, especially another file in boxes.
TEST(JxlBoxes, APictureThatIsNoneIsDamage) {
  const std::string head = "\0\0\0\x0CJXL \x0D\x0A\x87\x0A"s + box_of("ftyp", "jxl \0\0\0\0jxl "sv);
  for (const std::string& inside :
       {std::string("nonsense"), std::string(), std::string("\xFF"), in_boxes({}), head}) {
    for (const Keep& keep : {Keep::all(), Keep::none()}) {
      const std::string file = head + box_of("jxlc", inside);
      const auto rewritten = rewrite_jxl(as_bytes(file), keep, {});
      ASSERT_FALSE(rewritten);
      EXPECT_EQ(rewritten.error().code(), ErrorCode::bad_input);
    }
  }
}

// Boxes in any order, number and content: a file accepted once is accepted again, and the second
// rewrite changes nothing.
TEST(JxlBoxes, RewritingTwiceChangesNothingWhateverTheBoxes) {
  std::mt19937 random(16);
  const std::array types{"jxlc"sv, "jxlp"sv, "jxll"sv, "jbrd"sv, "Exif"sv, "xml "sv,
                         "brob"sv, "ftyp"sv, "JXL "sv, "free"sv, "jxli"sv};
  const Buffer exif = camera_exif();
  const std::array contents{std::string(bare),
                            in_boxes({}),
                            std::string(),
                            std::string("Exif"),
                            std::string(4, '\0') + text(exif),
                            std::string("jxlc\xFF\x0A"),
                            std::string("xml \x0B\x02\x80text\x03")};
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string file = in_boxes({});
    if (random() % 2 == 0) file.resize(32);  // without its picture
    for (auto boxes = random() % 6; boxes > 0; --boxes) {
      file += box_of(types[random() % types.size()], contents[random() % contents.size()]);
    }
    if (random() % 4 == 0) file[random() % file.size()] = static_cast<char>(random() % 256);
    const Keep keep = i % 3 == 0 ? Keep{} : i % 3 == 1 ? Keep::all() : Keep::none();
    const ByteView own = random() % 2 == 0 ? exif.view() : ByteView();
    const auto once = rewrite_jxl(as_bytes(file), keep, own);
    if (!once) continue;
    ++accepted;
    const auto twice = rewrite_jxl(once->bytes.view(), keep, own);
    ASSERT_TRUE(twice) << i;
    ASSERT_EQ(text(twice->bytes), text(once->bytes)) << i;
  }
  EXPECT_GT(accepted, 2000);
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

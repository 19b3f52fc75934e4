#include "codecs/jpeg_in_jxl.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/decode.h"
#include "support/make.h"

namespace imgmill {
namespace {

using namespace test;

constexpr std::uint64_t plenty = std::uint64_t{1} << 24;

void expect_back(const Bytes& jpeg, const std::string& what) {
  const auto packed = pack_jpeg(jpeg, Effort::fast);
  ASSERT_TRUE(packed) << what << packed.error().describe();
  EXPECT_EQ(sniff(packed->view()), Format::jpegxl);
  const auto back = unpack_jpeg(packed->view(), plenty);
  ASSERT_TRUE(back) << what << back.error().describe();
  EXPECT_TRUE(std::ranges::equal(back->view(), ByteView(jpeg))) << what;
}

TEST(PackedJpeg, ComesBackBitForBit) {
  for (const auto& [across, down] : {std::pair{1, 1}, {2, 1}, {2, 2}, {1, 2}}) {
    for (const bool progressive : {false, true}) {
      expect_back(make_jpeg(photo(67, 43), {.across = across,
                                            .down = down,
                                            .progressive = progressive,
                                            .restart_rows = progressive ? 0 : 1}),
                  "colour");
    }
  }
  expect_back(make_jpeg(photo(33, 70, 1)), "grey");
  expect_back(make_jpeg(photo(1, 1)), "one pixel");
}

TEST(PackedJpeg, BringsItsMetadataAlong) {
  const Bytes jpeg = make_jpeg(
      photo(40, 30), {.exif = exif_block(6), .xmp = xmp_packet(), .comment = secret_comment});
  expect_back(jpeg, "metadata");
  const auto packed = pack_jpeg(jpeg, Effort::balanced);
  ASSERT_TRUE(packed);
  // Displayed upright, according to the tag in it.
  EXPECT_EQ(decode(packed->view(), Format::jpegxl).picture().width, 30);
}

TEST(PackedJpeg, AnyEffortIsSmallerThanTheJpeg) {
  const Bytes jpeg = make_jpeg(photo(400, 300), {.quality = 85});
  for (const Effort effort : {Effort::fast, Effort::balanced, Effort::max}) {
    const auto packed = pack_jpeg(jpeg, effort);
    ASSERT_TRUE(packed);
    EXPECT_LT(packed->size(), jpeg.size());
  }
}

TEST(PackedJpeg, KindsThatCannotBePackedAreRefused) {
  Raster inks(32, 24, 4);
  inks.cmyk = true;
  const auto refused = pack_jpeg(make_jpeg(inks), Effort::fast);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
  EXPECT_FALSE(refused.error().advice().empty());
  EXPECT_FALSE(pack_jpeg(as_bytes("\xFF\xD8\xFF nothing more"), Effort::fast));
}

TEST(UnpackJpeg, TellsWhatIsWrong) {
  const auto none = unpack_jpeg(make_jxl(photo(20, 20)), plenty);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), ErrorCode::unsupported);

  const Bytes jpeg = make_jpeg(photo(90, 70));
  const auto packed = pack_jpeg(jpeg, Effort::fast);
  ASSERT_TRUE(packed);
  const auto too_large = unpack_jpeg(packed->view(), jpeg.size() - 1);
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().code(), ErrorCode::limit);
  EXPECT_TRUE(unpack_jpeg(packed->view(), jpeg.size()));

  for (std::size_t size = 0; size < packed->size(); size += 7) {
    const Buffer part = Buffer::copy_of(packed->view().first(size));
    const auto cut = unpack_jpeg(part.view(), plenty);
    // The missing part may be only data after the last coefficient.
    if (cut) {
      EXPECT_TRUE(std::ranges::equal(cut->view(), ByteView(jpeg)));
    }
  }
}

}  // namespace
}  // namespace imgmill

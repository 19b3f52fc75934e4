#include "codecs/jpeg.h"

#include <gtest/gtest.h>

#include <cstring>

#include "support/make.h"
#include "support/raster.h"

namespace imgmill {
namespace {

// Small pictures are decoded by our code, large ones by the engine; the results must be identical.
TEST(JpegCodec, BothDecodersGiveTheSameSamples) {
  std::vector<test::Bytes> files;
  for (const auto& [horizontal, vertical] : {std::pair{1, 1}, {2, 1}, {2, 2}, {1, 2}, {4, 1}}) {
    for (const bool progressive : {false, true}) {
      test::JpegMake how;
      how.across = horizontal;
      how.down = vertical;
      how.progressive = progressive;
      files.push_back(test::make_jpeg(test::photo(123, 77), how));
    }
  }
  files.push_back(test::make_jpeg(test::photo(65, 33, 1)));
  for (const test::Bytes& file : files) {
    const auto info = JpegCodec::probe(file);
    ASSERT_TRUE(info);
    const auto here = JpegCodec::decode(file, *info, {.damage = Damage::refuse});
    const auto engine = JpegCodec::decode(file, *info, {.damage = Damage::tolerate});
    ASSERT_TRUE(here);
    ASSERT_TRUE(engine);
    const vips::VImage a = here->image.copy_memory();
    const vips::VImage b = engine->image.copy_memory();
    ASSERT_EQ(a.width(), b.width());
    ASSERT_EQ(a.height(), b.height());
    ASSERT_EQ(a.bands(), b.bands());
    EXPECT_EQ(a.interpretation(), b.interpretation());
    EXPECT_DOUBLE_EQ(a.xres(), b.xres());
    EXPECT_EQ(std::memcmp(a.data(), b.data(), VIPS_IMAGE_SIZEOF_IMAGE(a.get_image())), 0);
  }
}

}  // namespace
}  // namespace imgmill

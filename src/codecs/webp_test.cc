#include "codecs/webp.h"

#include <gtest/gtest.h>

#include <cstring>

#include "codecs/codec.h"
#include "codecs/engine.h"
#include "support/animations.h"
#include "support/decode.h"
#include "support/pictures.h"

namespace imgmill {
namespace {

using namespace test;

vips::VImage by_libvips(ByteView file) {
  return vips::VImage::webpload_buffer(BlobView(file).get()).copy_memory();
}

// Still pictures are decoded by libwebp directly.
TEST(WebpCodec, DecodesStillPicturesToThePixelsOfLibvips) {
  const Codec& webp = codec(Format::webp);
  for (const int channels : {1, 3, 4}) {
    for (const int side : {1, 7, 16, 33, 200}) {
      for (const bool lossless : {false, true}) {
        SCOPED_TRACE(testing::Message() << channels << " " << side << " " << lossless);
        const Bytes png = make_png(photo(side, side + 1, channels));
        const auto picture =
            codec(Format::png)
                .decode(png, codec(Format::png).probe(png).value(), {.access = Access::random});
        ASSERT_TRUE(picture);
        const auto file = webp.encode(*picture, {.quality = 70, .lossless = lossless});
        ASSERT_TRUE(file) << file.error().describe();
        const ImageInfo info = webp.probe(file->view()).value();
        const auto ours = webp.decode(file->view(), info, {});
        ASSERT_TRUE(ours) << ours.error().describe();
        const vips::VImage theirs = by_libvips(file->view());
        ASSERT_EQ(ours->image.bands(), theirs.bands());
        ASSERT_EQ(ours->image.width(), theirs.width());
        ASSERT_EQ(ours->image.height(), theirs.height());
        const vips::VImage pixels = ours->image.copy_memory();
        EXPECT_EQ(
            std::memcmp(pixels.data(), theirs.data(), VIPS_IMAGE_SIZEOF_IMAGE(theirs.get_image())),
            0);
      }
    }
  }
}

TEST(WebpCodec, DamageIsRefusedAtEveryLength) {
  const Bytes file = make(Format::webp, photo(40, 30));
  const Codec& webp = codec(Format::webp);
  const ImageInfo info = webp.probe(file).value();
  for (std::size_t size = 0; size < file.size(); size += 7) {
    const auto picture = webp.decode(ByteView(file).first(size), info, {});
    const bool shown = picture && with_engine(ErrorCode::bad_input, "", [&] {
                                    return picture->image.copy_memory();
                                  }).has_value();
    EXPECT_FALSE(shown) << size;
  }
}

TEST(WebpCodec, DrawsFramesAsLibwebpDoes) {
  WebpFramesMake how{.width = 48, .height = 36, .plays = 2};
  how.parts = {{.picture = photo(20, 16, 4), .left = 6, .top = 4, .delay = 5},
               {.picture = photo(30, 20, 4, 8, 2), .left = 10, .top = 8, .delay = 200},
               {.picture = photo(30, 20, 4, 8, 3), .left = 18, .top = 16, .dispose = true},
               {.picture = graphic(48, 36, 4), .blend = false},
               {.picture = photo(48, 36, 4, 8, 4), .delay = 0, .dispose = true},
               {.picture = graphic(10, 10), .left = 2, .top = 2}};
  const Bytes file = make_webp(how);
  const auto info = WebpCodec::probe(file);
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->alpha);
  const auto picture = WebpCodec::decode(file, *info, {});
  ASSERT_TRUE(picture) << picture.error().describe();
  const Movie found = movie_of(*picture);
  const Movie expected = decode(file, Format::webp).movie;
  ASSERT_EQ(found.frames.size(), expected.frames.size());
  for (std::size_t i = 0; i < found.frames.size(); ++i) {
    EXPECT_GT(psnr(found.frames[i], expected.frames[i]), 50) << i;
  }
  // Delays of 10 ms and less are played as browsers do.
  EXPECT_EQ(found.delays, (std::vector{100, 200, 100, 100, 100, 100}));
  EXPECT_EQ(found.loop, 2);
}

}  // namespace
}  // namespace imgmill

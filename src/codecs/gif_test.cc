#include "codecs/gif.h"

#include <gtest/gtest.h>

#include "support/make.h"

namespace imgmill {
namespace {

using namespace test;

TEST(Gif, ThatEndsBetweenTwoFramesIsNotDecoded) {
  const Bytes whole = make_gif(movie(40, 30, 4));
  const auto info = GifCodec::probe(whole);
  ASSERT_TRUE(info);
  EXPECT_TRUE(GifCodec::decode(whole, *info, {}));
  EXPECT_FALSE(GifCodec::diagnose(whole));

  const Bytes bare(whole.begin(), whole.end() - 1);
  EXPECT_TRUE(GifCodec::decode(bare, *info, {})) << "only the closing byte is missing";

  // After the third frame and the first byte of the block that introduces the fourth.
  const std::size_t between = as_text(whole).rfind("\x21\xF9\x04") + 1;
  const auto three = GifCodec::probe(ByteView(whole).first(between));
  ASSERT_TRUE(three);
  EXPECT_EQ(three->frames, 3U);
  for (const std::size_t left :
       {between, whole.size() - 2, whole.size() * 3 / 4, whole.size() / 2}) {
    const ByteView part = ByteView(whole).first(left);
    const auto known = GifCodec::probe(part);
    if (!known) continue;
    const auto picture = GifCodec::decode(part, *known, {});
    ASSERT_FALSE(picture) << left;
    EXPECT_EQ(picture.error().code(), ErrorCode::bad_input);
    EXPECT_FALSE(GifCodec::diagnose(part).value_or("").empty());
  }
}

TEST(Gif, WithNothingToShowIsDiagnosed) {
  const Bytes whole = make_gif(graphic(40, 30));
  EXPECT_TRUE(GifCodec::diagnose({}));
  EXPECT_TRUE(GifCodec::diagnose(ByteView(whole).first(12)));
}

}  // namespace
}  // namespace imgmill

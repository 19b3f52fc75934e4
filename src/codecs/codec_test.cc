// The interface of a codec: encodings that are written on demand, and the traits of the rows.
#include "codecs/codec.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "base/text.h"
#include "base/try.h"

namespace imgmill {
namespace {

TEST(Encoding, IsWrittenOnceAndOnlyWhenItsBytesAreAskedFor) {
  int written = 0;
  Encoding encoding(Picture{}, [&]() -> Result<Buffer> {
    ++written;
    return Buffer::copy_of(as_bytes("bytes"));
  });
  EXPECT_TRUE(encoding.shown());
  EXPECT_FALSE(encoding.written());
  encoding.forget_shown();
  EXPECT_EQ(written, 0);
  EXPECT_EQ(as_text(encoding.bytes().value()), "bytes");
  EXPECT_EQ(as_text(encoding.bytes().value()), "bytes");
  EXPECT_TRUE(encoding.written());
  encoding.encode_later(
      []() -> Result<Encoding> { return fail(ErrorCode::internal, "not needed"); });
  EXPECT_EQ(as_text(std::move(encoding).take().value().view()), "bytes");
  EXPECT_EQ(written, 1);
}

TEST(Encoding, HandsOutNoBytesThatCouldNotBeWritten) {
  Encoding encoding(Picture{},
                    [&]() -> Result<Buffer> { return fail(ErrorCode::internal, "no luck"); });
  EXPECT_FALSE(encoding.bytes());
  EXPECT_FALSE(encoding.written());
  encoding.encode_later([]() { return Encoding(Buffer::copy_of(as_bytes("others"))); });
  EXPECT_EQ(as_text(encoding.bytes().value()), "others");
}

TEST(Encoding, IsEncodedAgainWhenItsBytesAreAskedFor) {
  int encoded = 0;
  auto kept = std::make_shared<int>();
  Encoding encoding(Picture{},
                    [kept]() -> Result<Buffer> { return fail(ErrorCode::internal, "dropped"); });
  EXPECT_EQ(kept.use_count(), 2);
  encoding.encode_later([&]() -> Result<Encoding> {
    ++encoded;
    return Encoding(Picture{}, []() -> Result<Buffer> { return Buffer::copy_of(as_bytes("two")); });
  });
  EXPECT_EQ(kept.use_count(), 1);
  EXPECT_FALSE(encoding.shown());
  EXPECT_EQ(encoded, 0);
  EXPECT_TRUE(encoding.settle());
  EXPECT_FALSE(encoding.written());
  EXPECT_EQ(as_text(encoding.bytes().value()), "two");
  EXPECT_EQ(encoded, 1);
}

TEST(Traits, OnlyScoredFormatsAreSearchedAndTheirCurvesRise) {
  for (const Codec& row : codecs()) {
    EXPECT_EQ(row.search != nullptr, row.info.scored) << row.info.name;
    if (row.search == nullptr) continue;
    for (double quality = 2; quality <= 100; ++quality) {
      EXPECT_GT(row.search->scores.score_at(quality), row.search->scores.score_at(quality - 1))
          << row.info.name << quality;
      EXPECT_GT(row.search->sizes.score_at(quality), row.search->sizes.score_at(quality - 1))
          << row.info.name << quality;
    }
  }
}

TEST(Traits, TheOrderOfTheFormatsToChooseFromIsTotal) {
  for (const auto kind :
       {&ChoiceTraits::lossless, &ChoiceTraits::drawing, &ChoiceTraits::photograph}) {
    std::set<int> places;
    for (const Codec& row : codecs()) {
      const int order = (row.choice.*kind).order;
      if (order == 0) continue;
      EXPECT_TRUE(places.insert(order).second) << row.info.name;
      EXPECT_TRUE(row.info.writable) << row.info.name;
    }
    EXPECT_GE(places.size(), 5U);
  }
}

}  // namespace
}  // namespace imgmill

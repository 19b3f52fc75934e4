#include "codecs/engine.h"

#include <gtest/gtest.h>

namespace imgmill {
namespace {

TEST(Engine, KnowsWhatItsOperationsOffer) {
  start_engine();
  EXPECT_TRUE(offers("gifsave_buffer", "dither"));
  EXPECT_FALSE(offers("gifsave_buffer", "sprinkles"));
  EXPECT_FALSE(offers("sprinkle_buffer", "dither"));
}

TEST(Engine, TurnsWhatItThrowsIntoErrors) {
  const auto thrown = with_engine(ErrorCode::bad_input, "it did not work",
                                  []() -> int { throw vips::VError("domain: the reason"); });
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().code(), ErrorCode::bad_input);
  EXPECT_EQ(thrown.error().message(), "it did not work (the reason)");
  const auto memory =
      with_engine(ErrorCode::bad_input, "", []() -> int { throw std::bad_alloc(); });
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().code(), ErrorCode::limit);
}

}  // namespace
}  // namespace imgmill

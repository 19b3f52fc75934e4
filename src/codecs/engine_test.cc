#include "codecs/engine.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <thread>

namespace imgmill {
namespace {

TEST(Engine, KnowsWhatItsOperationsOffer) {
  start_engine();
  EXPECT_TRUE(offers("gifsave_buffer", "dither"));
  EXPECT_FALSE(offers("gifsave_buffer", "sprinkles"));
  EXPECT_FALSE(offers("sprinkle_buffer", "dither"));
}

// Workers may open no file: everything decoded has to stay in memory.
TEST(Engine, UnpacksNothingIntoTemporaryFiles) {
  start_engine();
  const vips::VImage black =
      vips::VImage::black(6000, 6000, vips::VImage::option()->set("bands", 3));
  const Buffer png = take_blob(black.pngsave_buffer());
  const char* const before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TMPDIR", "/nonexistent", 1);
  const auto sum = with_engine(ErrorCode::internal, "it wanted a file", [&] {
    BlobView blob(png.view());
    return vips::VImage::pngload_buffer(blob.get()).fliphor().max();
  });
  before == nullptr ? unsetenv("TMPDIR") : setenv("TMPDIR", kept.c_str(), 1);
  ASSERT_TRUE(sum) << sum.error().describe();
  EXPECT_EQ(*sum, 0);
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

TEST(Engine, TellsNoDetailThatMayBeAnothersImage) {
  const auto failing = []() -> int { throw vips::VError("domain: the reason"); };
  const auto message = [&] {
    return with_engine(ErrorCode::bad_input, "it did not work", failing).error().message();
  };
  // Another visit began before and is still active.
  std::string during;
  const auto outer = with_engine(ErrorCode::bad_input, "", [&] {
    std::thread([&] { during = message(); }).join();
    return 0;
  });
  EXPECT_TRUE(outer);
  EXPECT_EQ(during, "it did not work");
  // Another visit began later and has ended.
  const auto visited = with_engine(ErrorCode::bad_input, "it did not work", [&]() -> int {
    std::thread([&] { (void)message(); }).join();
    return failing();
  });
  EXPECT_EQ(visited.error().message(), "it did not work");
  EXPECT_EQ(message(), "it did not work (the reason)") << "alone again";
}

}  // namespace
}  // namespace imgmill

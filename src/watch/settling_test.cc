#include "watch/settling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using namespace std::chrono_literals;
using test::ScratchFolder;

TEST(Settling, AFileIsTakenAfterTwoEqualLooks) {
  const ScratchFolder folder;
  const std::string file = folder.write("a.png", "one").native();
  Settling settling(100ms);
  const Settling::Time start{};
  settling.complete(file, start);
  EXPECT_EQ(settling.next(), start + 100ms);
  EXPECT_TRUE(settling.take(start + 99ms, 10).empty());
  folder.write("a.png", "longer");
  EXPECT_TRUE(settling.take(start + 100ms, 10).empty()) << "it has changed since";
  const auto taken = settling.take(start + 200ms, 10);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].facts->size, 6U);
  EXPECT_TRUE(settling.empty());
}

TEST(Settling, WhatIsOpenForWritingIsNotTakenHoweverLongItRests) {
  const ScratchFolder folder;
  const std::string file = folder.write("a.png", "half").native();
  Settling settling(100ms);
  const Settling::Time start{};
  settling.complete(file, start);
  settling.writing(file);
  EXPECT_EQ(settling.next(), std::nullopt);
  EXPECT_TRUE(settling.take(start + 24h, 10).empty());
  settling.complete(file, start + 24h);
  EXPECT_EQ(settling.take(start + 24h + 100ms, 10).size(), 1U);
}

TEST(Settling, WhatIsGoneIsToldAndWhatCameBackIsNot) {
  const ScratchFolder folder;
  Settling settling(100ms);
  const Settling::Time start{};
  settling.complete((folder / "gone.png").native(), start);
  settling.complete((folder / "back.png").native(), start);
  folder.write("back.png", "again");
  auto taken = settling.take(start + 100ms, 10);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].path, folder / "gone.png");
  EXPECT_FALSE(taken[0].facts);
  taken = settling.take(start + 200ms, 10);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_TRUE(taken[0].facts);
}

TEST(Settling, TakesNoMoreThanAskedFor) {
  const ScratchFolder folder;
  Settling settling(1ms);
  const Settling::Time start{};
  for (int i = 0; i < 10; ++i) {
    settling.complete(folder.write(std::to_string(i) + ".png", "x").native(), start);
  }
  EXPECT_EQ(settling.take(start + 1ms, 4).size(), 4U);
  EXPECT_EQ(settling.take(start + 1ms, 100).size(), 6U);
}

}  // namespace
}  // namespace imgmill

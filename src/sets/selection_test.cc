#include "sets/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgmill {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Selection, WhatIsNoSmallerThanTheNextWiderOneIsLeftOut) {
  EXPECT_THAT(worth_of({{480, 10}, {960, 20}, {1600, 30}}),
              ElementsAre(Worth::kept, Worth::kept, Worth::kept));
  EXPECT_THAT(worth_of({{480, 10}, {960, 31}, {1600, 30}}),
              ElementsAre(Worth::kept, Worth::no_smaller, Worth::kept));
  EXPECT_THAT(worth_of({{480, 30}, {960, 30}, {1600, 30}}),
              ElementsAre(Worth::no_smaller, Worth::no_smaller, Worth::kept));
  // 35 is less than 40, but 40 is not there.
  EXPECT_THAT(worth_of({{480, 35}, {960, 40}, {1600, 30}}),
              ElementsAre(Worth::no_smaller, Worth::no_smaller, Worth::kept));
  EXPECT_THAT(worth_of({}), IsEmpty());
}

TEST(Selection, OfEachWidthThereIsOne) {
  EXPECT_THAT(worth_of({{480, 10}, {800, 20}, {800, 19}}),
              ElementsAre(Worth::kept, Worth::kept, Worth::same_width));
  EXPECT_THAT(worth_of({{800, 20}, {480, 10}, {800, 20}}),
              ElementsAre(Worth::kept, Worth::kept, Worth::same_width));
}

}  // namespace
}  // namespace imgmill

#include "base/time_left.h"

#include <gtest/gtest.h>

#include <ctime>

namespace imgmill {
namespace {

void use_cpu(double wanted) {
  const std::clock_t end =
      std::clock() + static_cast<std::clock_t>(wanted * static_cast<double>(CLOCKS_PER_SEC));
  while (std::clock() < end) {
  }
}

TEST(TimeLeft, IsShortFromHalfOfItOn) {
  EXPECT_FALSE(time_is_short()) << "nobody has set a bound";
  set_time_left(std::chrono::seconds(1));
  EXPECT_FALSE(time_is_short());
  use_cpu(0.55);
  EXPECT_TRUE(time_is_short());
  set_time_left(std::chrono::seconds(1));
  EXPECT_FALSE(time_is_short());
  set_time_left(std::chrono::seconds(0));
  use_cpu(0.05);
  EXPECT_FALSE(time_is_short());
}

TEST(TimeLeft, WhatWasGivenUpForItIsRemembered) {
  set_time_left(std::chrono::seconds(1));
  EXPECT_FALSE(given_up_for_time());
  EXPECT_FALSE(has_given_up());
  use_cpu(0.55);
  EXPECT_TRUE(time_is_short());
  EXPECT_FALSE(has_given_up()) << "there was nothing to give up";
  EXPECT_TRUE(given_up_for_time());
  EXPECT_TRUE(has_given_up());
  set_time_left(std::chrono::seconds(0));
  EXPECT_FALSE(has_given_up());
}

}  // namespace
}  // namespace imgmill

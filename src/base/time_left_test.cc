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

}  // namespace
}  // namespace imgmill

#include "terminal/progress.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "terminal/columns.h"

namespace imgmill::cli {
namespace {

Progress halfway() {
  Progress progress;
  progress.known = 3000;
  progress.complete = true;
  progress.done = 1234;
  progress.bytes_before = 3'200'000'000;
  progress.bytes_after = 2'000'000'000;
  progress.per_second = 25.3;
  progress.current = "IMG_1234.jpg";
  return progress;
}

TEST(Bar, ShowsEverythingWhereThereIsRoom) {
  const std::string line = render_bar(halfway(), 140);
  for (const char* part : {"[=", ">", "] 1,234/3,000", "41%", "saved 1.20 GB (38%)", "25.3 img/s",
                           "1 min 10 s left", "IMG_1234.jpg"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
  }
}

TEST(Bar, IsNeverWiderThanAsked) {
  Progress progress = halfway();
  for (const char* name :
       {"", "a.jpg", "a_very_long_name_of_a_photograph_that_nobody_would_type.jpg",
        "写真写真写真写真写真写真写真写真.jpg", "e\u0301te\u0301.png"}) {
    progress.current = name;
    for (const bool complete : {false, true}) {
      progress.complete = complete;
      for (std::size_t width = 0; width < 200; ++width) {
        const std::string line = render_bar(progress, width);
        EXPECT_LE(columns(line), width) << line;
        EXPECT_TRUE(is_utf8(line)) << line;
      }
    }
  }
}

TEST(Bar, GivesUpTheLeastImportantFirst) {
  const Progress progress = halfway();
  std::size_t had = 100;
  for (std::size_t width = 200; width > 0; --width) {
    const std::string line = render_bar(progress, width);
    std::size_t parts = 0;
    for (const char* part : {"1,234/3,000", "41%", "[", " left", "saved", "img/s", ".jpg"}) {
      // Parts appear in this order; none may be shown without the one before it.
      if (line.find(part) == std::string::npos) break;
      ++parts;
    }
    EXPECT_LE(parts, had) << "at " << width << ": " << line;
    had = parts;
    EXPECT_TRUE(width < 11 || line.find("1,234/3,000") != std::string::npos) << line;
  }
}

TEST(Bar, ClaimsNoPercentageWhileTheTotalGrows) {
  Progress progress = halfway();
  progress.complete = false;
  const std::string line = render_bar(progress, 140);
  EXPECT_NE(line.find("1,234/3,000+"), std::string::npos) << line;
  EXPECT_EQ(line.find("41%"), std::string::npos) << line;
  EXPECT_EQ(line.find("left"), std::string::npos) << line;
}

TEST(Bar, IsFullAtTheEndAndEmptyAtTheStart) {
  Progress progress;
  progress.known = 10;
  progress.complete = true;
  EXPECT_NE(render_bar(progress, 60).find("[>  "), std::string::npos);
  progress.done = 10;
  const std::string line = render_bar(progress, 60);
  EXPECT_NE(line.find("=] 10/10  100%"), std::string::npos) << line;
  EXPECT_EQ(line.find('>'), std::string::npos);
  EXPECT_EQ(render_bar(Progress{}, 60), "0/0+");
}

TEST(ProgressCount, LeavesSkippedAndFailedOutOfTheBytes) {
  Progress progress;
  OptimizationResult result;
  result.original_size = 100;
  result.optimized_size = 60;
  result.decision = Decision::reencoded;
  progress.add(result);
  result.decision = Decision::skipped;
  progress.add(result);
  result.error = Error(ErrorCode::bad_input, "broken");
  progress.add(result);
  EXPECT_EQ(progress.done, 3U);
  EXPECT_EQ(progress.failed, 1U);
  EXPECT_EQ(progress.bytes_before, 100U);
  EXPECT_EQ(progress.bytes_after, 60U);
}

TEST(SavedText, SaysWhenItGrew) {
  EXPECT_EQ(saved_text(0, 0), "");
  EXPECT_EQ(saved_text(1000, 600), "saved 400 B (40%)");
  EXPECT_EQ(saved_text(1000, 1500), "grew by 500 B (50%)");
}

TEST(PaceOfABatch, FollowsTheLastSeconds) {
  using namespace std::chrono_literals;
  const Pace::Clock::time_point start{};
  Pace pace(start);
  EXPECT_EQ(pace.at(start + 100ms, 5), 0);  // too early to know
  EXPECT_DOUBLE_EQ(pace.at(start + 2s, 20), 10);
  std::uint64_t done = 20;
  for (int second = 3; second <= 100; ++second)
    pace.at(start + std::chrono::seconds(second), ++done);
  EXPECT_NEAR(pace.at(start + 101s, done + 1), 1.0, 0.01);
}

TEST(Columns, CountsWideAndCombiningCharacters) {
  EXPECT_EQ(columns("abc"), 3U);
  EXPECT_EQ(columns("写真"), 4U);
  EXPECT_EQ(columns("e\u0301"), 1U);
  EXPECT_EQ(columns("é"), 1U);
  EXPECT_EQ(columns("😀"), 2U);
  EXPECT_EQ(fitted("写真写真", 7), "写真...");
  EXPECT_EQ(fitted("写真写真", 6), "写...");
  EXPECT_EQ(fitted("abcdef", 6), "abcdef");
  EXPECT_EQ(fitted("abcdef", 5), "ab...");
  EXPECT_EQ(fitted("abcdef", 2), "ab");
  EXPECT_EQ(padded("写", 4), "写  ");
  EXPECT_EQ(padded_left("写", 4), "  写");
  EXPECT_EQ(ascii_only("a写éz"), "a??z");
}

}  // namespace
}  // namespace imgmill::cli

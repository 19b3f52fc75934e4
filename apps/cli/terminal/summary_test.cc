#include "terminal/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "commands/inputs.h"

namespace imgmill::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

OptimizationResult done(std::uint64_t before, std::uint64_t after) {
  OptimizationResult result;
  result.original_path = "in/a.jpg";
  result.optimized_path = "out/a.jpg";
  result.original_size = before;
  result.optimized_size = after;
  result.decision = Decision::reencoded;
  return result;
}

BatchSummary summary_of_two() {
  BatchSummary summary;
  summary.tasks = 4;
  summary.succeeded = 3;
  summary.failed = 1;
  summary.kept = 1;
  summary.skipped = 1;
  summary.bytes_before = 15'970'000;
  summary.bytes_after = 8'720'000;
  summary.by_format[Format::jpeg] = {1, 15'000'000, 8'000'000};
  summary.by_format[Format::png] = {1, 970'000, 720'000};
  summary.elapsed = std::chrono::milliseconds(2100);
  return summary;
}

TEST(Summary, HasEverySectionInItsPlace) {
  Tally tally;
  OptimizationResult good = done(15'000'000, 8'000'000);
  good.notes = {"is a PNG named .jpg"};
  tally.add(good);
  tally.add(good);
  OptimizationResult bad = done(5, 0);
  bad.error = Error(ErrorCode::bad_input, "the file is truncated", "get a whole copy");
  bad.stage = Stage::process;
  tally.add(bad);
  const std::string text = summary_text(summary_of_two(), tally, false);
  EXPECT_THAT(text, HasSubstr("2 images: 16.0 MB -> 8.72 MB, 45.4% saved, 2.1 s (1.0 images/s)"));
  EXPECT_THAT(text, HasSubstr("\n  jpeg  1  15.0 MB -> 8.00 MB  46.7%"));
  EXPECT_THAT(text, HasSubstr("\n  png   1   970 kB ->  720 kB  25.8%"));
  EXPECT_THAT(text, HasSubstr("1 kept as it was"));
  EXPECT_THAT(text, HasSubstr("1 skipped"));
  EXPECT_THAT(text, HasSubstr("2 x is a PNG named .jpg"));
  EXPECT_THAT(text, HasSubstr("\n  1 failed (named above)"));
  EXPECT_THAT(text, Not(HasSubstr("truncated"))) << "that was told when it happened";
  EXPECT_THAT(text, Not(HasSubstr("interrupted")));
}

TEST(Summary, SaysWhenNothingWasFoundAndWhenItWasInterrupted) {
  EXPECT_THAT(summary_text(BatchSummary{}, Tally{}, false), HasSubstr("no images found"));
  EXPECT_THAT(summary_text(summary_of_two(), Tally{}, true), HasSubstr("interrupted"));
}

TEST(Summary, NamesTheLowestScore) {
  BatchSummary summary = summary_of_two();
  EXPECT_THAT(summary_text(summary, Tally{}, false), Not(HasSubstr("every image")));
  OptimizationResult result = done(100, 50);
  result.judgement = {.score = 81.6, .target = 80, .quality = 70, .encodes = 2};
  summary.scores.add(result);
  result.original_path = "in/low.jpg";
  result.judgement.score = 80.199;
  summary.scores.add(result);
  result.judgement = {.score = 100, .target = 80};
  summary.scores.add(result);
  EXPECT_THAT(summary_text(summary, Tally{}, false),
              HasSubstr("\n  every image at least 80.1; lowest: in/low.jpg 80.1\n"));
  result.judgement = {.score = 62.35, .target = 80, .quality = 5, .encodes = 3};
  result.original_path = "in/squeezed.jpg";
  summary.scores.add(result);
  EXPECT_THAT(summary_text(summary, Tally{}, false),
              HasSubstr("at least 62.3; lowest: in/squeezed.jpg 62.3; 1 below the target\n"));
  result.judgement = {.quality = 80};
  summary.scores.add(result);
  EXPECT_THAT(summary_text(summary, Tally{}, false),
              HasSubstr("3 images with a measured score; lowest: in/squeezed.jpg 62.3; 1 below"))
      << "nothing is said about what was not measured";
}

TEST(ResultLine, SaysHowGoodItIsAndWhatElseWasTried) {
  OptimizationResult result = done(606'000, 334'000);
  result.judgement = {.score = 80.25, .target = 80, .quality = 83, .encodes = 2};
  EXPECT_EQ(
      result_text(result),
      "in/a.jpg: 606 kB -> 334 kB, 44.9% saved, reencoded (score 80.2, quality 83, 2 encodes)");
  result.judgement.candidates = {{.format = Format::avif, .size = 160'000},
                                 {.format = Format::webp, .size = 232'000}};
  result.judgement.encodes = 1;
  result.notes = {"a note"};
  EXPECT_THAT(result_text(result),
              HasSubstr(" (score 80.2, quality 83, 1 encode; avif 160 kB, webp 232 kB; a note)"));
  result.judgement = {.score = 61, .target = 80, .quality = 9};
  EXPECT_THAT(result_text(result),
              HasSubstr("(score 61.0, under the target 80, quality 9; a note)"));
  result.judgement = {.score = 100, .target = 80};
  result.decision = Decision::kept;
  EXPECT_THAT(result_text(result), HasSubstr("kept as it was (a note)"));
}

TEST(Summary, CountsWhatWasLeftOutAndCopied) {
  BatchSummary summary = summary_of_two();
  EXPECT_THAT(summary_text(summary, Tally{}, false), Not(HasSubstr("left out")));
  for (const char* name : {"a.txt", "b.TXT", "c.nef"}) {
    const bool text = name[0] != 'c';
    summary.left_out.add({name, text ? LeftOutReason::no_image : LeftOutReason::other_picture});
  }
  summary.left_out.add({".git", LeftOutReason::hidden_folder});
  summary.left_out.add({".cache", LeftOutReason::hidden_folder});
  summary.left_out.add({".cvs", LeftOutReason::hidden_folder});
  summary.copied.add({"d.css", "out/d.css", 2000});
  summary.copied.add({"e.css", "out/e.css", 0, true});
  summary.copied.add({"f.css", "out/f.css", 0, false, Error(ErrorCode::environment, "full")});
  const std::string text = summary_text(summary, Tally{}, false);
  EXPECT_THAT(text,
              HasSubstr("\n  left out: 3 hidden folders, 2 txt, 1 camera raw (-v names them)"));
  EXPECT_THAT(text, HasSubstr("\n  1 other file copied (2.00 kB), 1 was there already, 1 failed"));
}

TEST(Summary, TellsOfPatternsThatMatchedNothing) {
  BatchSummary summary = summary_of_two();
  EXPECT_THAT(summary_text(summary, Tally{}, false), Not(HasSubstr("matched")));
  summary.idle_patterns = {"*.giff", "dr\x1b[1mafts/"};
  EXPECT_THAT(summary_text(summary, Tally{}, false),
              HasSubstr("\n  matched by no image: '*.giff', 'dr"));
  EXPECT_EQ(summary_text(summary, Tally{}, false).find('\x1b'), std::string::npos);
}

TEST(Summary, CountsWhatWasMerelyNotDoneAsNoFailure) {
  Tally tally;
  OptimizationResult stopped = done(5, 0);
  stopped.error = Error(ErrorCode::cancelled, "stopped");
  tally.add(stopped);
  EXPECT_EQ(tally.failed, 0U);
}

TEST(ResultLine, NeverCarriesEscapeSequences) {
  OptimizationResult result = done(100, 50);
  result.original_path = "evil\x1b[31m\n.jpg";
  result.notes = {"a note\x07"};
  const std::string text = result_text(result);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  result.error = Error(ErrorCode::environment, "no\x1b]0;title");
  EXPECT_EQ(failure_text(result).find('\x1b'), std::string::npos);
}

TEST(List, IsSeparatedByLinesOrByNul) {
  using Paths = std::vector<std::filesystem::path>;
  EXPECT_EQ(paths_of_list("a\nb c\r\n\n@d"), (Paths{"a", "b c", "@d"}));
  EXPECT_EQ(paths_of_list(std::string_view("a\nb\0c\0", 6)), (Paths{"a\nb", "c"}));
  EXPECT_TRUE(paths_of_list("").empty());
  EXPECT_TRUE(paths_of_list("\n\n").empty());
}

}  // namespace
}  // namespace imgmill::cli

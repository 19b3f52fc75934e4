#include "imgmill/budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "batch/budget_search.h"
#include "batch/image_optimizer_access.h"
#include "support/fake_executor.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using test::fake_jpeg;
using test::ScratchFolder;
using ::testing::HasSubstr;

// --- choice of the next target ---

struct Searched {
  std::optional<int> answer;
  std::vector<int> tried;
};

template <typename Size>
Searched searched(const BudgetSearch::Rules& rules, Size size_at) {
  BudgetSearch search(rules);
  Searched done;
  while (const auto step = search.next()) {
    done.tried.push_back(*step);
    if (done.tried.size() > 100) break;
    const double bytes = size_at(*step);
    search.tried(*step, static_cast<std::uint64_t>(bytes),
                 bytes <= static_cast<double>(rules.budget) ? BudgetSearch::Outcome::fits
                                                            : BudgetSearch::Outcome::too_large);
  }
  done.answer = search.answer();
  return done;
}

TEST(BudgetSearch, FindsTheLastStepThatFitsInAFewTries) {
  std::size_t most = 0;
  std::size_t sum = 0;
  std::size_t count = 0;
  for (const double slope : {0.008, 0.0175, 0.03}) {
    for (int wanted = 0; wanted <= 130; wanted += 7) {
      const auto size = [&](int step) {
        // Steeper at the top, as for real pictures, and much more beyond it.
        return step > 130 ? 1e9 : 1e6 * std::exp(slope * step + 0.00004 * step * step);
      };
      const auto budget = static_cast<std::uint64_t>(size(wanted) * 1.001);
      const Searched done = searched({.top = 130, .first = 100, .budget = budget}, size);
      EXPECT_EQ(done.answer, wanted) << slope;
      EXPECT_EQ(std::set<int>(done.tried.begin(), done.tried.end()).size(), done.tried.size())
          << "nothing is tried twice";
      most = std::max(most, done.tried.size());
      sum += done.tried.size();
      ++count;
    }
  }
  EXPECT_LE(most, 9U);
  EXPECT_LE(static_cast<double>(sum) / static_cast<double>(count), 5.5);
}

TEST(BudgetSearch, EndsWhateverTheSizesAre) {
  const BudgetSearch::Rules rules{.top = 130, .first = 100, .budget = 1000};
  EXPECT_EQ(searched(rules, [](int) { return 1001.0; }).answer, std::nullopt);
  EXPECT_EQ(searched(rules, [](int) { return 0.0; }).answer, 131);
  EXPECT_EQ(searched(rules, [](int step) { return step > 130 ? 1001.0 : 999.0; }).answer, 130);
  const Searched stairs = searched(rules, [](int step) { return step < 64 ? 900.0 : 5000.0; });
  EXPECT_EQ(stairs.answer, 63);
  EXPECT_LE(stairs.tried.size(), 14U);
  // With noise: the answer fits, and the step above was tried and did not.
  const auto noisy = [](int step) { return 900.0 + (step * 7919 % 13) * 4 + step; };
  const Searched done = searched(rules, noisy);
  ASSERT_TRUE(done.answer);
  EXPECT_LE(noisy(*done.answer), 1000);
  EXPECT_GT(noisy(*done.answer + 1), 1000);
}

TEST(BudgetSearch, LooksWithoutLossFirstWhereThatWillProbablyFit) {
  BudgetSearch search({.top = 130, .first = 100, .budget = 1000});
  EXPECT_EQ(search.next(), 100);
  search.tried(100, 500, BudgetSearch::Outcome::fits);
  search.try_exact_first();
  EXPECT_EQ(search.next(), 131);
  search.tried(131, 1001, BudgetSearch::Outcome::too_large);
  const auto next = search.next();
  ASSERT_TRUE(next);
  EXPECT_GT(*next, 100);
  EXPECT_LE(*next, 130);
}

// --- whole batches ---

/// Takes exp(target / 30) bytes per byte of input, at most the input; all of it if lossless.
/// "STUBBORN" cannot reach more than 60.
class Scored : public Executor {
 public:
  explicit Scored(int width) : width_(width) {}
  Result<Optimized> process(const Work& work, std::stop_token) override {
    ++calls;
    const std::string_view text = as_text(work.input);
    if (text.contains("REFUSE")) return std::unexpected(Error(ErrorCode::bad_input, "damaged"));
    if (text.contains("NEVER")) return std::unexpected(Error(ErrorCode::unsupported, "never"));
    const auto& target = work.settings.target;
    if (text.contains("STUBBORN") && (!target || target->score > 60)) {
      return std::unexpected(Error(ErrorCode::unsupported, "out of reach"));
    }
    Optimized output{{.decision = Decision::kept, .width = 1, .height = 1}};
    if (target && !text.contains("KEEP")) {
      const double share = std::exp((target->score - 100) / 30);
      const auto size = static_cast<std::size_t>(static_cast<double>(work.input.size()) * share);
      output.decision = Decision::reencoded;
      output.bytes = Buffer::copy_of(work.input.first(size));
      output.judgement = {.score = target->score, .target = target->score, .encodes = 1};
    }
    return output;
  }
  int width() const override { return width_; }

  std::atomic<int> calls{0};

 private:
  const int width_;
};

class Passes : public BudgetObserver {
 public:
  void on_pass_done(const BudgetPass& pass) override { done.push_back(pass); }
  std::vector<BudgetPass> done;
};

struct Found {
  Result<BudgetAnswer> answer = BudgetAnswer{};
  Passes passes;
  int calls = 0;
  BatchSummary run;  ///< with the settings found
};

Found found(const ScratchFolder& scratch, std::uint64_t bytes, int jobs = 1,
            const ImageSettings& settings = {}) {
  auto executor = std::make_unique<Scored>(jobs);
  Scored& scored = *executor;
  ImageOptimizer optimizer = ImageOptimizerAccess::with(std::move(executor));
  const TaskFactory tasks = [&](std::shared_ptr<const ImageSettings> with) {
    PlanRequest request;
    request.inputs = {scratch / "in"};
    request.output = scratch / "out";
    request.settings = std::move(with);
    return plan(std::move(request));
  };
  BatchOptions options;
  options.cache = CacheOptions{scratch / ("cache" + std::to_string(jobs))};
  Found result;
  result.answer = find_target(optimizer, tasks, settings, options, {.bytes = bytes}, result.passes);
  EXPECT_FALSE(std::filesystem::exists(scratch / "out")) << "passes write no output";
  result.calls = scored.calls;
  if (result.answer) {
    auto source = tasks(std::make_shared<const ImageSettings>(result.answer->settings));
    EXPECT_TRUE(source);
    BatchObserver nobody;
    options.dry_run = DryRun::check;
    result.run = optimizer.run(**source, options, nobody);
  }
  return result;
}

void fill(const ScratchFolder& scratch) {
  for (int i = 0; i < 12; ++i) {
    scratch.write("in/" + std::to_string(i) + ".jpg",
                  fake_jpeg("number " + std::to_string(i) +
                            std::string(1000 + 100 * static_cast<std::size_t>(i), 'x')));
  }
}

/// Sum of all outputs at `target`.
std::uint64_t sum_at(const ScratchFolder& scratch, double target) {
  std::uint64_t sum = 0;
  for (const auto& file : std::filesystem::directory_iterator(scratch / "in")) {
    sum += static_cast<std::uint64_t>(static_cast<double>(file.file_size()) *
                                      std::exp((target - 100) / 30));
  }
  return sum;
}

TEST(Budget, IsKeptWhileTheNextStepWouldNotFit) {
  const ScratchFolder scratch;
  fill(scratch);
  for (const double wanted : {31.0, 50.5, 74.0, 80.0, 94.5}) {
    const std::uint64_t budget = sum_at(scratch, wanted) + 20;
    const Found one = found(scratch, budget);
    ASSERT_TRUE(one.answer) << one.answer.error().describe();
    ASSERT_TRUE(one.answer->settings.target);
    EXPECT_EQ(one.answer->settings.target->score, wanted);
    EXPECT_LE(one.answer->bytes, budget);
    EXPECT_GT(sum_at(scratch, wanted + 0.5), budget);
    EXPECT_EQ(one.run.bytes_after, one.answer->bytes);
    EXPECT_EQ(one.run.cached, 12U) << "the run finds everything done";
    EXPECT_EQ(one.answer->passes, static_cast<int>(one.passes.done.size()));
    EXPECT_LE(one.answer->passes, 7);
    const Found four = found(scratch, budget, 4);
    ASSERT_TRUE(four.answer);
    EXPECT_EQ(four.answer->settings, one.answer->settings);
    EXPECT_EQ(four.answer->bytes, one.answer->bytes);
    EXPECT_EQ(four.answer->passes, one.answer->passes);
  }
}

TEST(Budget, TakesNoLossWhereAllFits) {
  const ScratchFolder scratch;
  fill(scratch);
  const Found all = found(scratch, sum_at(scratch, 100) + 12);
  ASSERT_TRUE(all.answer);
  EXPECT_EQ(all.answer->settings.compression, Compression::lossless);
  EXPECT_FALSE(all.answer->settings.target);
  EXPECT_EQ(all.answer->passes, 2) << "inputs that fit are looked at without loss at once";
  const Found nearly = found(scratch, sum_at(scratch, 99));
  ASSERT_TRUE(nearly.answer);
  ASSERT_TRUE(nearly.answer->settings.target);
  EXPECT_EQ(nearly.answer->settings.target->score, 95);
}

TEST(Budget, TooSmallSaysWhatTheSmallestWas) {
  const ScratchFolder scratch;
  fill(scratch);
  const Found none = found(scratch, 100);
  ASSERT_FALSE(none.answer);
  EXPECT_EQ(none.answer.error().code(), ErrorCode::limit);
  EXPECT_THAT(none.answer.error().message(), HasSubstr("at least (target 30)"));
  EXPECT_THAT(none.answer.error().message(), HasSubstr("budget of 100 B"));
  EXPECT_THAT(none.answer.error().advice(), HasSubstr("--resize"));
  EXPECT_EQ(none.passes.done.back().bytes / 100, sum_at(scratch, 30) / 100);
}

TEST(Budget, CountsKeptImagesAndNoFailedOnes) {
  const ScratchFolder scratch;
  fill(scratch);
  const std::uint64_t rest = sum_at(scratch, 70);
  scratch.write("in/bad.jpg", fake_jpeg("REFUSE" + std::string(50'000, 'x')));
  scratch.write("in/never.jpg", fake_jpeg("NEVER" + std::string(50'000, 'x')));
  const std::string kept = fake_jpeg("KEEP" + std::string(3000, 'x'));
  scratch.write("in/kept.jpg", kept);
  const Found some = found(scratch, rest + kept.size() + 12);
  ASSERT_TRUE(some.answer) << some.answer.error().describe();
  ASSERT_TRUE(some.answer->settings.target);
  EXPECT_EQ(some.answer->settings.target->score, 70);
  EXPECT_EQ(some.run.failed, 2U);
  EXPECT_EQ(some.run.kept, 1U);
}

TEST(Budget, StaysWhereEveryImageIsReached) {
  const ScratchFolder scratch;
  fill(scratch);
  scratch.write("in/stubborn.jpg", fake_jpeg("STUBBORN" + std::string(500, 'x')));
  const Found reached = found(scratch, sum_at(scratch, 90));
  ASSERT_TRUE(reached.answer) << reached.answer.error().describe();
  ASSERT_TRUE(reached.answer->settings.target);
  EXPECT_EQ(reached.answer->settings.target->score, 60)
      << "above it one image would be lost, though the others would fit";
  EXPECT_EQ(reached.run.failed, 0U);
}

TEST(Budget, OfNothingIsNoTrouble) {
  const ScratchFolder scratch;
  scratch.folder("in");
  const Found empty = found(scratch, 1000);
  ASSERT_TRUE(empty.answer) << empty.answer.error().describe();
  EXPECT_EQ(empty.answer->bytes, 0U);
  EXPECT_EQ(empty.answer->passes, 1);
}

TEST(Budget, RefusesWhatLeavesItNoChoice) {
  const ScratchFolder scratch;
  fill(scratch);
  const auto code = [&](const ImageSettings& settings, std::uint64_t bytes) {
    const Found wrong = found(scratch, bytes, 1, settings);
    EXPECT_EQ(wrong.calls, 0);
    return wrong.answer ? ErrorCode::internal : wrong.answer.error().code();
  };
  EXPECT_EQ(code({.target = Target{}}, 1000), ErrorCode::usage);
  EXPECT_EQ(code({.quality = {.global = 80}}, 1000), ErrorCode::usage);
  EXPECT_EQ(code({.compression = Compression::lossless}, 1000), ErrorCode::usage);
  EXPECT_EQ(code({}, 0), ErrorCode::usage);
}

TEST(Budget, StopsWhenAsked) {
  const ScratchFolder scratch;
  fill(scratch);
  ImageOptimizer optimizer = ImageOptimizerAccess::with(std::make_unique<Scored>(1));
  std::stop_source stop;
  stop.request_stop();
  Passes passes;
  const auto answer = find_target(
      optimizer,
      [&](std::shared_ptr<const ImageSettings> with) {
        PlanRequest request;
        request.inputs = {scratch / "in"};
        request.output = scratch / "out";
        request.settings = std::move(with);
        return plan(std::move(request));
      },
      {}, {}, {.bytes = 1000}, passes, stop.get_token());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::cancelled);
}

}  // namespace
}  // namespace imgmill

// Batches that resume or use the cache, and batches on a failing machine.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>

#include "batch/batch_processor.h"
#include "support/fake_executor.h"
#include "support/other_rights.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::fake_jpeg;
using test::FakeExecutor;
using test::ScratchFolder;

class Witness : public BatchObserver {
 public:
  void on_result(const OptimizationResult& result) override {
    results.push_back(result);
    if (when_result) when_result();
  }
  void on_warning(const Error& warning) override { warnings.push_back(warning.describe()); }

  std::vector<OptimizationResult> results;
  std::vector<std::string> warnings;
  std::function<void()> when_result;
};

struct Finished {
  BatchSummary summary;
  Witness witness;
  int images = 0;  ///< number of processed images
};

Finished run(const ScratchFolder& scratch, const BatchOptions& options, bool in_place = false) {
  PlanRequest request;
  request.inputs = {scratch / "in"};
  request.output = scratch / "out";
  request.in_place = in_place;
  auto source = plan(request);
  EXPECT_TRUE(source);
  FakeExecutor executor(2);
  Finished done;
  done.summary = BatchProcessor(executor, **source, options, done.witness, {}).run();
  done.images = executor.calls;
  return done;
}

void fill(const ScratchFolder& scratch, int count) {
  for (int i = 0; i < count; ++i) {
    scratch.write("in/" + std::to_string(i) + ".jpg", fake_jpeg("number " + std::to_string(i)));
  }
}

BatchOptions remembering(const ScratchFolder& scratch) {
  BatchOptions options;
  options.cache = CacheOptions{scratch / "cache"};
  options.journal = JournalOptions{scratch / "state", "a batch", false};
  return options;
}

TEST(BatchAgain, ADamagedCacheIsMovedAsideAndBegunAnew) {
  const ScratchFolder scratch;
  fill(scratch, 300);
  BatchOptions options = remembering(scratch);
  options.existing = ExistingOutput::overwrite;
  EXPECT_TRUE(run(scratch, options).witness.warnings.empty());
  const fs::path index = scratch / "cache/imgmill-cache.sqlite";
  const auto size = static_cast<std::streamoff>(fs::file_size(index));
  {
    std::fstream file(index, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(4096);
    file << std::string(static_cast<std::size_t>(size - 4096), 'x');
  }
  const Finished damaged = run(scratch, options);
  EXPECT_EQ(damaged.summary.succeeded, 300);
  EXPECT_EQ(damaged.summary.cached, 0);
  ASSERT_EQ(damaged.witness.warnings.size(), 1U);
  EXPECT_TRUE(damaged.witness.warnings.front().contains(".damaged"));
  EXPECT_TRUE(run(scratch, options).witness.warnings.empty());
  EXPECT_EQ(run(scratch, options).summary.cached, 300);
}

TEST(BatchAgain, WorksOnNothing) {
  const ScratchFolder scratch;
  fill(scratch, 120);
  for (const Pipelining mode : {Pipelining::on, Pipelining::off}) {
    BatchOptions options = remembering(scratch);
    options.pipeline = mode;
    const Finished done = run(scratch, options);
    EXPECT_EQ(done.summary.succeeded, 120);
    EXPECT_EQ(done.summary.cached, mode == Pipelining::on ? 0 : 120);
    EXPECT_EQ(done.images, mode == Pipelining::on ? 120 : 0);
    EXPECT_LT(done.summary.bytes_after, done.summary.bytes_before)
        << "sums are as if it had been done";
  }
}

TEST(BatchAgain, MakesMissingOutputsFromWhatItKnows) {
  const ScratchFolder scratch;
  fill(scratch, 5);
  scratch.write("in/keep.jpg", fake_jpeg("KEEP"));
  run(scratch, remembering(scratch));
  const std::string wanted = contents(scratch / "out/3.jpg");
  for (const Pipelining mode : {Pipelining::on, Pipelining::off}) {
    fs::remove_all(scratch / "out");
    BatchOptions options = remembering(scratch);
    options.pipeline = mode;
    const Finished done = run(scratch, options);
    EXPECT_EQ(done.images, 0);
    EXPECT_EQ(done.summary.cached, 6);
    EXPECT_EQ(contents(scratch / "out/3.jpg"), wanted);
    EXPECT_EQ(contents(scratch / "out/keep.jpg"), fake_jpeg("KEEP"));
  }
}

TEST(BatchAgain, InPlaceHalvesOnlyOnce) {
  const ScratchFolder scratch;
  fill(scratch, 5);
  run(scratch, remembering(scratch), true);
  const std::string once = contents(scratch / "in/3.jpg");
  ASSERT_LT(once.size(), fake_jpeg("number 3").size());
  const Finished again = run(scratch, remembering(scratch), true);
  EXPECT_EQ(again.images, 0);
  EXPECT_EQ(again.summary.kept, 5);
  EXPECT_EQ(contents(scratch / "in/3.jpg"), once);
}

TEST(BatchAgain, CheckingWritesNothingAndTellsAll) {
  const ScratchFolder scratch;
  fill(scratch, 5);
  const auto before = scratch.files();
  BatchOptions options;
  options.dry_run = DryRun::check;
  const Finished done = run(scratch, options, true);
  EXPECT_EQ(done.images, 5);
  EXPECT_EQ(done.summary.succeeded, 5);
  EXPECT_LT(done.summary.bytes_after, done.summary.bytes_before);
  EXPECT_EQ(scratch.files(), before);
}

TEST(BatchAgain, WithoutAPlaceToRememberItWorksAllTheSame) {
  const ScratchFolder scratch;
  fill(scratch, 3);
  scratch.write("cache", "a file");
  scratch.write("state", "a file");
  const Finished done = run(scratch, remembering(scratch));
  EXPECT_EQ(done.summary.succeeded, 3);
  ASSERT_EQ(done.witness.warnings.size(), 2);
  EXPECT_TRUE(done.witness.warnings[0].contains("working without a cache"));
  EXPECT_TRUE(done.witness.warnings[1].contains("working without a journal"));
}

TEST(BatchStops, WhenTheMachineFailsItTwentyTimesInARow) {
  const ScratchFolder scratch;
  const fs::path disk = scratch.folder("out");
  const test::Verdict verdict = test::on_small_disk(disk, "size=64k", [&]() -> std::string {
    for (int i = 0; i < 300; ++i) {
      scratch.write("in/" + std::to_string(i) + ".jpg", fake_jpeg(std::string(200'000, 'x')));
    }
    const Finished done = run(scratch, {});
    if (!done.summary.stop_reason) return "it did not stop";
    const std::string reason = done.summary.stop_reason->describe();
    if (!reason.contains("20 images in a row") || !reason.contains("disk is full")) return reason;
    if (!done.summary.stopped) return "stopped is not said";
    if (done.summary.failed < 20 || done.summary.failed > 120) {
      return std::to_string(done.summary.failed) + " failed";
    }
    if (done.summary.failed + done.summary.cancelled != done.summary.tasks)
      return "a result is lost";
    return done.witness.results.size() == done.summary.tasks ? "" : "a task has no result";
  });
  if (!verdict) GTEST_SKIP() << "no tmpfs can be mounted here (needs root or user namespaces)";
  EXPECT_EQ(*verdict, "");
}

TEST(BatchStops, WhenRightsAreTakenAwayMidway) {
  const ScratchFolder scratch;
  fill(scratch, 400);
  const fs::path out = scratch.folder("out");
  ::chmod(out.c_str(), 0777);
  const test::Verdict verdict = test::as_nobody([&]() -> std::string {
    const fs::path own = out / "own";
    fs::create_directories(own);
    PlanRequest request;
    request.inputs = {scratch / "in"};
    request.output = own;
    auto source = plan(request);
    FakeExecutor executor(2);
    Witness witness;
    witness.when_result = [&] {
      if (witness.results.size() == 50) ::chmod(own.c_str(), 0555);
    };
    BatchOptions options;
    options.queue_capacity = 4;
    const BatchSummary summary = BatchProcessor(executor, **source, options, witness, {}).run();
    ::chmod(own.c_str(), 0755);
    if (!summary.stop_reason) return "it did not stop";
    if (summary.succeeded < 40 || summary.succeeded > 100) {
      return std::to_string(summary.succeeded) + " succeeded";
    }
    if (summary.failed < 20 || summary.failed > 120) {
      return std::to_string(summary.failed) + " failed";
    }
    const std::string reason = summary.stop_reason->describe();
    return reason.contains("permission denied") ? "" : reason;
  });
  if (!verdict) GTEST_SKIP() << "cannot become an ordinary user here";
  EXPECT_EQ(*verdict, "");
}

TEST(BatchStops, NotForBadImagesOrTooFewFailures) {
  const ScratchFolder scratch;
  for (int i = 0; i < 60; ++i) {
    scratch.write("in/" + std::to_string(i) + ".jpg", fake_jpeg("REFUSE"));
  }
  EXPECT_FALSE(run(scratch, {}).summary.stop_reason);
  const ScratchFolder other;
  fill(other, 60);
  for (int i = 0; i < 60; ++i) other.write("out/" + std::to_string(i) + ".jpg", "in the way");
  const Finished refused = run(other, {});
  EXPECT_EQ(refused.summary.failed, 60) << "what is in the way is no failure of the machine";
  EXPECT_FALSE(refused.summary.stop_reason);
}

}  // namespace
}  // namespace imgmill

#include "batch/batch_processor.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "batch/image_optimizer_access.h"
#include "imgmill/optimize.h"
#include "support/fake_executor.h"
#include "support/other_rights.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::fake_jpeg;
using test::fake_png;
using test::FakeExecutor;
using test::ScratchFolder;

class Witness : public BatchObserver {
 public:
  void on_planned(std::uint64_t tasks, bool complete) override {
    const OneAtATime guard(inside_);
    EXPECT_GE(tasks, planned);
    planned = tasks;
    planned_all = complete;
  }
  void on_started(const ImageTask&) override { const OneAtATime guard(inside_); }
  void on_result(const OptimizationResult& result) override {
    const OneAtATime guard(inside_);
    EXPECT_TRUE(indexes.insert(result.index).second) << "two results for " << result.index;
    results.push_back(result);
    if (when_result) when_result();
  }

  void on_left_out(const LeftOut& left_out) override {
    const OneAtATime guard(inside_);
    left_out_kinds.insert(left_out.kind());
  }
  void on_copied(const CopiedFile& file) override {
    const OneAtATime guard(inside_);
    EXPECT_FALSE(file.error) << file.error->describe();
    copied.insert(file.to.filename().native());
  }

  std::set<std::string> left_out_kinds;
  std::set<std::string> copied;
  std::uint64_t planned = 0;
  bool planned_all = false;
  std::set<std::uint64_t> indexes;
  std::vector<OptimizationResult> results;
  std::function<void()> when_result;

 private:
  struct OneAtATime {
    explicit OneAtATime(std::atomic<int>& count) : inside(count) { EXPECT_EQ(++inside, 1); }
    ~OneAtATime() { --inside; }
    OneAtATime(const OneAtATime&) = delete;
    OneAtATime& operator=(const OneAtATime&) = delete;
    std::atomic<int>& inside;
  };
  std::atomic<int> inside_{0};
};

BatchSummary run(const PlanRequest& request, Witness& witness, const BatchOptions& options = {},
                 std::stop_token stop = {}, int longest_delay_us = 200) {
  auto source = plan(request);
  EXPECT_TRUE(source);
  ImageOptimizer optimizer =
      ImageOptimizerAccess::with(std::make_unique<FakeExecutor>(3, 5, longest_delay_us));
  return optimizer.run(**source, options, witness, std::move(stop));
}

PlanRequest request_for(const ScratchFolder& scratch) {
  PlanRequest request;
  request.inputs = {scratch / "in"};
  request.output = scratch / "out";
  return request;
}

void fill(const ScratchFolder& scratch, int count) {
  for (int i = 0; i < count; ++i) {
    scratch.write("in/" + std::to_string(i / 50) + '/' + std::to_string(i) + ".jpg",
                  fake_jpeg("number " + std::to_string(i)));
  }
}

TEST(Batch, CountsWhatIsLeftOutAndCopiesItWhenAsked) {
  const ScratchFolder scratch;
  fill(scratch, 60);
  scratch.write("in/a.txt", "text");
  scratch.write("in/.hidden/b.css", "style");
  scratch.write("in/1/c.nef", "raw");
  PlanRequest request = request_for(scratch);
  {
    Witness witness;
    const BatchSummary summary = run(request, witness);
    EXPECT_EQ(summary.left_out.files, 3U);
    EXPECT_EQ(witness.left_out_kinds,
              (std::set<std::string>{"camera raw", "hidden folder", "txt"}));
    EXPECT_EQ(summary.copied.files, 0U);
    EXPECT_FALSE(fs::exists(scratch / "out/a.txt"));
  }
  request.copy_others = true;
  BatchOptions options;
  options.existing = ExistingOutput::skip;
  options.dry_run = DryRun::yes;
  {
    Witness witness;
    EXPECT_EQ(run(request, witness, options).copied.files, 3U);
    EXPECT_FALSE(fs::exists(scratch / "out/a.txt"));
  }
  options.dry_run = DryRun::no;
  Witness witness;
  const BatchSummary summary = run(request, witness, options);
  EXPECT_EQ(summary.left_out.files, 0U);
  EXPECT_EQ(summary.copied.files, 3U);
  EXPECT_EQ(summary.copied.bytes, 12U);
  EXPECT_EQ(witness.copied, (std::set<std::string>{"a.txt", "b.css", "c.nef"}));
  EXPECT_EQ(contents(scratch / "out/.hidden/b.css"), "style");
  Witness again;
  EXPECT_EQ(run(request, again, options).copied.there, 3U);
}

TEST(Batch, OfEverySortOfTaskGivesEachOneResult) {
  const ScratchFolder scratch;
  scratch.write("in/bad.jpg", fake_jpeg("REFUSE"));
  scratch.write("in/empty.jpg", "");
  scratch.write("in/good.jpg", fake_jpeg());
  scratch.write("in/kept.jpg", fake_jpeg("KEEP"));
  scratch.write("in/misnamed.jpg", fake_png());
  scratch.write("in/there.jpg", fake_jpeg());
  scratch.write("out/there.jpg", "older output");
  fs::create_symlink("nowhere", scratch / "in/dangling.jpg");
  Witness witness;
  BatchOptions options;
  options.existing = ExistingOutput::skip;
  const BatchSummary summary = run(request_for(scratch), witness, options);
  EXPECT_EQ(summary.tasks, 7);
  EXPECT_EQ(witness.results.size(), 7);
  EXPECT_EQ(witness.planned, 7);
  EXPECT_TRUE(witness.planned_all);
  EXPECT_EQ(summary.succeeded, 4);
  EXPECT_EQ(summary.failed, 3);
  EXPECT_EQ(summary.skipped, 1);
  EXPECT_EQ(summary.kept, 1);
  EXPECT_EQ(summary.cancelled, 0);
  EXPECT_FALSE(summary.stopped);
  EXPECT_EQ(summary.by_format.at(Format::jpeg).images, 2);
  EXPECT_EQ(summary.by_format.at(Format::png).images, 1);
  EXPECT_EQ(summary.bytes_before,
            fake_jpeg().size() + fake_jpeg("KEEP").size() + fake_png().size());
  EXPECT_GT(summary.first_output.count(), 0);
  EXPECT_LE(summary.first_output, summary.elapsed);
  EXPECT_EQ(contents(scratch / "out/there.jpg"), "older output");
  for (const OptimizationResult& result : witness.results) {
    if (result.original_path.filename() == "misnamed.jpg") {
      EXPECT_EQ(result.notes, std::vector<std::string>{"is a PNG named .jpg"});
    }
    if (result.original_path.filename() == "there.jpg") {
      EXPECT_EQ(result.decision, Decision::skipped);
      EXPECT_EQ(result.optimized_size, 12);
    }
  }
}

TEST(Batch, SurroundsChunkBoundaries) {
  for (const int count : {0, 1, 49, 50, 51, 101}) {
    const ScratchFolder scratch;
    scratch.folder("in");
    fill(scratch, count);
    for (const Pipelining mode : {Pipelining::on, Pipelining::off}) {
      Witness witness;
      BatchOptions options;
      options.pipeline = mode;
      options.existing = ExistingOutput::overwrite;
      const BatchSummary summary = run(request_for(scratch), witness, options, {}, 0);
      EXPECT_EQ(summary.succeeded, static_cast<std::uint64_t>(count));
      EXPECT_EQ(witness.indexes.size(), static_cast<std::size_t>(count));
    }
  }
}

TEST(Batch, ADryRunTouchesNothing) {
  const ScratchFolder scratch;
  fill(scratch, 3);
  Witness witness;
  BatchOptions options;
  options.dry_run = DryRun::yes;
  const BatchSummary summary = run(request_for(scratch), witness, options);
  EXPECT_EQ(summary.succeeded, 3);
  EXPECT_EQ(summary.bytes_before, 0);
  EXPECT_FALSE(fs::exists(scratch / "out"));
  for (const OptimizationResult& result : witness.results) {
    EXPECT_EQ(result.decision, Decision::planned);
    EXPECT_EQ(result.saved_bytes(), 0);
  }
}

TEST(Batch, StopsMidwayWithOneResultEachAndNoPartialFile) {
  for (const Pipelining mode : {Pipelining::on, Pipelining::off}) {
    const ScratchFolder scratch;
    fill(scratch, 400);
    std::stop_source stop;
    Witness witness;
    witness.when_result = [&] {
      if (witness.results.size() == 20) stop.request_stop();
    };
    BatchOptions options;
    options.pipeline = mode;
    options.queue_capacity = 10;
    const BatchSummary summary = run(request_for(scratch), witness, options, stop.get_token());
    EXPECT_TRUE(summary.stopped);
    EXPECT_EQ(summary.tasks, witness.results.size());
    EXPECT_EQ(summary.tasks, summary.succeeded + summary.cancelled);
    EXPECT_EQ(witness.planned, summary.tasks);
    EXPECT_GE(summary.succeeded, 20);
    EXPECT_LT(summary.succeeded, 100);
    std::size_t outputs = 0;
    for (const std::string& name : scratch.files()) {
      EXPECT_FALSE(name.ends_with(".part")) << name;
      if (name.starts_with("out/")) ++outputs;
    }
    EXPECT_EQ(outputs, summary.succeeded);
  }
}

TEST(Batch, AStopBeforeTheStartDoesNothing) {
  const ScratchFolder scratch;
  fill(scratch, 10);
  std::stop_source stop;
  stop.request_stop();
  Witness witness;
  const BatchSummary summary = run(request_for(scratch), witness, {}, stop.get_token());
  EXPECT_TRUE(summary.stopped);
  EXPECT_EQ(summary.succeeded, 0);
  EXPECT_FALSE(fs::exists(scratch / "out"));
}

TEST(Batch, FailFastStopsAtTheFirstFailure) {
  const ScratchFolder scratch;
  fill(scratch, 300);
  scratch.write("in/0/0.jpg", "not an image");
  Witness witness;
  BatchOptions options;
  options.on_failure = OnFailure::stop;
  const BatchSummary summary = run(request_for(scratch), witness, options);
  EXPECT_TRUE(summary.stopped);
  EXPECT_EQ(summary.failed, 1);
  EXPECT_LT(summary.succeeded, 300);
  EXPECT_EQ(summary.tasks, summary.succeeded + summary.failed + summary.cancelled);
}

TEST(Batch, AThrowingObserverEndsTheBatchAndIsHeard) {
  const ScratchFolder scratch;
  fill(scratch, 100);
  Witness witness;
  witness.when_result = [] { throw std::runtime_error("the observer is unwell"); };
  EXPECT_THROW((void)run(request_for(scratch), witness), std::runtime_error);
  for (const std::string& name : scratch.files()) EXPECT_FALSE(name.ends_with(".part")) << name;
}

class FailingSource : public TaskSource {
 public:
  std::optional<PlannedTask> next() override { throw std::runtime_error("no more"); }
};

TEST(Batch, AThrowingSourceIsHeard) {
  FailingSource source;
  FakeExecutor executor(1);
  Witness witness;
  EXPECT_THROW((void)BatchProcessor(executor, source, {}, witness, {}).run(), std::runtime_error);
}

TEST(Batch, InPlaceHarmsNothingWhenAnImageFails) {
  const ScratchFolder scratch;
  const fs::path bad = scratch.write("in/bad.jpg", fake_jpeg("REFUSE"));
  const fs::path good = scratch.write("in/good.jpg", fake_jpeg());
  const FileFacts before = **facts_of(bad);
  PlanRequest request = request_for(scratch);
  request.in_place = true;
  Witness witness;
  const BatchSummary summary = run(request, witness);
  EXPECT_EQ(summary.failed, 1);
  EXPECT_TRUE((**facts_of(bad)).unchanged_since(before));
  EXPECT_EQ(contents(bad), fake_jpeg("REFUSE"));
  EXPECT_LT(fs::file_size(good), fake_jpeg().size());
}

TEST(Batch, InPlaceALinkAndItsFileAreDoneOnceAndTheLinkStays) {
  const ScratchFolder scratch;
  const fs::path file = scratch.write("in/b.jpg", fake_jpeg());
  fs::create_symlink("b.jpg", scratch / "in/a.jpg");
  fs::create_symlink("b.jpg", scratch / "in/c.jpg");
  PlanRequest request = request_for(scratch);
  request.in_place = true;
  Witness witness;
  const BatchSummary summary = run(request, witness);
  EXPECT_EQ(summary.tasks, 1);
  EXPECT_EQ(summary.failed, 0);
  EXPECT_EQ(fs::file_size(file), (fake_jpeg().size() + 1) / 2);
  EXPECT_TRUE(fs::is_symlink(scratch / "in/a.jpg"));
  EXPECT_TRUE(fs::is_symlink(scratch / "in/c.jpg"));
}

TEST(Batch, OnAFullDiskEveryImageFailsAndEveryInputStays) {
  const ScratchFolder scratch;
  const fs::path disk = scratch.folder("disk");
  const test::Verdict verdict = test::on_small_disk(disk, "size=256k", [&]() -> std::string {
    for (int i = 0; i < 8; ++i) {
      scratch.write("in/" + std::to_string(i) + ".jpg", fake_jpeg(std::string(200'000, 'x')));
    }
    PlanRequest request = request_for(scratch);
    request.output = disk;
    Witness witness;
    const BatchSummary summary = run(request, witness);
    if (summary.tasks != 8 || summary.failed == 0) return "nothing failed";
    for (const OptimizationResult& result : witness.results) {
      if (result.error && !result.error->message().contains("disk is full")) {
        return result.error->describe();
      }
      if (fs::file_size(result.original_path) != 200'004) return "an input was harmed";
    }
    for (const auto& entry : fs::directory_iterator(disk)) {
      if (entry.file_size() != 100'002) return "half a file: " + entry.path().native();
    }
    return "";
  });
  if (!verdict) GTEST_SKIP() << "no tmpfs can be mounted here (needs root or user namespaces)";
  EXPECT_EQ(*verdict, "");
}

TEST(OptimizeFile, LeavesTheOutputAloneWhenItFails) {
  const ScratchFolder scratch;
  const fs::path input = scratch.write("in.jpg", "not an image");
  const fs::path output = scratch.write("out.jpg", "older");
  EXPECT_FALSE(optimize_file(input, output));
  EXPECT_FALSE(optimize_file(scratch / "missing.jpg", output));
  EXPECT_EQ(contents(output), "older");
  ImageSettings bad;
  bad.quality.global = 0;
  const auto outcome = optimize_file(input, output, bad);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), ErrorCode::usage);
}

}  // namespace
}  // namespace imgmill

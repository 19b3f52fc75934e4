#include "pipeline/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <semaphore>
#include <set>

#include "support/fake_executor.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::fake_jpeg;
using test::FakeExecutor;
using test::ScratchFolder;

const auto defaults = std::make_shared<const ImageSettings>();

/// Keeps results by index, and the maximum number of jobs in progress.
class Ledger : public PipelineObserver {
 public:
  void on_started(const ImageTask&) override { ++started; }
  void on_result(OptimizationResult result) override {
    const std::lock_guard lock(mutex_);
    if (after_result) after_result();
    twice |= !results.emplace(result.index, std::move(result)).second;
  }

  std::atomic<int> started{0};
  std::map<std::uint64_t, OptimizationResult> results;
  bool twice = false;
  std::function<void()> after_result;

  [[nodiscard]] std::size_t count() {
    const std::lock_guard lock(mutex_);
    return results.size();
  }

 private:
  std::mutex mutex_;
};

Job job(const ScratchFolder& scratch, std::uint64_t index, const std::string& bytes) {
  const std::string name = std::to_string(index) + ".jpg";
  Job result;
  result.index = index;
  result.task = {scratch.write("in/" + name, bytes), scratch / "out" / name, defaults};
  result.size = bytes.size();
  return result;
}

class PipelineModes : public testing::TestWithParam<Pipelining> {
 protected:
  PipelineOptions options() const {
    PipelineOptions options;
    options.mode = GetParam();
    return options;
  }
};
INSTANTIATE_TEST_SUITE_P(OnAndOff, PipelineModes, testing::Values(Pipelining::on, Pipelining::off),
                         [](const auto& mode) {
                           return mode.param == Pipelining::on ? "On" : "Off";
                         });

TEST_P(PipelineModes, GiveTheSameBytesInWhateverOrder) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const ScratchFolder scratch;
    FakeExecutor executor(3, seed, 2000);
    Ledger ledger;
    {
      Pipeline pipeline(executor, ledger, options(), {});
      for (std::uint64_t i = 0; i < 120; ++i) {
        pipeline.submit(job(scratch, i, fake_jpeg("number " + std::to_string(i))));
      }
      pipeline.finish();
      EXPECT_EQ(pipeline.bytes_held(), 0);
      EXPECT_GT(pipeline.busy().write.count(), 0);
    }
    ASSERT_EQ(ledger.results.size(), 120);
    EXPECT_FALSE(ledger.twice);
    EXPECT_LE(executor.most_inside(), 3);
    EXPECT_EQ(ledger.started, 120);
    for (const auto& [index, result] : ledger.results) {
      ASSERT_TRUE(result.success()) << result.error->describe();
      const std::string input = contents(result.original_path);
      ASSERT_EQ(contents(result.optimized_path), input.substr(0, (input.size() + 1) / 2));
      ASSERT_EQ(result.original_size, input.size());
      ASSERT_EQ(result.optimized_size, (input.size() + 1) / 2);
    }
  }
}

/// Holds the first image back, and notes the `images_left` of each.
class Gate : public FakeExecutor {
 public:
  Gate() : FakeExecutor(1) {}
  Result<Optimized> process(const Work& work, std::stop_token stop) override {
    if (told.empty()) open.acquire();
    told.push_back(work.images_left);
    return FakeExecutor::process(work, stop);
  }
  std::binary_semaphore open{0};
  std::vector<std::size_t> told;
};

TEST_P(PipelineModes, TheLastImagesAreToldHowManyAreLeft) {
  const ScratchFolder scratch;
  Gate gate;
  Ledger ledger;
  {
    Pipeline pipeline(gate, ledger, options(), {});
    for (std::uint64_t i = 0; i < 5; ++i) pipeline.submit(job(scratch, i, fake_jpeg()));
    EXPECT_EQ(pipeline.images_left(), Work::many);
    std::jthread finisher([&] { pipeline.finish(); });
    while (pipeline.images_left() == Work::many) std::this_thread::yield();
    gate.open.release();
  }
  ASSERT_EQ(ledger.results.size(), 5);
  // The first one may have been taken before or after the total was known.
  const std::vector<std::size_t> rest(gate.told.begin() + 1, gate.told.end());
  EXPECT_EQ(rest, (std::vector<std::size_t>{4, 3, 2, 1}));
}

/// Holds all images back until `open`.
class SlowGate : public FakeExecutor {
 public:
  SlowGate() : FakeExecutor(3) {}
  Result<Optimized> process(const Work& work, std::stop_token stop) override {
    open.wait(false);
    Result<Optimized> made = FakeExecutor::process(work, stop);
    if (made) made->private_left.position = true;
    return made;
  }
  std::atomic<bool> open{false};
};

TEST_P(PipelineModes, TheSameWorkIsDoneOnceForFilesAndLinks) {
  for (const char* what : {"", "KEEP", "REFUSE", "NO-MEMORY"}) {
    const bool works = std::string_view(what).size() < 5;
    const ScratchFolder scratch;
    std::string note;
    const auto cache = Cache::open(scratch / "cache", 1 << 20, note);
    ASSERT_TRUE(cache);
    SlowGate gate;
    Ledger ledger;
    PipelineOptions with_memory = options();
    with_memory.write.memory.cache = cache->get();
    {
      Pipeline pipeline(gate, ledger, with_memory, {});
      Job first = job(scratch, 0, fake_jpeg(what));
      const fs::path file = first.task.input_path;
      pipeline.submit(std::move(first));
      for (std::uint64_t i = 1; i < 10; ++i) {
        Job link = job(scratch, i, fake_jpeg("something else"));
        fs::remove(link.task.input_path);
        fs::create_symlink(file, link.task.input_path);
        pipeline.submit(std::move(link));
      }
      while (ledger.started < 10) std::this_thread::yield();
      gate.open = true;
      gate.open.notify_all();
    }
    // After an environment error every job is tried itself.
    EXPECT_EQ(gate.calls, std::string_view(what) == "NO-MEMORY" ? 10 : 1);
    int noted = 0;
    ASSERT_EQ(ledger.results.size(), 10U);
    EXPECT_FALSE(ledger.twice);
    for (const auto& [index, result] : ledger.results) {
      EXPECT_EQ(result.success(), works) << index;
      if (!result.success()) continue;
      noted += static_cast<int>(
          std::ranges::count(result.notes, "the same bytes as another input, worked on once"));
      EXPECT_FALSE(result.cached);
      EXPECT_TRUE(result.private_left.position) << index;
      const std::string input = fake_jpeg(what);
      const std::size_t size = *what != 0 ? input.size() : (input.size() + 1) / 2;
      EXPECT_EQ(contents(scratch / ("out/" + std::to_string(index) + ".jpg")),
                input.substr(0, size));
    }
    EXPECT_EQ(noted, works ? 9 : 0);
  }
}

TEST_P(PipelineModes, OneBadImageCostsOneImage) {
  const ScratchFolder scratch;
  FakeExecutor executor(2);
  Ledger ledger;
  {
    Pipeline pipeline(executor, ledger, options(), {});
    pipeline.submit(job(scratch, 0, fake_jpeg("REFUSE")));
    pipeline.submit(job(scratch, 1, fake_jpeg("NO-MEMORY")));
    Job vanished = job(scratch, 2, fake_jpeg());
    fs::remove(vanished.task.input_path);
    pipeline.submit(std::move(vanished));
    Job folder_in_the_way = job(scratch, 3, fake_jpeg());
    scratch.write("out/3.jpg/x", "");
    pipeline.submit(std::move(folder_in_the_way));
    pipeline.submit(job(scratch, 4, fake_jpeg("sound")));
    pipeline.submit(job(scratch, 5, fake_jpeg("KEEP as it is")));
    pipeline.submit(job(scratch, 6, fake_jpeg("GROW")));
  }
  ASSERT_EQ(ledger.results.size(), 7);
  const auto& results = ledger.results;
  EXPECT_EQ(results.at(0).error->code(), ErrorCode::bad_input);
  EXPECT_EQ(results.at(0).stage, Stage::process);
  EXPECT_EQ(results.at(1).error->code(), ErrorCode::environment);
  EXPECT_TRUE(results.at(1).error->message().contains("memory"));
  EXPECT_EQ(results.at(2).stage, Stage::read);
  EXPECT_EQ(results.at(3).stage, Stage::write);
  EXPECT_EQ(results.at(3).error->code(), ErrorCode::environment);
  EXPECT_TRUE(results.at(4).success());
  EXPECT_EQ(results.at(5).decision, Decision::kept);
  EXPECT_EQ(contents(scratch / "out/5.jpg"), fake_jpeg("KEEP as it is"));
  EXPECT_EQ(results.at(6).saved_bytes(), -8);
  for (const std::string& name : scratch.files()) EXPECT_FALSE(name.ends_with(".part")) << name;
}

TEST_P(PipelineModes, InPlaceLeavesAKeptOriginalAlone) {
  const ScratchFolder scratch;
  FakeExecutor executor(1);
  Ledger ledger;
  PipelineOptions with_backup = options();
  with_backup.write.backup_folder = scratch / "backup";
  Job kept = job(scratch, 0, fake_jpeg("KEEP"));
  kept.task.output_path = kept.task.input_path;
  Job changed = job(scratch, 1, fake_jpeg("change"));
  changed.task.output_path = changed.task.input_path;
  const FileFacts before = **facts_of(kept.task.input_path);
  {
    Pipeline pipeline(executor, ledger, with_backup, {});
    pipeline.submit(std::move(kept));
    pipeline.submit(std::move(changed));
  }
  EXPECT_TRUE((**facts_of(scratch / "in/0.jpg")).unchanged_since(before));
  EXPECT_EQ(ledger.results.at(0).optimized_size, ledger.results.at(0).original_size);
  EXPECT_EQ(contents(scratch / "in/1.jpg"), fake_jpeg("change").substr(0, 5));
  const fs::path backup = scratch / "backup" / scratch.path().relative_path() / "in";
  EXPECT_EQ(contents(backup / "1.jpg"), fake_jpeg("change"));
  EXPECT_FALSE(fs::exists(backup / "0.jpg")) << "what is not replaced needs no backup";
}

TEST_P(PipelineModes, AStopCancelsTheRestAndFinishesWhatIsInWork) {
  const ScratchFolder scratch;
  FakeExecutor executor(2, 7, 3000);
  std::stop_source stop;
  Ledger ledger;
  ledger.after_result = [&] {
    if (ledger.results.size() == 10) stop.request_stop();
  };
  {
    Pipeline pipeline(executor, ledger, options(), stop.get_token());
    for (std::uint64_t i = 0; i < 200; ++i) pipeline.submit(job(scratch, i, fake_jpeg()));
  }
  ASSERT_EQ(ledger.results.size(), 200);
  EXPECT_FALSE(ledger.twice);
  int written = 0;
  for (const auto& [index, result] : ledger.results) {
    if (result.success()) {
      ++written;
      EXPECT_TRUE(fs::exists(result.optimized_path));
    } else {
      EXPECT_EQ(result.error->code(), ErrorCode::cancelled);
      EXPECT_FALSE(fs::exists(result.optimized_path));
    }
  }
  EXPECT_GE(written, 10);
  EXPECT_LT(written, 100);
  for (const std::string& name : scratch.files()) EXPECT_FALSE(name.ends_with(".part")) << name;
}

TEST_P(PipelineModes, NeverHoldMoreThanTheQueuesAndThreadsTake) {
  const ScratchFolder scratch;
  FakeExecutor executor(2, 3, 500);
  Ledger ledger;
  PipelineOptions small = options();
  small.queue_capacity = 4;
  small.byte_budget = 300;
  const std::size_t threads = small.mode == Pipelining::on
                                  ? static_cast<std::size_t>(small.readers + small.writers) + 2
                                  : 2;
  const std::size_t queues = small.mode == Pipelining::on ? 3 * 4 : 4;
  {
    Pipeline pipeline(executor, ledger, small, {});
    for (std::uint64_t i = 0; i < 150; ++i) {
      pipeline.submit(job(scratch, i, fake_jpeg(std::string(60, 'x'))));
      // One more: a result is counted a moment after its queue slot is free.
      ASSERT_LE(i + 1 - ledger.count(), queues + threads);
      // Outputs here are no larger than inputs, so nothing is overdrawn.
      ASSERT_LE(pipeline.bytes_held(), 300);
    }
  }
  EXPECT_EQ(ledger.results.size(), 150);
}

TEST_P(PipelineModes, ABudgetSmallerThanAnyImageStillGetsThrough) {
  const ScratchFolder scratch;
  FakeExecutor executor(3);
  Ledger ledger;
  PipelineOptions tiny = options();
  tiny.byte_budget = 1;
  tiny.queue_capacity = 1;
  {
    Pipeline pipeline(executor, ledger, tiny, {});
    for (std::uint64_t i = 0; i < 40; ++i) {
      pipeline.submit(job(scratch, i, fake_jpeg(i % 2 == 0 ? "GROW" : "shrink")));
    }
  }
  EXPECT_EQ(ledger.results.size(), 40);
  for (const auto& [index, result] : ledger.results) EXPECT_TRUE(result.success());
}

TEST_P(PipelineModes, FewerWorkersThanTheExecutorHas) {
  const ScratchFolder scratch;
  FakeExecutor executor(4, 1, 1000);
  Ledger ledger;
  PipelineOptions one = options();
  one.workers = 1;
  {
    Pipeline pipeline(executor, ledger, one, {});
    for (std::uint64_t i = 0; i < 20; ++i) pipeline.submit(job(scratch, i, fake_jpeg()));
  }
  EXPECT_EQ(executor.most_inside(), 1);
}

}  // namespace
}  // namespace imgmill

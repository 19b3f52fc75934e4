#include "watch/watcher.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>

#include "batch/image_optimizer_access.h"
#include "support/fake_executor.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using namespace std::chrono_literals;
using test::fake_jpeg;
using test::fake_png;
using test::FakeExecutor;
using test::ScratchFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

/// The half that FakeExecutor leaves.
std::string half(const std::string& bytes) { return bytes.substr(0, (bytes.size() + 1) / 2); }

/// The kernel's events, which a test may lose.
class LossyEvents : public FolderEventSource {
 public:
  Result<int> add(const fs::path& folder) override { return real_->add(folder); }
  void remove(int watch) override { real_->remove(watch); }
  Result<FolderEventBatch> wait() override {
    auto batch = real_->wait();
    if (!batch || !losing) return batch;
    lost += batch->events.size();
    batch->events.clear();
    batch->overflowed = overflow.exchange(false);
    if (batch->overflowed) losing = false;
    return batch;
  }
  void wake() override { real_->wake(); }

  std::atomic<bool> losing = false;
  std::atomic<bool> overflow = false;
  std::atomic<std::size_t> lost = 0;

 private:
  std::unique_ptr<FolderEventSource> real_ = folder_events().value();
};

class Seen : public WatchObserver {
 public:
  void on_result(const OptimizationResult& result) override {
    change([&] {
      results.push_back(result.original_path.filename().native() +
                        (result.error ? ": " + result.error->message() : ""));
    });
  }
  void on_up_to_date(std::size_t) override {
    change([&] { up_to_date = true; });
  }
  void on_removed(const fs::path& output) override {
    change([&] { removed.insert(output.filename().native()); });
  }
  void on_warning(const Error& warning) override {
    change([&] { warnings.push_back(warning.describe()); });
  }

  /// Waits until `true_now` holds; it is asked after each event, and now and then.
  template <typename Condition>
  [[nodiscard]] bool until(Condition true_now) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    std::unique_lock lock(mutex_);
    while (!true_now()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      happened_.wait_for(lock, 10ms);
    }
    return true;
  }

  [[nodiscard]] std::vector<std::string> told() {
    const std::lock_guard lock(mutex_);
    return results;
  }

  bool up_to_date = false;
  std::vector<std::string> results;
  std::set<std::string> removed;
  std::vector<std::string> warnings;

 private:
  template <typename Change>
  void change(Change what) {
    const std::lock_guard lock(mutex_);
    what();
    happened_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable happened_;
};

class WatcherTest : public ::testing::Test {
 protected:
  WatcherTest() {
    request.plan.inputs = {folder.folder("in")};
    request.plan.output = folder / "out" / "";
    request.plan.settings = std::make_shared<const ImageSettings>();
    request.made_folder = folder / "state";
    request.batch.cache = CacheOptions{folder / "cache"};
    request.remove = true;
    request.quiet = 5ms;
  }

  Result<void> start() {
    auto created = Watcher::create(optimizer, events, request, seen);
    if (!created) return std::unexpected(created.error());
    watcher = *std::move(created);
    seen.up_to_date = false;
    thread = std::jthread([this](const std::stop_token& stop) { summary = watcher->run(stop); });
    EXPECT_TRUE(seen.until([&] { return seen.up_to_date; }));
    return {};
  }
  Result<BatchSummary> stop() {
    thread.request_stop();
    thread.join();
    watcher.reset();
    return *std::exchange(summary, std::nullopt);
  }
  bool output_is(const std::string& name, const std::string& bytes) {
    return seen.until([&] { return test::contents(folder / "out" / name) == bytes; });
  }
  bool output_goes(const std::string& name) {
    return seen.until([&] { return !fs::exists(folder / "out" / name); });
  }
  std::size_t outputs() {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "out")) {
      files += entry.is_regular_file() && !entry.path().filename().native().starts_with('.');
    }
    return files;
  }
  [[nodiscard]] std::size_t count(const std::string& name) {
    return static_cast<std::size_t>(std::ranges::count(seen.told(), name));
  }

  ScratchFolder folder;
  Seen seen;
  LossyEvents events;
  FakeExecutor* fake = new FakeExecutor(4);
  ImageOptimizer optimizer = ImageOptimizerAccess::with(std::unique_ptr<Executor>(fake));
  WatchRequest request;
  std::unique_ptr<Watcher> watcher;
  std::optional<Result<BatchSummary>> summary;
  std::jthread thread;  // last: ends first, and writes the summary
};

TEST_F(WatcherTest, DoesWhatIsThereThenWhatComesAndChanges) {
  folder.write("in/a.png", fake_png("first"));
  folder.write("in/deep/b.png", fake_png("second"));
  folder.write("in/notes.txt", "no image");
  folder.write("in/.hidden.png", fake_png("hidden"));
  ASSERT_TRUE(start());
  EXPECT_EQ(test::contents(folder / "out/a.png"), half(fake_png("first")));
  EXPECT_EQ(test::contents(folder / "out/deep/b.png"), half(fake_png("second")));
  folder.write("in/new/folder/c.png", fake_png("third"));
  EXPECT_TRUE(output_is("new/folder/c.png", half(fake_png("third"))));
  folder.write("in/a.png", fake_png("changed"));
  EXPECT_TRUE(output_is("a.png", half(fake_png("changed"))));
  const auto sums = stop();
  ASSERT_TRUE(sums);
  EXPECT_EQ(sums->succeeded, 4U);
  EXPECT_EQ(sums->failed, 0U);
  EXPECT_EQ(outputs(), 3U);
}

TEST_F(WatcherTest, AStormEndsWithTheLastContents) {
  ASSERT_TRUE(start());
  for (int round = 0; round < 300; ++round) {
    for (int i = 0; i < 5; ++i) {
      folder.write(fs::path("in") / (std::to_string(i) + ".png"),
                   fake_png("round " + std::to_string(round * 5 + i)));
    }
  }
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(output_is(std::to_string(i) + ".png",
                          half(fake_png("round " + std::to_string(299 * 5 + i)))));
  }
}

TEST_F(WatcherTest, ABurstIsDoneFileByFileOnce) {
  constexpr int files = 10'000;
  request.batch.cache.reset();
  request.batch.dry_run = DryRun::check;  // 10,000 outputs are the disk's test, not ours
  ASSERT_TRUE(start());
  folder.folder("in/burst");
  for (int i = 0; i < files; ++i) {
    folder.write("in/burst/" + std::to_string(i) + ".png", fake_png(std::to_string(i)));
  }
  EXPECT_TRUE(seen.until([&] { return seen.results.size() >= files; }));
  const auto sums = stop();
  ASSERT_TRUE(sums);
  EXPECT_EQ(sums->failed, 0U) << seen.told().front();
  const std::vector<std::string> told = seen.told();
  EXPECT_EQ(std::set(told.begin(), told.end()).size(), static_cast<std::size_t>(files));
  EXPECT_EQ(told.size(), static_cast<std::size_t>(files));
}

TEST_F(WatcherTest, RenamedFilesTakeTheirResultsAlong) {
  folder.write("in/a.png", fake_png("same"));
  ASSERT_TRUE(start());
  fs::rename(folder / "in/a.png", folder / "in/b.png");
  EXPECT_TRUE(output_is("b.png", half(fake_png("same"))));
  EXPECT_TRUE(output_goes("a.png"));
  EXPECT_EQ(fake->calls, 1) << "the content is known";
}

TEST_F(WatcherTest, RemovesWhatItMadeAndNothingElse) {
  folder.write("in/a.png", fake_png("a"));
  folder.write("in/b.png", fake_png("b"));
  folder.write("in/sub/c.png", fake_png("c"));
  folder.write("out/mine.png", "of somebody else");
  ASSERT_TRUE(start());
  folder.write("out/b.png", "edited by hand");
  for (const char* name : {"in/a.png", "in/b.png"}) fs::remove(folder / name);
  fs::remove_all(folder / "in/sub");
  EXPECT_TRUE(output_goes("a.png"));
  EXPECT_TRUE(output_goes("sub"));
  EXPECT_TRUE(seen.until([&] { return !seen.warnings.empty(); }));
  EXPECT_THAT(seen.warnings, ElementsAre(HasSubstr("b.png' was not removed")));
  EXPECT_EQ(test::contents(folder / "out/b.png"), "edited by hand");
  EXPECT_EQ(test::contents(folder / "out/mine.png"), "of somebody else");
}

TEST_F(WatcherTest, RemovesNothingUnasked) {
  request.remove = false;
  folder.write("in/a.png", fake_png("a"));
  ASSERT_TRUE(start());
  fs::remove(folder / "in/a.png");
  folder.write("in/b.png", fake_png("b"));
  EXPECT_TRUE(output_is("b.png", half(fake_png("b"))));
  EXPECT_TRUE(fs::exists(folder / "out/a.png"));
  EXPECT_THAT(seen.removed, IsEmpty());
}

TEST_F(WatcherTest, WhatWentWhileNobodyWatchedGoesAtTheNextStart) {
  folder.write("in/a.png", fake_png("a"));
  folder.write("in/b.png", fake_png("b"));
  ASSERT_TRUE(start());
  ASSERT_TRUE(stop());
  fs::remove(folder / "in/a.png");
  folder.write("in/b.png", fake_png("another"));
  ASSERT_TRUE(start());
  EXPECT_TRUE(output_goes("a.png"));
  EXPECT_EQ(test::contents(folder / "out/b.png"), half(fake_png("another")))
      << "an output of the last time may be replaced";
}

TEST_F(WatcherTest, AFileOfSomebodyElseIsNotReplaced) {
  folder.write("in/a.png", fake_png("a"));
  folder.write("out/a.png", "of somebody else");
  ASSERT_TRUE(start());
  ASSERT_EQ(seen.told().size(), 1U);
  EXPECT_THAT(seen.told()[0], HasSubstr("exists already"));
  EXPECT_EQ(test::contents(folder / "out/a.png"), "of somebody else");
}

TEST_F(WatcherTest, HalfAFileIsNoFile) {
  ASSERT_TRUE(start());
  const std::string whole = fake_png("first half, second half");
  const int file = ::open((folder / "in/slow.png").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  ASSERT_GE(file, 0);
  ASSERT_EQ(::write(file, whole.data(), 15), 15);
  // Whatever was written before this one has been seen when this one is done.
  folder.write("in/other.png", fake_png("other"));
  EXPECT_TRUE(output_is("other.png", half(fake_png("other"))));
  EXPECT_EQ(count("slow.png"), 0U);
  ASSERT_EQ(::write(file, whole.data() + 15, whole.size() - 15),
            static_cast<ssize_t>(whole.size() - 15));
  ::close(file);
  EXPECT_TRUE(output_is("slow.png", half(whole)));
  EXPECT_EQ(count("slow.png"), 1U);
}

TEST_F(WatcherTest, AfterAnOverflowEverythingIsLookedAt) {
  folder.write("in/a.png", fake_png("a"));
  folder.write("in/gone.png", fake_png("gone"));
  folder.write("in/same.png", fake_png("same"));
  ASSERT_TRUE(start());
  const int calls = fake->calls;
  events.losing = true;
  folder.write("in/a.png", fake_png("changed unseen"));
  folder.write("in/unseen/b.png", fake_png("new unseen"));
  fs::remove(folder / "in/gone.png");
  ASSERT_TRUE(seen.until([&] { return events.lost > 0; }));
  EXPECT_EQ(fake->calls, calls);
  events.overflow = true;
  events.wake();
  EXPECT_TRUE(output_is("a.png", half(fake_png("changed unseen"))));
  EXPECT_TRUE(output_is("unseen/b.png", half(fake_png("new unseen"))));
  EXPECT_TRUE(output_goes("gone.png"));
  EXPECT_EQ(count("same.png"), 1U) << "what has not changed is not done again";
  folder.write("in/unseen/c.png", fake_png("after it"));
  EXPECT_TRUE(output_is("unseen/c.png", half(fake_png("after it"))));
}

TEST_F(WatcherTest, MovedFoldersTakeTheirResultsAlong) {
  folder.write("in/old/deep/a.png", fake_png("a"));
  folder.write("in/leaves/b.png", fake_png("b"));
  folder.write("elsewhere/c.png", fake_png("c"));
  ASSERT_TRUE(start());
  fs::rename(folder / "in/old", folder / "in/new");
  EXPECT_TRUE(output_is("new/deep/a.png", half(fake_png("a"))));
  EXPECT_TRUE(output_goes("old"));
  fs::rename(folder / "in/leaves", folder / "left");
  EXPECT_TRUE(output_goes("leaves"));
  fs::rename(folder / "elsewhere", folder / "in/came");
  EXPECT_TRUE(output_is("came/c.png", half(fake_png("c"))));
  folder.write("in/new/deep/d.png", fake_png("d"));
  EXPECT_TRUE(output_is("new/deep/d.png", half(fake_png("d"))));
  folder.write("left/e.png", fake_png("e"));
  folder.write("in/new/last.png", fake_png("last"));
  EXPECT_TRUE(output_is("new/last.png", half(fake_png("last"))));
  EXPECT_EQ(count("e.png"), 0U) << "what was moved out is not watched";
}

TEST_F(WatcherTest, TheOutputFolderIsNotWatched) {
  request.plan.output = folder / "in/out" / "";
  folder.write("in/a.png", fake_png("a"));
  ASSERT_TRUE(start());
  folder.write("in/b.png", fake_png("b"));
  ASSERT_TRUE(seen.until([&] { return fs::exists(folder / "in/out/b.png"); }));
  folder.write("in/c.png", fake_png("c"));
  ASSERT_TRUE(seen.until([&] { return fs::exists(folder / "in/out/c.png"); }));
  EXPECT_FALSE(fs::exists(folder / "in/out/out"));
  EXPECT_EQ(seen.told().size(), 3U);
}

TEST_F(WatcherTest, InputsInTheOutputFolderAreRefused) {
  request.plan.output = folder.path();
  const auto refused = start();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::usage);
  EXPECT_THAT(refused.error().message(), HasSubstr("lies in the output folder"));
  request.plan.output = folder / "out" / "";
  request.plan.inputs = {folder.write("one.png", fake_png())};
  EXPECT_THAT(start().error().message(), HasSubstr("is no folder to watch"));
}

TEST_F(WatcherTest, TwoInputsOfOneNameAreToldApart) {
  ImageSettings webp;
  webp.output_format = Format::webp;
  request.plan.settings = std::make_shared<const ImageSettings>(webp);
  folder.write("in/a.jpg", fake_jpeg("a"));
  ASSERT_TRUE(start());
  folder.write("in/a.png", fake_png("a"));
  ASSERT_TRUE(seen.until([&] { return seen.results.size() == 2; }));
  EXPECT_THAT(seen.told()[1], HasSubstr("would both be written to"));
  EXPECT_EQ(test::contents(folder / "out/a.webp"), half(fake_jpeg("a")));
}

TEST_F(WatcherTest, NewSettingsDoEverythingAgain) {
  folder.write("in/a.png", fake_png("a"));
  request.depends_on = {folder.write("imgmill.toml", "")};
  request.reload = [&]() -> Result<PlanRequest> {
    const std::string text = test::contents(folder / "imgmill.toml");
    if (text == "wrong") return std::unexpected(Error(ErrorCode::usage, "wrong settings"));
    PlanRequest plan = request.plan;
    ImageSettings settings;
    settings.output_format = Format::webp;
    plan.settings = std::make_shared<const ImageSettings>(settings);
    return plan;
  };
  ASSERT_TRUE(start());
  folder.write("imgmill.toml", "wrong");
  ASSERT_TRUE(seen.until([&] { return !seen.warnings.empty(); }));
  EXPECT_THAT(seen.warnings[0], HasSubstr("wrong settings (while the settings stay"));
  folder.write("imgmill.toml", "webp");
  EXPECT_TRUE(output_is("a.webp", half(fake_png("a"))));
  EXPECT_TRUE(output_goes("a.png")) << "the result under its old name";
}

TEST_F(WatcherTest, EndsWhenTheFolderIsGone) {
  ASSERT_TRUE(start());
  fs::remove_all(folder / "in");
  thread.join();
  ASSERT_FALSE(*summary);
  EXPECT_THAT(summary->error().message(), HasSubstr("is gone"));
}

}  // namespace
}  // namespace imgmill

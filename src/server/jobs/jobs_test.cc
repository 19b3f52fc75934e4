#include "server/jobs/jobs.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <future>
#include <latch>
#include <span>

#include "server/jobs/uploads.h"
#include "support/scratch_folder.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;
using test::ScratchFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ByteView bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// Calls a function before each of SQLite's writes, during its lifetime.
class BeforeWrites {
 public:
  using Write = ssize_t (*)(int, const void*, size_t, off_t);
  using Body = std::function<void(int file, const void* bytes, size_t count, off_t at)>;

  explicit BeforeWrites(Body body) {
    body_ = std::move(body);
    sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
    for (const char* name : {"pwrite", "pwrite64"}) {
      vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(&write));
    }
  }
  ~BeforeWrites() {
    sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
    vfs->xSetSystemCall(vfs, nullptr, nullptr);
  }
  BeforeWrites(const BeforeWrites&) = delete;
  BeforeWrites& operator=(const BeforeWrites&) = delete;

 private:
  static ssize_t write(int file, const void* bytes, size_t count, off_t at) {
    body_(file, bytes, count, at);
    return ::pwrite(file, bytes, count, at);
  }
  static inline Body body_;
};

OptimizationResult result_for(const Job& job, std::uint32_t index, std::uint32_t attempt,
                              Decision decision) {
  OptimizationResult result;
  result.original_size = 9;
  result.optimized_size = 5;
  result.decision = decision;
  result.format = Format::png;
  result.judgement.score = 81.5;
  result.optimized_path = job.folder / "out" / output_file_name(index, attempt);
  std::ofstream(result.optimized_path) << "small";
  return result;
}

OptimizationResult failure_for(const Job& job, std::uint32_t index, std::uint32_t attempt,
                               ErrorCode code) {
  OptimizationResult result;
  result.error = Error(code, "no", "none");
  result.optimized_path = job.folder / "out" / output_file_name(index, attempt);
  return result;
}

/// Jobs in a workspace, with the runner's actions called by hand.
struct Bench {
  explicit Bench(const ScratchFolder& folder)
      : roots(*Roots::create({folder.path()})),
        jobs(*Jobs::open(folder / "workspace", {}, roots)),
        uploads(*jobs),
        home(folder.path()) {}

  std::string id_of(std::string_view name) const {
    for (const JobView& view : jobs->list()) {
      if (view.record.name == name) return view.record.id;
    }
    return "none";
  }
  void create(const std::string& name) {
    NewJob job;
    job.name = name;
    ASSERT_TRUE(jobs->create(job));
  }
  void create_local(const std::string& name) {
    NewJob job;
    job.name = name;
    job.kind = SourceKind::folder;
    job.folder = home / "photos";
    job.files = {"a.png", "b.png"};
    ASSERT_TRUE(jobs->create(job));
  }
  void upload(const std::string& job, const std::string& name) {
    auto upload = uploads.begin(id_of(job), name, 9);
    ASSERT_TRUE(upload);
    ASSERT_TRUE(upload->write(bytes_of("an image.")));
    ASSERT_TRUE(upload->finish());
  }
  void begin(const std::string& job) {
    running = jobs->begin_run({});
    ASSERT_TRUE(running);
    EXPECT_EQ(jobs->view(*running).record.name, job);
  }
  void start(std::uint32_t index, std::uint32_t attempt = 0) {
    ASSERT_TRUE(jobs->image_started(running, index, attempt));
  }
  void finish(std::uint32_t index, std::uint32_t attempt = 0,
              Decision decision = Decision::reencoded) {
    ASSERT_TRUE(
        jobs->image_ended(running, index, attempt, result_for(*running, index, attempt, decision)));
  }
  void fail_image(std::uint32_t index, std::uint32_t attempt, ErrorCode code) {
    ASSERT_TRUE(
        jobs->image_ended(running, index, attempt, failure_for(*running, index, attempt, code)));
  }
  void end() { jobs->end_run(running, std::nullopt); }

  Roots roots;
  std::unique_ptr<Jobs> jobs;
  Uploads uploads;
  fs::path home;
  JobPtr running;
};

/// All visible state as text; with `as_found_next`, as the next server should find it if this one
/// ended now.
std::string told(Jobs& jobs, bool as_found_next) {
  std::string text;
  const std::vector<JobView> views = jobs.list();
  for (const JobView& view : views) {
    const JobRecord& record = view.record;
    JobState state = record.state;
    if (as_found_next && (state == JobState::receiving || state == JobState::running)) {
      state = JobState::interrupted;
    }
    text += record.name + ": " + std::string(name_of(state)) + ", written to " +
            std::to_string(static_cast<int>(record.written.to)) + ", backup " +
            record.backup.filename().native() + "\n";
    Tally tally;
    const auto rows = jobs.from_index(record.id, 0, 100);
    for (ImageRow row : *rows) {
      if (as_found_next && row.state == ImageState::working) {
        row.state = state == JobState::cancelled ? ImageState::cancelled : ImageState::waiting;
      }
      tally.add(row);
      text += "  " + row.name + ": " + std::string(name_of(row.state)) + ", try " +
              std::to_string(row.attempt) + ", stored " + row.stored +
              (row.replaced ? ", replaced" : "") + "\n";
      // Every file that a row names exists.
      if (!row.stored.empty()) {
        EXPECT_TRUE(jobs.open_output(record.id, row)) << text;
      }
      EXPECT_TRUE(jobs.open_original(record.id, row)) << text;
    }
    if (!as_found_next) {
      EXPECT_EQ(view.tally, tally) << text;
    }
  }
  return text;
}

using Step = std::function<void(Bench&)>;

/// The life of two jobs, with every operation that changes a job.
const std::vector<Step>& story() {
  static const std::vector<Step> steps = {
      [](Bench& b) { b.create("uploads"); },
      [](Bench& b) { b.upload("uploads", "a.png"); },
      [](Bench& b) { b.upload("uploads", "b.png"); },
      [](Bench& b) { b.begin("uploads"); },
      [](Bench& b) { b.start(0); },
      [](Bench& b) { b.upload("uploads", "c.png"); },
      [](Bench& b) { b.finish(0); },
      [](Bench& b) { b.start(1); },
      [](Bench& b) { EXPECT_TRUE(b.jobs->complete(b.id_of("uploads"))); },
      [](Bench& b) { EXPECT_TRUE(b.jobs->cancel(b.id_of("uploads"))); },
      [](Bench& b) { b.fail_image(1, 0, ErrorCode::cancelled); },
      [](Bench& b) { b.end(); },
      [](Bench& b) { EXPECT_TRUE(b.jobs->retry(b.id_of("uploads"), {}, {})); },
      [](Bench& b) { b.begin("uploads"); },
      [](Bench& b) { b.start(1, 1); },
      [](Bench& b) { b.fail_image(1, 1, ErrorCode::bad_input); },
      [](Bench& b) { b.start(2, 1); },
      [](Bench& b) { b.finish(2, 1, Decision::kept); },
      [](Bench& b) { b.end(); },
      [](Bench& b) {
        OptimizationResult chosen;
        chosen.decision = Decision::reencoded;
        chosen.format = Format::webp;
        EXPECT_TRUE(b.jobs->replace_output(b.id_of("uploads"), 0, bytes_of("chosen"), chosen,
                                           R"({"quality":20})"));
      },
      [](Bench& b) { b.create_local("local"); },
      [](Bench& b) { b.begin("local"); },
      [](Bench& b) { b.start(0); },
      [](Bench& b) { b.finish(0); },
      [](Bench& b) { b.start(1); },
      [](Bench& b) { b.finish(1); },
      [](Bench& b) { b.end(); },
      [](Bench& b) { EXPECT_TRUE(b.jobs->note_backup(b.id_of("local"), b.home / "put-away")); },
      [](Bench& b) { EXPECT_TRUE(b.jobs->note_replaced(b.id_of("local"), 1)); },
      [](Bench& b) {
        EXPECT_TRUE(b.jobs->note_written(b.id_of("local"), {WrittenTo::in_place, "there", 1, 0}));
      },
      [](Bench& b) { EXPECT_TRUE(b.jobs->retry(b.id_of("local"), {{0}}, R"({"quality":30})")); },
      [](Bench& b) { EXPECT_TRUE(b.jobs->remove(b.id_of("uploads"))); },
  };
  return steps;
}

void put_photos(const ScratchFolder& folder) {
  folder.write("photos/a.png", "an image.");
  folder.write("photos/b.png", "an image.");
}

/// Returns the number of writes of the whole story; `found` receives the expected state after each
/// step.
int tell_all(std::vector<std::string>& found) {
  const ScratchFolder folder;
  put_photos(folder);
  int writes = 0;
  const BeforeWrites counting([&](int, const void*, size_t, off_t) { ++writes; });
  Bench bench(folder);
  found.push_back(told(*bench.jobs, true));
  for (const Step& step : story()) {
    step(bench);
    static_cast<void>(told(*bench.jobs, false));
    found.push_back(told(*bench.jobs, true));
  }
  return writes;
}

/// Runs the story in a child process that dies in the middle of a write; returns the number of
/// completed steps.
std::size_t tell_until(const ScratchFolder& folder, int last_write) {
  const fs::path told = folder / "told";
  const pid_t child = ::fork();
  if (child == 0) {
    int writes = 0;
    const BeforeWrites deadly([&](int file, const void* bytes, size_t count, off_t at) {
      if (++writes < last_write) return;
      // Write only half of the data.
      static_cast<void>(!::pwrite(file, bytes, count / 2, at));
      ::kill(::getpid(), SIGKILL);
    });
    const int done = ::open(told.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    Bench bench(folder);
    for (const Step& step : story()) {
      step(bench);
      static_cast<void>(!::write(done, ".", 1));
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  return test::contents(told).size();
}

TEST(Jobs, KilledAtAnyWriteTheNextServerFindsWhatWasTold) {
  std::vector<std::string> found;
  const int writes = tell_all(found);
  ASSERT_GT(writes, 50);
  for (int last = 1; last <= writes; ++last) {
    SCOPED_TRACE(last);
    const ScratchFolder folder;
    put_photos(folder);
    const std::size_t steps = tell_until(folder, last);
    ASSERT_LT(steps, found.size());
    Bench next(folder);
    const std::string now = told(*next.jobs, false);
    // An answered step has happened; an unanswered one has happened completely or not at all.
    const std::string& after = found[std::min(steps + 1, found.size() - 1)];
    ASSERT_TRUE(now == found[steps] || now == after) << now << "--- instead of\n"
                                                     << found[steps] << "--- or\n"
                                                     << after;
    EXPECT_THAT(next.jobs->notes(), IsEmpty());
    // No folder is left without a job.
    std::size_t folders = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder / "workspace/jobs", error)) {
      ++folders;
      EXPECT_TRUE(next.jobs->find(entry.path().filename().native())) << entry.path();
    }
    EXPECT_EQ(folders, next.jobs->list().size());
    // Every job can continue.
    for (const JobView& job : next.jobs->list()) {
      if (job.record.state != JobState::interrupted) continue;
      EXPECT_EQ(next.jobs->retry(job.record.id, {}, {})->record.state, JobState::running);
    }
    if (HasFatalFailure()) return;
  }
}

TEST(Jobs, LookingWaitsForNoDisk) {
  const ScratchFolder folder;
  Bench bench(folder);
  bench.create("one");
  bench.upload("one", "a.png");
  const std::string id = bench.id_of("one");
  std::latch writing(1);
  std::latch go_on(1);
  std::atomic<bool> first = true;
  const BeforeWrites slow([&](int, const void*, size_t, off_t) {
    if (!first.exchange(false)) return;
    writing.count_down();
    go_on.wait();
  });
  auto cancelled = std::async(std::launch::async, [&] { return bench.jobs->cancel(id); });
  writing.wait();
  auto looked = std::async(std::launch::async, [&] {
    EXPECT_EQ(bench.jobs->list().size(), 1U);
    EXPECT_EQ(bench.jobs->find(id)->record.state, JobState::receiving);  // nothing is stored yet
    EXPECT_GT(bench.jobs->version_of(id), 0U);
    EXPECT_EQ(bench.jobs->counts().waiting, 1U);
    auto upload = bench.uploads.begin(id, "b.png", 4);
    EXPECT_TRUE(upload && upload->write(bytes_of("more")));
  });
  EXPECT_EQ(looked.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  go_on.count_down();
  looked.get();
  EXPECT_EQ(cancelled.get()->record.state, JobState::cancelled);
}

TEST(Jobs, WhatCannotBeStoredHasNotHappened) {
  const ScratchFolder folder;
  Bench bench(folder);
  bench.create("one");
  bench.upload("one", "a.png");
  const std::string id = bench.id_of("one");
  {
    const rlimit was = [] {
      rlimit limit{};
      ::getrlimit(RLIMIT_FSIZE, &limit);
      return limit;
    }();
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit none{0, was.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
    EXPECT_FALSE(bench.jobs->cancel(id));
    ::setrlimit(RLIMIT_FSIZE, &was);
  }
  EXPECT_EQ(bench.jobs->find(id)->record.state, JobState::receiving);
  EXPECT_EQ(bench.jobs->find(id)->tally.of(ImageState::waiting), 1U);
  EXPECT_EQ(bench.jobs->cancel(id)->record.state, JobState::cancelled);
}

TEST(Jobs, AResultOfAnEarlierTryIsNobodys) {
  const ScratchFolder folder;
  Bench bench(folder);
  bench.create("one");
  bench.upload("one", "a.png");
  bench.upload("one", "b.png");
  const std::string id = bench.id_of("one");
  bench.begin("one");
  ASSERT_TRUE(bench.jobs->cancel(id));
  ASSERT_TRUE(bench.jobs->retry(id, {}, R"({"quality":20})"));
  // The first run continues with its images and the earlier settings.
  bench.start(0, 0);
  EXPECT_EQ(bench.jobs->image(id, 0)->state, ImageState::waiting);
  bench.finish(0, 0);
  const ImageRow row = *bench.jobs->image(id, 0);
  EXPECT_EQ(row.state, ImageState::waiting);
  EXPECT_TRUE(row.stored.empty());
  EXPECT_FALSE(fs::exists(bench.running->folder / "out" / output_file_name(0, 0)));
  bench.end();
  EXPECT_EQ(bench.jobs->find(id)->queue_state, QueueState::queued);  // an image waits
  bench.begin("one");
  bench.start(0, 1);
  bench.finish(0, 1);
  EXPECT_EQ(bench.jobs->image(id, 0)->state, ImageState::done);
  EXPECT_EQ(bench.jobs->find(id)->tally.of(ImageState::done), 1U);
}

TEST(Jobs, ACancelledJobTakesNoTurn) {
  const ScratchFolder folder;
  Bench bench(folder);
  bench.create("one");
  bench.upload("one", "a.png");
  bench.create("two");
  bench.upload("two", "a.png");
  EXPECT_EQ(bench.jobs->counts().waiting, 2U);
  ASSERT_TRUE(bench.jobs->cancel(bench.id_of("one")));
  EXPECT_EQ(bench.jobs->counts().waiting, 1U);
  bench.begin("two");
}

TEST(Jobs, SettingsThatCanNoLongerBeReadCostTheirJobOnly) {
  const ScratchFolder folder;
  {
    Bench bench(folder);
    bench.create("one");
    bench.upload("one", "a.png");
    bench.create("two");
  }
  {
    auto database = Database::open(folder / "workspace/jobs.sqlite", Sharing::exclusive);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->run("UPDATE jobs SET settings='{\"gone\":1}' WHERE name='one'"));
  }
  Bench bench(folder);
  EXPECT_EQ(bench.jobs->list().size(), 2U);
  const JobPtr job = *bench.jobs->job(bench.id_of("one"));
  ASSERT_FALSE(job->settings);
  EXPECT_THAT(job->settings.error().message(), HasSubstr("gone"));
}

TEST(Jobs, NamesAreTakenOnce) {
  const ScratchFolder folder;
  Bench bench(folder);
  bench.create("one");
  bench.upload("one", "a.png");
  auto again = bench.uploads.begin(bench.id_of("one"), "a.png", 9);
  ASSERT_TRUE(again);
  ASSERT_TRUE(again->write(bytes_of("an image.")));
  const auto index = again->finish();
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().status, 409);
  EXPECT_EQ(bench.jobs->find(bench.id_of("one"))->tally.images(), 1U);
  // Nothing is left of it.
  EXPECT_THAT(folder.files(), ::testing::Not(::testing::Contains(HasSubstr(".part"))));
}

}  // namespace
}  // namespace imgmill::server

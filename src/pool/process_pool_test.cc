// Tests the pool of worker processes: their lives, what they hold, and kills from outside. Workers
// that misbehave are in fault_test.cc.
#include "pool/process_pool.h"

#include <dirent.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>

#include "pool/process_executor.h"
#include "pool/worker_process.h"
#include "sandbox/sandbox.h"
#include "support/faulty_workers.h"
#include "support/make.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::executor_with, test::faulty, test::faulty_options, test::picture, test::run;

/// The process ids of a pool's workers, once there are `count` of them.
std::vector<pid_t> processes_of(ProcessPool& pool, std::size_t count) {
  std::vector<pid_t> processes;
  for (int i = 0; i < 60000 && processes.size() != count; ++i) {
    processes = pool.processes();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(processes.size(), count);
  return processes;
}

int open_descriptors() {
  int count = 0;
  DIR* const folder = ::opendir("/proc/self/fd");
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

// ---- Healthy workers ----------------------------------------------------------

TEST(ProcessExecutor, GivesTheSameBytesAsAThread) {
  OptimizerOptions options;
  options.jobs = 2;
  options.worker_program = IMGMILL_WORKER;
  const auto executor = executor_with(options);
  for (const FormatInfo& format : test::written_formats()) {
    ImageSettings settings;
    settings.output_format = format.format;
    const std::string image = picture(7);
    const Result<Optimized> there = run(*executor, image, settings);
    const Result<Optimized> here = optimize(as_bytes(image), settings);
    ASSERT_TRUE(there) << there.error().describe();
    ASSERT_TRUE(here);
    EXPECT_EQ(there->decision, here->decision);
    EXPECT_EQ(there->notes, here->notes);
    EXPECT_EQ(there->width, here->width);
    if (here->decision == Decision::kept) {
      EXPECT_TRUE(there->bytes.empty());
    } else {
      EXPECT_TRUE(std::ranges::equal(there->bytes.view(), here->bytes.view())) << format.name;
    }
  }
  // An image's own error is transferred in full.
  const Result<Optimized> there = run(*executor, "GIF89a and no more");
  const Result<Optimized> here = optimize(as_bytes("GIF89a and no more"));
  ASSERT_FALSE(there);
  EXPECT_EQ(there.error().code(), here.error().code());
  EXPECT_EQ(there.error().describe(), here.error().describe());
  EXPECT_FALSE(run(*executor, ""));
}

TEST(ProcessExecutor, ComparesAsAThreadDoes) {
  OptimizerOptions options;
  options.jobs = 1;
  options.isolation = Isolation::process;
  options.worker_program = IMGMILL_WORKER;
  const auto executor = executor_with(options);
  const std::string original = picture(1);
  const std::string other = picture(2);
  for (const HeatMap map : {HeatMap::no, HeatMap::yes}) {
    const auto here = compare(as_bytes(original), as_bytes(other), {map});
    const auto there = executor->compare(as_bytes(original), as_bytes(other), {map}, {});
    ASSERT_TRUE(here);
    ASSERT_TRUE(there) << there.error().describe();
    EXPECT_DOUBLE_EQ(there->score, here->score);
    EXPECT_EQ(there->verdict, here->verdict);
    EXPECT_EQ(there->worst.left, here->worst.left);
    EXPECT_EQ(there->width, 24);
    EXPECT_EQ(there->original.bytes, original.size());
    EXPECT_EQ(there->other.format, Format::jpeg);
    EXPECT_EQ(as_text(there->map.view()), as_text(here->map.view()));
    EXPECT_EQ(there->map.empty(), map == HeatMap::no);
  }
  const auto damaged = executor->compare(as_bytes(original), as_bytes("rubbish"), {}, {});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code(), ErrorCode::bad_input);
  EXPECT_FALSE(executor->compare(as_bytes(original), {}, {}, {}));
}

TEST(ProcessExecutor, MakesPlaceholdersAsAThreadDoes) {
  OptimizerOptions options;
  options.jobs = 1;
  options.isolation = Isolation::process;
  options.worker_program = IMGMILL_WORKER;
  const auto executor = executor_with(options);
  const std::string original = picture(1);
  const auto here = placeholder_of(as_bytes(original));
  const auto there = executor->placeholder(as_bytes(original), {});
  ASSERT_TRUE(here);
  ASSERT_TRUE(there) << there.error().describe();
  EXPECT_EQ(there->width, 24);
  EXPECT_EQ(there->height, here->height);
  EXPECT_EQ(there->thumb_hash, here->thumb_hash);
  EXPECT_EQ(there->data_uri, here->data_uri);
  EXPECT_EQ(there->dominant, here->dominant);
  const auto damaged = executor->placeholder(as_bytes("rubbish"), {});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code(), ErrorCode::bad_input);
  const auto large = executor->placeholder(as_bytes(original), {.max_pixels = 10});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code(), ErrorCode::limit);
  EXPECT_FALSE(executor->placeholder({}, {}));
}

TEST(ProcessExecutor, ThreadsDoNotChangeTheBytes) {
  OptimizerOptions options;
  options.jobs = 4;
  options.warm_up = WarmUp::off;
  options.worker_program = IMGMILL_WORKER;
  const auto executor = executor_with(options);
  const std::string image(as_text(test::make_png(test::photo(900, 700))));
  for (const Format format : {Format::avif, Format::webp, Format::jpeg, Format::png}) {
    ImageSettings settings;
    settings.output_format = format;
    settings.effort = Effort::fast;
    settings.resize = {.mode = ResizeMode::percent, .percent = 90};
    const Limits limits;
    const auto with = [&](std::size_t images_left) {
      return executor->process({as_bytes(image), settings, limits, images_left}, {});
    };
    const Result<Optimized> one_thread = with(Work::many);
    const Result<Optimized> four_threads = with(1);
    ASSERT_TRUE(one_thread && four_threads);
    EXPECT_TRUE(std::ranges::equal(one_thread->bytes.view(), four_threads->bytes.view()))
        << info(format).name;
  }
}

TEST(ProcessExecutor, TakesInputsFromItsOwnMemoryAndFromAnyOther) {
  const auto executor = executor_with(faulty_options(1));
  const std::string image = picture();
  Result<Buffer> input = executor->input_buffer(image.size());
  ASSERT_TRUE(input);
  image.copy(reinterpret_cast<char*>(input->data()), image.size());
  const Result<Optimized> own = run(*executor, as_text(input->view()));
  const Result<Optimized> again = run(*executor, as_text(input->view()));
  const Result<Optimized> other = run(*executor, image);
  ASSERT_TRUE(own && again && other);
  EXPECT_TRUE(std::ranges::equal(own->bytes.view(), other->bytes.view()));
  EXPECT_TRUE(std::ranges::equal(own->bytes.view(), again->bytes.view()));
}

TEST(ProcessPool, WarmsAllWorkersUpAndLendsEachToOne) {
  PoolOptions options;
  options.size = 3;
  options.worker_program = IMGMILL_WORKER;
  auto pool = ProcessPool::create(options);
  ASSERT_TRUE(pool) << pool.error().describe();
  EXPECT_EQ((*pool)->max_size(), 3);
  ASSERT_TRUE((*pool)->warmup());
  PoolMetrics metrics = (*pool)->metrics();
  EXPECT_EQ(metrics.spawns, 3);
  EXPECT_EQ(metrics.active, 0);
  EXPECT_GT(metrics.warm_up_time.count(), 0);
  EXPECT_GT(metrics.spawn_time.count(), 0);
  EXPECT_EQ(processes_of(**pool, 3).size(), 3);
  {
    auto one = (*pool)->acquire();
    auto two = (*pool)->acquire();
    auto three = (*pool)->acquire();
    ASSERT_TRUE(one && two && three);
    EXPECT_EQ((*pool)->metrics().active, 3);
    std::stop_source stop;
    std::jthread impatient([&] { stop.request_stop(); });
    const auto none = (*pool)->acquire(stop.get_token());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), ErrorCode::cancelled);
  }
  EXPECT_EQ((*pool)->metrics().active, 0);
  EXPECT_TRUE((*pool)->acquire());
}

TEST(ProcessPool, WithoutWarmUpStartsWorkersOneByOne) {
  PoolOptions options;
  options.size = 3;
  options.workers.warm_up = WarmUp::off;
  options.worker_program = IMGMILL_WORKER;
  auto pool = ProcessPool::create(options);
  ASSERT_TRUE(pool);
  EXPECT_EQ((*pool)->metrics().spawns, 0);
  { ASSERT_TRUE((*pool)->acquire()); }
  { ASSERT_TRUE((*pool)->acquire()); }
  EXPECT_EQ((*pool)->metrics().spawns, 1);
}

TEST(ProcessPool, WorkersStandBackAsFarAsAsked) {
  PoolOptions options;
  options.workers.warm_up = WarmUp::off;
  options.workers.niceness = 3;
  options.worker_program = IMGMILL_WORKER;
  auto pool = ProcessPool::create(options);
  ASSERT_TRUE(pool);
  ASSERT_TRUE((*pool)->acquire());
  const std::vector<pid_t> workers = processes_of(**pool, 1);
  ASSERT_EQ(workers.size(), 1);
  const int own = ::getpriority(PRIO_PROCESS, 0);
  const int expected = std::min(own + 3, 19);
  EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(workers.front())), expected);
  // The scheduler may weigh sessions first, and processes only within them.
  EXPECT_NE(::getsid(workers.front()), ::getsid(0));
  std::ifstream file("/proc/" + std::to_string(workers.front()) + "/autogroup");
  std::string group;
  if (own < 0 || !std::getline(file, group)) return;  // a kernel without autogroups
  EXPECT_TRUE(group.ends_with(" nice " + std::to_string(expected))) << group;
}

TEST(ProcessPool, WorkersStayInTheSessionWhenTheyNeedNotStandBack) {
  PoolOptions options;
  options.workers.warm_up = WarmUp::off;
  options.worker_program = IMGMILL_WORKER;
  auto pool = ProcessPool::create(options);
  ASSERT_TRUE(pool);
  ASSERT_TRUE((*pool)->acquire());
  const std::vector<pid_t> workers = processes_of(**pool, 1);
  ASSERT_EQ(workers.size(), 1);
  EXPECT_EQ(::getsid(workers.front()), ::getsid(0));
  EXPECT_NE(::getpgid(workers.front()), ::getpgid(0)) << "Ctrl-C would end it";
}

TEST(ProcessPool, ReplacesAWorkerThatHasDoneItsShare) {
  OptimizerOptions options = faulty_options(1);
  options.images_per_worker = 2;
  const auto executor = executor_with(options);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(run(*executor, picture(i)));
  const PoolMetrics metrics = executor->pool().metrics();
  EXPECT_EQ(metrics.images, 5);
  EXPECT_EQ(metrics.recycled, 2);
  EXPECT_EQ(metrics.restarts, 0);
  EXPECT_EQ(metrics.spawns, 3);
}

TEST(ProcessPool, AWorkerHoldsNoDescriptorButItsOwn) {
  if (built_with_sanitizer()) GTEST_SKIP() << "sanitizers keep files open";
  const Result<Pipe> leaky = make_pipe();
  ASSERT_TRUE(leaky);
  const FileDescriptor inheritable(::dup(leaky->write.get()));  // not closed on exec
  const auto executor = executor_with(faulty_options(1));
  ASSERT_TRUE(run(*executor, picture()));
  const std::vector<pid_t> processes = processes_of(executor->pool(), 1);
  ASSERT_EQ(processes.size(), 1);
  std::error_code error;
  std::vector<std::string> names;
  // It has answered, but may still be freeing the image's memory.
  for (int i = 0; i < 1000 && names.size() != 4 && !error; ++i) {
    names.clear();
    for (const auto& entry :
         fs::directory_iterator("/proc/" + std::to_string(processes[0]) + "/fd", error)) {
      names.push_back(entry.path().filename().string());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  if (error) GTEST_SKIP() << "a sandboxed process shows its descriptors to root only";
  EXPECT_EQ(names.size(), 4) << "standard input, output and error, and one socket";
}

TEST(ProcessPool, LeavesNothingBehind) {
  const int before = open_descriptors();
  std::vector<pid_t> processes;
  for (int i = 0; i < 3; ++i) {
    const auto executor = executor_with(faulty_options());
    EXPECT_TRUE(run(*executor, picture()));
    const std::vector<pid_t> now = processes_of(executor->pool(), 1);
    processes.insert(processes.end(), now.begin(), now.end());
    EXPECT_FALSE(run(*executor, faulty("abort")));
  }
  EXPECT_EQ(open_descriptors(), before);
  for (const pid_t process : processes) EXPECT_NE(::kill(process, 0), 0);
}

TEST(ProcessPool, WorkersGoWhenTheirOwnerIsKilled) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer has a thread of its own, and the owner is forked from here";
#endif
  const Result<Pipe> pipe = make_pipe();
  ASSERT_TRUE(pipe);
  const pid_t owner = ::fork();
  if (owner == 0) {
    const auto executor = executor_with(faulty_options(2));
    const Result<Optimized> done = run(*executor, picture());
    const std::vector<pid_t> processes = processes_of(executor->pool(), 1);
    const pid_t worker = done && !processes.empty() ? processes[0] : 0;
    if (::write(pipe->write.get(), &worker, sizeof(worker)) < 0) ::_exit(1);
    ::pause();
  }
  pid_t worker = 0;
  for (int i = 0; i < 4000 && worker == 0; ++i) {
    if (::read(pipe->read.get(), &worker, sizeof(worker)) == sizeof(worker)) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_GT(worker, 0);
  ASSERT_EQ(::kill(worker, 0), 0);
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  bool gone = false;
  for (int i = 0; i < 2000 && !gone; ++i) {
    gone = ::kill(worker, 0) != 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_TRUE(gone);
}

struct ProcessFacts {
  char state = 'X';  ///< as shown by ps(1); X: gone
  pid_t parent = 0;
};

ProcessFacts facts_of_process(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) return {};
  std::istringstream rest(text.substr(text.rfind(')') + 1));
  ProcessFacts facts;
  rest >> facts.state >> facts.parent;
  return facts;
}

TEST(ProcessPool, OutlivesItsForkServer) {
  const auto executor = executor_with(faulty_options(1));
  ASSERT_TRUE(run(*executor, picture()));
  const std::vector<pid_t> processes = processes_of(executor->pool(), 1);
  ASSERT_EQ(processes.size(), 1);
  const pid_t server = facts_of_process(processes[0]).parent;
  ASSERT_GT(server, 1);
  ASSERT_NE(server, ::getpid());
  ASSERT_EQ(::kill(server, SIGKILL), 0);
  // The process that adopts an orphan may leave it a zombie (Z). The kernel kills the worker when
  // the server has ended, which may be late on a busy machine.
  char state = 'S';
  for (int i = 0; i < 1000 && state != 'X' && state != 'Z'; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    state = facts_of_process(processes[0]).state;
  }
  ASSERT_TRUE(state == 'X' || state == 'Z') << state;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(run(*executor, picture(i)));
  EXPECT_NE(facts_of_process(processes_of(executor->pool(), 1).at(0)).parent, server);
}

TEST(ProcessPool, EndsThoughItsForkServerIsStopped) {
  const auto executor = executor_with(faulty_options(1));
  ASSERT_TRUE(run(*executor, picture()));
  const pid_t server = facts_of_process(processes_of(executor->pool(), 1).at(0)).parent;
  ASSERT_EQ(::kill(server, SIGSTOP), 0);
}

TEST(ProcessPool, SaysWhyWorkersCannotBeStarted) {
  OptimizerOptions options = faulty_options();
  options.worker_program = "/nonexistent/imgmill-worker";
  auto none = ProcessExecutor::create(options);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), ErrorCode::environment);
  EXPECT_NE(none.error().message().find("No such file"), std::string::npos);
  EXPECT_NE(none.error().advice().find("--isolation thread"), std::string::npos);
  options.worker_program = "/bin/true";
  none = ProcessExecutor::create(options);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message().find("could not be started"), std::string::npos);
}

// ---- Kills from outside --------------------------------------------------------

TEST(Storm, AThousandImagesComeOutUndisturbed) {
  constexpr int images = 1000;
  constexpr int kinds = 50;
  constexpr int fewest_shots = 15;
  OptimizerOptions options;
  options.jobs = 3;
  options.worker_program = IMGMILL_WORKER;
  options.warm_up = WarmUp::off;
  options.images_per_worker = 100;
  const auto executor = executor_with(options);

  std::vector<std::string> inputs;
  std::vector<Buffer> expected;
  for (int i = 0; i < kinds; ++i) {
    inputs.push_back(picture(i));
    Result<Optimized> here = optimize(as_bytes(inputs.back()));
    ASSERT_TRUE(here);
    expected.push_back(here->decision == Decision::kept ? Buffer() : std::move(here->bytes));
  }

  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::atomic<int> next = 0;
  std::atomic<int> right = 0;
  std::atomic<int> done = 0;
  std::atomic<bool> over = false;
  std::atomic<int> shots = 0;
  std::vector<std::atomic<int>> at_work(static_cast<std::size_t>(executor->width()));
  for (std::atomic<int>& image : at_work) image = -1;
  std::mutex errors_mutex;
  std::vector<std::string> errors;
  {
    std::jthread shooter([&] {
      std::mt19937 random(seed);
      while (!over) {
        const std::vector<pid_t> targets = executor->pool().processes();
        if (!targets.empty()) {
          const pid_t target = targets[random() % targets.size()];
          ::kill(target, random() % 2 == 0 ? SIGSEGV : SIGSTOP);
          ++shots;
          // A second hit would rightly quarantine an image: let those that this kill may have hit
          // finish first, however long new workers take to start.
          for (const std::atomic<int>& thread : at_work) {
            const int image = thread;
            while (image >= 0 && thread == image && !over) {
              std::this_thread::sleep_for(std::chrono::microseconds(100));
            }
          }
        }
        // Slower than workers can start, or no image would ever finish.
        const unsigned longest_us = built_with_sanitizer() ? 150'000 : 40'000;
        std::this_thread::sleep_for(std::chrono::microseconds(random() % longest_us));
      }
    });
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < executor->width(); ++i) {
        threads.emplace_back([&, i] {
          // On a fast machine it takes more images to reach enough kills.
          for (int image = next++; image < images || shots <= fewest_shots; image = next++) {
            const auto kind = static_cast<std::size_t>(image % kinds);
            at_work[static_cast<std::size_t>(i)] = image;
            const Result<Optimized> there = run(*executor, inputs[kind]);
            at_work[static_cast<std::size_t>(i)] = -1;
            if (!there) {
              const std::lock_guard lock(errors_mutex);
              errors.push_back(there.error().describe());
            } else if (std::ranges::equal(there->bytes.view(), expected[kind].view())) {
              ++right;
            }
            ++done;
          }
        });
      }
    }
    over = true;
  }
  for (const std::string& error : errors) ADD_FAILURE() << error;
  EXPECT_GE(done, images);
  EXPECT_EQ(right, done);
  EXPECT_GT(executor->pool().metrics().restarts, 5);
}

}  // namespace
}  // namespace imgmill

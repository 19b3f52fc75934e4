// Workers that the kernel kills because their control group is out of memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint64_t megabyte = 1'000'000;

bool say(const fs::path& file, std::uint64_t value) {
  std::ofstream out(file);
  out << value << std::flush;
  return static_cast<bool>(out);
}

/// A control group with a limit on memory and without swap; removed on destruction.
class MemoryGroup {
 public:
  explicit MemoryGroup(std::uint64_t bytes) {
    const std::string name = "imgmill-test-" + std::to_string(::getpid());
    for (const char* root : {"/sys/fs/cgroup/memory/", "/sys/fs/cgroup/"}) {
      const fs::path folder = root + name;
      std::error_code error;
      if (!fs::create_directory(folder, error)) continue;
      folder_ = folder;
      // Version 2 or 1; swap is not limited where it is not accounted.
      if (say(folder / "memory.max", bytes) || say(folder / "memory.limit_in_bytes", bytes)) {
        say(folder / "memory.swap.max", 0);
        say(folder / "memory.memsw.limit_in_bytes", bytes);
        return;
      }
      remove();
    }
  }
  ~MemoryGroup() { remove(); }
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;

  [[nodiscard]] bool exists() const { return !folder_.empty(); }
  /// A shell command that joins the group.
  [[nodiscard]] std::string join() const {
    return "echo $$ >'" + (folder_ / "cgroup.procs").string() + "'";
  }

 private:
  /// The group can be removed once its last process has ended, which may take a moment.
  void remove() {
    std::error_code error;
    for (int i = 0; i < 500 && exists() && !fs::remove(folder_, error); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    folder_.clear();
  }

  fs::path folder_;
};

class Kills : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("IMGMILL_PROGRAM") != nullptr) GTEST_SKIP() << "sanitizers take memory, too";
    if (!group_.exists()) {
      GTEST_SKIP() << "no control group with a bound on memory can be made here (that takes root "
                      "and a /sys/fs/cgroup that can be written)";
    }
    for (int i = 0; i < 12; ++i) {
      folder_.write("in/" + std::to_string(i) + ".jpg", jpeg_file(80 + i, 60));
    }
  }

  [[nodiscard]] Outcome run() const {
    return imgmill_with_faulty_workers(
        folder_, "optimize in -o out --jobs 2 --memory 400MB --report report.json", group_.join());
  }

  MemoryGroup group_{450 * megabyte};
  Folder folder_;
};

TEST_F(Kills, ForWantOfMemoryAreNotTheImagesFaultAndItGoesAgainAlone) {
  // If granted less than 300 MB, each takes all memory there is.
  folder_.write("in/5a.jpg", jpeg_file(70, 60) + "FAULT:hungry-300;");
  folder_.write("in/7a.jpg", jpeg_file(70, 70) + "FAULT:hungry-300;");
  const Outcome outcome = run();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(folder_.files("out").size(), 14U);
  EXPECT_THAT(outcome.err, Not(HasSubstr("hostile")));
  EXPECT_THAT(outcome.err, Not(HasSubstr("quarantined")));
  const auto report = nlohmann::json::parse(folder_.read("report.json"));
  EXPECT_GE(report["summary"]["pool"]["restarts"], 2);
  EXPECT_EQ(report["summary"]["quarantined"], 0);
}

TEST_F(Kills, OfOneThatWasAloneAreToldAsWantOfMemory) {
  folder_.write("in/5a.jpg", jpeg_file(70, 70) + "FAULT:hungry-1000000;");
  const Outcome outcome = run();
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_EQ(folder_.files("out").size(), 12U);
  EXPECT_THAT(outcome.err, HasSubstr("the system ran out of memory"));
  EXPECT_THAT(outcome.err, HasSubstr("the file is not to blame"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("hostile")));
  const auto report = nlohmann::json::parse(folder_.read("report.json"));
  EXPECT_GE(report["summary"]["pool"]["restarts"], 2);
  EXPECT_EQ(report["summary"]["quarantined"], 0);
}

}  // namespace
}  // namespace imgmill::test

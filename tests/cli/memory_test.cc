// Estimated memory against memory actually used.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <string>
#include <vector>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

Outcome alone(const Folder& folder, const std::string& file, const Words& options,
              const Words& more = {}) {
  Words words{"optimize",    file,     "-o",     "out", "--overwrite", "--cache", "off",
              "--isolation", "thread", "--jobs", "1",   "--progress",  "none"};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), more.begin(), more.end());
  return imgmill(folder, words);
}

/// The program's own estimate, in MB.
double estimate(const Folder& folder, const std::string& file, const Words& options) {
  const Outcome refused = alone(folder, file, options, {"--memory", "1MB"});
  std::smatch found;
  if (!std::regex_search(refused.err, found,
                         std::regex("takes about ([0-9.]+) (MB|GB) of memory"))) {
    ADD_FAILURE() << refused.err;
    return 0;
  }
  return std::stod(found[1]) * (found[2] == "GB" ? 1000 : 1);
}

TEST(MemoryNeed, IsWhatIsTaken) {
  if (std::getenv("IMGMILL_PROGRAM") != nullptr) GTEST_SKIP() << "sanitizers take memory, too";
  const Folder folder;
  folder.write("a.jpg", jpeg_file(3000, 2400, 92));
  folder.write("large.jpg", jpeg_file(3600, 2800, 92));
  folder.write("a.png", png_file(2400, 1800));
  ASSERT_EQ(imgmill(folder, {"optimize", "a.png", "-o", "a.qoi", "--cache", "off"}).status, 0);
  struct Case {
    const char* file;
    Words options;
  };
  const std::vector<Case> cases = {
      {"a.jpg", {}},
      {"large.jpg", {}},
      {"large.jpg", {"-f", "webp"}},
      {"a.jpg", {"-q", "80"}},
      {"a.jpg", {"--lossless"}},
      {"a.jpg", {"-f", "webp"}},
      {"a.jpg", {"-f", "webp", "-q", "80"}},
      {"a.jpg", {"-f", "avif", "-q", "60", "--effort", "fast"}},
      {"a.jpg", {"--resize", "longest=1500"}},
      {"a.jpg", {"--resize", "longest=1500", "-q", "80"}},
      {"a.png", {}},
      {"a.png", {"-q", "80"}},
      {"a.png", {"-f", "jpeg"}},
      {"a.png", {"-f", "jpeg", "-q", "80"}},
      {"a.png", {"-f", "webp", "-q", "80"}},
      {"a.png", {"-f", "jxl", "-q", "80"}},
      {"a.png", {"-f", "tiff", "--lossless"}},
      {"a.png", {"-f", "qoi", "--lossless"}},
      {"a.qoi", {}},
      {"a.qoi", {"-f", "png", "--lossless"}},
  };
  for (const Case& one : cases) {
    const Outcome done = alone(folder, one.file, one.options);
    ASSERT_EQ(done.status, 0) << done.err;
    const double taken = static_cast<double>(done.peak_memory) / 1e6;
    const double ratio = estimate(folder, one.file, one.options) / taken;
    const std::string what =
        fmt::format("{} {}: {:.0f} MB", one.file, fmt::join(one.options, " "), taken);
    EXPECT_GT(ratio, 0.8) << what;
    EXPECT_LT(ratio, 1.25) << what;
  }
}

TEST(Memory, WhatCannotFitIsRefusedBeforeItIsDecodedAndTheRestIsDone) {
  const Folder folder;
  folder.write("in/large.jpg", jpeg_file(3000, 2400, 92));
  folder.write("in/small.jpg", jpeg_file(300, 200, 92));
  for (const char* isolation : {"process", "thread"}) {
    const std::string large = folder.read("in/large.jpg");
    const Outcome done = imgmill(folder, {"optimize", "in", "--in-place", "--memory", "120MB",
                                          "--cache", "off", "--isolation", isolation});
    EXPECT_EQ(done.status, 1) << done.err;
    EXPECT_THAT(done.err, HasSubstr("large.jpg"));
    EXPECT_THAT(done.err, HasSubstr("and 120 MB are allowed"));
    EXPECT_THAT(done.err, HasSubstr("--memory"));
    EXPECT_THAT(done.err, Not(HasSubstr("small.jpg: at")));
    EXPECT_EQ(folder.read("in/large.jpg"), large);
  }
}

// More large images than the budget has room for: they wait, and give the same results as alone.
TEST(Memory, LargeImagesWaitForEachOther) {
  const Folder folder;
  for (int i = 0; i < 4; ++i) {
    folder.write(fmt::format("in/large{}.jpg", i), jpeg_file(2000, 1500 + 8 * i, 92, i));
    folder.write(fmt::format("in/small{}.jpg", i), jpeg_file(200, 150 + i, 92, i));
  }
  const Outcome plenty = imgmill(folder, {"optimize", "in", "-o", "a", "--cache", "off"});
  EXPECT_EQ(plenty.status, 0) << plenty.err;
  for (const char* isolation : {"process", "thread"}) {
    const Outcome little =
        imgmill(folder, {"optimize", "in", "-o", "b", "--overwrite", "--cache", "off", "--memory",
                         "250MB", "--jobs", "3", "--isolation", isolation});
    EXPECT_EQ(little.status, 0) << little.err;
    for (const std::string& name : folder.files("a")) {
      EXPECT_EQ(folder.read("a/" + name), folder.read("b/" + name)) << name;
    }
    EXPECT_EQ(folder.files("b").size(), 8U);
  }
}

}  // namespace
}  // namespace imgmill::test

// The cache, --check and backups: nothing is done twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Runs optimize with a cache and a report; returns the report.
nlohmann::json optimized(const Folder& folder, std::vector<std::string> words, int status = 0) {
  words.insert(words.begin(), "optimize");
  for (const char* word :
       {"--cache", "cache", "--isolation", "thread", "--report", "report.json"}) {
    words.emplace_back(word);
  }
  const Outcome outcome = imgmill(folder, words);
  EXPECT_EQ(outcome.status, status) << outcome.err;
  return nlohmann::json::parse(folder.read("report.json"));
}

void three_pictures(const Folder& folder) {
  folder.write("in/a.jpg", jpeg_file(120, 80, 95, 1));
  folder.write("in/sub/b.jpg", jpeg_file(90, 90, 95, 2));
  folder.write("in/sub/c.png", png_file(64, 48, 3));
}

/// Copies a folder with its contents.
void copied(const Folder& folder, const std::string& from, const std::string& to) {
  std::filesystem::copy(folder / from, folder / to, std::filesystem::copy_options::recursive);
}

TEST(Cache, ASecondRunDecodesNothingWhereverTheFilesAre) {
  const Folder folder;
  three_pictures(folder);
  EXPECT_EQ(optimized(folder, {"in", "-o", "out"})["summary"]["cached"], 0);
  const std::string first = folder.read("out/a.jpg");
  const auto again = optimized(folder, {"in", "-o", "out"});
  EXPECT_EQ(again["summary"]["cached"], 3);
  EXPECT_EQ(again["summary"]["succeeded"], 3);
  EXPECT_EQ(again["results"][0]["cached"], true);
  EXPECT_NE(again["results"][0]["decision"], "skipped");

  std::filesystem::rename(folder / "in/sub/b.jpg", folder / "in/renamed.jpg");
  std::filesystem::rename(folder / "in", folder / "moved");
  EXPECT_EQ(optimized(folder, {"moved", "-o", "out2"})["summary"]["cached"], 3);
  EXPECT_EQ(folder.read("out2/a.jpg"), first);
  EXPECT_EQ(folder.read("out2/renamed.jpg"), folder.read("out/sub/b.jpg"));

  // Existing outputs under names that no run has recorded.
  copied(folder, "out2", "out3");
  EXPECT_EQ(optimized(folder, {"moved", "-o", "out3"})["summary"]["cached"], 3);
  EXPECT_EQ(optimized(folder, {"moved", "-o", "out4", "-q", "50"})["summary"]["cached"], 0)
      << "other settings are other work";
}

TEST(Cache, AFileOfOthersIsStillInTheWay) {
  const Folder folder;
  three_pictures(folder);
  optimized(folder, {"in", "-o", "out"});
  folder.write("out/a.jpg", "somebody else's");
  const auto report = optimized(folder, {"in", "-o", "out"}, 1);
  EXPECT_EQ(report["summary"]["failed"], 1);
  EXPECT_EQ(report["results"][0]["stage"], "validate");
  EXPECT_EQ(folder.read("out/a.jpg"), "somebody else's");
  EXPECT_EQ(optimized(folder, {"in", "-o", "out", "--overwrite"})["summary"]["cached"], 3);
  EXPECT_NE(folder.read("out/a.jpg"), "somebody else's");
}

TEST(Cache, WhatIsOursIsNeverMadeWorse) {
  const Folder folder;
  three_pictures(folder);
  optimized(folder, {"in", "--in-place", "-q", "60"});
  const std::string once = folder.read("in/a.jpg");
  const auto twice = optimized(folder, {"in", "--in-place", "-q", "60"});
  EXPECT_EQ(twice["summary"]["cached"], 3);
  EXPECT_EQ(twice["summary"]["kept"], 3);
  EXPECT_EQ(twice["results"][0]["notes"][0], "already optimized by imgmill with these settings");
  EXPECT_EQ(folder.read("in/a.jpg"), once);
  // The output of one run is the input of the next.
  optimized(folder, {"in", "-o", "out", "-q", "60"});
  EXPECT_EQ(folder.read("out/a.jpg"), once);
}

TEST(Cache, CanBeLookedAtEmptiedAndLeftOut) {
  const Folder folder;
  three_pictures(folder);
  optimized(folder, {"in", "-o", "out"});
  Outcome stats = imgmill(folder, {"cache", "stats", "--cache", "cache"});
  EXPECT_EQ(stats.status, 0) << stats.err;
  EXPECT_THAT(stats.out, HasSubstr("files     6"));
  EXPECT_EQ(imgmill(folder, {"cache", "clear", "--cache", "cache"}).status, 0);
  EXPECT_THAT(folder.files("cache"), IsEmpty());
  stats = imgmill(folder, {"cache", "stats", "--cache", "cache"});
  EXPECT_THAT(stats.out, HasSubstr("results   0"));
  EXPECT_EQ(imgmill(folder, {"cache"}).status, 2);
  const Outcome without =
      imgmill(folder, {"optimize", "in", "-o", "out", "--cache", "off", "--isolation", "thread"});
  EXPECT_EQ(without.status, 1) << "without a cache nobody knows whose the outputs are";
}

TEST(Cache, OneThatCannotBeUsedCostsAWarning) {
  const Folder folder;
  three_pictures(folder);
  folder.write("file", "not a folder");
  const Outcome outcome = imgmill(
      folder, {"optimize", "in", "-o", "out", "--cache", "file/below", "--isolation", "thread"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("warning:"));
  EXPECT_THAT(outcome.err, HasSubstr("working without a cache"));
  EXPECT_EQ(folder.files("out").size(), 3);
}

TEST(Check, ListsWhatWouldShrinkAndWritesNothing) {
  const Folder folder;
  three_pictures(folder);
  const auto before = folder.files();
  const std::vector<std::string> check = {"optimize", "in", "--check",     "--cache", "off",
                                          "-q",       "60", "--isolation", "thread"};
  const Outcome found = imgmill(folder, check);
  EXPECT_EQ(found.status, 3) << found.err;
  EXPECT_THAT(found.out, HasSubstr("in/sub/c.png: "));
  EXPECT_THAT(found.err, HasSubstr("nothing was written"));
  EXPECT_EQ(folder.files(), before);

  std::vector<std::string> large = check;
  large.insert(large.end(), {"--check-threshold", "10MB"});
  const Outcome nothing = imgmill(folder, large);
  EXPECT_EQ(nothing.status, 0) << nothing.err;
  EXPECT_THAT(nothing.out, IsEmpty());

  folder.write("in/bad.jpg", "not a picture");
  EXPECT_EQ(imgmill(folder, check).status, 1) << "a failure is more than a finding";
  std::filesystem::remove(folder / "in/bad.jpg");
  EXPECT_EQ(imgmill(folder, {"optimize", "in", "--in-place", "-q", "60", "--cache", "off",
                             "--isolation", "thread"})
                .status,
            0);
  EXPECT_EQ(imgmill(folder, check).status, 0) << "what was optimized has nothing to give";
}

TEST(Check, RefusesWhatMakesNoSense) {
  const Folder folder;
  three_pictures(folder);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--check", "--dry-run"},
                                             {"--check", "--resume"},
                                             {"--check", "-f", "webp"},
                                             {"--check", "--check-threshold", "much"},
                                             {"--check", "--check-threshold", "100%"}}) {
    std::vector<std::string> all = {"optimize", "in"};
    all.insert(all.end(), words.begin(), words.end());
    EXPECT_EQ(imgmill(folder, all).status, 2) << words.back();
  }
}

TEST(Restore, BringsBackWhatInPlaceHasReplaced) {
  const Folder folder;
  three_pictures(folder);
  const std::string original = folder.read("in/sub/c.png");
  const Outcome done = imgmill(folder, {"optimize", "in", "--in-place", "--backup", "originals",
                                        "-q", "60", "--cache", "off", "--isolation", "thread"});
  ASSERT_EQ(done.status, 0) << done.err;
  ASSERT_NE(folder.read("in/sub/c.png"), original);
  folder.write("in/a.jpg", "edited since");
  const Outcome some = imgmill(folder, {"restore", "originals", "--remove"});
  EXPECT_EQ(some.status, 1);
  EXPECT_THAT(some.err, HasSubstr("was changed after its backup was made"));
  EXPECT_EQ(folder.read("in/sub/c.png"), original);
  EXPECT_EQ(folder.read("in/a.jpg"), "edited since");
  const Outcome all = imgmill(folder, {"restore", "originals", "--remove", "--overwrite"});
  EXPECT_EQ(all.status, 0) << all.err;
  EXPECT_EQ(folder.read("in/a.jpg"), jpeg_file(120, 80, 95, 1));
  EXPECT_FALSE(folder.has("originals"));
  EXPECT_EQ(imgmill(folder, {"restore", "originals"}).status, 2);
}

/// Returns the shell script in a section of a page, between "```sh" and "```".
std::string script_in(const std::string& page) {
  const auto begin = page.find("```sh\n");
  const auto end = page.find("```", begin + 6);
  return begin == std::string::npos ? "" : page.substr(begin + 6, end - begin - 6);
}

TEST(Hook, AsDocumentedRefusesFatImages) {
  if (std::system("git --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "git is not installed";
  std::ifstream page(source_path() / "docs/ci.md");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  const std::string hook = script_in(text);
  ASSERT_THAT(hook, HasSubstr("imgmill optimize @- --check"));
  const Folder folder;
  folder.write(".git-hook", hook);
  const auto shell = [&](const std::string& commands) {
    const std::string program = program_path().parent_path();
    const std::string line = "cd '" + folder.path().string() + "' && PATH='" + program +
                             "':$PATH XDG_CACHE_HOME=$PWD/.cache XDG_STATE_HOME=$PWD/.state "
                             "GIT_CONFIG_GLOBAL=/dev/null && export PATH XDG_CACHE_HOME "
                             "XDG_STATE_HOME GIT_CONFIG_GLOBAL && { " +
                             commands + "; } > .said 2>&1";
    const int status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  ASSERT_EQ(shell("git init -q . && git config user.name A && git config user.email a@b.c && "
                  "cp .git-hook .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit"),
            0)
      << folder.read(".said");
  folder.write("notes.txt", "no image");
  EXPECT_EQ(shell("git add notes.txt && git commit -qm text"), 0) << folder.read(".said");
  folder.write("fat one.png", png_file(64, 48));
  EXPECT_NE(shell("git add '*.png' && git commit -qm fat"), 0);
  EXPECT_THAT(folder.read(".said"), HasSubstr("fat one.png: "));
  EXPECT_THAT(folder.read(".said"), HasSubstr("--in-place"));
  EXPECT_EQ(shell("imgmill optimize --in-place 'fat one.png' && git add '*.png' && "
                  "git commit -qm lean"),
            0)
      << folder.read(".said");
}

}  // namespace
}  // namespace imgmill::test

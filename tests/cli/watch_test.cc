// `imgmill watch` as people use it, and the examples of docs/web-build.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

template <typename Condition>
[[nodiscard]] bool until(Condition true_now) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!true_now()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

TEST(Watch, FollowsAFolderUntilItIsInterrupted) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(64, 64));
  Running program(folder, {"watch", "in", "-o", "out", "--delete"});
  EXPECT_TRUE(program.says("up to date: 1 image; watching"));
  folder.write("in/deep/b.png", png_file(64, 64));
  EXPECT_TRUE(until([&] { return folder.has("out/deep/b.png"); }));
  std::filesystem::remove(folder / "in/a.jpg");
  EXPECT_TRUE(until([&] { return !folder.has("out/a.jpg"); }));
  // Results of a removed folder go once nothing else is to be done.
  std::filesystem::remove_all(folder / "in/deep");
  EXPECT_TRUE(until([&] { return !folder.has("out/deep/b.png"); }));
  program.signal(SIGINT);
  const Outcome outcome = program.finish();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("in/deep/b.png: "));
  EXPECT_THAT(outcome.err, HasSubstr("removed: "));
  EXPECT_THAT(outcome.err, HasSubstr("2 images"));
}

TEST(Watch, SharesTheCacheWithOptimize) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(64, 64));
  ASSERT_EQ(imgmill(folder, {"optimize", "in", "-o", "other", "--cache", "cache"}).status, 0);
  Running program(
      folder, {"watch", "in", "-o", "out", "--cache", "cache", "--progress", "json", "--delete"});
  EXPECT_TRUE(program.says("\"event\":\"watching\""));
  folder.write("in/deep/done.png", png_file(16, 16));
  EXPECT_TRUE(until([&] { return folder.has("out/deep/done.png"); }));
  std::filesystem::remove_all(folder / "in/deep");
  EXPECT_TRUE(until([&] { return !folder.has("out/deep/done.png"); }));
  program.signal(SIGINT);
  const Outcome outcome = program.finish();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("\"cached\":true"));
  EXPECT_THAT(outcome.err, HasSubstr("\"event\":\"summary\""));
}

TEST(Watch, RefusesWhatHasNoSense) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(16, 16));
  const auto refused = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "watch");
    const Outcome outcome = imgmill(folder, words);
    EXPECT_EQ(outcome.status, 2) << outcome.err;
    return outcome.err;
  };
  EXPECT_THAT(refused({"in"}), HasSubstr("not said where the results go"));
  EXPECT_THAT(refused({"-o", "out"}), HasSubstr("no DIR was given"));
  EXPECT_THAT(refused({"in/a.jpg", "-o", "out"}), HasSubstr("is no folder to watch"));
  EXPECT_THAT(refused({"in", "-o", "."}), HasSubstr("lies in the output folder"));
  EXPECT_THAT(refused({"in", "-o", "out", "--budget", "1MB"}), HasSubstr("--budget is for a run"));
  EXPECT_THAT(refused({"in", "-o", "out", "--check"}), HasSubstr("--check is for a run"));
}

/// The fenced blocks of a language in a document.
std::vector<std::string> blocks(const std::string& text, const std::string& language) {
  std::vector<std::string> found;
  const std::string opening = "\n```" + language + "\n";
  for (std::size_t at = text.find(opening); at != std::string::npos;
       at = text.find(opening, at + 1)) {
    const std::size_t start = at + opening.size();
    found.push_back(text.substr(start, text.find("\n```", start) + 1 - start));
  }
  return found;
}

TEST(Documents, TheExamplesOfWebBuildRun) {
  std::ifstream file(source_path() / "docs/web-build.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const Folder folder;
  folder.write("assets/icons/logo.png", png_file(64, 64));
  folder.write("assets/photos/sea.jpg", jpeg_file(1800, 120));
  const auto tables = blocks(text, "toml");
  ASSERT_EQ(tables.size(), 1U);
  folder.write("imgmill.toml", tables.front());
  int commands = 0;
  for (const std::string& block : blocks(text, "sh")) {
    std::istringstream lines(block);
    for (std::string line; std::getline(lines, line); ++commands) {
      std::istringstream words(line);
      std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
      ASSERT_EQ(all.front(), "imgmill") << line;
      all.erase(all.begin());
      Running program(folder, all);
      if (all.front() == "watch") {
        folder.write("assets/new.png", png_file(32, 32));
        EXPECT_TRUE(until([&] {
          return folder.has("dist/new.webp") || folder.has("dist/new.png") ||
                 folder.has("dist/new.avif") || folder.has("dist/new.jpg");
        }));
        program.signal(SIGINT);
      }
      const Outcome outcome = program.finish();
      EXPECT_EQ(outcome.status, 0) << line << "\n" << outcome.err;
    }
  }
  EXPECT_EQ(commands, 9);
  EXPECT_TRUE(folder.has("dist/icons/logo.png")) << "the rule for icons keeps their format";
  EXPECT_TRUE(folder.has("dist-small/photos/sea.jpg")) << "without the file there is no preset";
}

}  // namespace
}  // namespace imgmill::test

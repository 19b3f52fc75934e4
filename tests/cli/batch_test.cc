#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<nlohmann::json> json_lines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

std::string tasks_for(int count) {
  nlohmann::json tasks = nlohmann::json::array();
  for (int i = 0; i < count; ++i) {
    tasks.push_back({{"input_path", "in/" + std::to_string(i) + ".jpg"},
                     {"output_path", "out/" + std::to_string(i) + ".jpg"},
                     {"settings", {{"quality", {{"global", 70}}}}}});
  }
  return tasks.dump();
}

TEST(Batch, JsonGoesInAndJsonLinesComeOut) {
  const Folder folder;
  folder.write("in/0.jpg", jpeg_file(80, 60));
  folder.write("in/1.jpg", "broken");
  folder.write("tasks.json", tasks_for(2));
  for (const bool from_standard_input : {false, true}) {
    const Outcome outcome = from_standard_input
                                ? imgmill(folder, {"batch", "-", "--overwrite"}, tasks_for(2))
                                : imgmill(folder, {"batch", "tasks.json", "--overwrite"});
    EXPECT_EQ(outcome.status, 1) << outcome.err;
    const auto lines = json_lines(outcome.out);
    ASSERT_EQ(lines.size(), 2U);
    int good = 0;
    for (const auto& line : lines) {
      const bool success = line["success"];
      EXPECT_EQ(line["original_path"], success ? "in/0.jpg" : "in/1.jpg");
      EXPECT_EQ(line["error"].is_null() || line["error"] == "", success);
      good += success ? 1 : 0;
    }
    EXPECT_EQ(good, 1);
    EXPECT_THAT(outcome.err, HasSubstr("1 image: "));
  }
}

TEST(Batch, WrongTasksAreNamedWithTheirPlace) {
  const Folder folder;
  const auto refused = [&](const std::string& text) {
    const Outcome outcome = imgmill(folder, {"batch", "-"}, text);
    EXPECT_EQ(outcome.status, 2) << text << outcome.err;
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err, HasSubstr("imgmill batch --help"));
    return outcome.err;
  };
  EXPECT_THAT(
      refused(
          R"([{"input_path": "a", "output_path": "b", "settings": {"quality": {"jpeg": 500}}}])"),
      HasSubstr("quality.jpeg"));
  EXPECT_THAT(refused(R"([{"input_path": "a", "output_path": "b", "colour": 1}])"),
              HasSubstr("colour"));
  refused("{");
  refused("");
  EXPECT_EQ(imgmill(folder, {"batch", "gone.json"}).status, 2);
}

TEST(Batch, ProgressEventsAreJsonLines) {
  const Folder folder;
  for (int i = 0; i < 5; ++i)
    folder.write("in/" + std::to_string(i) + ".jpg", jpeg_file(64, 64, 95, i));
  const Outcome outcome = imgmill(folder, {"batch", "-", "--progress", "json"}, tasks_for(5));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(json_lines(outcome.out).size(), 5U);
  std::map<std::string, int> events;
  for (const auto& line : json_lines(outcome.err)) ++events[line["event"]];
  EXPECT_GE(events["planned"], 1);
  EXPECT_EQ(events["started"], 5);
  EXPECT_EQ(events["result"], 5);
  EXPECT_EQ(events["summary"], 1);
}

TEST(Batch, LogsAsJsonAreJsonLinesWithTheirFields) {
  const Folder folder;
  folder.write("in/0.jpg", "broken \"quoted\"");
  const Outcome outcome = imgmill(folder, {"batch", "-", "--log-format", "json"}, tasks_for(1));
  EXPECT_EQ(outcome.status, 1);
  bool failed = false;
  bool done = false;
  for (const auto& line : json_lines(outcome.err)) {
    EXPECT_TRUE(line.contains("time") && line.contains("level") && line.contains("message"));
    failed = failed || line.contains("result");
    done = done || line.contains("summary");
  }
  EXPECT_TRUE(failed);
  EXPECT_TRUE(done);
}

TEST(Batch, QuietTellsOfFailuresOnly) {
  const Folder folder;
  folder.write("in/0.jpg", jpeg_file(64, 64));
  EXPECT_THAT(imgmill(folder, {"batch", "-", "--quiet"}, tasks_for(1)).err, IsEmpty());
  folder.write("in/0.jpg", "broken");
  EXPECT_THAT(imgmill(folder, {"batch", "-", "--quiet", "--overwrite"}, tasks_for(1)).err,
              ::testing::StartsWith("failed: in/0.jpg"));
}

TEST(Interrupt, FinishesWhatIsBeingWrittenAndLeavesNoPart) {
  const Folder folder;
  const std::string picture = jpeg_file(1600, 1200);
  // Each with different bytes: identical files would be processed once.
  for (int i = 0; i < 150; ++i) {
    const std::string name = std::to_string(i);
    folder.write("in/" + name + ".jpg", picture + name);
  }
  Running program(folder, {"optimize", "in", "-o", "out", "-j", "2", "-f", "webp"});
  // Once an output exists, the batch is certainly running.
  for (int i = 0; i < 3000 && folder.files("out").empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  program.signal(SIGINT);
  const Outcome outcome = program.finish();
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("finishing what is being written"));
  EXPECT_THAT(outcome.err, HasSubstr("interrupted"));
  const auto files = folder.files("out");
  EXPECT_GE(files.size(), 1U);
  EXPECT_LT(files.size(), 150U);
  for (const std::string& name : files) {
    EXPECT_THAT(name, Not(HasSubstr(".part")));
    EXPECT_THAT(folder.read("out/" + name), HasSubstr("WEBP"));
  }
}

TEST(Interrupt, TheSecondOneEndsAtOnceAndLeavesNoPart) {
  const Folder folder;
  const std::string picture = jpeg_file(2400, 1800);
  for (int i = 0; i < 40; ++i) folder.write("in/" + std::to_string(i) + ".jpg", picture);
  Running program(folder,
                  {"optimize", "in", "-o", "out", "-j", "2", "-f", "avif", "--progress", "json"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  program.signal(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  program.signal(SIGINT);
  const Outcome outcome = program.finish();
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  for (const std::string& name : folder.files()) EXPECT_THAT(name, Not(HasSubstr(".part")));
}

}  // namespace
}  // namespace imgmill::test

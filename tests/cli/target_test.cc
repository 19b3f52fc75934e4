// Targets, chosen formats, limits and budgets on the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Ran {
  Outcome outcome;
  nlohmann::json report;
  std::map<std::string, nlohmann::json> of;  ///< results by input
};

/// Runs optimize with its own cache, threads and a report.
Ran optimized(const Folder& folder, std::vector<std::string> words, int status = 0) {
  words.insert(words.begin(), "optimize");
  for (const char* word :
       {"--cache", "cache", "--isolation", "thread", "--report", "report.json"}) {
    words.emplace_back(word);
  }
  Ran ran{imgmill(folder, words), {}, {}};
  EXPECT_EQ(ran.outcome.status, status) << ran.outcome.err;
  ran.report = nlohmann::json::parse(folder.read("report.json"), nullptr, false);
  for (const auto& result : ran.report["results"]) ran.of[result["original_path"]] = result;
  return ran;
}

Outcome refused(const Folder& folder, std::vector<std::string> words) {
  words.insert(words.begin(), "optimize");
  Outcome outcome = imgmill(folder, words);
  EXPECT_EQ(outcome.status, 2) << outcome.err;
  return outcome;
}

std::uint64_t bytes_below(const Folder& folder, const std::string& below) {
  std::uint64_t sum = 0;
  for (const std::string& name : folder.files(below)) sum += folder.read(below + "/" + name).size();
  return sum;
}

std::string fmt_target(double target) {
  return "target " +
         nlohmann::json(target).dump().substr(0, target == static_cast<int>(target) ? 2 : 4);
}

void three_photos(const Folder& folder) {
  folder.write("in/a.jpg", jpeg_file(160, 120, 98, 1));
  folder.write("in/b.jpg", jpeg_file(200, 90, 98, 2));
  folder.write("in/sub/c.jpg", jpeg_file(96, 128, 98, 3));
}

TEST(Target, IsHighUnlessSaidAndSparesWhatIsStoredWithoutLoss) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(160, 120, 98, 1));
  folder.write("in/b.png", png_file(90, 60, 2));
  const Ran ran = optimized(folder, {"in", "-o", "out"});
  const nlohmann::json jpeg = ran.of.at("in/a.jpg");
  EXPECT_EQ(jpeg["target"], 80);
  EXPECT_GE(jpeg["score"], 80);
  EXPECT_LT(jpeg["score"], 100);
  EXPECT_GE(jpeg["encodes"], 1);
  EXPECT_GE(jpeg["quality"], 1);
  EXPECT_EQ(ran.of.at("in/b.png")["score"], 100);
  EXPECT_NE(ran.of.at("in/b.png")["decision"], "reencoded");
  EXPECT_EQ(ran.report["settings"]["target"], 80);
  const auto scores = ran.report["summary"]["scores"];
  EXPECT_EQ(scores["images"], 1);
  EXPECT_EQ(scores["lowest"], jpeg["score"]);
  EXPECT_EQ(scores["lowest_path"], "in/a.jpg");
  EXPECT_EQ(scores["below_target"], 0);
  EXPECT_THAT(ran.outcome.err, HasSubstr("every image at least 8"));
  EXPECT_THAT(ran.outcome.err, HasSubstr("; lowest: in/a.jpg 8"));
  const Outcome same = imgmill(folder, {"compare", "in/b.png", "out/b.png", "--min", "100"});
  EXPECT_EQ(same.status, 0) << same.err;
  const Outcome alike = imgmill(folder, {"compare", "in/a.jpg", "out/a.jpg", "--min", "80"});
  EXPECT_EQ(alike.status, 0) << alike.out;
}

TEST(Target, MoreOfItTakesMoreBytes) {
  const Folder folder;
  three_photos(folder);
  std::uint64_t before = 0;
  for (const char* target : {"good", "high", "excellent"}) {
    const Ran ran = optimized(folder, {"in", "-o", target, "--target", target});
    const std::uint64_t bytes = bytes_below(folder, target);
    EXPECT_GT(bytes, before) << target;
    before = bytes;
    for (const auto& [name, result] : ran.of) EXPECT_GE(result["score"], result["target"]) << name;
  }
}

TEST(Target, LinesSayScoreQualityAndEncodes) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(160, 120, 98, 1));
  const Ran ran = optimized(folder, {"a.jpg", "-o", "b.jpg", "-v"});
  EXPECT_THAT(ran.outcome.err, ::testing::ContainsRegex(
                                   "reencoded \\(score 8[0-9.]+, quality [0-9]+, [0-9]+ encode"));
  const Outcome table = imgmill(
      folder, {"optimize", "a.jpg", "-o", "c.jpg", "--cache", "cache", "--report", "r.csv"});
  EXPECT_EQ(table.status, 0) << table.err;
  const std::string csv = folder.read("r.csv");
  EXPECT_THAT(csv, HasSubstr(",score,target,quality,encodes,"));
  EXPECT_THAT(csv, HasSubstr(",80,"));
}

TEST(Target, ContradictionsAreUsageErrors) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(30, 30));
  const std::vector<std::vector<std::string>> wrong = {
      {"--target", "80", "-q", "80"},
      {"--target", "80", "--webp-quality", "80"},
      {"--target", "80", "--lossless"},
      {"--target", "0"},
      {"--target", "101"},
      {"--target", "splendid"},
      {"--format", "auto", "-q", "80"},
      {"--allow", "webp"},
      {"--format", "auto", "--allow", "bmp"},
      {"--max-bytes", "0"},
      {"--budget", "1MB", "--target", "80"},
      {"--budget", "1MB", "-q", "80"},
      {"--budget", "1MB", "--lossless"},
      {"--budget", "1MB", "--dry-run"},
      {"--budget", "1MB", "--skip-existing"},
      {"--budget", "0"},
      {"--budget", "plenty"},
  };
  for (std::vector<std::string> words : wrong) {
    words.insert(words.end(), {"a.jpg", "-o", "out"});
    const Outcome outcome = refused(folder, words);
    EXPECT_THAT(outcome.err, HasSubstr("see imgmill optimize --help")) << words[0];
  }
  refused(folder, {"a.jpg", "--in-place", "--format", "auto"});
  refused(folder, {"a.jpg", "--in-place", "--budget", "1MB", "--resume"});
  refused(folder, {"-", "--budget", "1MB"});
  refused(folder, {"a.jpg", "-o", "b.webp", "--format", "auto"});
  EXPECT_THAT(folder.files(), ElementsAre("a.jpg"));
}

TEST(ChosenFormat, NamesFilesAfterItAndKnowsThemAgain) {
  const Folder folder;
  folder.write("in/a.png", png_file(120, 90, 1));
  folder.write("in/sub/b.png", png_file(80, 100, 2));
  const Ran first = optimized(folder, {"in", "-o", "out", "-f", "auto", "-v"});
  for (const auto& [name, result] : first.of) {
    const std::string format = result["format"];
    const std::string stem = name.substr(3, name.size() - 6);
    EXPECT_TRUE(folder.has("out/" + stem + format)) << name << " as " << format;
    EXPECT_GE(result["score"], 80);
    ASSERT_GE(result["candidates"].size(), 1U);
    EXPECT_EQ(result["candidates"][0]["format"], format) << "smallest first";
  }
  std::map<std::string, std::string> made;
  for (const std::string& name : folder.files("out")) made[name] = folder.read("out/" + name);
  ASSERT_EQ(made.size(), 2U);
  const Ran second = optimized(folder, {"in", "-o", "out", "-f", "auto"});
  EXPECT_EQ(second.report["summary"]["cached"], 2);
  EXPECT_EQ(second.report["summary"]["scores"], first.report["summary"]["scores"]);
  for (const std::string& name : folder.files("out")) {
    EXPECT_EQ(folder.read("out/" + name), made[name]) << name;
  }
  EXPECT_EQ(folder.files("out").size(), 2U);
}

TEST(ChosenFormat, IsOneOfThoseAllowed) {
  const Folder folder;
  folder.write("a.png", png_file(120, 90, 1));
  for (const char* format : {"webp", "png", "avif", "jpeg"}) {
    const Ran ran = optimized(
        folder, {"a.png", "-o", std::string("out-") + format, "-f", "auto", "--allow", format});
    EXPECT_EQ(ran.of.at("a.png")["format"], format);
  }
  const Ran two = optimized(folder, {"a.png", "-o", "two", "-f", "auto", "--allow", "png,webp"});
  EXPECT_THAT(two.of.at("a.png")["format"], ::testing::AnyOf("png", "webp"));
}

TEST(ChosenFormat, RespectsWhatIsThere) {
  const Folder folder;
  folder.write("in/a.png", png_file(120, 90, 1));
  const std::string format = optimized(folder, {"in", "-o", "probe", "-f", "auto"})
                                 .of.at("in/a.png")["format"]
                                 .get<std::string>();
  const std::string taken = "out/a." + format;
  folder.write(taken, "precious");
  const Ran refusing = optimized(folder, {"in", "-o", "out", "-f", "auto"}, 1);
  EXPECT_THAT(refusing.outcome.err, AllOf(HasSubstr(taken), HasSubstr("--overwrite")));
  EXPECT_EQ(folder.read(taken), "precious");
  const Ran skipping = optimized(folder, {"in", "-o", "out", "-f", "auto", "--skip-existing"});
  EXPECT_EQ(skipping.report["summary"]["skipped"], 1);
  EXPECT_EQ(folder.read(taken), "precious");
  optimized(folder, {"in", "-o", "out", "-f", "auto", "--overwrite"});
  EXPECT_EQ(folder.read(taken), folder.read("probe/a." + format));
  EXPECT_EQ(folder.files("out").size(), 1U);
}

TEST(ChosenFormat, TwoInputsThatMayMeetAreACollision) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(60, 60, 95, 1));
  folder.write("in/a.png", png_file(60, 60, 2));
  const Ran ran = optimized(folder, {"in", "-o", "out", "-f", "auto"}, 1);
  EXPECT_EQ(ran.of.at("in/a.jpg")["success"], true);
  EXPECT_EQ(ran.of.at("in/a.png")["success"], false);
  EXPECT_THAT(ran.of.at("in/a.png")["error"].get<std::string>(),
              AllOf(HasSubstr("in/a.jpg"), HasSubstr("in/a.png")));
  EXPECT_EQ(folder.files("out").size(), 1U);
}

TEST(MaxBytes, HoldsForEachFileAndFailsOnlyWhatCannot) {
  const Folder folder;
  folder.write("in/large.jpg", jpeg_file(320, 240, 98, 1));
  folder.write("in/small.jpg", jpeg_file(24, 24, 60, 2));
  folder.write("in/huge.jpg", jpeg_file(1200, 900, 98, 3));
  const Ran ran = optimized(folder, {"in", "-o", "out", "--max-bytes", "9kB"}, 1);
  EXPECT_EQ(ran.of.at("in/large.jpg")["success"], true);
  EXPECT_EQ(ran.of.at("in/small.jpg")["success"], true);
  EXPECT_LE(folder.read("out/large.jpg").size(), 9000U);
  EXPECT_GT(folder.read("out/large.jpg").size(), 4000U) << "as good as fits";
  const nlohmann::json huge = ran.of.at("in/huge.jpg");
  EXPECT_EQ(huge["success"], false);
  EXPECT_EQ(huge["error_code"], "limit");
  EXPECT_THAT(huge["advice"].get<std::string>(), HasSubstr("--resize"));
  EXPECT_FALSE(folder.has("out/huge.jpg"));
}

TEST(Target, IsolationChangesNoByte) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(160, 120, 98, 1));
  folder.write("in/b.png", png_file(90, 60, 2));
  for (const char* isolation : {"process", "thread"}) {
    const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", isolation, "-f", "auto",
                                             "--cache", "off", "--isolation", isolation});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
  }
  ASSERT_EQ(folder.files("process"), folder.files("thread"));
  ASSERT_EQ(folder.files("process").size(), 2U);
  for (const std::string& name : folder.files("process")) {
    EXPECT_EQ(folder.read("process/" + name), folder.read("thread/" + name)) << name;
  }
}

TEST(Target, IsAskedForInTaskFilesToo) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(160, 120, 98, 1));
  folder.write("b.png", png_file(90, 60, 2));
  folder.write("c.jpg", jpeg_file(320, 240, 98, 1));
  folder.write("tasks.json", R"([
    {"input_path": "a.jpg", "output_path": "out/a.jpg", "settings": {"target": "excellent"}},
    {"input_path": "b.png", "output_path": "out/b.png",
     "settings": {"target": 75, "outputFormat": "auto", "allow": ["webp"]}},
    {"input_path": "c.jpg", "output_path": "out/c.jpg", "settings": {"maxBytes": 9000}}])");
  const Outcome outcome = imgmill(folder, {"batch", "tasks.json", "--isolation", "thread"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::map<std::string, nlohmann::json> of;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    auto result = nlohmann::json::parse(line);
    of[result["original_path"]] = result;
  }
  EXPECT_EQ(of["a.jpg"]["target"], 85);
  EXPECT_GE(of["a.jpg"]["score"], 85);
  EXPECT_EQ(of["b.png"]["format"], "webp");
  EXPECT_EQ(of["b.png"]["optimized_path"], "out/b.webp");
  EXPECT_GE(of["b.png"]["score"], 75);
  EXPECT_LE(folder.read("out/c.jpg").size(), 9000U);
  EXPECT_THAT(folder.files("out"), ElementsAre("a.jpg", "b.webp", "c.jpg"));
}

TEST(Budget, HoldsForAllTogetherAndNoHigherTargetWouldFit) {
  const Folder folder;
  three_photos(folder);
  const std::uint64_t high = (optimized(folder, {"in", "-o", "high"}), bytes_below(folder, "high"));
  const std::uint64_t budget = high * 9 / 10;
  const Ran ran = optimized(folder, {"in", "-o", "out", "--budget", std::to_string(budget)});
  EXPECT_LE(bytes_below(folder, "out"), budget);
  EXPECT_GT(bytes_below(folder, "out"), budget * 7 / 10);
  const double target = ran.report["settings"]["target"];
  EXPECT_LT(target, 80);
  EXPECT_THAT(ran.outcome.err, HasSubstr("looking for the target: pass 1, 80"));
  EXPECT_THAT(ran.outcome.err, HasSubstr(fmt_target(target) + ": "));
  EXPECT_EQ(ran.report["summary"]["cached"], 3) << "the search has done it all";
  const Ran above =
      optimized(folder, {"in", "-o", "above", "--target", nlohmann::json(target + 0.5).dump()});
  EXPECT_GT(bytes_below(folder, "above"), budget);
  const Ran same =
      optimized(folder, {"in", "-o", "same", "--target", nlohmann::json(target).dump()});
  for (const std::string& name : folder.files("out")) {
    EXPECT_EQ(folder.read("out/" + name), folder.read("same/" + name)) << name;
  }
  const Ran again = optimized(folder, {"in", "-o", "out", "--budget", std::to_string(budget)});
  EXPECT_EQ(again.report["settings"], ran.report["settings"]);
}

TEST(Budget, WorksInPlaceAndASecondTimeLosesNothing) {
  const Folder folder;
  three_photos(folder);
  const std::string budget = std::to_string(bytes_below(folder, "in") * 6 / 10);
  const std::vector<std::string> words = {"optimize", "in",          "--in-place", "--backup",
                                          "old",      "--budget",    budget,       "--cache",
                                          "off",      "--isolation", "thread"};
  const Outcome first = imgmill(folder, words);
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_LE(bytes_below(folder, "in"), std::stoull(budget));
  EXPECT_EQ(folder.files("old/in").size(), 3U);
  for (const char* name : {"a.jpg", "b.jpg", "sub/c.jpg"}) {
    folder.write(std::string("once/") + name, folder.read(std::string("in/") + name));
  }
  std::vector<std::string> without_backup = words;
  without_backup.erase(without_backup.begin() + 3, without_backup.begin() + 5);
  const Outcome second = imgmill(folder, without_backup);
  EXPECT_EQ(second.status, 0) << second.err;
  EXPECT_THAT(second.err, HasSubstr("without loss: "));
  for (const std::string& name : folder.files("once")) {
    const Outcome same = imgmill(folder, {"compare", "once/" + name, "in/" + name, "--min", "100"});
    EXPECT_EQ(same.status, 0) << name << same.out;
  }
}

TEST(Budget, TooSmallWritesNothingAndSaysWhatWouldDo) {
  const Folder folder;
  three_photos(folder);
  const auto before = folder.files();
  const Outcome outcome =
      imgmill(folder, {"optimize", "in", "-o", "out", "--budget", "500", "--cache", "off"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("come to "), HasSubstr("budget of 500 B"),
                                 HasSubstr("--resize"), HasSubstr("--format auto")));
  EXPECT_EQ(folder.files(), before);
}

TEST(Budget, OneBadImageCostsOneImage) {
  const Folder folder;
  three_photos(folder);
  folder.write("in/broken.jpg", "\xFF\xD8\xFF\xE0 no picture");
  const Ran ran =
      optimized(folder, {"in", "-o", "out", "--budget", "8kB", "--max-bytes", "4kB"}, 1);
  EXPECT_EQ(ran.report["summary"]["succeeded"], 3);
  EXPECT_LE(bytes_below(folder, "out"), 8000U);
  for (const std::string& name : folder.files("out")) {
    EXPECT_LE(folder.read("out/" + name).size(), 4000U) << name;
  }
  std::size_t told = 0;
  for (std::size_t at = 0;
       (at = ran.outcome.err.find("failed: in/broken", at)) != std::string::npos; ++at) {
    ++told;
  }
  EXPECT_EQ(told, 1U) << "not in every pass: " << ran.outcome.err;
}

TEST(Budget, TellsProgramsItsPasses) {
  const Folder folder;
  three_photos(folder);
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out", "--budget", "20kB",
                                           "--cache", "off", "--progress", "json"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::istringstream lines(outcome.err);
  int passes = 0;
  int results = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto event = nlohmann::json::parse(line);
    if (event["event"] == "result") ++results;
    if (event["event"] != "budget_pass") continue;
    ++passes;
    EXPECT_EQ(event["pass"], passes);
    EXPECT_EQ(event["budget"], 20000);
    EXPECT_EQ(event["fits"], event["bytes"] <= 20000);
    EXPECT_EQ(results, 0) << "results are those of the run";
  }
  EXPECT_GE(passes, 1);
  EXPECT_EQ(results, 3);
}

TEST(Budget, OfAnEmptyFolderFindsNothingToDo) {
  const Folder folder;
  folder.write("in/notes.txt", "no image");
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out", "--budget", "1MB"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("nothing to do"));
}

TEST(Budget, GoesWithAFreeChoiceOfFormat) {
  const Folder folder;
  three_photos(folder);
  folder.write("in/d.png", png_file(120, 90, 4));
  const Ran ran = optimized(folder, {"in", "-o", "out", "--budget", "9kB", "--format", "auto"});
  EXPECT_EQ(ran.report["summary"]["succeeded"], 4);
  EXPECT_LE(bytes_below(folder, "out"), 9000U);
  for (const auto& [name, result] : ran.of) {
    EXPECT_GE(result["score"], ran.report["settings"]["target"]) << name;
  }
}

TEST(Budget, InterruptedSearchWritesNothing) {
  const Folder folder;
  for (int i = 0; i < 30; ++i) {
    folder.write("in/" + std::to_string(i) + ".jpg", jpeg_file(300, 200, 98, i));
  }
  Running program(folder, {"optimize", "in", "-o", "out", "--budget", "200kB", "--cache", "cache"});
  // Once there is a cache, the first pass has begun.
  for (int i = 0; i < 3000 && !folder.has("cache"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  program.signal(SIGINT);
  const Outcome outcome = program.finish();
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("nothing was written"));
  EXPECT_FALSE(folder.has("out"));
}

TEST(Budget, CanBeChecked) {
  const Folder folder;
  three_photos(folder);
  const Outcome outcome = imgmill(folder, {"optimize", "in", "--check", "--budget", "20kB"});
  EXPECT_EQ(outcome.status, 3) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("in/a.jpg"));
  EXPECT_THAT(outcome.err, HasSubstr("nothing was written"));
}

}  // namespace
}  // namespace imgmill::test

// Worker processes, seen from the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

/// Files of several formats, one of them damaged.
void fill(const Folder& folder, int count) {
  for (int i = 0; i < count; ++i) {
    folder.write("in/" + std::to_string(i) + ".jpg", jpeg_file(60 + i, 50));
    folder.write("in/" + std::to_string(i) + ".png", png_file(50, 40 + i));
  }
  folder.write("in/damaged.jpg", jpeg_file(300, 200).substr(0, 700));
}

TEST(Isolation, ProcessesAndThreadsWriteTheSameBytes) {
  const Folder folder;
  fill(folder, 6);
  const Outcome processes = imgmill(folder, {"optimize", "in", "-o", "p", "--cache", "off"});
  const Outcome threads =
      imgmill(folder, {"optimize", "in", "-o", "t", "--cache", "off", "--isolation", "thread"});
  EXPECT_EQ(processes.status, 1) << processes.err;
  EXPECT_EQ(threads.status, 1) << threads.err;
  EXPECT_THAT(processes.err, HasSubstr("damaged.jpg"));
  ASSERT_EQ(folder.files("p"), folder.files("t"));
  ASSERT_EQ(folder.files("p").size(), 12U);
  for (const std::string& name : folder.files("p")) {
    EXPECT_EQ(folder.read("p/" + name), folder.read("t/" + name)) << name;
  }
}

TEST(Isolation, OneImageFromAPipeGoesThroughAWorkerToo) {
  const Folder folder;
  const std::string picture = jpeg_file(200, 150);
  const Outcome there = imgmill(folder, {"optimize", "-", "-v"}, picture);
  const Outcome here = imgmill(folder, {"optimize", "-", "--isolation", "thread"}, picture);
  EXPECT_EQ(there.status, 0) << there.err;
  EXPECT_EQ(there.out, here.out);
  EXPECT_LT(there.out.size(), picture.size());
}

TEST(Isolation, VerboseAndTheReportSayWhatThePoolDid) {
  const Folder folder;
  fill(folder, 2);
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out", "-v", "--jobs", "2",
                                           "--report", "report.json", "--cache", "off"});
  EXPECT_THAT(outcome.err, HasSubstr("worker processes size=2 images=5 spawns=2"));
  const auto pool = nlohmann::json::parse(folder.read("report.json"))["summary"]["pool"];
  EXPECT_EQ(pool["size"], 2);
  EXPECT_EQ(pool["restarts"], 0);
  EXPECT_GT(pool["warm_up_ms"], 0);
}

TEST(Isolation, ImagesThatKillTheirWorkersAreQuarantinedAndTheRestIsDone) {
  const Folder folder;
  fill(folder, 10);
  fs::remove(folder / "in/damaged.jpg");
  folder.write("in/3a.jpg", jpeg_file(70, 70) + "FAULT:words;");
  folder.write("in/5a.jpg", jpeg_file(70, 70) + "FAULT:exit;");
  const Outcome outcome =
      imgmill_with_faulty_workers(folder, "optimize in -o out --report report.json --jobs 2");
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_EQ(folder.files("out").size(), 20U);
  EXPECT_THAT(outcome.err, HasSubstr("2 failed, 2 of them quarantined"));
  EXPECT_THAT(outcome.err, HasSubstr("first the decoder complained"));
  EXPECT_THAT(outcome.err, HasSubstr("ended without an answer (exit status 0), in two attempts"));
  const auto report = nlohmann::json::parse(folder.read("report.json"));
  EXPECT_EQ(report["summary"]["quarantined"], 2);
  EXPECT_EQ(report["summary"]["pool"]["restarts"], 4);
  int listed = 0;
  for (const auto& result : report["results"]) {
    if (!result.contains("quarantined")) continue;
    ++listed;
    EXPECT_EQ(result["error_code"], "fault");
    EXPECT_FALSE(fs::exists(folder / std::string(result["optimized_path"])));
  }
  EXPECT_EQ(listed, 2);
}

TEST(Isolation, ATimeoutEndsWhatHangs) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(70, 70) + "FAULT:loop;");
  folder.write("in/b.jpg", jpeg_file(80, 80));
  const Outcome outcome = imgmill_with_faulty_workers(folder, "optimize in -o out --timeout 1");
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("did not finish within 1 s"));
  EXPECT_TRUE(folder.has("out/b.jpg"));
}

TEST(Isolation, AMissingWorkerProgramIsToldWithAWayOut) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(70, 70));
  fs::create_directories(folder / "elsewhere");
  fs::copy_file(program_path(), folder / "elsewhere/imgmill");
  const std::string command =
      "cd '" + folder.path().string() + "' && elsewhere/imgmill optimize in -o out >told 2>&1";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
  EXPECT_THAT(folder.read("told"), HasSubstr("--isolation thread"));
}

TEST(Isolation, RequireInsistsOnEveryLayer) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(70, 70));
  const Outcome doctor = imgmill(folder, {"doctor", "--json"});
  bool all_on = true;
  const auto report = nlohmann::json::parse(doctor.out);
  for (const auto& layer : report["sandbox"]) all_on &= layer["state"] == "on";
  const Outcome outcome =
      imgmill(folder, {"optimize", "a.jpg", "-o", "b.jpg", "--sandbox", "require"});
  EXPECT_EQ(outcome.status, all_on ? 0 : 1) << outcome.err;
  EXPECT_EQ(folder.has("b.jpg"), all_on);
  // By default a missing sandbox layer is reported once. (Builds with a sanitizer lack seccomp.)
  const Outcome automatic = imgmill(folder, {"optimize", "a.jpg", "-o", "d.jpg"});
  EXPECT_EQ(automatic.status, 0) << automatic.err;
  const std::size_t told = automatic.err.find("the sandbox was without");
  EXPECT_EQ(told == std::string::npos, all_on) << automatic.err;
  if (!all_on) {
    EXPECT_EQ(automatic.err.find("the sandbox was without", told + 1), std::string::npos);
  }
  const Outcome off = imgmill(folder, {"optimize", "a.jpg", "-o", "c.jpg", "--sandbox", "off"});
  EXPECT_EQ(off.status, 0) << off.err;
  EXPECT_THAT(off.err, Not(HasSubstr("sandbox")));
}

}  // namespace
}  // namespace imgmill::test

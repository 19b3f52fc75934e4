#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

void three_pictures(const Folder& folder) {
  folder.write("in/a.jpg", jpeg_file(120, 80, 95, 1));
  folder.write("in/sub/b.jpg", jpeg_file(90, 90, 95, 2));
  folder.write("in/sub/c.png", png_file(64, 48, 3));
  folder.write("in/notes.txt", "not an image");
}

TEST(Optimize, ATreeGoesInAndTheSameTreeComesOut) {
  const Folder folder;
  three_pictures(folder);
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(folder.files("out"), ElementsAre("a.jpg", "sub/b.jpg", "sub/c.png"));
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("3 images: "));
  for (const std::string& name : folder.files("out")) {
    EXPECT_LE(folder.read("out/" + name).size(), folder.read("in/" + name).size()) << name;
  }
}

TEST(Optimize, ConvertsToEveryFormatThatHelpNames) {
  const Folder folder;
  folder.write("a.png", png_file(40, 30));
  const Outcome doctor = imgmill(folder, {"doctor", "--json"});
  const auto offered = nlohmann::json::parse(doctor.out);
  ASSERT_GE(offered["formats"].size(), 6U);
  for (const auto& format : offered["formats"]) {
    if (!format["write"].get<bool>()) continue;
    const std::string name = format["name"];
    const Outcome outcome = imgmill(folder, {"optimize", "a.png", "-f", name, "-o", "out." + name});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const Outcome seen = imgmill(folder, {"inspect", "--json", "out." + name});
    const auto header = nlohmann::json::parse(seen.out);
    EXPECT_EQ(header["format"], name);
    EXPECT_EQ(header["width"], 40);
    EXPECT_EQ(header["height"], 30);
  }
}

TEST(Optimize, ResizesAndNeverEnlargesUnasked) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(200, 100));
  const auto width_after = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"optimize", "a.jpg", "-o", "b.jpg", "--overwrite"};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(imgmill(folder, words).status, 0);
    const Outcome seen = imgmill(folder, {"inspect", "--json", "b.jpg"});
    return nlohmann::json::parse(seen.out)["width"].get<int>();
  };
  EXPECT_EQ(width_after({"--resize", "longest=50"}), 50);
  EXPECT_EQ(width_after({"--resize", "25%"}), 50);
  EXPECT_EQ(width_after({"--resize", "width=400"}), 200);
  EXPECT_EQ(width_after({"--resize", "width=400", "--enlarge"}), 400);
}

TEST(Optimize, StandardInputGoesToStandardOutputOrAFile) {
  const Folder folder;
  const std::string picture = jpeg_file(200, 150, 98);
  const Outcome piped = imgmill(folder, {"optimize", "-", "-q", "60"}, picture);
  EXPECT_EQ(piped.status, 0) << piped.err;
  EXPECT_THAT(piped.out, StartsWith("\xff\xd8\xff"));
  EXPECT_LT(piped.out.size(), picture.size());
  EXPECT_THAT(piped.err, HasSubstr("1 image: "));
  const Outcome filed = imgmill(folder, {"optimize", "-", "-q", "60", "-o", "a.jpg"}, picture);
  EXPECT_EQ(filed.status, 0) << filed.err;
  EXPECT_EQ(folder.read("a.jpg"), piped.out);
  const Outcome again = imgmill(folder, {"optimize", "-", "-o", "a.jpg"}, picture);
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("--overwrite"));
  EXPECT_EQ(folder.read("a.jpg"), piped.out);
  EXPECT_THAT(folder.files(), ElementsAre("a.jpg"));
}

TEST(Optimize, BrokenStandardInputFailsWithoutOutput) {
  const Folder folder;
  const Outcome outcome = imgmill(folder, {"optimize", "-"}, "this is no image");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("failed: -: at process: "));
}

TEST(Optimize, TakesListsByLineAndByNul) {
  const Folder folder;
  three_pictures(folder);
  folder.write("odd\nname.jpg", jpeg_file(30, 30));
  folder.write("lines", "in/a.jpg\r\nin/sub/b.jpg\n");
  folder.write("nul", std::string("odd\nname.jpg\0in/a.jpg\0", 23 - 1));
  EXPECT_EQ(imgmill(folder, {"optimize", "@lines", "-o", "one"}).status, 0);
  EXPECT_THAT(folder.files("one"), ElementsAre("a.jpg", "b.jpg"));
  EXPECT_EQ(imgmill(folder, {"optimize", "@nul", "-o", "two"}).status, 0);
  EXPECT_THAT(folder.files("two"), ElementsAre("a.jpg", "odd\nname.jpg"));
  EXPECT_EQ(imgmill(folder, {"optimize", "@-", "-o", "three"}, "in/a.jpg").status, 0);
  EXPECT_THAT(folder.files("three"), ElementsAre("a.jpg"));
  folder.write("@x.jpg", jpeg_file(30, 30));
  EXPECT_EQ(imgmill(folder, {"optimize", "./@x.jpg", "-o", "four"}).status, 0);
  EXPECT_THAT(folder.files("four"), ElementsAre("@x.jpg"));
  const Outcome missing = imgmill(folder, {"optimize", "@gone", "-o", "five"});
  EXPECT_NE(missing.status, 0);
  EXPECT_THAT(missing.err, HasSubstr("./@gone"));
}

TEST(Optimize, OneInputGoesIntoAFileOrAFolder) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(30, 30));
  EXPECT_EQ(imgmill(folder, {"optimize", "a.jpg", "-o", "b.jpg"}).status, 0);
  EXPECT_EQ(imgmill(folder, {"optimize", "a.jpg", "-o", "new"}).status, 0);
  EXPECT_EQ(imgmill(folder, {"optimize", "a.jpg", "-o", "new.d/"}).status, 0);
  EXPECT_THAT(folder.files(), ElementsAre("a.jpg", "b.jpg", "new.d/a.jpg", "new/a.jpg"));
}

TEST(Optimize, DryRunWritesNothing) {
  const Folder folder;
  three_pictures(folder);
  const auto before = folder.files();
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out", "--dry-run"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(folder.files(), before);
  EXPECT_FALSE(folder.has("out"));
  EXPECT_THAT(outcome.err, HasSubstr("nothing was written"));
  EXPECT_THAT(outcome.err, HasSubstr("in/sub/c.png -> out/sub/c.png"));
}

TEST(Optimize, AnExistingOutputIsRefusedSkippedOrReplaced) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(60, 60));
  folder.write("out/a.jpg", "precious");
  const Outcome refused = imgmill(folder, {"optimize", "in", "-o", "out"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("--overwrite"));
  EXPECT_EQ(folder.read("out/a.jpg"), "precious");
  const Outcome skipped = imgmill(folder, {"optimize", "in", "-o", "out", "--skip-existing"});
  EXPECT_EQ(skipped.status, 0) << skipped.err;
  EXPECT_THAT(skipped.err, HasSubstr("1 skipped"));
  EXPECT_EQ(folder.read("out/a.jpg"), "precious");
  const Outcome replaced = imgmill(folder, {"optimize", "in", "-o", "out", "--overwrite"});
  EXPECT_EQ(replaced.status, 0) << replaced.err;
  EXPECT_THAT(folder.read("out/a.jpg"), StartsWith("\xff\xd8\xff"));
}

TEST(Optimize, InPlaceReplacesAndBackupKeepsTheOriginals) {
  const Folder folder;
  three_pictures(folder);
  const std::string original = folder.read("in/sub/c.png");
  const Outcome outcome = imgmill(folder, {"optimize", "--in-place", "--backup", "old", "in"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_LT(folder.read("in/sub/c.png").size(), original.size());
  EXPECT_EQ(folder.read("old/in/sub/c.png"), original);
  EXPECT_THAT(folder.files("in"), ElementsAre("a.jpg", "notes.txt", "sub/b.jpg", "sub/c.png"));
}

TEST(Optimize, KeepsTimesAndPermissions) {
  const Folder folder;
  folder.write("a.png", png_file(50, 50));
  chmod((folder / "a.png").c_str(), 0640);
  const std::array<timespec, 2> times = {timespec{1'000'000'000, 0}, timespec{1'234'567'890, 500}};
  utimensat(AT_FDCWD, (folder / "a.png").c_str(), times.data(), 0);
  EXPECT_EQ(imgmill(folder, {"optimize", "a.png", "-o", "b.png"}).status, 0);
  struct stat facts {};
  ASSERT_EQ(stat((folder / "b.png").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0640U);
  EXPECT_EQ(facts.st_mtim.tv_sec, 1'234'567'890);
}

TEST(Optimize, TheNumberOfJobsAndThePipelineChangeNoByte) {
  const Folder folder;
  for (int i = 0; i < 12; ++i) {
    folder.write("in/" + std::to_string(i) + ".jpg", jpeg_file(100 + i, 70, 95, i));
    folder.write("in/" + std::to_string(i) + "p.png", png_file(40, 30 + i, i));
  }
  EXPECT_EQ(imgmill(folder, {"optimize", "in", "-o", "one", "-j", "1"}).status, 0);
  EXPECT_EQ(imgmill(folder, {"optimize", "in", "-o", "four", "-j", "4"}).status, 0);
  EXPECT_EQ(imgmill(folder, {"optimize", "in", "-o", "plain", "--pipeline=off"}).status, 0);
  ASSERT_EQ(folder.files("one").size(), 24U);
  for (const std::string& name : folder.files("one")) {
    EXPECT_EQ(folder.read("one/" + name), folder.read("four/" + name)) << name;
    EXPECT_EQ(folder.read("one/" + name), folder.read("plain/" + name)) << name;
  }
}

TEST(Optimize, ReportsAsJsonAndCsv) {
  const Folder folder;
  three_pictures(folder);
  folder.write("in/z.jpg", "broken");
  EXPECT_EQ(imgmill(folder, {"optimize", "in", "-o", "out", "--report", "r.json"}).status, 1);
  const auto report = nlohmann::json::parse(folder.read("r.json"));
  ASSERT_EQ(report["results"].size(), 4U);
  EXPECT_EQ(report["results"][0]["original_path"], "in/a.jpg");
  EXPECT_EQ(report["results"][0]["success"], true);
  EXPECT_EQ(report["results"][3]["success"], false);
  EXPECT_TRUE(report.contains("settings"));
  EXPECT_TRUE(report.contains("summary"));
  EXPECT_EQ(imgmill(folder, {"optimize", "in", "-o", "out2", "--report", "r.csv"}).status, 1);
  const std::string table = folder.read("r.csv");
  EXPECT_EQ(std::ranges::count(table, '\n'), 5) << table;
  const Outcome wrong = imgmill(folder, {"optimize", "in", "-o", "out3", "--report", "r.pdf"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_FALSE(folder.has("out3"));
}

}  // namespace
}  // namespace imgmill::test

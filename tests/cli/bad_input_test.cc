#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/other_rights.h"
#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(BadInput, OneBadImageCostsOneImage) {
  const Folder folder;
  const std::string good = jpeg_file(100, 100);
  folder.write("in/a-good.jpg", good);
  folder.write("in/b-empty.jpg", "");
  folder.write("in/c-text.jpg", "hello, this is no image at all");
  folder.write("in/d-truncated.png", png_file(60, 60).substr(0, 2000));
  folder.write("in/e-header.jpg", good.substr(0, 20));
  folder.write("in/f-good.png", png_file(60, 60));
  std::filesystem::create_symlink("nowhere.jpg", folder / "in/g-dangling.jpg");
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out"});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_THAT(folder.files("out"), ElementsAre("a-good.jpg", "f-good.png"));
  for (const char* name :
       {"b-empty.jpg", "c-text.jpg", "d-truncated.png", "e-header.jpg", "g-dangling.jpg"}) {
    // Path, stage and, after the semicolon, advice.
    EXPECT_THAT(outcome.err, ::testing::ContainsRegex(std::string("failed: in/") + name +
                                                      ": at [a-z]+: [^\n]+; [^\n]+\n"))
        << name;
  }
  EXPECT_THAT(outcome.err, HasSubstr("2 images: "));
  EXPECT_THAT(outcome.err, HasSubstr("5 failed (named above)"));
}

TEST(BadInput, RawFilesOfCamerasAreCalledByTheirName) {
  const Folder folder;
  folder.write("a.RW2", std::string("IIU\0\x18\0\0\0", 8) + std::string(500, 'x'));
  folder.write("b.raf", "FUJIFILMCCD-RAW 0201" + std::string(500, 'x'));
  const Outcome outcome = imgmill(folder, {"optimize", "a.RW2", "b.raf", "-o", "out"});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("Panasonic or Leica raw file (RW2)"));
  EXPECT_THAT(outcome.err, HasSubstr("Fujifilm raw file (RAF)"));
  EXPECT_THAT(outcome.err, HasSubstr("raw converter"));
}

TEST(BadInput, UnreadableFilesAndFoldersFailAlone) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(50, 50));
  folder.write("in/b.jpg", jpeg_file(50, 50));
  folder.write("in/closed/c.jpg", jpeg_file(50, 50));
  chmod((folder / "in/b.jpg").c_str(), 0);
  chmod((folder / "in/closed").c_str(), 0);
  if (geteuid() == 0) chmod(folder.path().c_str(), 0777);  // not writable
  const Verdict verdict = as_nobody([&] {
    if (access(program_path().c_str(), X_OK) != 0) return std::string("unreachable");
    const Outcome seen = imgmill(folder, {"optimize", "in", "-o", "out"});
    return std::to_string(seen.status) + '\n' + seen.err;
  });
  chmod((folder / "in/closed").c_str(), 0700);
  if (!verdict || *verdict == "unreachable") {
    GTEST_SKIP() << "root may read everything, and nobody may not run the program here";
  }
  EXPECT_THAT(*verdict, ::testing::StartsWith("1\n"));
  EXPECT_THAT(folder.files("out"), ElementsAre("a.jpg"));
  EXPECT_THAT(*verdict, HasSubstr("in/b.jpg"));
  EXPECT_THAT(*verdict, HasSubstr("in/closed"));
}

TEST(BadInput, AMissingInputIsAFailureOfThatInput) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(50, 50));
  const Outcome outcome = imgmill(folder, {"optimize", "gone.jpg", "a.jpg", "-o", "out"});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("failed: gone.jpg: at "));
  EXPECT_TRUE(folder.has("out/a.jpg"));
}

TEST(BadInput, AMisnamedPngIsTreatedAsThePngItIs) {
  const Folder folder;
  folder.write("in/a.jpg", png_file(60, 60));
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out", "-v"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  ASSERT_EQ(folder.files("out").size(), 1U);
  EXPECT_THAT(folder.read("out/" + folder.files("out")[0]), HasSubstr("PNG"));
  EXPECT_THAT(outcome.err, HasSubstr("PNG")) << "a note says so";
}

TEST(BadInput, OddNamesAreDoneAndNeverPrintedRaw) {
  const Folder folder;
  folder.write("in/not-utf8-\xff\xfe.jpg", jpeg_file(50, 50));
  folder.write("in/escape-\x1b[31m.jpg", jpeg_file(50, 50));
  folder.write("in/line\nfeed.jpg", "broken");
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out", "-v"});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_TRUE(folder.has("out/not-utf8-\xff\xfe.jpg"));
  EXPECT_TRUE(folder.has("out/escape-\x1b[31m.jpg"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(outcome.err, Not(HasSubstr("\xff")));
  EXPECT_THAT(outcome.err, Not(HasSubstr("line\nfeed")));
  EXPECT_THAT(outcome.err, HasSubstr("escape-?[31m.jpg"));
}

TEST(BadInput, LimitsAreCheckedFromTheHeader) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(100, 100));
  const Outcome pixels =
      imgmill(folder, {"optimize", "a.jpg", "-o", "b.jpg", "--max-pixels", "9999"});
  EXPECT_EQ(pixels.status, 1);
  EXPECT_THAT(pixels.err, HasSubstr("--max-pixels"));
  const Outcome bytes = imgmill(folder, {"optimize", "a.jpg", "-o", "b.jpg", "--max-input", "100"});
  EXPECT_EQ(bytes.status, 1);
  EXPECT_FALSE(folder.has("b.jpg"));
}

TEST(BadInput, FailFastStopsTheRest) {
  const Folder folder;
  folder.write("in/0.jpg", "broken");
  for (int i = 1; i < 200; ++i)
    folder.write("in/" + std::to_string(1000 + i) + ".jpg", jpeg_file(64, 64));
  const Outcome outcome =
      imgmill(folder, {"optimize", "in", "-o", "out", "--fail-fast", "-j", "1"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_LT(folder.files("out").size(), 199U);
  EXPECT_THAT(outcome.err, HasSubstr("--fail-fast"));
}

}  // namespace
}  // namespace imgmill::test

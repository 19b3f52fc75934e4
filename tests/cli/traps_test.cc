// Typical mistakes of new users, and what must not happen then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string format_of(const Folder& folder, const std::string& name) {
  const Outcome seen = imgmill(folder, {"inspect", "--json", name});
  EXPECT_EQ(seen.status, 0) << seen.err;
  return nlohmann::json::parse(seen.out)["format"];
}

TEST(Traps, AnOriginalIsOnlyReplacedByInPlace) {
  const Folder folder;
  const std::string original = jpeg_file(200, 150, 98);
  folder.write("photo.jpg", original);
  fs::create_symlink("photo.jpg", folder / "link.jpg");
  const std::string whole = (folder / "photo.jpg").string();
  for (const std::string& output : {std::string("photo.jpg"), std::string("./photo.jpg"),
                                    std::string("link.jpg"), whole, std::string(".")}) {
    for (const bool overwrite : {false, true}) {
      std::vector<std::string> words = {"optimize", "photo.jpg", "-o", output, "-q", "30"};
      if (overwrite) words.emplace_back("--overwrite");
      const Outcome outcome = imgmill(folder, words);
      EXPECT_NE(outcome.status, 0) << output;
      EXPECT_THAT(outcome.err, HasSubstr("--in-place")) << output;
      EXPECT_EQ(folder.read("photo.jpg"), original) << output;
    }
  }
}

TEST(Traps, ATaskReplacesItsInputOnlyInPlace) {
  const Folder folder;
  const std::string original = jpeg_file(200, 150, 98);
  for (const std::string output : {"a.jpg", "./a.jpg"}) {
    folder.write("a.jpg", original);
    const std::string task = R"({"input_path": "a.jpg", "output_path": ")" + output +
                             R"(", "settings": {"quality": 30}})";
    const Outcome refused = imgmill(folder, {"batch", "-", "--overwrite"}, task);
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("--in-place"));
    EXPECT_EQ(folder.read("a.jpg"), original);
    const Outcome replaced =
        imgmill(folder, {"batch", "-", "--in-place", "--backup", "kept" + output}, task);
    EXPECT_EQ(replaced.status, 0) << replaced.err;
    EXPECT_LT(folder.read("a.jpg").size(), original.size());
    EXPECT_EQ(folder.read("kept" + output + "/a.jpg"), original);
  }
}

TEST(Traps, AnOutputsNameIsItsFormat) {
  const Folder folder;
  folder.write("photo.jpg", jpeg_file(200, 150, 98));
  for (const std::string format : {"webp", "avif", "png"}) {
    const std::string name = "x." + format;
    const Outcome outcome = imgmill(folder, {"optimize", "photo.jpg", "-o", name});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(format_of(folder, name), format);
    const std::string piped = "piped." + format;
    EXPECT_EQ(imgmill(folder, {"optimize", "-", "-o", piped}, jpeg_file(99, 99)).status, 0);
    EXPECT_EQ(format_of(folder, piped), format);
  }
  const Outcome batch =
      imgmill(folder, {"batch", "-"}, R"({"input_path": "photo.jpg", "output_path": "z.webp"})");
  EXPECT_EQ(batch.status, 0) << batch.err;
  EXPECT_EQ(format_of(folder, "z.webp"), "webp");
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"-o", "y.png", "-f", "webp"}, {"-o", "y.bmp"}, {"-o", "y.svg"}}) {
    std::vector<std::string> words = {"optimize", "photo.jpg"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = imgmill(folder, words);
    EXPECT_NE(outcome.status, 0);
    EXPECT_THAT(outcome.err, HasSubstr("extension"));
  }
  const Outcome contradiction = imgmill(
      folder, {"batch", "-"},
      R"({"input_path": "photo.jpg", "output_path": "y.png", "settings": {"outputFormat": "webp"}})");
  EXPECT_EQ(contradiction.status, 1);
  EXPECT_FALSE(folder.has("y.png"));
}

TEST(Traps, BatchAndOptimizeHaveOneDefault) {
  const Folder folder;
  folder.write("photo.jpg", jpeg_file(300, 200, 98));
  EXPECT_EQ(imgmill(folder, {"optimize", "photo.jpg", "-o", "a.jpg"}).status, 0);
  const Outcome batch =
      imgmill(folder, {"batch", "-"}, R"({"input_path": "photo.jpg", "output_path": "b.jpg"})");
  EXPECT_EQ(batch.status, 0) << batch.err;
  EXPECT_EQ(folder.read("a.jpg"), folder.read("b.jpg"));
  EXPECT_EQ(nlohmann::json::parse(batch.out)["target"], 80);
}

TEST(Traps, WhatIsLeftOutIsCountedAndNamed) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(60, 40));
  folder.write("in/notes.txt", "text");
  folder.write("in/raw.CR2", "raw");
  folder.write("in/.secret/b.jpg", jpeg_file(60, 40));
  const Outcome counted = imgmill(folder, {"optimize", "in", "-o", "out"});
  EXPECT_EQ(counted.status, 0) << counted.err;
  EXPECT_THAT(counted.err, HasSubstr("left out: 1 camera raw, 1 hidden folder, 1 txt"));
  EXPECT_THAT(counted.err, Not(HasSubstr("notes.txt")));
  const Outcome named = imgmill(folder, {"optimize", "in", "-o", "out", "-v"});
  EXPECT_THAT(named.err, HasSubstr("left out: in/raw.CR2 (camera raw)"));
  EXPECT_THAT(named.err, HasSubstr("left out: in/.secret (hidden folder)"));
  const Outcome json = imgmill(folder, {"optimize", "in", "-o", "out", "-v", "--progress", "json"});
  EXPECT_THAT(json.err, HasSubstr(R"({"event":"left_out","path":"in/notes.txt","kind":"txt"})"));
}

TEST(Traps, APatternThatMatchesNothingIsTold) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(60, 40));
  folder.write("in/drafts/b.jpg", jpeg_file(60, 40));
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out", "--exclude", "draft/",
                                           "--exclude", "drafts/", "--include", "*.jpg"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("matched by no image: 'draft/'\n"));
}

TEST(Traps, NoInputOfTheSameRunIsReplaced) {
  const Folder folder;
  folder.write("x/a.jpg", jpeg_file(200, 150, 98, 1));
  const std::string other = jpeg_file(200, 150, 98, 2);
  const auto expect_refused = [&](const Outcome& outcome) {
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr("the output of 'x/a.jpg' would replace 'y/a.jpg', which is "
                                       "an input, too"));
    EXPECT_EQ(folder.read("y/a.jpg"), other);
  };
  folder.write("y/a.jpg", other);
  expect_refused(
      imgmill(folder, {"optimize", "x/a.jpg", "y/a.jpg", "-o", "y", "--overwrite", "-q", "30"}));
  const std::string tasks =
      R"([{"input_path": "x/a.jpg", "output_path": "./y/a.jpg", "settings": {"quality": 30}},
          {"input_path": "y/a.jpg", "output_path": "b.jpg"}])";
  expect_refused(imgmill(folder, {"batch", "-", "--overwrite"}, tasks));
  EXPECT_TRUE(folder.has("b.jpg"));
  // A folder whose files are written to its parent.
  folder.write("y/y/a.jpg", jpeg_file(200, 150, 98, 3));
  folder.write("y/y/y/a.jpg", jpeg_file(200, 150, 98, 4));
  const std::string inner = folder.read("y/y/a.jpg");
  const Outcome above = imgmill(folder, {"optimize", "y/y", "-o", "y", "--overwrite", "-q", "30"});
  EXPECT_EQ(above.status, 1);
  EXPECT_THAT(above.err, HasSubstr("'y/y/y/a.jpg' would replace 'y/y/a.jpg'"));
  EXPECT_EQ(folder.read("y/y/a.jpg"), inner);
  EXPECT_NE(folder.read("y/a.jpg"), other) << "which is none this time";
}

TEST(Traps, AFormatThatStaysAndAnOutputOfAnotherOne) {
  const Folder folder;
  const std::string original = jpeg_file(200, 150, 98);
  folder.write("a.jpg", original);
  const Outcome file = imgmill(folder, {"optimize", "a.jpg", "-o", "x.webp", "-f", "original"});
  EXPECT_EQ(file.status, 2);
  EXPECT_THAT(file.err, HasSubstr("'x.webp' is named after WebP"));
  const Outcome pipe =
      imgmill(folder, {"optimize", "-", "-o", "x.webp", "-f", "original"}, original);
  EXPECT_EQ(pipe.status, 1);
  EXPECT_THAT(pipe.err, HasSubstr("'x.webp' is named after WebP"));
  EXPECT_FALSE(folder.has("x.webp"));
  EXPECT_EQ(imgmill(folder, {"optimize", "a.jpg", "-o", "x.jpg", "-f", "original"}).status, 0);
}

/// A black and a white frame of one pixel each.
std::string animated_gif() {
  using namespace std::string_literals;
  return "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff"
         "\x21\xf9\4\0\x0a\0\0\0\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
         "\x21\xf9\4\0\x0a\0\0\0\x2c\0\0\0\0\1\0\1\0\0\2\2\x4c\1\0\x3b"s;
}

TEST(Traps, AnAnimationStaysOneAndIsCalledWhatItIs) {
  const Folder folder;
  folder.write("in/moves.gif", animated_gif());
  folder.write("in/photo.jpg", jpeg_file(200, 150, 98));
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{
           {"in", "-o", "none", "-f", "avif", "--animation", "refuse"},
           {"in/moves.gif", "-o", "none.avif"}}) {
    std::vector<std::string> words = {"optimize", "--cache", "off"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome refused = imgmill(folder, words);
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("--animation keep"));
  }
  const std::vector<std::string> words = {"optimize", "in",   "-o",      "out",
                                          "-f",       "avif", "--cache", "off"};
  const Outcome kept = imgmill(folder, words);
  EXPECT_EQ(kept.status, 0) << kept.err;
  EXPECT_THAT(folder.files("out"), ElementsAre("moves.gif", "photo.avif"));
  EXPECT_EQ(folder.read("out/moves.gif"), animated_gif());
  EXPECT_THAT(kept.err, HasSubstr("it stays gif: 2 frames do not fit into avif"));
  // An existing file of that name is not replaced.
  folder.write("out/moves.gif", "mine");
  const Outcome there = imgmill(folder, words);
  EXPECT_EQ(there.status, 1);
  EXPECT_THAT(there.err, HasSubstr("moves.gif"));
  EXPECT_EQ(folder.read("out/moves.gif"), "mine");
  std::vector<std::string> again = words;
  again.emplace_back("--skip-existing");
  EXPECT_THAT(imgmill(folder, again).err, HasSubstr("2 skipped"));
}

TEST(Traps, OtherFilesAreCopiedUntouched) {
  const Folder folder;
  folder.write("site/index.html", "<img src=a.jpg>");
  folder.write("site/.htaccess", "deny");
  folder.write("site/img/a.jpg", jpeg_file(200, 150, 98));
  folder.write("site/img/logo.png", png_file(40, 40));
  const std::vector<std::string> words = {"optimize",  "site",   "-o", "dist", "--copy-others",
                                          "--exclude", "logo.*", "-q", "50"};
  const Outcome outcome = imgmill(folder, words);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(folder.files("dist"),
              ElementsAre(".htaccess", "img/a.jpg", "img/logo.png", "index.html"));
  EXPECT_EQ(folder.read("dist/img/logo.png"), folder.read("site/img/logo.png"));
  EXPECT_LT(folder.read("dist/img/a.jpg").size(), folder.read("site/img/a.jpg").size());
  EXPECT_THAT(outcome.err, HasSubstr("3 other files copied"));
  EXPECT_THAT(imgmill(folder, words).err, HasSubstr("3 were there already"));
  // A changed copy is not replaced, and the error names it.
  folder.write("dist/index.html", "mine");
  const Outcome refused = imgmill(folder, words);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("failed: site/index.html: at copying"));
  EXPECT_EQ(folder.read("dist/index.html"), "mine");
}

TEST(Traps, SeveralFoldersAndTwoLogosKeepApart) {
  const Folder folder;
  for (const char* name : {"a/logo.jpg", "b/logo.jpg"}) folder.write(name, jpeg_file(50, 50));
  folder.write("a/logo.png", png_file(50, 50));
  const Outcome outcome = imgmill(folder, {"optimize", "a", "b", "-o", "out", "-f", "webp"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("--name '{name}-{from}'"));
  const Outcome named = imgmill(
      folder, {"optimize", "a", "b", "-o", "named", "-f", "webp", "--name", "{name}-{from}"});
  EXPECT_EQ(named.status, 0) << named.err;
  EXPECT_THAT(folder.files("named"),
              ElementsAre("a/logo-jpg.webp", "a/logo-png.webp", "b/logo-jpg.webp"));
}

TEST(Traps, AFailureIsToldOnce) {
  const Folder folder;
  folder.write("in/good.jpg", jpeg_file(60, 40));
  folder.write("in/bad.jpg", "broken");
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out"});
  EXPECT_EQ(outcome.status, 1);
  const std::string reason = "is not an image imgmill knows";
  const std::size_t first = outcome.err.find(reason);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(outcome.err.find(reason, first + 1), std::string::npos) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("1 failed (named above)"));
}

TEST(Traps, HangingUpEndsAsTerminatingDoes) {
  const Folder folder;
  for (int i = 0; i < 60; ++i) {
    folder.write("in/" + std::to_string(i) + ".jpg", jpeg_file(320, 240, 98, i));
  }
  Running running(folder, {"optimize", "in", "-o", "out", "-j", "1", "-f", "avif", "-q", "60"});
  for (int i = 0; i < 600 && !fs::exists(folder / "out"); ++i) usleep(50'000);
  running.signal(SIGHUP);
  running.signal(SIGHUP);
  const Outcome outcome = running.finish();
  EXPECT_EQ(outcome.status, 130);
  EXPECT_THAT(outcome.err, HasSubstr("--resume"));
  for (const std::string& name : folder.files("out")) EXPECT_THAT(name, Not(StartsWith(".")));
}

TEST(Traps, ALimitOnTheSizeOfFilesIsAnErrorOfTheFile) {
  const Folder folder;
  folder.write("in/small.png", png_file(20, 20));
  folder.write("in/large.jpg", jpeg_file(1500, 1000, 100));
  const std::string program = program_path().string();
  const std::string command = "cd '" + folder.path().string() + "' && ulimit -f 64 && '" + program +
                              "' optimize in -o out --cache off -q 95 --isolation thread 2> said";
  const int status = std::system(("bash -c \"" + command + "\"").c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1) << folder.read("said");
  EXPECT_THAT(folder.read("said"), HasSubstr("failed: in/large.jpg: at write:"));
  EXPECT_TRUE(folder.has("out/small.png"));
  EXPECT_FALSE(folder.has("out/large.jpg"));
}

TEST(Traps, TooLittleMemoryForTheProgramItselfIsSaid) {
  if (std::getenv("IMGMILL_PROGRAM") != nullptr) {
    GTEST_SKIP() << "with a sanitizer there is no such small address space";
  }
  const Folder folder;
  folder.write("a.jpg", jpeg_file(60, 40));
  int told = 0;
  // Limits at which the program still starts but cannot create its threads.
  for (int megabytes = 100; megabytes <= 400; megabytes += 50) {
    const std::string command = "ulimit -v " + std::to_string(megabytes * 1024) + "; '" +
                                program_path().string() + "' optimize a.jpg -o out --cache off";
    const int status = std::system(
        ("cd '" + folder.path().string() + "' && bash -c \"" + command + "\" 2> said").c_str());
    const std::string said = folder.read("said");
    EXPECT_THAT(said, Not(HasSubstr("Resource temporarily unavailable"))) << megabytes;
    EXPECT_THAT(said, Not(HasSubstr("terminate called"))) << megabytes;
    if (said.contains("there is too little memory")) {
      EXPECT_EQ(WEXITSTATUS(status), 1);
      ++told;
    }
  }
  EXPECT_GT(told, 0);
}

TEST(Traps, AMapDoesNotReplaceWhatItIsOf) {
  const Folder folder;
  const std::string original = png_file(60, 60);
  folder.write("a.png", original);
  folder.write("b.png", png_file(60, 60, 1));
  const Outcome outcome = imgmill(folder, {"compare", "a.png", "b.png", "--map", "./a.png"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(folder.read("a.png"), original);
}

}  // namespace
}  // namespace imgmill::test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;

void pack(const Folder& folder, const std::string& jpeg, const std::string& jxl) {
  const Outcome packed = imgmill(folder, {"optimize", jpeg, "-o", jxl, "-f", "jxl", "--lossless",
                                          "--keep", "all", "--progress", "none"});
  ASSERT_EQ(packed.status, 0) << packed.err;
}

TEST(RestoreJpeg, GivesTheVeryFileBack) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(160, 120, 85));
  pack(folder, "a.jpg", "packed/a.jxl");
  EXPECT_LT(folder.read("packed/a.jxl").size(), folder.read("a.jpg").size());
  const Outcome beside = imgmill(folder, {"restore-jpeg", "packed/a.jxl"});
  EXPECT_EQ(beside.status, 0) << beside.err;
  EXPECT_EQ(folder.read("packed/a.jpg"), folder.read("a.jpg"));
  const Outcome elsewhere = imgmill(folder, {"restore-jpeg", "packed/a.jxl", "-o", "new/"});
  EXPECT_EQ(elsewhere.status, 0) << elsewhere.err;
  EXPECT_EQ(folder.read("new/a.jpg"), folder.read("a.jpg"));
  const Outcome pipe =
      imgmill(folder, {"restore-jpeg", "-", "-o", "-"}, folder.read("packed/a.jxl"));
  EXPECT_EQ(pipe.status, 0) << pipe.err;
  EXPECT_EQ(pipe.out, folder.read("a.jpg"));
}

TEST(RestoreJpeg, ReplacesNothingUnasked) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(80, 60, 85));
  pack(folder, "a.jpg", "a.jxl");
  folder.write("a.jpg", "something else");
  const Outcome refused = imgmill(folder, {"restore-jpeg", "a.jxl"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("is there already"));
  EXPECT_EQ(folder.read("a.jpg"), "something else");
  const Outcome asked = imgmill(folder, {"restore-jpeg", "a.jxl", "--overwrite"});
  EXPECT_EQ(asked.status, 0) << asked.err;
  EXPECT_NE(folder.read("a.jpg"), "something else");
}

TEST(RestoreJpeg, TellsWhatHoldsNone) {
  const Folder folder;
  folder.write("a.png", png_file(40, 30));
  folder.write("b.jpg", jpeg_file(80, 60, 85));
  pack(folder, "b.jpg", "b.jxl");
  const Outcome pixels =
      imgmill(folder, {"optimize", "a.png", "-o", "a.jxl", "-f", "jxl", "--progress", "none"});
  ASSERT_EQ(pixels.status, 0) << pixels.err;
  // One bad file does not affect the others.
  const Outcome outcome = imgmill(folder, {"restore-jpeg", "a.jxl", "a.png", "b.jxl", "-o", "out"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("holds no JPEG"));
  EXPECT_THAT(outcome.err, HasSubstr("not JPEG XL"));
  EXPECT_EQ(folder.read("out/b.jpg"), folder.read("b.jpg"));
  EXPECT_EQ(imgmill(folder, {"restore-jpeg"}).status, 2);
  EXPECT_EQ(imgmill(folder, {"restore-jpeg", "-", "b.jxl", "-o", "x"}).status, 2);
  EXPECT_EQ(imgmill(folder, {"restore-jpeg", "-"}).status, 2);
}

}  // namespace
}  // namespace imgmill::test

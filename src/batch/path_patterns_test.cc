#include "batch/path_patterns.h"

#include <gtest/gtest.h>

namespace imgmill {
namespace {

bool file(const std::string& pattern, std::string_view path) {
  const auto patterns = PathPatterns::parse({pattern});
  EXPECT_TRUE(patterns) << patterns.error().describe();
  return patterns && patterns->match_file(path);
}
bool folder(const std::string& pattern, std::string_view path) {
  const auto patterns = PathPatterns::parse({pattern});
  EXPECT_TRUE(patterns) << patterns.error().describe();
  return patterns && patterns->match_folder(path);
}

TEST(PathPatterns, WithoutASlashMeanNamesAnywhere) {
  EXPECT_TRUE(file("*.png", "a.png"));
  EXPECT_TRUE(file("*.png", "x/y/a.png"));
  EXPECT_TRUE(file("*.png", "A.PNG"));
  EXPECT_FALSE(file("*.png", "a.png.jpg"));
  EXPECT_FALSE(file("a", "a/b"));
  EXPECT_TRUE(folder("drafts", "x/drafts"));
  EXPECT_TRUE(folder("drafts/", "x/drafts"));
  EXPECT_FALSE(file("drafts/", "x/drafts"));
}

TEST(PathPatterns, WithASlashMeanPathsFromTheTop) {
  EXPECT_TRUE(file("/a.png", "a.png"));
  EXPECT_FALSE(file("/a.png", "x/a.png"));
  EXPECT_TRUE(file("x/*.png", "x/a.png"));
  EXPECT_FALSE(file("x/*.png", "x/y/a.png"));
  EXPECT_FALSE(file("x/*.png", "w/x/a.png"));
  EXPECT_TRUE(file("./x/a.png", "x/a.png"));
  EXPECT_TRUE(file("x/**/a.png", "x/a.png"));
  EXPECT_TRUE(file("x/**/a.png", "x/y/z/a.png"));
  EXPECT_TRUE(file("**/y/*", "x/y/a.png"));
  EXPECT_TRUE(file("x/**", "x/y/a.png"));
  EXPECT_FALSE(file("x/**", "x"));
  EXPECT_FALSE(file("x/**/b", "x/y/a"));
}

TEST(PathPatterns, MayBeginWithTheFolderAsItWasWritten) {
  const std::vector<std::string> root = {"my", "photos"};
  const auto match = [&](const std::string& pattern, std::string_view path) {
    return PathPatterns::parse({pattern})->match_file(path, root);
  };
  EXPECT_TRUE(match("my/photos/raw/*", "raw/a.jpg"));
  EXPECT_TRUE(match("raw/*", "raw/a.jpg"));
  EXPECT_FALSE(match("photos/raw/*", "raw/a.jpg"));
  EXPECT_FALSE(match("*/a.jpg", "a.jpg")) << "a star is no name of the root";
  EXPECT_TRUE(match("*/a.jpg", "raw/a.jpg"));
}

TEST(PathPatterns, KnowCharactersAndAlternatives) {
  EXPECT_TRUE(file("IMG_????.jpg", "img_0001.jpg"));
  EXPECT_TRUE(file("?.jpg", "\xC3\xA4.jpg")) << "one character of two bytes";
  EXPECT_TRUE(file("[a-c]*.jpg", "Bert.jpg"));
  EXPECT_FALSE(file("[!a-c]*.jpg", "bert.jpg"));
  EXPECT_TRUE(file("[]x]", "]"));
  EXPECT_TRUE(file("*.{jpg,jp{e,eg},png}", "a.jpeg"));
  EXPECT_FALSE(file("*.{jpg,png}", "a.gif"));
  EXPECT_TRUE(file("\\*\\{.jpg", "*{.jpg"));
  EXPECT_FALSE(file("\\*.jpg", "a.jpg"));
  EXPECT_TRUE(file("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(file("a*b*c", "a-b-b-d"));
}

TEST(PathPatterns, KnowWhichHaveMatchedNothing) {
  const auto patterns =
      PathPatterns::parse({"*.gif", "a.gif", "drafts/", "{x,y}/*.png", "z/**", "never"});
  ASSERT_TRUE(patterns);
  EXPECT_EQ(patterns->idle().size(), 6U);
  EXPECT_TRUE(patterns->match_file("a.gif")) << "which two of them mean";
  EXPECT_TRUE(patterns->match_folder("sub/drafts"));
  EXPECT_FALSE(patterns->match_file("never/at/all.jpg"));
  EXPECT_TRUE(patterns->match_file("y/b.png"));
  EXPECT_EQ(patterns->idle(), (std::vector<std::string>{"z/**", "never"}));
}

TEST(PathPatterns, TakeNoTimeThatGrowsLikeAPower) {
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "*a";
  EXPECT_FALSE(file(pattern + "b", std::string(4000, 'a')));
  std::string deep = "x";
  std::string stars = "x";
  for (int i = 0; i < 40; ++i) stars += "/**/x";
  for (int i = 0; i < 1000; ++i) deep += "/x";
  EXPECT_FALSE(file(stars + "/y", deep));
}

TEST(PathPatterns, SayWhatIsWrong) {
  for (const char* pattern : {"", "/", "[a", "{a,b", "./"}) {
    const auto patterns = PathPatterns::parse({pattern});
    ASSERT_FALSE(patterns) << pattern;
    EXPECT_EQ(patterns.error().code(), ErrorCode::usage);
  }
  std::string many;
  for (int i = 0; i < 20; ++i) many += "{a,b}";
  EXPECT_FALSE(PathPatterns::parse({many}));
}

}  // namespace
}  // namespace imgmill

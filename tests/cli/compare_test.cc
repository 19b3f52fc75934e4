#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(CompareCommand, TheSamePictureIsSaidToBeTheSame) {
  const Folder folder;
  folder.write("a.png", png_file(120, 80));
  const Outcome outcome = imgmill(folder, {"compare", "a.png", "a.png"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("100.00: the same"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("worst")));
}

TEST(CompareCommand, TellsScoreWorstTileAndSizes) {
  const Folder folder;
  folder.write("a.png", png_file(160, 120));
  folder.write("b.jpg", jpeg_file(160, 120, 40));
  const Outcome outcome = imgmill(folder, {"compare", "a.png", "b.jpg"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char* part :
       {"score", "worst", " pixels at ", "160 x 120", "(png)", "(jpeg)", "smaller"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

// For pictures too small for the reference program's score, the mirrored score is shown and
// decides.
TEST(CompareCommand, OfSmallPicturesTheScoreAmidMirrorImagesDecides) {
  const Folder folder;
  folder.write("a.png", png_file(60, 40));
  folder.write("b.jpg", jpeg_file(60, 40, 10));
  const Outcome outcome = imgmill(folder, {"compare", "a.png", "b.jpg"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("which says little of a picture so small\n  mirrored "));
  const auto object =
      nlohmann::json::parse(imgmill(folder, {"compare", "--json", "a.png", "b.jpg"}).out);
  const auto believed = object.at("in_context").get<double>();
  EXPECT_NE(believed, object.at("score").get<double>());
  const std::string above = std::to_string(static_cast<int>(std::floor(believed)) + 1);
  const std::string below = std::to_string(static_cast<int>(std::floor(believed)));
  EXPECT_EQ(imgmill(folder, {"compare", "--min", above, "a.png", "b.jpg"}).status, 3);
  EXPECT_EQ(imgmill(folder, {"compare", "--min", below, "a.png", "b.jpg"}).status, 0);
}

TEST(CompareCommand, JsonIsOneObjectWithTheDocumentedFields) {
  const Folder folder;
  folder.write("a.png", png_file(160, 120));
  folder.write("b.jpg", jpeg_file(160, 120, 40));
  const Outcome outcome =
      imgmill(folder, {"compare", "--json", "a.png", "b.jpg", "--map", "map.png"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const auto object = nlohmann::json::parse(outcome.out);
  std::set<std::string> fields;
  for (const auto& [name, value] : object.items()) fields.insert(name);
  EXPECT_EQ(fields,
            (std::set<std::string>{"original", "other", "score", "verdict", "worst", "width",
                                   "height", "frames", "frame", "percent_saved", "notes", "map"}));
  EXPECT_EQ(object["original"]["path"], "a.png");
  EXPECT_EQ(object["original"]["size"], folder.read("a.png").size());
  EXPECT_EQ(object["other"]["format"], "jpeg");
  EXPECT_LT(object["score"].get<double>(), 100);
  EXPECT_LE(object["worst"]["score"].get<double>(), 100);
  EXPECT_EQ(object["width"], 160);
  EXPECT_EQ(object["map"], "map.png");
  EXPECT_THAT(folder.read("map.png"), StartsWith("\x89PNG"));
}

TEST(CompareCommand, AMinimumDecidesTheStatus) {
  const Folder folder;
  folder.write("a.png", png_file(160, 120));
  folder.write("b.jpg", jpeg_file(160, 120, 5));
  EXPECT_EQ(imgmill(folder, {"compare", "--min", "100", "a.png", "a.png"}).status, 0);
  const Outcome low = imgmill(folder, {"compare", "--min", "95", "a.png", "b.jpg"});
  EXPECT_EQ(low.status, 3);
  EXPECT_THAT(low.err, HasSubstr("below the asked 95"));
  EXPECT_EQ(imgmill(folder, {"compare", "--min=-1000", "a.png", "b.jpg"}).status, 0);
}

TEST(CompareCommand, FailuresNameTheFilesAndTheReason) {
  const Folder folder;
  folder.write("a.png", png_file(40, 30));
  folder.write("b.png", png_file(30, 40));
  folder.write("text.png", "not a picture at all");
  const Outcome sizes = imgmill(folder, {"compare", "a.png", "b.png"});
  EXPECT_EQ(sizes.status, 1);
  EXPECT_THAT(sizes.err, HasSubstr("40 x 30 and 30 x 40"));
  EXPECT_THAT(sizes.out, IsEmpty());
  const Outcome text = imgmill(folder, {"compare", "--json", "a.png", "text.png"});
  EXPECT_EQ(text.status, 1);
  EXPECT_TRUE(nlohmann::json::parse(text.out).contains("error"));
  EXPECT_EQ(imgmill(folder, {"compare", "a.png", "missing.png"}).status, 1);
  EXPECT_EQ(imgmill(folder, {"compare", "a.png"}).status, 2);
}

TEST(CompareCommand, NoMapIsLeftWhenNothingCouldBeCompared) {
  const Folder folder;
  folder.write("a.png", png_file(40, 30));
  folder.write("b.png", png_file(30, 40));
  EXPECT_EQ(imgmill(folder, {"compare", "a.png", "b.png", "--map", "map.png"}).status, 1);
  EXPECT_EQ(folder.files(), (std::vector<std::string>{"a.png", "b.png"}));
}

TEST(CompareCommand, OneMayComeFromStandardInput) {
  const Folder folder;
  const std::string picture = png_file(64, 64);
  folder.write("a.png", picture);
  const Outcome outcome = imgmill(folder, {"compare", "a.png", "-"}, picture);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("100.00"));
}

TEST(CompareCommand, GivesTheSameScoreWithAndWithoutTheSandbox) {
  const Folder folder;
  folder.write("a.png", png_file(160, 120));
  folder.write("b.jpg", jpeg_file(160, 120, 40));
  const auto score = [&](const char* mode) {
    const Outcome outcome =
        imgmill(folder, {"compare", "--json", "--sandbox", mode, "a.png", "b.jpg"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out)["score"].get<double>();
  };
  EXPECT_EQ(score("auto"), score("off"));
}

}  // namespace
}  // namespace imgmill::test

// imgmill.toml, presets and `imgmill config`, as people use them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

Json config(const Folder& folder, std::vector<std::string> words) {
  words.insert(words.begin(), "config");
  words.emplace_back("--json");
  const Outcome outcome = imgmill(folder, words);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  return Json::parse(outcome.out);
}
std::string said(const Json& config, const std::string& key) {
  if (!config["said"].contains(key)) return "";
  const Json& row = config["said"][key];
  return row["value"].get<std::string>() + " (" + row["from"].get<std::string>() + ")";
}

TEST(Config, TellsWhatHoldsAndWhere) {
  const Folder folder;
  folder.write("imgmill.toml",
               "preset = \"email\"\n"
               "target = 85\n"
               "[[rules]]\n"
               "match = \"icons/\"\n"
               "lossless = true\n");
  const std::string file = (folder / "imgmill.toml").native();
  const Json photo = config(folder, {"photo.jpg", "--effort", "max"});
  EXPECT_EQ(photo["config"], file);
  EXPECT_EQ(said(photo, "target"), "85 (" + file + ":2)");
  EXPECT_EQ(said(photo, "effort"), "max (command line)");
  EXPECT_EQ(said(photo, "allow"), "jpeg,png (preset email)");
  EXPECT_EQ(said(photo, "keep"), "icc,copyright,orientation (default)");
  EXPECT_EQ(said(photo, "lossless"), "") << "the target leaves no room for it";
  EXPECT_EQ(photo["settings"]["target"], 85);
  EXPECT_EQ(photo["settings"]["maxBytes"], 1000000);
  const Json icon = config(folder, {"icons/deep/a.png"});
  EXPECT_EQ(said(icon, "lossless"), "true (" + file + ":5 (match icons/))");
  EXPECT_EQ(said(icon, "target"), "");
  EXPECT_EQ(icon["settings"]["lossless"], true);
  const Json changed = config(folder, {"icons/a.png", "--quality", "50", "--preset", "archive"});
  EXPECT_EQ(said(changed, "quality"), "50 (command line)");
  EXPECT_EQ(said(changed, "keep"), "all (preset archive)");
  EXPECT_EQ(changed["settings"]["lossless"], false);
  const Json none = config(folder, {"icons/a.png", "--no-config"});
  EXPECT_TRUE(none["config"].is_null());
  EXPECT_EQ(said(none, "target"), "high (default)");
  EXPECT_EQ(said(none, "format"), "original (default)");
}

TEST(Config, OptimizeBatchAndPipesTakeTheirSettingsFromIt) {
  const Folder folder;
  folder.write("in/icons/a.png", png_file(64, 64));
  folder.write("in/b.png", png_file(80, 60));
  folder.write("imgmill.toml",
               "format = \"webp\"\n[[rules]]\nmatch = \"icons/**\"\nformat = \"original\"\n"
               "lossless = true\n");
  folder.write("in/imgmill.toml",
               "format = \"webp\"\n[[rules]]\nmatch = \"icons/**\"\nformat = \"original\"\n"
               "lossless = true\n");
  Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(folder.has("out/icons/a.png"));
  EXPECT_TRUE(folder.has("out/b.webp"));
  outcome = imgmill(folder, {"optimize", "in", "-o", "other", "-f", "jpeg", "--target", "70"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(folder.has("other/icons/a.jpg")) << "the command line wins";
  outcome = imgmill(folder, {"optimize", "in/b.png", "-o", "single/"});
  EXPECT_TRUE(folder.has("single/b.webp")) << outcome.err;
  outcome = imgmill(folder, {"batch", "-"},
                    R"([{"input_path": "in/b.png", "output_path": "c.webp"},
                        {"input_path": "in/b.png", "output_path": "d.png",
                         "settings": {"outputFormat": "png"}}])");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(folder.read("c.webp"), HasSubstr("WEBP"));
  EXPECT_THAT(folder.read("d.png"), HasSubstr("PNG"));
  const std::string picture = png_file(64, 64);
  outcome = imgmill(folder, {"optimize", "-"}, picture);
  EXPECT_THAT(outcome.out, HasSubstr("PNG")) << "a pipe lies in no folder";
  outcome = imgmill(folder, {"optimize", "-", "--config", "imgmill.toml"}, picture);
  EXPECT_THAT(outcome.out, HasSubstr("WEBP")) << outcome.err;
  outcome = imgmill(folder, {"optimize", "in/b.png", "--in-place"});
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("originals cannot be replaced by another format"));
}

TEST(Config, TellsOfFoldersAsOfWhatIsInThem) {
  const Folder folder;
  folder.write("imgmill.toml", "target = 85\n[[rules]]\nmatch = \"icons/\"\nlossless = true\n");
  folder.write("assets/icons/a.png", png_file(8, 8));
  for (const char* path : {"assets/icons", "assets/icons/", "assets/icons/a.png"}) {
    const Outcome outcome = imgmill(folder, {"config", path});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("imgmill.toml:4 (match icons/)")) << path;
  }
  EXPECT_THAT(imgmill(folder, {"config", "assets"}).out, HasSubstr("imgmill.toml:1"));
  EXPECT_THAT(imgmill(folder, {"config"}).out, HasSubstr("imgmill.toml:1"));
}

TEST(Config, MistakesEndTheCommandBeforeAnythingIsDone) {
  const Folder folder;
  folder.write("in/a.png", png_file(64, 64));
  const auto refused = [&](const std::string& text) {
    folder.write("imgmill.toml", text);
    const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out"});
    EXPECT_EQ(outcome.status, 2) << text << outcome.err;
    EXPECT_FALSE(folder.has("out/a.png"));
    return outcome.err;
  };
  EXPECT_THAT(refused("targt = 80\n"), HasSubstr("imgmill.toml:1: there is no setting 'targt'\n"
                                                 "  did you mean 'target'?"));
  EXPECT_THAT(refused("\ntarget = 800\n"),
              HasSubstr("imgmill.toml:2: target: '800' is not a target"));
  EXPECT_THAT(refused("target = 80\nquality = 70\n"), HasSubstr("contradict each other"));
  EXPECT_THAT(refused("output = \"/tmp\"\n"), HasSubstr("there is no setting 'output'"));
  EXPECT_THAT(refused("format = \"auto\"\n[[rules]]\nmatch = \"*\"\nquality = 70\n"),
              HasSubstr("imgmill.toml:2: a format cannot be chosen by quality numbers"));
  EXPECT_EQ(imgmill(folder, {"optimize", "in", "-o", "out", "--no-config"}).status, 0);
}

TEST(Config, PatternsWithoutImagesAreWarnedOf) {
  const Folder folder;
  folder.write("in/icons/a.png", png_file(64, 64));
  folder.write("imgmill.toml", "[[rules]]\nmatch = \"in/icns/**\"\nlossless = true\n");
  const Outcome outcome = imgmill(folder, {"optimize", "in", "-o", "out"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("imgmill.toml:1: 'in/icns/**' has matched no image; did you "
                                     "mean 'in/icons/**'?"));
}

TEST(Config, PresetsAreSettingsThatOptionsOverride) {
  const Folder folder;
  folder.write("a.png", png_file(900, 60));
  Outcome outcome = imgmill(folder, {"optimize", "a.png", "-o", "out/", "--preset", "thumbnails"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(folder.has("out/a.webp"));
  outcome = imgmill(folder, {"optimize", "a.png", "-o", "out/", "--preset", "thumbnails",
                             "--lossless", "-f", "png", "--resize", "width=90"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(folder.has("out/a.png"));
  outcome = imgmill(folder, {"optimize", "a.png", "-o", "out/", "--preset", "thumbnail"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'thumbnails'?"));
  for (const char* preset : {"web", "archive", "email", "thumbnails", "social"}) {
    EXPECT_EQ(imgmill(folder, {"config", "--preset", preset}).status, 0) << preset;
  }
}

TEST(Config, NoSettingNamesAFileOrACommand) {
  const Folder folder;
  const Json schema = Json::parse(imgmill(folder, {"config", "--schema"}).out);
  for (const auto& [name, setting] : schema["properties"].items()) {
    if (name == "$schema" || name == "rules") continue;
    EXPECT_THAT(name, Not(::testing::AnyOf("budget", "output", "report", "backup", "cache")));
  }
  EXPECT_TRUE(schema["properties"].contains("jpeg-quality"));
  EXPECT_EQ(schema["properties"]["lossless"]["type"], "boolean");
  EXPECT_EQ(schema["properties"]["effort"]["enum"], Json({"fast", "balanced", "max"}));
  EXPECT_TRUE(schema["properties"]["rules"]["items"]["properties"].contains("match"));
}

}  // namespace
}  // namespace imgmill::test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "config/config_file.h"
#include "config/settings_book.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using test::ScratchFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<SettingKey>& keys() {
  using enum SettingKey::Takes;
  static const std::vector<SettingKey> all = {
      {"quality", value, "N", {}, "Quality.", ""},
      {"jpeg-quality", value, "N", {}, "Quality of JPEG.", "80"},
      {"target", value, "N|good|high", {"good", "high"}, "Score.", "high"},
      {"lossless", flag, "", {}, "Every pixel.", "false"},
      {"keep", list, "all|none|LIST", {"all", "none"}, "Metadata.", ""},
      {"effort", value, "fast|max", {"fast", "max"}, "Time.", "fast"},
      {"max-bytes", value, "SIZE", {}, "Size.", ""}};
  return all;
}

/// A language in which only qualities and lossless mean something.
SettingLanguage language() {
  return {keys(),
          [](const Setting& setting) -> Result<void> {
            if (setting.key == "quality" && setting.value.size() > 2) {
              return std::unexpected(Error(ErrorCode::usage, "quality: too large"));
            }
            return {};
          },
          [](std::span<const Setting> settings) -> Result<ImageSettings> {
            ImageSettings made;
            for (const Setting& setting : settings) {
              if (setting.key == "quality") made.quality.global = std::stoi(setting.value);
              if (setting.key == "lossless" && setting.value == "true") {
                made.compression = Compression::lossless;
              }
              if (setting.key == "effort" && setting.value == "none") {
                return std::unexpected(Error(ErrorCode::usage, "no effort at all"));
              }
            }
            return made;
          }};
}

Result<ConfigFile> parsed(std::string_view text) {
  return ConfigFile::parse(text, "/site/imgmill.toml", keys());
}
std::string refused(std::string_view text) {
  const auto file = parsed(text);
  if (file) return "accepted";
  EXPECT_EQ(file.error().code(), ErrorCode::usage);
  return file.error().describe();
}

TEST(Config, ReadsSettingsRulesAndTheirLines) {
  const auto file = parsed(
      "# all images\n"
      "preset = \"web\"\n"
      "target = 85\n"
      "keep = [\"icc\", \"exif\"]\n"
      "\n"
      "[[rules]]\n"
      "match = \"icons/**\"\n"
      "lossless = true\n"
      "\n"
      "[[rules]]\n"
      "match = [\"photos/\", \"*.jpg\"]\n"
      "quality = 70\n");
  ASSERT_TRUE(file) << file.error().describe();
  EXPECT_EQ(file->top().preset, "web");
  ASSERT_EQ(file->top().settings.size(), 2U);
  EXPECT_EQ(file->top().settings[0].value, "85");
  EXPECT_EQ(file->top().settings[0].origin.text(), "/site/imgmill.toml:3");
  EXPECT_EQ(file->top().settings[1].value, "icc,exif");
  ASSERT_EQ(file->rules().size(), 2U);
  EXPECT_EQ(file->rules()[0].table.settings[0].value, "true");
  EXPECT_EQ(file->rules()[1].table.settings[0].origin.line, 12U);
  EXPECT_THAT(file->rules_for("/site/icons/a/b.png"), ElementsAre(0U));
  EXPECT_THAT(file->rules_for("/site/icons/a/b.jpg"), ElementsAre(0U, 1U));
  EXPECT_THAT(file->rules_for("/site/photos/deep/er/c.png"), ElementsAre(1U));
  EXPECT_THAT(file->rules_for("/site/other/c.png"), IsEmpty());
  EXPECT_THAT(file->rules_for("/elsewhere/photos/c.JPG"), ElementsAre(1U));
}

TEST(Config, WhatItDoesNotKnowIsNamedWithLineAndNearestName) {
  EXPECT_EQ(refused("target = 80\nqualty = 3\n"),
            "/site/imgmill.toml:2: there is no setting 'qualty'; did you mean 'quality'?");
  EXPECT_THAT(refused("max_byte = 3\n"), HasSubstr("did you mean 'max-bytes'?"));
  EXPECT_THAT(refused("[[rules]]\nmtch = \"*\"\n"), HasSubstr(":1: the rule does not say"));
  EXPECT_THAT(refused("[[rules]]\nmatch = \"*\"\nloseless = true\n"),
              HasSubstr(":3: there is no setting 'loseless'; did you mean 'lossless'?"));
  EXPECT_THAT(refused("[[rule]]\nmatch = \"*\"\n"), HasSubstr("did you mean [[rules]]?"));
  EXPECT_THAT(refused("[[\"icons/**\"]]\nlossless = true\n"), HasSubstr("match = \"icons/**\""));
  EXPECT_THAT(refused("rules = 3\n"), HasSubstr("write [[rules]]"));
  EXPECT_THAT(refused("preset = \"wep\"\n"),
              HasSubstr(":1: there is no preset 'wep'; did you mean 'web'?"));
  EXPECT_THAT(refused("target = \n"), HasSubstr(":1: not valid TOML"));
  EXPECT_THAT(refused("lossless = \"yes\"\n"), HasSubstr("lossless takes true or false"));
  EXPECT_THAT(refused("target = [1]\n"), HasSubstr("target takes one value: N|good|high"));
  EXPECT_THAT(refused("target = true\n"), HasSubstr("target takes one value"));
  EXPECT_THAT(refused("[[rules]]\nmatch = \"[a\"\n"), HasSubstr(":2: the pattern '[a'"));
  EXPECT_THAT(refused("[[rules]]\nmatch = []\n"), HasSubstr(":2: match has no pattern"));
}

TEST(Config, HoldsNothingButImageSettings) {
  for (const std::string_view key : {"output", "backup", "cache", "jobs", "sandbox", "isolation",
                                     "report", "config", "overwrite", "in-place", "exclude"}) {
    EXPECT_THAT(refused(std::string(key) + " = \"x\"\n"), HasSubstr("there is no setting"));
  }
}

TEST(Config, DeepDocumentsAreRefusedWithoutDeepStacks) {
  std::string dots = "a";
  for (int i = 0; i < 30'000; ++i) dots += ".a";
  EXPECT_THAT(refused(dots + " = 1\n"), HasSubstr("too many dots"));
  EXPECT_THAT(refused("[" + dots + "]\n"), HasSubstr("too many dots"));
  EXPECT_THAT(refused("a = " + std::string(30'000, '[')), HasSubstr("not valid TOML"));
  std::string tables;
  std::string part = "a";
  for (int i = 0; i < 200; ++i) part += ".a";
  for (int i = 0; i < 120; ++i) tables += "[" + part + ".b" + std::to_string(i) + "]\n";
  EXPECT_THAT(refused(tables), HasSubstr("there is no table"));
  EXPECT_THAT(refused("\xff\xfe\0"), HasSubstr("not valid TOML"));
}

std::vector<Setting> said(std::initializer_list<std::pair<const char*, const char*>> pairs) {
  std::vector<Setting> settings;
  for (const auto& [key, value] : pairs) settings.push_back({key, value, {}});
  return settings;
}
std::string joined(const std::vector<Setting>& settings) {
  std::string text;
  for (const Setting& setting : settings) text += setting.key + "=" + setting.value + " ";
  return text;
}

TEST(Layers, TheUpperOneReplacesWhatItContradicts) {
  EXPECT_EQ(joined(overlaid(said({{"quality", "80"}, {"keep", "all"}}), said({{"target", "90"}}))),
            "keep=all target=90 ");
  EXPECT_EQ(joined(overlaid(said({{"target", "90"}}), said({{"lossless", "true"}}))),
            "lossless=true ");
  EXPECT_EQ(joined(overlaid(said({{"target", "90"}}), said({{"lossless", "false"}}))),
            "target=90 lossless=false ");
  EXPECT_EQ(joined(overlaid(said({{"lossless", "true"}}), said({{"lossless", "false"}}))),
            "lossless=false ");
  EXPECT_EQ(joined(overlaid(said({{"jpeg-quality", "80"}}), said({{"quality", "50"}}))),
            "quality=50 ");
  EXPECT_EQ(joined(overlaid(said({{"quality", "80"}}), said({{"jpeg-quality", "50"}}))),
            "quality=80 jpeg-quality=50 ");
  EXPECT_EQ(joined(overlaid(said({{"animation", "keep"}}), said({{"first-frame", "true"}}))),
            "first-frame=true ");
}

TEST(SettingsBook, TheNearestFileAboveTheInputHoldsForAllBelowIt) {
  const ScratchFolder folder;
  folder.write("imgmill.toml", "quality = 50\n[[rules]]\nmatch = \"site/icons/\"\nquality = 60\n");
  folder.write("site/inner/imgmill.toml", "quality = 70\n");
  folder.write("site/icons/a.png", "");
  const auto book = SettingsBook::open({}, language());
  ASSERT_TRUE(book);
  ASSERT_TRUE((*book)->add(folder / "site"));
  const auto quality = [&](const char* name) {
    return (*book)->settings_for(folder / name).value()->quality.global;
  };
  EXPECT_EQ(quality("site/a.png"), 50);
  EXPECT_EQ(quality("site/icons/a.png"), 60);
  EXPECT_EQ(quality("site/inner/a.png"), 50) << "what lies below the input was not asked";
  EXPECT_EQ((*book)->settings_for(folder / "site/b.png").value(),
            (*book)->settings_for(folder / "site/c.png").value())
      << "equal settings are one object";
  ASSERT_TRUE((*book)->add(folder / "site/inner"));
  EXPECT_EQ(quality("site/inner/a.png"), 70);
}

TEST(SettingsBook, CommandLineOverFileOverPreset) {
  const ScratchFolder folder;
  folder.write("imgmill.toml", "preset = \"web\"\nkeep = \"all\"\n");
  ConfigChoice choice;
  choice.given = said({{"effort", "max"}});
  const auto book = SettingsBook::open(choice, language());
  ASSERT_TRUE(book && (*book)->add(folder.path()));
  std::map<std::string, std::string> from;
  for (const Setting& setting : (*book)->layers_for(folder / "a.png")) {
    from[setting.key] = setting.origin.text();
  }
  EXPECT_EQ(from["effort"], "command line");
  EXPECT_EQ(from["keep"], (folder / "imgmill.toml").native() + ":2");
  EXPECT_EQ(from["format"], "preset web");
  choice.preset = "archive";
  const auto other = SettingsBook::open(choice, language());
  ASSERT_TRUE(other && (*other)->add(folder.path()));
  for (const Setting& setting : (*other)->layers_for(folder / "a.png")) {
    if (setting.key == "lossless") {
      EXPECT_EQ(setting.origin.text(), "preset archive");
    }
    EXPECT_NE(setting.origin.name, "web") << "the command line's preset replaces the file's";
  }
}

TEST(SettingsBook, ContradictionsAndWrongValuesAreFoundBeforeAnyImage) {
  const ScratchFolder folder;
  const auto message = [&](std::string_view text) {
    folder.write("imgmill.toml", text);
    const auto book = SettingsBook::open({}, language());
    const auto added = (*book)->add(folder.path());
    return added ? "accepted" : added.error().message().substr(folder.path().native().size());
  };
  EXPECT_EQ(message("keep = \"all\"\nquality = 500\n"), "/imgmill.toml:2: quality: too large");
  EXPECT_EQ(message("[[rules]]\nmatch = \"*\"\neffort = \"none\"\n"),
            "/imgmill.toml:1: no effort at all");
}

TEST(SettingsBook, PatternsWithoutImagesAreNamedWithTheNearestFolder) {
  const ScratchFolder folder;
  folder.write("site/icons/a.png", "");
  folder.write("imgmill.toml",
               "[[rules]]\nmatch = [\"site/icns/*.png\", \"site/**\"]\nquality = 1\n"
               "[[rules]]\nmatch = \"other/**\"\nquality = 2\n");
  const auto book = SettingsBook::open({}, language());
  ASSERT_TRUE(book && (*book)->add(folder / "site"));
  ASSERT_TRUE((*book)->settings_for(folder / "site/icons/a.png"));
  // Of "other" nothing was asked for.
  EXPECT_THAT((*book)->warnings(),
              ElementsAre((folder / "imgmill.toml").native() +
                          ":1: 'site/icns/*.png' has matched no image; did you mean "
                          "'site/icons/*.png'?"));
}

TEST(SettingsBook, ANamedFileHoldsForAllInputsAndNoneForNobody) {
  const ScratchFolder folder;
  folder.write("imgmill.toml", "quality = 50\n");
  folder.write("other.toml", "quality = 40\n");
  ConfigChoice choice;
  choice.file = folder / "other.toml";
  const auto named = SettingsBook::open(choice, language());
  ASSERT_TRUE(named && (*named)->add(folder.path()));
  EXPECT_EQ((*named)->settings_for(folder / "a.png").value()->quality.global, 40);
  choice.file.reset();
  choice.off = true;
  const auto off = SettingsBook::open(choice, language());
  ASSERT_TRUE(off && (*off)->add(folder.path()));
  EXPECT_TRUE((*off)->files().empty());
  choice.file = folder / "gone.toml";
  EXPECT_EQ(SettingsBook::open(choice, language()).error().code(), ErrorCode::environment);
}

TEST(SettingsBook, AChangeHasTheLastWord) {
  const ScratchFolder folder;
  folder.write("imgmill.toml", "quality = 50\n");
  const auto book = SettingsBook::open({}, language());
  ASSERT_TRUE(book && (*book)->add(folder.path()));
  const auto changed = (*book)->with([](ImageSettings& settings) { settings.quality.global = 7; });
  EXPECT_EQ(changed->settings_for(folder / "a.png").value()->quality.global, 7);
  EXPECT_EQ((*book)->settings_for(folder / "a.png").value()->quality.global, 50);
}

}  // namespace
}  // namespace imgmill

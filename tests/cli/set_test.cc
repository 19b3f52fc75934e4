// `imgmill set` as people use it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr const char* drawing =
    "<svg xmlns='http://www.w3.org/2000/svg' width='24' height='12'>"
    "<!-- a comment --><rect width='24' height='12' fill='#c00'/></svg>";

/// One pixel, first red, then blue, a tenth of a second each.
std::string animation_of_one_pixel() {
  std::string gif("GIF89a\1\0\1\0\x80\0\0\xff\0\0\0\0\xff", 19);
  gif += std::string("\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0", 19);
  for (const char pixel : {'\x44', '\x4c'}) {
    gif += std::string("\x21\xf9\4\0\x0a\0\0\0,\0\0\0\0\1\0\1\0\0\2\2", 20);
    gif += pixel;
    gif += std::string("\1\0", 2);
  }
  return gif + ';';
}

std::vector<std::string> with(std::vector<std::string> words,
                              const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

const std::vector<std::string> usual = {"set",   "in",       "-o",      "out", "--cache",
                                        "cache", "--widths", "100,200", "-q",  "80"};

TEST(Set, MakesVariantsAManifestAndHtml) {
  const Folder folder;
  folder.write("in/sea.jpg", jpeg_file(400, 200));
  folder.write("in/deep/b.png", png_file(150, 60));
  const std::vector<std::string> words =
      with(usual, {"--formats", "webp,jpeg", "--manifest", "images.json", "--html", "picture",
                   "--base", "/i/"});
  const Outcome outcome = imgmill(folder, words);
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(folder.files("out"),
              ElementsAre("deep/b-100w.jpg", "deep/b-100w.webp", "deep/b-150w.jpg",
                          "deep/b-150w.webp", "deep/b.png.html", "sea-100w.jpg", "sea-100w.webp",
                          "sea-200w.jpg", "sea-200w.webp", "sea.jpg.html"));
  const std::string text = folder.read("images.json");
  const json manifest = json::parse(text);
  EXPECT_EQ(manifest["version"], 1);
  ASSERT_EQ(manifest["images"].size(), 2U);
  const json& b = manifest["images"][0];
  EXPECT_EQ(b["source"], "deep/b.png");
  EXPECT_EQ(b["width"], 150);
  EXPECT_EQ(b["height"], 60);
  EXPECT_THAT(b["dominant"].get<std::string>(), MatchesRegex("#[0-9a-f]{6}"));
  EXPECT_THAT(b["placeholder"].get<std::string>(), HasSubstr("data:image/webp;base64,"));
  EXPECT_GT(b["thumbhash"].get<std::string>().size(), 6U);
  const json& sea = manifest["images"][1];
  ASSERT_EQ(sea["variants"].size(), 4U);
  const json& first = sea["variants"][0];
  EXPECT_EQ(first["path"], "sea-100w.webp");
  EXPECT_EQ(first["format"], "webp");
  EXPECT_EQ(first["type"], "image/webp");
  EXPECT_EQ(first["width"], 100);
  EXPECT_EQ(first["height"], 50);
  EXPECT_EQ(first["bytes"], folder.read("out/sea-100w.webp").size());
  EXPECT_TRUE(first["score"].is_null()) << "nothing was measured";
  EXPECT_EQ(sea["html"], folder.read("out/sea.jpg.html"));
  EXPECT_THAT(folder.read("out/deep/b.png.html"), HasSubstr("src=\"/i/deep/b-150w.jpg\""));

  // Again: nothing is done, and the manifest is the same.
  const Outcome again = imgmill(folder, words);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("2 known from earlier runs"));
  EXPECT_EQ(folder.read("images.json"), text);
}

TEST(Set, EachVariantReachesTheTarget) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(400, 300));
  const Outcome outcome =
      imgmill(folder, {"set", "in", "-o", "out", "--widths", "150,300", "--formats", "webp,jpeg",
                       "--target", "85", "--manifest", "m.json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const json manifest = json::parse(folder.read("m.json"));
  ASSERT_FALSE(manifest["images"][0]["variants"].empty());
  for (const json& variant : manifest["images"][0]["variants"]) {
    EXPECT_GE(variant["score"].get<double>(), 85) << variant;
  }
}

TEST(Set, NamesMayHaveAHashOfTheBytes) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(150, 100));
  const std::vector<std::string> words =
      with(usual, {"--formats", "jpeg", "--name", "{stem}.{hash8}.{ext}"});
  ASSERT_EQ(imgmill(folder, words).status, 0);
  const auto files = folder.files("out");
  ASSERT_EQ(files.size(), 2U);
  for (const std::string& file : files) {
    EXPECT_THAT(file, MatchesRegex("a\\.[0-9a-f]{8}\\.jpg"));
  }
  folder.write("in/a.jpg", jpeg_file(150, 100, 95, 1));
  ASSERT_EQ(imgmill(folder, words).status, 0);
  EXPECT_EQ(folder.files("out").size(), 4U) << "other bytes, other names";
}

TEST(Set, SourcesThatWouldShareNamesAreToldApart) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(120, 100));
  folder.write("in/a.png", png_file(120, 100));
  const Outcome collision = imgmill(folder, with(usual, {"--formats", "webp"}));
  EXPECT_EQ(collision.status, 1);
  EXPECT_THAT(collision.err,
              AllOf(HasSubstr("in/a.jpg"), HasSubstr("in/a.png"), HasSubstr("{from} in --name")));
  EXPECT_THAT(folder.files("out"), ElementsAre("a-100w.webp", "a-120w.webp"));
  const Outcome apart =
      imgmill(folder, with(usual, {"--formats", "webp", "--name", "{stem}-{from}-{width}w.{ext}"}));
  EXPECT_EQ(apart.status, 0) << apart.err;
  EXPECT_TRUE(folder.has("out/a-png-120w.webp"));
}

TEST(Set, DrawingsAnimationsAndOnePixel) {
  const Folder folder;
  folder.write("in/logo.svg", drawing);
  folder.write("in/blink.gif", animation_of_one_pixel());
  folder.write("in/dot.png", png_file(1, 1));
  const Outcome outcome = imgmill(folder, with(usual, {"--formats", "webp,jpeg", "--manifest",
                                                       "m.json", "--html", "picture", "-v"}));
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("not as jpeg, which holds no animations"));
  EXPECT_THAT(folder.files("out"),
              ElementsAre("blink-1w.webp", "blink.gif.html", "dot-1w.jpg", "dot-1w.webp",
                          "dot.png.html", "logo-24w.svg", "logo.svg.html"));
  const json images = json::parse(folder.read("m.json"))["images"];
  EXPECT_EQ(images[2]["source"], "logo.svg");
  EXPECT_EQ(images[2]["variants"].size(), 1U);
  EXPECT_EQ(images[2]["variants"][0]["type"], "image/svg+xml");
  EXPECT_THAT(folder.read("out/logo-24w.svg"), Not(HasSubstr("comment")));
  const Outcome inspected = imgmill(folder, {"inspect", "--json", "out/blink-1w.webp"});
  EXPECT_EQ(json::parse(inspected.out)["frames"], 2);

  const Outcome none = imgmill(folder, with(usual, {"--formats", "jpeg", "--include", "*.gif"}));
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.err, HasSubstr("in/blink.gif"));
}

TEST(Set, WhatFailsIsToldAndNotInTheManifest) {
  const Folder folder;
  folder.write("in/bad.jpg", jpeg_file(150, 100).substr(0, 300));
  folder.write("in/good.jpg", jpeg_file(150, 100));
  folder.write("in/text.png", "no image");
  const Outcome outcome =
      imgmill(folder, with(usual, {"--formats", "webp", "--manifest", "m.json"}));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("failed: in/bad.jpg"), HasSubstr("failed: in/text.png"),
                                 HasSubstr("2 failed")));
  const json images = json::parse(folder.read("m.json"))["images"];
  ASSERT_EQ(images.size(), 1U);
  EXPECT_EQ(images[0]["source"], "good.jpg");
  EXPECT_THAT(folder.files("out"), ElementsAre("good-100w.webp", "good-150w.webp"));
}

TEST(Set, ReplacesItsOwnFilesAndNoOthers) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(150, 100));
  const std::vector<std::string> words = with(usual, {"--formats", "jpeg"});
  ASSERT_EQ(imgmill(folder, words).status, 0);
  const std::string before = folder.read("out/a-100w.jpg");
  folder.write("in/a.jpg", jpeg_file(150, 100, 95, 7));
  const Outcome changed = imgmill(folder, words);
  EXPECT_EQ(changed.status, 0) << changed.err;
  EXPECT_NE(folder.read("out/a-100w.jpg"), before);

  folder.write("out/a-100w.jpg", "of somebody else");
  const Outcome foreign = imgmill(folder, words);
  EXPECT_EQ(foreign.status, 1);
  EXPECT_THAT(foreign.err, HasSubstr("out/a-100w.jpg' exists already"));
  EXPECT_EQ(folder.read("out/a-100w.jpg"), "of somebody else");
  EXPECT_EQ(imgmill(folder, with(words, {"--overwrite"})).status, 0);
  EXPECT_NE(folder.read("out/a-100w.jpg"), "of somebody else");
}

TEST(Set, WithoutACacheEqualFilesAreLeft) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(150, 100));
  const std::vector<std::string> words = {"set",      "in",  "-o",      "out", "--formats", "webp",
                                          "--widths", "100", "--cache", "off", "-q",        "80"};
  ASSERT_EQ(imgmill(folder, words).status, 0);
  const auto time = std::filesystem::last_write_time(folder / "out/a-100w.webp");
  const Outcome again = imgmill(folder, words);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(std::filesystem::last_write_time(folder / "out/a-100w.webp"), time);
}

TEST(Set, ShapesAndFilesOfSettingsHold) {
  const Folder folder;
  folder.write("imgmill.toml", "preset = \"web\"\naspect = \"1:1\"\nresize = \"50%\"\n");
  folder.write("in/a.jpg", jpeg_file(150, 90));
  const Outcome outcome =
      imgmill(folder, {"set", "in", "-o", "out", "--widths", "60,120,240", "--formats", "webp",
                       "--manifest", "m.json", "--preset", "email"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(folder.files("out"), ElementsAre("a-60w.webp", "a-90w.webp"));
  const json image = json::parse(folder.read("m.json"))["images"][0];
  EXPECT_EQ(image["width"], 150);
  EXPECT_EQ(image["variants"][0]["height"], 60);
}

TEST(Set, MistakesAreFoundBeforeAnyWork) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(20, 20));
  const auto refused = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"set", "in", "-o", "out"};
    const Outcome outcome = imgmill(folder, with(words, more));
    EXPECT_EQ(outcome.status, 2) << outcome.err;
    return outcome.err;
  };
  const std::vector<std::string> formats = {"--formats", "webp"};
  EXPECT_THAT(refused(formats), HasSubstr("needs widths"));
  EXPECT_THAT(refused({"--widths", "10"}), HasSubstr("needs formats"));
  EXPECT_THAT(refused(with(formats, {"--widths", "20,10"})), HasSubstr("10 follows 20"));
  EXPECT_THAT(refused(with(formats, {"--widths", "0"})), HasSubstr("from 1 to 65535"));
  EXPECT_THAT(refused(with(formats, {"--widths", "10,,20"})), HasSubstr("480,960,1600"));
  EXPECT_THAT(refused(with(formats, {"--widths", "10px"})), HasSubstr("'10px'"));
  EXPECT_THAT(refused({"--widths", "10", "--formats", "webp,bmp"}), HasSubstr("'bmp'"));
  EXPECT_THAT(refused({"--widths", "10", "--formats", "svg"}), HasSubstr("'svg'"));
  EXPECT_THAT(refused(with(formats, {"--widths", "10", "--densities", "2"})),
              HasSubstr("is not a density"));
  EXPECT_THAT(refused(with(formats, {"--widths", "10,20", "--name", "{stem}.{ext}"})),
              HasSubstr("without a {width}"));
  EXPECT_THAT(refused(with(formats, {"--widths", "10", "--name", "{stem}-{width}w"})),
              HasSubstr("does not end with .{ext}"));
  EXPECT_THAT(refused(with(formats, {"--widths", "10", "--in-place"})), HasSubstr("--in-place"));
  EXPECT_EQ(imgmill(folder, {"set", "in", "-o", "in", "--widths", "9", "--formats", "webp"}).status,
            2);
  const Outcome image =
      imgmill(folder, {"set", "in", "-o", "a.webp", "--widths", "9", "--formats", "webp"});
  EXPECT_EQ(image.status, 2);
  EXPECT_THAT(image.err, HasSubstr("named like one image"));
  EXPECT_FALSE(folder.has("out"));
}

TEST(Set, RecordsAreClearedWithTheCache) {
  const Folder folder;
  folder.write("in/a.jpg", jpeg_file(150, 100));
  const std::vector<std::string> words = with(usual, {"--formats", "webp", "-o", "."});
  ASSERT_EQ(imgmill(folder, words).status, 0);
  EXPECT_TRUE(folder.has("a-150w.webp"));
  EXPECT_THAT(imgmill(folder, words).err, HasSubstr("1 known from earlier runs"));
  ASSERT_EQ(imgmill(folder, {"cache", "clear", "--cache", "cache"}).status, 0);
  const Outcome again = imgmill(folder, words);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, Not(HasSubstr("known from earlier runs")));
}

}  // namespace
}  // namespace imgmill::test

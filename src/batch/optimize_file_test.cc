#include <gtest/gtest.h>

#include <algorithm>

#include "imgmill/optimize.h"
#include "support/make.h"
#include "support/raster.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::ScratchFolder;

std::string png() {
  const test::Bytes file = test::make_png(test::photo(64, 48));
  return std::string(as_text(file));
}

/// Chooses the smallest of the formats other than PNG.
ImageSettings best() {
  ImageSettings settings;
  settings.choose_format = true;
  settings.allowed = {Format::webp};
  return settings;
}

std::optional<Format> format_in(const fs::path& file) {
  const std::string text = contents(file);
  return sniff(as_bytes(std::string_view(text).substr(0, sniff_bytes)));
}

TEST(OptimizeFile, AChosenFormatNamesItsOutputAndTellsTheName) {
  const ScratchFolder scratch;
  const fs::path input = scratch.write("in.png", png());
  const auto result = optimize_file(input, scratch / "out.png", best());
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->format, Format::webp);
  EXPECT_EQ(result->optimized_path, scratch / "out.webp");
  EXPECT_EQ(format_in(result->optimized_path), Format::webp);
  EXPECT_FALSE(fs::exists(scratch / "out.png"));
  // It may find its own earlier output.
  EXPECT_TRUE(optimize_file(input, scratch / "out.png", best()));
  // If the name fits, exactly that output is replaced.
  scratch.write("there.webp", "older");
  const auto named = optimize_file(input, scratch / "there.webp", best());
  ASSERT_TRUE(named) << named.error().describe();
  EXPECT_EQ(named->optimized_path, scratch / "there.webp");
  EXPECT_EQ(format_in(scratch / "there.webp"), Format::webp);
}

TEST(OptimizeFile, TheOutputsNameSaysItsFormat) {
  const ScratchFolder scratch;
  const fs::path input = scratch.write("in.png", png());
  const auto result = optimize_file(input, scratch / "out.webp");
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(format_in(scratch / "out.webp"), Format::webp);
  EXPECT_FALSE(optimize_file(input, scratch / "out.jpg", {.output_format = Format::webp}));
  EXPECT_FALSE(fs::exists(scratch / "out.jpg"));
}

TEST(OptimizeFile, WhatHasTheNameOfAChosenFormatIsNotReplaced) {
  const ScratchFolder scratch;
  const fs::path input = scratch.write("in.png", png());
  const fs::path other = scratch.write("out.webp", "another picture");
  const auto refused = optimize_file(input, scratch / "out.png", best());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::environment);
  EXPECT_NE(refused.error().message().find("out.webp"), std::string::npos);
  EXPECT_EQ(contents(other), "another picture");
  EXPECT_FALSE(fs::exists(scratch / "out.png"));
}

TEST(OptimizeFile, AnOriginalIsNotReplacedByAnotherFormat) {
  const ScratchFolder scratch;
  const std::string before = png();
  const fs::path file = scratch.write("a.png", before);
  const fs::path other = scratch.write("a.webp", "another picture");
  fs::create_symlink("a.png", scratch / "link.png");
  ImageSettings webp;
  webp.output_format = Format::webp;
  for (const ImageSettings& settings : {best(), webp}) {
    for (const fs::path& output : {file, scratch / "link.png"}) {
      const auto refused = optimize_file(file, output, settings);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code(), ErrorCode::usage) << refused.error().describe();
    }
  }
  EXPECT_EQ(contents(file), before);
  EXPECT_EQ(contents(other), "another picture");
  EXPECT_TRUE(fs::is_symlink(scratch / "link.png"));
  ImageSettings same;
  same.output_format = Format::png;
  EXPECT_TRUE(optimize_file(file, file, same));
  EXPECT_EQ(format_in(file), Format::png);
}

}  // namespace
}  // namespace imgmill

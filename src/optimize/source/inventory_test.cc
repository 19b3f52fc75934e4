// Everything in a file is in the output, or removed by the policy, or the file is untouched.
#include "metadata/inventory.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/inject.h"

namespace imgmill {
namespace {

using namespace test;

Bytes good(Format format) {
  if (format == Format::jpegxl) return make_jxl(graphic(60, 44), {.boxes = true});
  if (format == Format::jpeg) return make_jpeg(photo(96, 64), {.quality = 97});
  return make(format, graphic(60, 44));
}

struct Settings {
  std::string name;
  ImageSettings settings;
};

std::vector<Settings> ways() {
  std::vector<Settings> all;
  all.push_back({"as it is", {}});
  all.push_back({"target 80", {.target = Target{.score = 80}}});
  ImageSettings coarse;
  coarse.quality.global = 50;
  all.push_back({"quality 50", coarse});
  ImageSettings lossless;
  lossless.compression = Compression::lossless;
  all.push_back({"lossless", lossless});
  lossless.keep = Keep::all();
  all.push_back({"lossless, everything kept", lossless});
  ImageSettings thorough = coarse;
  thorough.effort = Effort::max;
  all.push_back({"quality 50 at most effort", thorough});
  return all;
}

TEST(Inventory, WhatNobodyKnowsIsCarriedOrTheFileIsUntouched) {
  for (const FormatInfo& format : made_formats()) {
    for (const Injected& injected : with_unknown(format.format, good(format.format))) {
      for (const auto& [name, settings] : ways()) {
        SCOPED_TRACE(std::string(format.name) + ", " + injected.what + ", " + name);
        const auto result = optimize(injected.file, settings);
        // A rejection leaves the file alone, too; but none of these files is damaged.
        ASSERT_TRUE(result) << result.error().describe();
        const bool untouched = std::ranges::equal(result->bytes.view(), ByteView(injected.file));
        EXPECT_TRUE(untouched || holds(result->bytes.view(), injected.marker));
        EXPECT_LE(result->bytes.size(), injected.file.size());
      }
    }
  }
}

TEST(Inventory, TheUnknownDoesNotKeepTheRestFromGettingSmaller) {
  // Formats whose pieces can be inserted into a new file, with a picture that can be made smaller.
  for (const Format format : {Format::jpeg, Format::png, Format::webp}) {
    const Bytes file = format == Format::jpeg  ? make_jpeg(photo(200, 150), {.quality = 98})
                       : format == Format::png ? make_png(photo(200, 150), {.level = 1})
                                               : make_webp(photo(200, 150), {.quality = 98});
    for (const Injected& injected : with_unknown(format, file)) {
      if (injected.what == "a chunk that must not be copied") continue;
      ImageSettings settings;
      settings.quality.global = 60;
      const auto result = optimize(injected.file, settings);
      ASSERT_TRUE(result) << result.error().describe();
      EXPECT_LT(result->bytes.size(), injected.file.size() * 9 / 10) << injected.what;
      EXPECT_TRUE(holds(result->bytes.view(), injected.marker)) << injected.what;
      // Other decoders still accept it.
      EXPECT_EQ(decode(Bytes(result->bytes.view().begin(), result->bytes.view().end()), format)
                    .picture()
                    .width,
                200U);
    }
  }
}

TEST(Inventory, WhoKeepsNothingGetsTheBarePicture) {
  for (const Format format : {Format::jpeg, Format::png, Format::webp, Format::gif}) {
    for (const Injected& injected : with_unknown(format, good(format))) {
      if (injected.what == "a chunk that must not be copied") continue;
      const auto result = optimize(injected.file, ImageSettings{.keep = Keep::none()});
      ASSERT_TRUE(result) << result.error().describe();
      EXPECT_FALSE(holds(result->bytes.view(), injected.marker)) << injected.what;
      EXPECT_FALSE(result->notes.empty()) << "nobody was told that " << injected.what << " went";
    }
  }
}

TEST(Inventory, ConvertingTellsWhatDidNotComeAlong) {
  for (const FormatInfo& format : made_formats()) {
    for (const Injected& injected : with_unknown(format.format, good(format.format))) {
      const Format target = format.format == Format::webp ? Format::png : Format::webp;
      const auto result = optimize(injected.file, ImageSettings{.output_format = target});
      if (injected.what == "a SubIFD") {
        ASSERT_FALSE(result) << "a further picture was lost";
        EXPECT_NE(result.error().advice().find("--first-frame"), std::string::npos);
        continue;
      }
      ASSERT_TRUE(result) << result.error().describe();
      EXPECT_TRUE(std::ranges::any_of(
          result->notes,
          [](const std::string& note) { return note.ends_with("did not come along"); }))
          << format.name << ": " << injected.what;
    }
  }
}

TEST(Inventory, IsShownByInspect) {
  for (const FormatInfo& format : made_formats()) {
    for (const Injected& injected : with_unknown(format.format, good(format.format))) {
      const auto info = inspect(injected.file);
      ASSERT_TRUE(info) << info.error().describe();
      EXPECT_TRUE(std::ranges::any_of(info->contents,
                                      [](const ContentPiece& piece) {
                                        return piece.kind == "unknown" ||
                                               piece.kind == "trailing data" ||
                                               piece.kind == "further picture";
                                      }))
          << format.name << ": " << injected.what;
    }
  }
}

}  // namespace
}  // namespace imgmill

#include "sets/set_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgmill {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SetOptions usual() {
  SetOptions options;
  options.widths = {480, 960, 1600};
  options.formats = {Format::avif, Format::jpeg};
  return options;
}

std::string refusal(const SetOptions& options) {
  const Result<void> valid = validate(options);
  EXPECT_FALSE(valid);
  if (valid) return {};
  EXPECT_EQ(valid.error().code(), ErrorCode::usage);
  return valid.error().message();
}

TEST(SetOptions, WidthsAreAscendingAndWithinBounds) {
  EXPECT_TRUE(validate(usual()));
  SetOptions options = usual();
  options.widths = {};
  EXPECT_THAT(refusal(options), HasSubstr("needs widths"));
  options.widths = {0};
  EXPECT_THAT(refusal(options), HasSubstr("the width 0"));
  options.widths = {70000};
  EXPECT_THAT(refusal(options), HasSubstr("the width 70000"));
  options.widths = {960, 480};
  EXPECT_THAT(refusal(options), HasSubstr("480 follows 960"));
  options.widths = {480, 480};
  EXPECT_THAT(refusal(options), HasSubstr("480 is given twice"));
  options.widths.clear();
  for (std::uint32_t width = 1; width <= 33; ++width) options.widths.push_back(width);
  EXPECT_THAT(refusal(options), HasSubstr("33 widths"));
  options.widths.pop_back();
  EXPECT_TRUE(validate(options));
}

TEST(SetOptions, FormatsAreWritableAndGivenOnce) {
  SetOptions options = usual();
  options.formats = {};
  EXPECT_THAT(refusal(options), HasSubstr("needs formats"));
  options.formats = {Format::heic};
  EXPECT_THAT(refusal(options), HasSubstr("heic"));
  options.formats = {Format::svg};
  EXPECT_THAT(refusal(options), HasSubstr("svg"));
  options.formats = {Format::webp, Format::webp};
  EXPECT_THAT(refusal(options), HasSubstr("webp is given twice"));
}

TEST(SetOptions, DensitiesMultiplyWidths) {
  SetOptions options = usual();
  EXPECT_FALSE(by_density(options));
  options.densities = {1, 2};
  ASSERT_TRUE(validate(options));
  EXPECT_THAT(device_widths(options), ElementsAre(480, 960, 1600, 1920, 3200));
  EXPECT_FALSE(by_density(options));
  options.widths = {301};
  options.densities = {1, 1.5};
  EXPECT_THAT(device_widths(options), ElementsAre(301, 452));
  EXPECT_TRUE(by_density(options));
  options.densities = {2, 1};
  EXPECT_THAT(refusal(options), HasSubstr("1x follows 2x"));
  options.densities = {0};
  EXPECT_THAT(refusal(options), HasSubstr("density 0x"));
  options.densities = {1, 11};
  EXPECT_THAT(refusal(options), HasSubstr("density 11x"));
  options.widths = {60000};
  options.densities = {1, 2};
  EXPECT_THAT(refusal(options), HasSubstr("to 120000 pixels"));
}

TEST(SetOptions, TheBaseCannotBreakASrcset) {
  SetOptions options = usual();
  options.base = "https://cdn.example/a%20b/";
  EXPECT_TRUE(validate(options));
  for (const char* base : {"/a b/", "/a,b/", "/a\"b/", "/a\nb/"}) {
    options.base = base;
    EXPECT_THAT(refusal(options), HasSubstr("beginning of an address")) << base;
  }
  options = usual();
  options.sizes = "";
  EXPECT_THAT(refusal(options), HasSubstr("sizes"));
}

TEST(WidthsFor, NothingIsEnlargedAndTheOwnWidthIsTheWidest) {
  const std::vector<std::uint32_t> widths = {480, 960, 1600};
  EXPECT_THAT(widths_for(widths, 4000), ElementsAre(480, 960, 1600));
  EXPECT_THAT(widths_for(widths, 1600), ElementsAre(480, 960, 1600));
  EXPECT_THAT(widths_for(widths, 1599), ElementsAre(480, 960, 1600));  // comes out 1599 wide
  EXPECT_THAT(widths_for(widths, 960), ElementsAre(480, 960));
  EXPECT_THAT(widths_for(widths, 961), ElementsAre(480, 960, 1600));
  EXPECT_THAT(widths_for(widths, 100), ElementsAre(480));
  EXPECT_THAT(widths_for(widths, 1), ElementsAre(480));
  EXPECT_THAT(widths_for({}, 1), IsEmpty());
}

}  // namespace
}  // namespace imgmill

#include "sets/variant_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgmill {
namespace {

using ::testing::HasSubstr;

const VariantNames::Variant variant{Format::jpeg, 480, 320, {0x0123456789abcdef, 1}};

std::string named(std::string_view pattern, std::string_view source) {
  const auto names = VariantNames::parse(pattern, true);
  EXPECT_TRUE(names) << pattern;
  return names ? names->name_for(source, variant) : "";
}

TEST(VariantNames, FieldsAreReplaced) {
  EXPECT_EQ(named(VariantNames::usual, "sea.jpeg"), "sea-480w.jpg");
  EXPECT_EQ(named("{stem}-{width}w.{hash8}.{ext}", "sea.jpeg"), "sea-480w.01234567.jpg");
  EXPECT_EQ(named("{stem}.{hash8}.{ext}", "sea.jpeg"), "sea.01234567.jpg");
  EXPECT_EQ(named("{name}_{from}_{width}x{height}_{format}.{ext}", "a.b.PNG"),
            "a.b_png_480x320_jpeg.jpg");
  // What is no extension of an image is part of the name.
  EXPECT_EQ(named(VariantNames::usual, "v1.2"), "v1.2-480w.jpg");
}

TEST(VariantNames, PatternsTellVariantsApart) {
  const auto refusal = [](std::string_view pattern, bool several_widths = true) {
    const auto names = VariantNames::parse(pattern, several_widths);
    EXPECT_FALSE(names) << pattern;
    return names ? std::string() : names.error().message();
  };
  EXPECT_THAT(refusal("{width}.{ext}"), HasSubstr("without a {stem}"));
  EXPECT_THAT(refusal("{stem}.{ext}"), HasSubstr("without a {width}"));
  EXPECT_TRUE(VariantNames::parse("{stem}.{ext}", false));
  EXPECT_THAT(refusal("{stem}-{height}.{ext}"), HasSubstr("without a {width}"));
  EXPECT_THAT(refusal("{stem}-{width}w"), HasSubstr("does not end with .{ext}"));
  EXPECT_THAT(refusal("{stem}-{width}w.webp"), HasSubstr("does not end with .{ext}"));
  EXPECT_THAT(refusal("{stem}-{width}w{ext}"), HasSubstr("does not end with .{ext}"));
  EXPECT_THAT(refusal("{stem}{width}.{ext}"), HasSubstr("nothing between {width}"));
  EXPECT_THAT(refusal("{stem}-1{width}.{ext}"), HasSubstr("nothing between {width}"));
  EXPECT_THAT(refusal("{stem}-{weight}.{ext}"), HasSubstr("more in braces"));
  EXPECT_THAT(refusal("{stem}-{width.{ext}"), HasSubstr("more in braces"));
  EXPECT_THAT(refusal("{stem}/{width}.{ext}"), HasSubstr("slash"));
  EXPECT_THAT(refusal(".{stem}-{width}.{ext}"), HasSubstr("hidden"));
  EXPECT_THAT(refusal(""), HasSubstr("without a {stem}"));
}

TEST(VariantNames, SayWhetherTheSourceIsTold) {
  EXPECT_TRUE(VariantNames::parse("{stem}-{from}-{width}.{ext}", true)->has_extension_of_source());
  EXPECT_FALSE(VariantNames::parse(VariantNames::usual, true)->has_extension_of_source());
}

}  // namespace
}  // namespace imgmill

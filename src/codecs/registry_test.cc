#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "codecs/codec.h"
#include "imgmill/optimize.h"
#include "support/make.h"

namespace imgmill {
namespace {

using namespace test;
using std::string_literals::operator""s;

TEST(FormatTable, RowsStandInTheOrderOfTheEnumeration) {
  for (std::size_t i = 0; i < formats().size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(formats()[i].format), i);
    EXPECT_EQ(&info(formats()[i].format), &formats()[i]);
    EXPECT_EQ(codec(formats()[i].format).info.name, formats()[i].name);
  }
  EXPECT_EQ(formats().size(), codecs().size());
}

TEST(FormatTable, NamesAndExtensionsAreFoundInAnyCaseAndBelongToOneRow) {
  std::set<std::string> seen;
  for (const FormatInfo& row : formats()) {
    EXPECT_EQ(format_named(row.name), row.format);
    const std::string_view suffix = row.format == Format::svg ? "+xml" : "";
    EXPECT_EQ(row.mime_type, "image/"s + std::string(row.name) + std::string(suffix));
    EXPECT_TRUE(row.lossy || row.lossless);
    EXPECT_GE(row.default_quality, 1);
    EXPECT_LE(row.default_quality, 100);
    EXPECT_FALSE(row.extensions.empty());
    for (const std::string_view extension : row.extensions) {
      std::string upper(extension);
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      EXPECT_EQ(format_named(upper), row.format);
      EXPECT_TRUE(seen.insert(std::string(extension)).second) << extension;
    }
  }
  EXPECT_EQ(format_named(""), std::nullopt);
  EXPECT_EQ(format_named(".jpg"), std::nullopt);
  EXPECT_EQ(format_named("bmp"), std::nullopt);
}

TEST(Sniff, RealFilesAreWhatTheyAre) {
  const Raster picture = graphic(20, 10);
  for (const FormatInfo& row : made_formats()) {
    const Bytes file = make(row.format, picture);
    EXPECT_EQ(sniff(ByteView(file).first(std::min(sniff_bytes, file.size()))), row.format)
        << row.name;
    EXPECT_EQ(sniff(file), row.format) << row.name;
    for (std::size_t size = 0; size < 3; ++size) {
      EXPECT_EQ(sniff(ByteView(file).first(size)), std::nullopt) << row.name << size;
    }
  }
}

TEST(Sniff, ForeignFormatsAreNamed) {
  struct Foreign {
    std::string bytes;
    std::string_view name;
  };
  const Foreign files[] = {
      {"\0\0\0\x0CjP  \x0D\x0A\x87\x0A"s + std::string(100, '\0'), "JPEG 2000"},
      {"BM"s + std::string(100, '\0'), "BMP"},
      {"8BPS"s + std::string(100, '\0'), "Photoshop"},
      {"%PDF-1.7\n"s, "PDF"},
  };
  for (const Foreign& file : files) {
    const auto result = optimize(as_bytes(file.bytes));
    ASSERT_FALSE(result) << file.name;
    EXPECT_EQ(result.error().code(), ErrorCode::unsupported) << file.name;
    EXPECT_NE(result.error().message().find(file.name), std::string::npos)
        << result.error().describe();
    EXPECT_NE(result.error().advice().find("webp"), std::string::npos);
  }
}

TEST(Sniff, WhatIsNoImageIsToldSo) {
  const auto text = optimize(as_bytes("dear diary, today I wrote a text file"));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code(), ErrorCode::bad_input);
  EXPECT_FALSE(text.error().advice().empty());
  const auto nothing = optimize({});
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code(), ErrorCode::bad_input);
  EXPECT_NE(nothing.error().message().find("empty"), std::string::npos);
}

}  // namespace
}  // namespace imgmill

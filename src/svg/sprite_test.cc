#include "svg/sprite.h"

#include <gtest/gtest.h>

#include <string>

#include "svg/reader.h"
#include "svg/writer.h"

namespace imgmill::svg {
namespace {

Document parsed(const std::string& inside, const std::string& attributes = "") {
  const std::string file =
      "<svg xmlns=\"http://www.w3.org/2000/svg\"" + attributes + ">" + inside + "</svg>";
  auto document = read(as_bytes(file));
  EXPECT_TRUE(document) << file;
  return *std::move(document);
}

std::string symbol(const std::string& id) {
  return "<symbol id=\"" + id + "\" viewBox=\"0 0 9 9\"><path d=\"M0 0h9\"/></symbol>";
}

TEST(Sprites, EachSymbolThatNothingUsesGetsACell) {
  const Document sprite =
      parsed(symbol("a") + "<defs>" + symbol("b") + "</defs>" + symbol("c") + "<use href=\"#c\"/>" +
                 "<symbol/>",
             " style=\"display:none;fill:red\" width=\"0\" height=\"0\" class=\"hidden\"");
  const auto sheets = sheets_of_symbols(sprite);
  ASSERT_EQ(sheets.size(), 1U);
  EXPECT_EQ(write(sheets[0]),
            "<svg xmlns=\"http://www.w3.org/2000/svg\" style=\"fill:red\" width=\"1000\" "
            "height=\"100\" viewBox=\"0 0 1000 100\">" +
                symbol("a") + "<defs>" + symbol("b") + "</defs>" + symbol("c") +
                "<use href=\"#c\"/><symbol/>"
                "<use href=\"#a\" x=\"0\" y=\"0\" width=\"96\" height=\"96\"/>"
                "<use href=\"#b\" x=\"100\" y=\"0\" width=\"96\" height=\"96\"/></svg>");
}

TEST(Sprites, ManyOfThemTakeSeveralSheets) {
  std::string all;
  for (int i = 0; i < 250; ++i) all += symbol("s" + std::to_string(i));
  const auto sheets = sheets_of_symbols(parsed(all));
  ASSERT_EQ(sheets.size(), 3U);
  const std::string last = write(sheets[2]);
  EXPECT_NE(last.find("height=\"500\""), std::string::npos);
  EXPECT_NE(last.find("href=\"#s249\" x=\"900\" y=\"400\""), std::string::npos);
  // Symbols of other sheets are omitted, since each sheet is parsed and rendered by itself.
  EXPECT_EQ(last.find("id=\"s199\""), std::string::npos);
  EXPECT_NE(last.find("id=\"s200\""), std::string::npos);
}

TEST(Sprites, DrawingsHaveNone) {
  EXPECT_TRUE(sheets_of_symbols(parsed("<path d=\"M0 0h9\"/>")).empty());
  EXPECT_TRUE(sheets_of_symbols(parsed(symbol("a") + "<use href=\"#a\"/>")).empty());
  EXPECT_TRUE(sheets_of_symbols(parsed("<symbol><path/></symbol>")).empty());
}

TEST(Sprites, ShowNothingByThemselves) {
  EXPECT_TRUE(shows_nothing(parsed(symbol("a") + "<defs/><!-- a --><style>a{}</style> ")));
  EXPECT_FALSE(shows_nothing(parsed(symbol("a") + "<g/>")));
  EXPECT_FALSE(shows_nothing(parsed("<p xmlns=\"http://www.w3.org/1999/xhtml\"/>")));
}

}  // namespace
}  // namespace imgmill::svg

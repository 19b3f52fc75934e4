#include "base/xml.h"

#include <gtest/gtest.h>

namespace imgmill {
namespace {

std::string written(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) append_xml(out, c, special);
  return out;
}

TEST(Xml, SpecialCharactersBecomeReferences) {
  EXPECT_EQ(written("a & b < c > d", "&<"), "a &amp; b &lt; c > d");
  EXPECT_EQ(written("a > b", "&<>"), "a &gt; b");
  EXPECT_EQ(written("\t\n\r", "\t\n\r"), "&#9;&#10;&#13;");
  EXPECT_EQ(written("\t\n\r", "&\r"), "\t\n&#13;");
  EXPECT_EQ(written("&amp;", "&"), "&amp;amp;") << "whatever stood there before";
  EXPECT_EQ(written("\xC3\xA4\"'", "&<>\t\n\r"), "\xC3\xA4\"'");
}

}  // namespace
}  // namespace imgmill

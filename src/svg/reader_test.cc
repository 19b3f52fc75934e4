#include "svg/reader.h"

#include <gtest/gtest.h>

#include <string>

#include "svg/writer.h"

namespace imgmill::svg {
namespace {

using std::string_literals::operator""s;

ByteView bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

const std::string head = "<svg xmlns=\"http://www.w3.org/2000/svg\">";

std::string in_svg(const std::string& inside) { return head + inside + "</svg>"; }

std::string written(const std::string& file) {
  const auto document = read(bytes(file));
  return document ? write(*document) : document.error().describe();
}

ErrorCode refusal(const std::string& file, const ReadLimits& limits = {}) {
  const auto document = read(bytes(file), limits);
  EXPECT_FALSE(document) << file.substr(0, 200);
  return document ? ErrorCode::internal : document.error().code();
}

// One code unit per character.
std::string utf16(const std::string& text, bool little) {
  std::string out = little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : text) {
    if (little) out += {c, '\0'};
    if (!little) out += {'\0', c};
  }
  return out;
}

TEST(SvgReader, WhatIsReadIsWrittenAgain) {
  for (const std::string& inside :
       {"<a b=\"c\"/>"s, "<text> two  <tspan>words</tspan> </text>"s, "<!-- note --><g/>"s,
        "<?keep this?><g/>"s, "<style><![CDATA[a>b{fill:red} /* <&<&<&<& */]]></style>"s,
        "<title>&lt;&amp;></title>"s, "<text>a]]&gt;b</text>"s, "<g a='he said \"no\"'/>"s,
        "<g a=\"&#10;&#9;&#13;x\"/>"s, "<text>a&#13;b</text>"s}) {
    const auto once = read(bytes(in_svg(inside)));
    ASSERT_TRUE(once) << inside << once.error().describe();
    const std::string text = write(*once);
    const auto twice = read(bytes(text));
    ASSERT_TRUE(twice) << text;
    EXPECT_TRUE(same(*once, *twice)) << inside << " became " << text;
    EXPECT_EQ(text, in_svg(inside));
  }
}

TEST(SvgReader, DifferentDocumentsAreNotTheSame) {
  const std::string ones[] = {"<g/>", "<g a=\"b\"/>", "<g>x</g>", "<h/>", "<g/><g/>", "<!--g-->"};
  for (const std::string& one : ones) {
    for (const std::string& other : ones) {
      const auto a = read(bytes(in_svg(one)));
      const auto b = read(bytes(in_svg(other)));
      ASSERT_TRUE(a && b);
      EXPECT_EQ(same(*a, *b), &one == &other) << one << other;
    }
  }
}

TEST(SvgReader, EncodingsComeOutAsUtf8) {
  const std::string text = in_svg("<text>x</text>");
  EXPECT_EQ(written("\xEF\xBB\xBF" + text), text);
  for (const bool little : {true, false}) {
    EXPECT_EQ(written(utf16(text, little)), text);
    EXPECT_TRUE(looks_like_svg(bytes(utf16(text, little))));
  }
  const std::string latin =
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + in_svg("<text>\xE4</text>");
  EXPECT_EQ(written(latin), in_svg("<text>\xC3\xA4</text>"));
  EXPECT_EQ(refusal("<?xml version=\"1.0\" encoding=\"windows-1251\"?>" + text),
            ErrorCode::unsupported);
}

TEST(SvgReader, InternalEntitiesAreExpandedAndOutsideOnesRefused) {
  EXPECT_EQ(written("<!DOCTYPE svg [<!ENTITY c \"red\"><!ENTITY s \"<g/>\">]>" +
                    in_svg("<g fill=\"&c;\"/>&s;")),
            in_svg("<g fill=\"red\"/><g/>"));
  for (const std::string& doctype :
       {"<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"s,
        "<!DOCTYPE svg [<!ENTITY % x SYSTEM \"http://localhost/x.dtd\">%x;]>"s,
        "<!DOCTYPE svg [<!ATTLIST svg fill CDATA \"red\">]>"s,
        "<!DOCTYPE svg [<!NOTATION n SYSTEM \"n\">]>"s}) {
    EXPECT_EQ(refusal(doctype + in_svg("")), ErrorCode::unsupported) << doctype;
  }
  EXPECT_EQ(refusal("<!DOCTYPE svg PUBLIC \"a\" \"b\">" + in_svg("&nbsp;")),
            ErrorCode::unsupported);
  EXPECT_EQ(refusal(in_svg("&nbsp;")), ErrorCode::bad_input);
}

TEST(SvgReader, EntitiesDoNotGrowWithoutBounds) {
  std::string laughs = "<!DOCTYPE svg [<!ENTITY a0 \"haha\">";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "&a" + std::to_string(i - 1) + ";";
    laughs += "<!ENTITY a" + std::to_string(i) + " \"" + before + before + before + "\">";
  }
  laughs += "]>" + in_svg("<text>&a29;</text>");
  EXPECT_EQ(refusal(laughs), ErrorCode::limit);
  // One long text repeated many times stays below any depth limit.
  std::string long_one = "<!DOCTYPE svg [<!ENTITY a \"" + std::string(50'000, 'x') + "\">]>";
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "&a;";
  EXPECT_EQ(refusal(long_one + in_svg("<text>" + many + "</text>")), ErrorCode::limit);
}

TEST(SvgReader, LimitsHold) {
  std::string deep = head;
  for (int i = 0; i < 300; ++i) deep += "<g>";
  for (int i = 0; i < 300; ++i) deep += "</g>";
  EXPECT_EQ(refusal(deep + "</svg>"), ErrorCode::limit);
  const std::string some = in_svg("<g a=\"1\" b=\"2\"/><g c=\"3\"/>");
  EXPECT_TRUE(read(bytes(some), {.nodes = 3, .attributes = 4, .depth = 2}));
  EXPECT_EQ(refusal(some, {.nodes = 2}), ErrorCode::limit);
  EXPECT_EQ(refusal(some, {.attributes = 3}), ErrorCode::limit);
  EXPECT_EQ(refusal(some, {.depth = 1}), ErrorCode::limit);
  EXPECT_EQ(refusal(some, {.bytes = some.size() - 1}), ErrorCode::limit);
}

TEST(SvgReader, WhatIsNoSvgIsRefused) {
  EXPECT_EQ(refusal(""), ErrorCode::bad_input);
  EXPECT_EQ(refusal("text"), ErrorCode::bad_input);
  EXPECT_EQ(refusal("<html xmlns=\"http://www.w3.org/1999/xhtml\"/>"), ErrorCode::bad_input);
  EXPECT_EQ(refusal("<svg xmlns=\"http://www.w3.org/1999/xhtml\"/>"), ErrorCode::bad_input);
  EXPECT_EQ(refusal("<svg/>"), ErrorCode::unsupported);
  EXPECT_EQ(refusal("<svg xmlns=\"http://www.w3.org/2000/svg\" y:z=\"\"/>"),
            ErrorCode::unsupported);
  const std::string whole = in_svg("<g a=\"1\"><!-- c --><path d=\"M0 0\"/></g>");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(refusal(whole.substr(0, size)), ErrorCode::bad_input) << size;
  }
}

TEST(SvgReader, PrefixesAndEditorsAreTold) {
  const std::string file =
      "<s:svg xmlns:s=\"http://www.w3.org/2000/svg\" "
      "xmlns:i=\"http://www.inkscape.org/namespaces/inkscape\" i:v=\"1\"><s:g/><i:x/></s:svg>";
  const auto document = read(bytes(file));
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->root().is("svg"));
  EXPECT_TRUE(document->root().children[0].is("g"));
  EXPECT_EQ(document->root().children[1].space, Space::editor);
  EXPECT_EQ(document->root().attributes[2].space, Space::editor);
  EXPECT_EQ(write(*document), file);
}

TEST(SvgStart, IsKnownBehindWhateverMayComeFirst) {
  for (const std::string& start : {"<svg>"s, "<svg/>"s, "\xEF\xBB\xBF<svg "s, "  \n<svg\n"s,
                                   "<?xml version=\"1.0\"?>\n<!-- <html> -->\n<svg>"s,
                                   "<!DOCTYPE svg [ <!ENTITY a \"<b>\"> ]><svg>"s,
                                   "<x:svg xmlns:x=''>"s, "<!DOCTYPE svg PUBLIC \"-//W3C"s}) {
    EXPECT_TRUE(looks_like_svg(bytes(start))) << start;
  }
  for (const std::string& start :
       {""s, "<"s, "<sv"s, "<html><svg>"s, "<svgx>"s, "svg"s, "<:svg>"s,
        "<!DOCTYPE html><svg>x"s.substr(0, 16), "<!-- <svg>"s, "\x1F\x8B\x08"s}) {
    EXPECT_FALSE(looks_like_svg(bytes(start))) << start;
  }
}

TEST(SvgRoot, IsReadAloneAndDamageBehindItDoesNotMatter) {
  const auto root = read_root(bytes("<svg width=\"5\" xmlns=\"http://www.w3.org/2000/svg\"><g"));
  ASSERT_TRUE(root);
  ASSERT_NE(root->find("width"), nullptr);
  EXPECT_EQ(*root->find("width"), "5");
  EXPECT_FALSE(read_root(bytes("<svg width=")));
  EXPECT_EQ(*read_root(bytes("<svg y:z=\"\" a=\"b\"/>"))->find("a"), "b");
  EXPECT_EQ(read_root(bytes("<html/>")).error().code(), ErrorCode::bad_input);
}

}  // namespace
}  // namespace imgmill::svg

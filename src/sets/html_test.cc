#include "sets/html.h"

#include <gtest/gtest.h>

namespace imgmill {
namespace {

SetEntry sea() {
  SetEntry entry;
  entry.source = "sea.jpg";
  entry.variants = {{"sea-480w.avif", Format::avif, 480, 320, 10'000, 80.0},
                    {"sea-960w.avif", Format::avif, 960, 640, 30'000, 80.0},
                    {"sea-480w.webp", Format::webp, 480, 320, 9'000, 80.0},
                    {"sea-960w.webp", Format::webp, 960, 640, 29'000, 80.0},
                    {"sea-480w.jpg", Format::jpeg, 480, 320, 20'000, 80.0},
                    {"sea-960w.jpg", Format::jpeg, 960, 640, 60'000, 80.0}};
  return entry;
}

SetOptions options_of(HtmlElement element) {
  SetOptions options;
  options.widths = {480, 960};
  options.formats = {Format::avif, Format::webp, Format::jpeg};
  options.html = element;
  return options;
}

TEST(Html, APictureHasTheSmallestFormatFirstAndASafeFallback) {
  EXPECT_EQ(html_of(sea(), options_of(HtmlElement::picture)),
            "<picture>\n"
            "  <source type=\"image/webp\" srcset=\"sea-480w.webp 480w, sea-960w.webp 960w\""
            " sizes=\"100vw\">\n"
            "  <source type=\"image/avif\" srcset=\"sea-480w.avif 480w, sea-960w.avif 960w\""
            " sizes=\"100vw\">\n"
            "  <img src=\"sea-960w.jpg\" srcset=\"sea-480w.jpg 480w, sea-960w.jpg 960w\""
            " sizes=\"100vw\" width=\"960\" height=\"640\" alt=\"\" loading=\"lazy\""
            " decoding=\"async\">\n"
            "</picture>\n");
}

TEST(Html, AFormatThatSavesNothingIsNotOffered) {
  SetEntry entry = sea();
  entry.variants[1].bytes = 60'000;
  const std::string html = html_of(entry, options_of(HtmlElement::picture));
  EXPECT_EQ(html.find("avif"), std::string::npos);
  EXPECT_NE(html.find("image/webp"), std::string::npos);
}

TEST(Html, AnImgHasTheFormatThatMostBrowsersShow) {
  const std::string html = html_of(sea(), options_of(HtmlElement::img));
  EXPECT_EQ(html.find("<img src=\"sea-960w.jpg\""), 0U);
  EXPECT_EQ(html.find("webp"), std::string::npos);
  SetEntry entry = sea();
  entry.variants.resize(4);
  EXPECT_EQ(html_of(entry, options_of(HtmlElement::img)).find("<img src=\"sea-960w.webp\""), 0U);
}

TEST(Html, OneWidthIsToldByDensity) {
  SetOptions options = options_of(HtmlElement::img);
  options.widths = {480};
  options.densities = {1, 2};
  EXPECT_EQ(html_of(sea(), options),
            "<img src=\"sea-960w.jpg\" srcset=\"sea-480w.jpg 1x, sea-960w.jpg 2x\" width=\"480\""
            " height=\"320\" alt=\"\" loading=\"lazy\" decoding=\"async\">\n");
  // A picture that is not wide enough for 2x.
  SetEntry entry = sea();
  entry.variants[5].width = 700;
  EXPECT_NE(html_of(entry, options).find("sea-960w.jpg 1.458x"), std::string::npos);
}

TEST(Html, ADrawingNeedsNoSrcset) {
  SetEntry entry;
  entry.variants = {{"logo-24w.svg", Format::svg, 24, 12, 300, {}}};
  EXPECT_EQ(html_of(entry, options_of(HtmlElement::picture)),
            "<img src=\"logo-24w.svg\" width=\"24\" height=\"12\" alt=\"\" loading=\"lazy\""
            " decoding=\"async\">\n");
}

TEST(Html, NamesAndTextsCannotLeaveTheirPlace) {
  SetEntry entry;
  entry.variants = {{"a b/50%, \"<é>\".jpg", Format::jpeg, 1, 1, 1, {}}};
  SetOptions options = options_of(HtmlElement::img);
  options.sizes = "(min-width: 1px) \"&<>";
  options.base = "/i?a=1&b=";
  EXPECT_EQ(html_of(entry, options),
            "<img src=\"/i?a=1&amp;b=a%20b/50%25%2C%20%22%3C%C3%A9%3E%22.jpg\""
            " srcset=\"/i?a=1&amp;b=a%20b/50%25%2C%20%22%3C%C3%A9%3E%22.jpg 1w\""
            " sizes=\"(min-width: 1px) &quot;&amp;&lt;&gt;\" width=\"1\" height=\"1\" alt=\"\""
            " loading=\"lazy\" decoding=\"async\">\n");
  EXPECT_EQ(url_of("javascript:alert(1)'.jpg"), "javascript%3Aalert%281%29%27.jpg");
}

}  // namespace
}  // namespace imgmill

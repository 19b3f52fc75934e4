#include "optimize/candidates/drawing.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <string>

#include "codecs/svg.h"
#include "imgmill/optimize.h"
#include "support/decode.h"
#include "svg/gzip.h"
#include "svg/reader.h"
#include "svg/sprite.h"
#include "svg/writer.h"

namespace imgmill {
namespace {

using namespace test;

ByteView bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string drawing(const std::string& inside, const std::string& attributes = "") {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- made by hand -->\n"
         "<svg xmlns=\"http://www.w3.org/2000/svg\" "
         "xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"64\" height=\"48\"" +
         attributes + ">\n" + inside + "\n</svg>\n";
}

const std::string shapes =
    "  <rect x=\"2.00000\" y=\"3.12345678\" width=\"20.50\" height=\"30\" fill=\"#FF0000\"/>\n"
    "  <path d=\"M 10.123456,5.654321 C 20.5,5.5 30.25,20.75 40.0,40.0 Z\" "
    "style=\"fill : #00cc00; fill-opacity: 0.50; \"/>\n";

// Drawings that exercise both the renderer and the cleaners.
const std::pair<const char*, std::string> features[] = {
    {"shapes", shapes},
    {"gradient",
     "<defs><linearGradient id=\"a\" x1=\"0%\"><stop offset=\"0.0\" stop-color=\"#ff0000\"/>"
     "<stop offset=\"1.0\" stop-color=\"#0000ff\"/></linearGradient><radialGradient id=\"b\" "
     "xlink:href=\"#a\" cx=\"0.500\"/></defs><rect width=\"30\" height=\"48.0\" "
     "fill=\"url(#a)\"/><circle cx=\"48\" cy=\"24\" r=\"12.34567\" fill=\"url(#b)\"/>"},
    {"symbol",
     "<symbol id=\"s\" viewBox=\"0 0 10 10\"><path d=\"M 0 0 L 10.00 0 L 5 10 z\"/></symbol>"
     "<use xlink:href=\"#s\" x=\"1\" y=\"0\" width=\"20\" height=\"20\"/>"
     "<use xlink:href=\"#s\" transform=\"translate( 30.0, 10.0 ) scale(2,2)\" width=\"10\" "
     "height=\"10\"/>"},
    {"markers",
     "<marker id=\"m\" markerWidth=\"4\" markerHeight=\"4\" refX=\"2\" refY=\"2\"><circle "
     "cx=\"2\" cy=\"2\" r=\"1.50\"/></marker><path d=\"M5 5L30 5L30 5L50 40\" fill=\"none\" "
     "stroke=\"#000000\" stroke-width=\"2.0\" marker-mid=\"url(#m)\"/>"},
    {"mask",
     "<mask id=\"m\"><rect width=\"64\" height=\"48\" fill=\"#ffffff\"/><circle cx=\"32\" "
     "cy=\"24\" r=\"10.000\"/></mask><clipPath id=\"c\"><rect x=\"5.0\" width=\"50\" "
     "height=\"48\"/></clipPath><g mask=\"url(#m)\" clip-path=\"url(#c)\"><rect width=\"64\" "
     "height=\"48\" fill=\"#008000\"/></g>"},
    {"css",
     "<style><![CDATA[ .a > b, .a { fill: #ff0000 } ]]></style><g class=\"a\"><rect x=\"0\" "
     "width=\"20.0\" height=\"20\"/></g>"},
    {"arcs",
     "<path d=\"M 5 24 A 10.000 10.000 0 0 1 25 24 a10 10 0 01 20 0 a10,10 0 1 1 -.5.5\" "
     "fill=\"none\" stroke=\"#123456\" stroke-width=\"1.500\" stroke-linecap=\"round\"/>"
     "<path d=\"M50 40h0\" stroke=\"#000\" stroke-width=\"6\" stroke-linecap=\"round\"/>"},
    {"nested",
     "<svg x=\"10.0\" y=\"5.0\" width=\"50%\" height=\"20\" viewBox=\"0 0 1 1\"><rect "
     "width=\"0.5000\" height=\"0.2500\" fill=\"#0000ff\"/></svg><g "
     "transform=\"matrix(1,0,0,1,0,0)\"><rect x=\"1e1\" y=\"3.0e1\" width=\"5mm\" "
     "height=\"1em\"/></g>"},
    {"pattern",
     "<pattern id=\"p\" width=\"0.2\" height=\"0.2\" patternContentUnits=\"objectBoundingBox\">"
     "<circle cx=\"0.1\" cy=\"0.1\" r=\"0.0777777\"/></pattern><rect width=\"64\" height=\"48\" "
     "fill=\"url(#p)\"/>"},
};

Optimized made_of(const std::string& file, const ImageSettings& settings = {}) {
  auto made = optimize(bytes(file), settings);
  EXPECT_TRUE(made) << file << (made ? "" : made.error().describe());
  return made ? *std::move(made) : Optimized{};
}

std::string text_of(const Optimized& made) {
  return {reinterpret_cast<const char*>(made.bytes.data()), made.bytes.size()};
}

bool mentions(const Optimized& made, std::string_view part) {
  return std::ranges::any_of(
      made.notes, [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

TEST(Drawing, ComesOutSmallerAndLooksTheSame) {
  for (const auto& [name, inside] : features) {
    const std::string file = drawing(inside);
    const Optimized made = made_of(file);
    EXPECT_EQ(made.format, Format::svg) << name;
    EXPECT_LT(made.bytes.size(), file.size()) << name;
    EXPECT_NE(made.decision, Decision::kept) << name << (made.notes.empty() ? "" : made.notes[0]);
    EXPECT_GE(made.judgement.score.value_or(0), 90) << name;
    EXPECT_EQ(made.width, 64U);
    EXPECT_EQ(made.height, 48U);
    const auto alike = likeness(bytes(file), made.bytes.view());
    ASSERT_TRUE(alike) << name;
    EXPECT_FALSE(alike->blank) << name;
    // A second run changes nothing.
    EXPECT_EQ(text_of(made_of(text_of(made))), text_of(made)) << name;
  }
}

TEST(Drawing, WithoutLossNoPixelDiffers) {
  ImageSettings lossless;
  lossless.compression = Compression::lossless;
  ImageSettings target;
  target.target = Target{.score = 100};
  for (const auto& [name, inside] : features) {
    const std::string file = drawing(inside);
    const Optimized made = made_of(file, lossless);
    EXPECT_LT(made.bytes.size(), file.size()) << name;
    EXPECT_EQ(made.judgement.score, 100) << name;
    EXPECT_EQ(likeness(bytes(file), made.bytes.view())->score, 100) << name;
    EXPECT_EQ(text_of(made_of(file, target)), text_of(made)) << name;
  }
  EXPECT_TRUE(holds(made_of(drawing(shapes), lossless).bytes.view(), "3.12345678"));
  EXPECT_FALSE(holds(made_of(drawing(shapes)).bytes.view(), "3.12345678"));
}

TEST(Drawing, DamageIsSeen) {
  const std::string file = drawing(shapes);
  const std::pair<std::string, std::string> edits[] = {{"40.0,40.0", "40.0,39.0"},
                                                       {"#FF0000", "#EE0000"},
                                                       {"0.50", "0.70"},
                                                       {"height=\"30\"", "height=\"29\""},
                                                       {"Z\"", "Z\" opacity=\"0\""},
                                                       {"width=\"64\"", "width=\"65\""},
                                                       {"  <rect", "  <desc"}};
  for (const auto& [from, to] : edits) {
    std::string other = file;
    other.replace(other.find(from), from.size(), to);
    const auto alike = likeness(bytes(file), bytes(other));
    EXPECT_TRUE(!alike || alike->score < 90) << from << " to " << to;
  }
  const auto same = likeness(bytes(file), bytes(file));
  ASSERT_TRUE(same);
  EXPECT_EQ(same->score, 100);
}

TEST(Drawing, WhereNothingIsSeenNothingIsRounded) {
  const std::string file =
      drawing("<g opacity=\"0\"><rect x=\"1.23456789\" width=\"5.0\" height=\"5\"/></g>");
  const Optimized made = made_of(file);
  EXPECT_LT(made.bytes.size(), file.size());
  EXPECT_TRUE(holds(made.bytes.view(), "1.23456789"));
}

TEST(Drawing, TextsStayAndAreNotDrawn) {
  const std::string text =
      "<text x=\"1.23456789\" y=\"20.0\" font-family=\"No Such Font\"> one  <tspan "
      "dx=\"0.50\">two</tspan></text>";
  const Optimized made = made_of(drawing(shapes + text));
  EXPECT_TRUE(holds(made.bytes.view(), text));
  EXPECT_NE(made.decision, Decision::kept);
  const auto info = inspect(bytes(drawing(text)));
  ASSERT_TRUE(info);
  const auto drawn = SvgCodec::decode(bytes(drawing(text)), *info, {});
  ASSERT_FALSE(drawn);
  EXPECT_EQ(drawn.error().code(), ErrorCode::unsupported);
}

TEST(Drawing, StaysOneWhateverIsAsked) {
  const std::string file = drawing(shapes);
  const Optimized webp = made_of(file, {.output_format = Format::webp});
  EXPECT_EQ(webp.format, Format::svg);
  EXPECT_TRUE(mentions(webp, "stays SVG"));
  ImageSettings half;
  half.resize = {.mode = ResizeMode::percent, .percent = 50};
  EXPECT_TRUE(mentions(made_of(file, half), "no pixels to resize"));
  ImageSettings best;
  best.choose_format = true;
  EXPECT_EQ(made_of(file, best).format, Format::svg);
  ImageSettings small;
  small.max_bytes = 10;
  const auto refused = optimize(bytes(file), small);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit);
}

TEST(Drawing, OddOnesAreLeftAloneAndThatIsSaid) {
  for (const std::string& odd :
       {std::string("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
                    "<svg xmlns=\"http://www.w3.org/2000/svg\"><text>&x;</text></svg>"),
        std::string("<svg width=\"5\" height=\"5\"><rect/></svg>")}) {
    const Optimized made = made_of(odd);
    EXPECT_EQ(text_of(made), odd);
    EXPECT_EQ(made.decision, Decision::kept);
    EXPECT_TRUE(mentions(made, "left alone")) << odd;
  }
  const std::string whole = drawing(shapes);
  const auto cut = optimize(bytes(whole.substr(0, whole.size() - 20)));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code(), ErrorCode::bad_input);
}

TEST(Drawing, NothingOutsideTheFileIsLoaded) {
  // Links to pictures in local files: the drawing must be rendered without them.
  for (const std::string& link : {std::string("file:///usr/share/pixmaps/debian-logo.png"),
                                  std::string("/proc/self/exe"), std::string("other.svg#a")}) {
    const std::string image = "<image width=\"64\" height=\"48\" xlink:href=\"" + link + "\"/>";
    const auto alike = likeness(bytes(drawing(shapes + image)), bytes(drawing(shapes)));
    ASSERT_TRUE(alike) << link;
    EXPECT_EQ(alike->score, 100) << link;
  }
}

TEST(Drawing, ItsSizeIsAsABrowserHasIt) {
  const auto size = [](const std::string& attributes) {
    const std::string file = "<svg xmlns=\"http://www.w3.org/2000/svg\" " + attributes + "/>";
    const auto info = inspect(bytes(file));
    return info ? std::pair(info->width, info->height) : std::pair(0U, 0U);
  };
  EXPECT_EQ(size("width='24' height='12.5px'"), std::pair(24U, 13U));
  EXPECT_EQ(size("viewBox='0 0 32 16'"), std::pair(32U, 16U));
  EXPECT_EQ(size("width='64' viewBox='0 0 32 16'"), std::pair(64U, 32U));
  EXPECT_EQ(size("height='100%' width='100%' viewBox='0,0,32,16'"), std::pair(32U, 16U));
  EXPECT_EQ(size("width='1in' height='25.4mm'"), std::pair(96U, 96U));
  EXPECT_EQ(size(""), std::pair(300U, 150U));
  EXPECT_EQ(size("width='0' height='-5'"), std::pair(1U, 150U));
  EXPECT_EQ(size("width='1e30' height='1'"), std::pair(2'147'483'647U, 1U));
}

TEST(Drawing, LargeOnesAreCleanedAndNotDrawnLarge) {
  const std::string file =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100000\" height=\"100000\">\n"
      "<rect x=\"100.00\" width=\"50000\" height=\"50000\" fill=\"#ff0000\"/>\n</svg>\n";
  const Optimized made = made_of(file);
  EXPECT_LT(made.bytes.size(), file.size());
  const auto info = inspect(bytes(file));
  ASSERT_TRUE(info);
  const auto drawn = SvgCodec::decode(bytes(file), *info, {});
  ASSERT_FALSE(drawn);
  EXPECT_EQ(drawn.error().code(), ErrorCode::limit);
}

// ---- Sprites ------------------------------------------------------------------

const std::string sprite =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" style=\"display:none\">\n<!-- sprite -->\n"
    "<symbol id=\"help\" viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" "
    "stroke-width=\"2.000\">\n<circle cx=\"12.000\" cy=\"12.000\" r=\"10.000\"/>\n"
    "<path d=\"M 4.12345678 12.12345678 L 20.000 , 6.50\"/>\n</symbol>\n"
    "<symbol id=\"flag\" viewBox=\"0 0 1 1\"><linearGradient id=\"g\"><stop offset=\"0\" "
    "stop-color=\"#ff0000\"/><stop offset=\"1\" stop-color=\"#0000ff\"/></linearGradient><rect "
    "width=\"1.000\" height=\"1.000\" fill=\"url(#g)\"/></symbol>\n</svg>\n";

// Compares `one` and `other` as the sheets that show their symbols.
Result<Likeness> symbols_alike(const std::string& one, const std::string& other) {
  const auto sheet = [](const std::string& file) {
    return svg::write(svg::sheets_of_symbols(*svg::read(bytes(file))).at(0));
  };
  return likeness(bytes(sheet(one)), bytes(sheet(other)));
}

TEST(Sprite, IsCleanedAndEachSymbolLooksTheSame) {
  for (const std::string attributes :
       {"style=\"display:none\"", "width=\"0\" height=\"0\"", "class=\"hidden\""}) {
    std::string file = sprite;
    file.replace(file.find("style=\"display:none\""), 20, attributes);
    const Optimized made = made_of(file);
    EXPECT_LT(made.bytes.size(), file.size() * 9 / 10) << attributes;
    EXPECT_TRUE(made.notes.empty()) << made.notes[0];
    for (const char* kept : {"id=\"help\"", "id=\"flag\"", "id=\"g\"", "viewBox=\"0 0 24 24\""}) {
      EXPECT_TRUE(holds(made.bytes.view(), kept)) << kept;
    }
    EXPECT_FALSE(holds(made.bytes.view(), "4.12345678"));
    const auto alike = symbols_alike(file, text_of(made));
    ASSERT_TRUE(alike);
    EXPECT_FALSE(alike->blank);
    EXPECT_GE(alike->score, 90);
    EXPECT_EQ(text_of(made_of(text_of(made))), text_of(made));
  }
}

TEST(Sprite, DamageToASymbolIsSeen) {
  const std::pair<std::string, std::string> edits[] = {{"r=\"10.000\"", "r=\"9.000\""},
                                                       {"#0000ff", "#00ff00"},
                                                       {"stroke=\"cur", "stroke=\"Cur-"},
                                                       {"20.000 , 6.50", "20.000 , 7.50"}};
  for (const auto& [from, to] : edits) {
    std::string other = sprite;
    other.replace(other.find(from), from.size(), to);
    const auto alike = symbols_alike(sprite, other);
    EXPECT_TRUE(!alike || alike->score < 90) << from;
  }
}

// ---- Packed drawings ------------------------------------------------------------

std::string packed(const std::string& text) {
  return std::string(as_text(svg::gzipped(bytes(text)).view()));
}

std::string unpacked(const Optimized& made) {
  const auto text = svg::gunzip(made.bytes.view(), 1 << 20);
  return text ? std::string(as_text(text->view())) : text.error().message();
}

TEST(PackedDrawing, IsCleanedAndStaysPacked) {
  std::string inside;
  for (int i = 0; i < 20; ++i) inside += shapes;
  const std::string file = packed(drawing(inside));
  const Optimized made = made_of(file);
  EXPECT_EQ(made.format, Format::svg);
  EXPECT_EQ(made.width, 64U);
  EXPECT_NE(made.decision, Decision::kept);
  EXPECT_LT(made.bytes.size(), file.size());
  EXPECT_EQ(unpacked(made), text_of(made_of(drawing(inside))));
  EXPECT_EQ(made_of(text_of(made)).decision, Decision::kept);
  const auto info = inspect(bytes(file));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->format, Format::svg);
  EXPECT_EQ(info->height, 48U);
}

TEST(PackedDrawing, IsPackedBetterWhereNothingElseIsToBeDone) {
  const std::string clean = text_of(made_of(drawing(shapes + features[1].second)));
  // Stored without compression in a gzip container.
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, 0, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string file(clean.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(clean.data()));
  stream.avail_in = static_cast<uInt>(clean.size());
  stream.next_out = reinterpret_cast<Bytef*>(file.data());
  stream.avail_out = static_cast<uInt>(file.size());
  ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  file.resize(file.size() - stream.avail_out);
  deflateEnd(&stream);
  const Optimized made = made_of(file);
  EXPECT_EQ(made.decision, Decision::transcoded);
  EXPECT_LT(made.bytes.size(), file.size());
  EXPECT_EQ(unpacked(made), clean);
  EXPECT_EQ(made_of(text_of(made)).decision, Decision::kept);
}

TEST(PackedDrawing, WhatIsNoneIsRefusedAndSaysWhy) {
  const std::pair<std::string, ErrorCode> cases[] = {
      {packed("just a text, packed"), ErrorCode::unsupported},
      {packed(""), ErrorCode::unsupported},
      {packed(packed(drawing(shapes))), ErrorCode::unsupported},
      {packed(drawing(shapes)).substr(0, 100), ErrorCode::bad_input},
      {packed(drawing(shapes)) + "more", ErrorCode::bad_input},
      {packed("<svg>" + std::string(std::size_t{65} << 20, ' ')), ErrorCode::limit}};
  for (const auto& [file, code] : cases) {
    const auto made = optimize(bytes(file));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), code) << made.error().describe();
    EXPECT_FALSE(made.error().advice().empty());
    EXPECT_FALSE(inspect(bytes(file)));
  }
  EXPECT_NE(optimize(bytes(cases[0].first)).error().message().find("gzip"), std::string::npos);
  // The caller's limits apply, too.
  EXPECT_EQ(optimize(bytes(packed(drawing(shapes))), {}, {.max_decoded_bytes = 100}).error().code(),
            ErrorCode::limit);
}

TEST(Drawing, SizesThatNobodyCanDrawAreToldAsSuch) {
  for (const char* side : {"1e-9", "3e9"}) {
    const std::string file = std::string("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"") +
                             side + "\" height=\"" + side +
                             "\">\n<rect width=\"5.0\" height=\"5\"/>\n</svg>\n";
    const Optimized made = made_of(file);
    EXPECT_EQ(text_of(made), file);
    EXPECT_TRUE(mentions(made, "left alone: an SVG that says it is")) << side;
    // A worker's answer stores sizes in 31 bits.
    EXPECT_LE(made.width, 0x7fffffffU);
  }
}

TEST(Drawing, CanBeDrawnAtItsOwnSize) {
  const std::string file = drawing(shapes);
  const auto info = inspect(bytes(file));
  ASSERT_TRUE(info);
  const auto drawn = SvgCodec::decode(bytes(file), *info, {});
  ASSERT_TRUE(drawn) << drawn.error().describe();
  EXPECT_EQ(drawn->width(), 64U);
  EXPECT_EQ(drawn->height(), 48U);
}

}  // namespace
}  // namespace imgmill

// Tests what each cleaner removes, and what it must keep.
#include "svg/cleaner.h"

#include <gtest/gtest.h>

#include <string>

#include "svg/colours.h"
#include "svg/defaults.h"
#include "svg/leftovers.h"
#include "svg/reader.h"
#include "svg/style.h"
#include "svg/traits.h"
#include "svg/transform_list.h"
#include "svg/values.h"
#include "svg/writer.h"

namespace imgmill::svg {
namespace {

constexpr Keep default_keep{};

std::string file_of(std::string_view inside, std::string_view attributes = "") {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\"" +
         std::string(attributes) + ">" + std::string(inside) + "</svg>";
}

Document parsed(const std::string& file) {
  auto document = read(std::as_bytes(std::span(file)));
  EXPECT_TRUE(document) << file << (document ? "" : document.error().describe());
  return document ? *std::move(document) : Document{.nodes = {Node{.text = "svg"}}};
}

// Applies `work` to a drawing with these contents and returns the new contents.
template <typename Work>
std::string after(const Work& work, std::string_view inside, std::string_view attributes = "") {
  Document document = parsed(file_of(inside, attributes));
  work(document);
  std::string out = write(document);
  const std::string start = file_of("", attributes);
  const std::string opening = start.substr(0, start.size() - 6);
  if (out == opening.substr(0, opening.size() - 1) + "/>") return "";
  if (!out.starts_with(opening) || !out.ends_with("</svg>")) return out;
  return out.substr(opening.size(), out.size() - opening.size() - 6);
}

std::string cleaned(std::string_view inside, Care care = Care::round, const Keep& keep = {},
                    std::string_view attributes = "") {
  const std::string text = clean(parsed(file_of(inside, attributes)), care, keep).bytes;
  const std::size_t open = text.find('>');
  return text.substr(open + 1, text.rfind("</svg>") - open - 1);
}

TEST(Comments, GoUnlessTheyAreMeantToStay) {
  const auto less = [](const Keep& keep) {
    return after([&](Document& d) { drop_comments(d, keep); },
                 "<!--a--><!--! b--><g><!--Copyright c--></g><!--Generator: d-->");
  };
  EXPECT_EQ(less(default_keep), "<!--! b--><g><!--Copyright c--></g>");
  EXPECT_EQ(less(Keep::none()), "<!--! b--><g/>");
  EXPECT_EQ(less(Keep::all()), "<!--a--><!--! b--><g><!--Copyright c--></g><!--Generator: d-->");
}

TEST(Instructions, GoButStyleSheets) {
  Document document = parsed("<?xml version=\"1.0\"?><?adobe x?><?xml-stylesheet href=\"a.css\"?>" +
                             file_of("<?y?><g/>"));
  drop_instructions(document);
  EXPECT_EQ(write(document), "<?xml-stylesheet href=\"a.css\"?>" + file_of("<g/>"));
}

constexpr std::string_view metadata =
    "<metadata xmlns:r=\"urn:r\" xmlns:c=\"urn:c\" xmlns:d=\"urn:d\"><r:RDF><c:Work> "
    "<d:title>secret</d:title><d:rights><c:Agent><d:title>Ann</d:title></c:Agent></d:rights>"
    "<d:creator/><c:license r:resource=\"urn:by\"/></c:Work></r:RDF></metadata>";

TEST(Metadata, FollowsThePolicy) {
  const auto less = [](const Keep& keep) {
    return after([&](Document& d) { drop_metadata(d, keep); }, metadata);
  };
  const std::string some = less(default_keep);
  EXPECT_NE(some.find("Ann"), std::string::npos);
  EXPECT_NE(some.find("urn:by"), std::string::npos);
  EXPECT_EQ(some.find("secret"), std::string::npos);
  EXPECT_EQ(some.find("creator"), std::string::npos) << "an empty field says nothing";
  EXPECT_EQ(less(Keep::none()), "");
  EXPECT_EQ(less(Keep::all()), metadata);
  EXPECT_EQ(after([](Document& d) { drop_metadata(d, default_keep); },
                  "<metadata><w xmlns=\"urn:c\"><title>no rights</title></w></metadata>"),
            "");
}

TEST(EditorData, GoesAndItsNamespacesWithIt) {
  const std::string attributes =
      " xmlns:i=\"http://www.inkscape.org/namespaces/inkscape\" "
      "xmlns:s=\"http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd\" i:version=\"1\"";
  const std::string text =
      clean(parsed(file_of("<s:namedview id=\"n\"><i:grid/></s:namedview><g i:label=\"x\" "
                           "id=\"a\"><path d=\"M0 0\"/></g>",
                           attributes)),
            Care::text_only, {})
          .bytes;
  EXPECT_EQ(text, file_of("<g id=\"a\"><path d=\"M0 0\"/></g>"));
}

TEST(Namespaces, StayWhileAnythingNamesThem) {
  const std::string uses[] = {"<use l:href=\"#a\"/>", "<animate attributeName=\"l:href\"/>",
                              "<style>l:x{}</style>"};
  for (const std::string& use : uses) {
    const std::string attributes = " xmlns:l=\"urn:l\" xmlns:gone=\"urn:g\"";
    Document document = parsed(file_of(use, attributes));
    drop_unused_namespaces(document);
    EXPECT_EQ(write(document), file_of(use, " xmlns:l=\"urn:l\"")) << use;
  }
}

TEST(WhiteSpace, GoesBetweenElementsAndNowhereElse) {
  const auto less = [](std::string_view inside) {
    return after([](Document& d) { drop_white_space(d, traits_of(d)); }, inside);
  };
  EXPECT_EQ(less("\n <g>\n <path/> </g> <a> <path/> </a>\n"), "<g><path/></g><a><path/></a>");
  for (const std::string_view kept :
       {"<text> <tspan>a</tspan> <tspan>b</tspan> </text>", "<title> </title>", "<desc>\n</desc>",
        "<style> </style>", "<foreignObject><p xmlns=\"urn:x\"> <b></b> </p></foreignObject>",
        "<text>a</text><g xml:space=\"preserve\"> <path/> </g>"}) {
    EXPECT_EQ(less(kept), kept);
  }
}

// The two are the same in XML, but in an HTML page "<div/>" has no end tag.
TEST(Html, KeepsItsEmptyElementsOpenAndClosed) {
  const std::string kept =
      "<foreignObject><div xmlns=\"http://www.w3.org/1999/xhtml\"><div class=\"a\"></div>"
      "<span></span><br/><img src=\"a.png\"/><svg xmlns=\"http://www.w3.org/2000/svg\"><g/>"
      "</svg><p> </p></div></foreignObject><title><b xmlns=\"http://www.w3.org/1999/xhtml\"></b>"
      "</title><path/>";
  EXPECT_EQ(after([](Document&) {}, kept), kept);
  for (const Care care : {Care::round, Care::exact, Care::text_only}) {
    EXPECT_NE(cleaned(kept, care).find("<div class=\"a\"></div><span></span><br/>"),
              std::string::npos);
  }
}

TEST(EmptyGroups, GoWhenNothingCanReferToThem) {
  const auto less = [](std::string_view inside) {
    return after([](Document& d) { drop_empty_groups(d); }, inside);
  };
  EXPECT_EQ(less("<g/><defs/><g fill=\"red\"><g/></g><path d=\"\"/>"), "<path d=\"\"/>");
  for (const std::string_view kept :
       {"<g id=\"a\"/>", "<g class=\"a\"/>", "<g data-x=\"1\"/>", "<g filter=\"url(#f)\"/>",
        "<defs id=\"d\"/>", "<switch><g/><path/></switch>", "<g role=\"img\"/>", "<symbol/>"}) {
    EXPECT_EQ(less(kept), kept);
  }
}

TEST(Defaults, GoWhereNothingIsInherited) {
  const auto less = [](std::string_view inside) {
    return after([](Document& d) { drop_defaults(d, traits_of(d)); }, inside);
  };
  EXPECT_EQ(less("<rect x=\"0\" y=\"0.0\" width=\"5\" opacity=\"1\"/>"), "<rect width=\"5\"/>");
  EXPECT_EQ(less("<linearGradient x1=\"0%\" x2=\"100%\" gradientUnits=\"objectBoundingBox\"/>"),
            "<linearGradient/>");
  for (const std::string_view kept :
       {"<g fill=\"#000\"/>", "<path stroke=\"none\"/>", "<text x=\"0\"/>",
        "<linearGradient x1=\"0\" href=\"#a\"/>", "<rect x=\"10%\"/>", "<g x=\"0\"/>",
        "<svg x=\"5\" version=\"2.0\"/>", "<text><tspan x=\"0\"/></text>"}) {
    EXPECT_EQ(less(kept), kept);
  }
  EXPECT_EQ(cleaned("<path d=\"M0 0\"/>", Care::exact, {},
                    " version=\"1.1\" xml:space=\"preserve\" enable-background=\"new\""),
            "<path d=\"M0 0\"/>");
}

TEST(WithoutEffect, GoesFromShapesOnly) {
  const auto less = [](std::string_view inside) {
    return after([](Document& d) { drop_without_effect(d, traits_of(d)); }, inside);
  };
  EXPECT_EQ(less("<path style=\"font-family:x;fill:red;stroke:none;stroke-width:2\"/>"),
            "<path style=\"fill:red;stroke:none\"/>");
  EXPECT_EQ(less("<path font-weight=\"400\" style=\"fill:none\" fill-rule=\"evenodd\"/>"),
            "<path style=\"fill:none\"/>");
  EXPECT_EQ(less("<path style=\"color:#000;fill:#f00;stroke:none\"/>"),
            "<path style=\"fill:#f00;stroke:none\"/>");
  for (const std::string_view kept :
       {"<g style=\"font-family:x\"/>",
        "<path style=\"font-size:3px;stroke:red;stroke-width:1em\"/>", "<path stroke-width=\"2\"/>",
        // A page may make these visible with rules of its own.
        "<path class=\"line\" stroke=\"none\" stroke-width=\"3\" stroke-linecap=\"round\"/>",
        "<path class=\"fill\" fill=\"none\" fill-rule=\"evenodd\" fill-opacity=\".5\"/>",
        "<path stroke=\"none\" stroke-width=\"3\"/>", "<path color=\"red\" fill=\"blue\"/>",
        "<path style=\"color:red;fill:blue\"/>", "<text font-family=\"x\"/>",
        "<marker/><path stroke=\"none\" stroke-width=\"2\"/>",
        "<style>.a{stroke:red}</style><path class=\"a\" stroke=\"none\" stroke-width=\"2\"/>",
        "<path color=\"red\" fill=\"currentColor\"/>"}) {
    EXPECT_EQ(less(kept), kept);
  }
}

TEST(Colours, AreShortenedAndStayTheSame) {
  const std::pair<const char*, const char*> cases[] = {{"#ffcc00", "#fc0"},
                                                       {"#FF0000", "red"},
                                                       {"rgb(255, 0, 0)", "red"},
                                                       {"white", "#fff"},
                                                       {"black", "#000"},
                                                       {"#C0C0C0", "silver"},
                                                       {"fuchsia", "#f0f"},
                                                       {"#abcdef", "#abcdef"},
                                                       {"none", "none"},
                                                       {"url(#a)", "url(#a)"},
                                                       {"inherit", "inherit"},
                                                       {"", ""},
                                                       {"#12", "#12"},
                                                       {"#ffcc0080", "#ffcc0080"},
                                                       {"rgb(100%,0%,0%)", "rgb(100%,0%,0%)"},
                                                       {"rgb(300,0,0)", "rgb(300,0,0)"},
                                                       {"rgb(1,2)", "rgb(1,2)"},
                                                       {"currentColor", "currentColor"}};
  for (const auto& [colour, expected] : cases) EXPECT_EQ(shorten_colour(colour), expected);
}

TEST(Styles, AreReadOrLeftAlone) {
  EXPECT_EQ(style_of(*declarations_of(" fill : red ; ; stroke:url(data:a;b) ; x: ; ")),
            "fill:red;stroke:url(data:a;b)");
  for (const char* const odd :
       {"fill", "a:b;/* c */", "a:\"b", "a:b)", "a:(b", "a\\:b:c", "a b:c"}) {
    EXPECT_FALSE(declarations_of(odd)) << odd;
  }
  EXPECT_EQ(cleaned("<path style=\" fill : #ffcc00 ; stroke-width: 1.50 ; "
                    "-inkscape-stroke:none; \"/>",
                    Care::exact),
            "<path style=\"fill:#fc0;stroke-width:1.5\"/>");
}

TEST(Transforms, AreShortened) {
  const auto exact = [](std::string_view list) { return shorten_transform(list, 0, 0); };
  EXPECT_EQ(exact("translate( 10.0 , 0 )"), "translate(10)");
  EXPECT_EQ(exact("matrix(1,0,0,1,5,-5.50)"), "translate(5 -5.5)");
  EXPECT_EQ(exact("matrix(2 0 0 2 0 0)"), "scale(2)");
  EXPECT_EQ(exact("rotate(0) scale(1)"), "");
  EXPECT_EQ(exact("rotate(45, 0, 0),scale(2,3)"), "rotate(45) scale(2 3)");
  EXPECT_EQ(exact("skewX(0.5)"), "skewX(.5)");
  for (const char* const odd :
       {"rotate(45deg)", "matrix(1 2 3)", "spin(4)", "translate(1", "scale()"}) {
    EXPECT_EQ(exact(odd), odd);
    EXPECT_FALSE(magnification(odd));
  }
  EXPECT_EQ(shorten_transform("matrix(0.123456789 0 0 0.123456789 1.23456 0)", 6, 0.005),
            "matrix(.123457 0 0 .123457 1.23 0)");
  EXPECT_NEAR(*magnification("scale(2 -3) rotate(45)"), 3, 1e-9);
  EXPECT_NEAR(*magnification("matrix(0 2 -2 0 9 9)"), 2, 1e-9);
}

TEST(Values, AreRoundedByTheSizeOfTheDrawing) {
  EXPECT_EQ(cleaned("<rect x=\"1.23456\" width=\"12.50px\" height=\"3e1\"/>"),
            "<rect x=\"1.235\" width=\"12.5\" height=\"30\"/>");
  EXPECT_EQ(cleaned("<path d=\"M 1.234567,2.345678 L 50.5,60.0\" stroke-width=\"0.0123456\"/>"),
            "<path d=\"M1.23 2.35 50.5 60\" stroke-width=\".01235\"/>");
  // Drawings shown larger are rounded less.
  EXPECT_EQ(cleaned("<g transform=\"scale(100)\"><path d=\"M.123456 0V.523456\"/></g>"),
            "<g transform=\"scale(100)\"><path d=\"M.1235 0v.5235\"/></g>");
}

TEST(Values, AreExactWhereNothingIsToBeLost) {
  EXPECT_EQ(cleaned("<path d=\"M 1.2345670,2 L 50.5,60.0\"/><rect x=\"1.23456\"/>", Care::exact),
            "<path d=\"M1.234567 2 50.5 60\"/><rect x=\"1.23456\"/>");
  const std::string sprite = "<symbol id=\"a\"><path d=\"M1.23456789 0z\"/></symbol>";
  EXPECT_EQ(cleaned(sprite), sprite) << "who draws it, and how large, is not known";
  // No size, or one set by CSS.
  const std::string moved =
      "<style>.a{transform:scale(99)}</style><path class=\"a\" d=\"M1.23456789 0z\"/>";
  EXPECT_EQ(cleaned(moved), moved);
}

TEST(Values, OfBoxesAndUnknownThingsStay) {
  const std::string file =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24.123456789 24\" width=\"2.5mm\">"
      "<x:y xmlns:x=\"urn:x\" d=\"M 0 0 L 1 1\"/><path d=\"M 0 0 L 1 oops\"/>"
      "<g data-d=\"0.50\" aria-label=\"0.50\"/></svg>";
  EXPECT_EQ(clean(parsed(file), Care::round, {}).bytes, file);
}

TEST(Texts, StayToTheLastCharacter) {
  const std::string file = file_of(
      "<text x=\"1.23456789\" y=\"2.0\" style=\"font-family : x\"> a  <tspan dx=\"0.50\">b</tspan>"
      "\n</text>");
  EXPECT_EQ(clean(parsed(file), Care::round, {}).bytes, file);
  const Document other = parsed(file_of("<text x=\"1.2345\">a</text>"));
  EXPECT_NE(text_signature(parsed(file)), text_signature(other));
  EXPECT_EQ(write(without_text(other)), write(without_text(parsed(file))));
}

TEST(Delicate, DrawingsLoseNoValue) {
  const std::string path = "<path d=\"M 1.23456789 0 L 5.0 5\"/>";
  for (const std::string& cause : {std::string("<animate attributeName=\"d\" from=\"a\"/>"),
                                   std::string("<style>@keyframes x{}</style>"),
                                   std::string("<style>[d^=\"M 1\"]{fill:red}</style>"),
                                   std::string("<style>g>path:first-child{fill:red}</style>")}) {
    const Cleaned made = clean(parsed(file_of("<!--c--> " + path + cause)), Care::round, {});
    EXPECT_EQ(made.bytes, file_of(path + cause));
    EXPECT_EQ(made.care, Care::text_only);
  }
  for (const std::string& cause :
       {std::string("<script>x()</script>"), std::string("<g onclick=\"x()\"/>"),
        std::string("<a href=\" JavaScript:x()\"/>")}) {
    const std::string with_space = "\n  <!--c--> " + path + "<g/>" + cause;
    EXPECT_EQ(clean(parsed(file_of(with_space)), Care::round, {}).bytes,
              file_of(" <!--c--> " + path + "<g/>" + cause))
        << "who counts nodes counts the same";
  }
}

TEST(Clean, SettlesAtOnce) {
  for (const std::string& inside :
       {std::string("<g> <g/> </g><defs><g/></defs>"),
        std::string("<g transform=\"matrix(1 0 0 1 0 0)\"><g/></g>"),
        std::string("<path d=\"M0 0C1.23456 2.34567 3.45678 4.56789 5.67891 6.78912S1 2 3 4\"/>"),
        std::string("<path d=\"M0 0a1.00049 1.00049 0 1 0 2.00051 0z\" style=\"fill:#ff0000;\"/>"),
        std::string("<text> a </text><path d=\"M 0.0001 0.0001 h 0.00049 v 50\"/>"),
        std::string(metadata)}) {
    for (const Care care : {Care::round, Care::round_less, Care::exact, Care::text_only}) {
      const std::string once = clean(parsed(file_of(inside)), care, {}).bytes;
      EXPECT_EQ(clean(parsed(once), care, {}).bytes, once);
      EXPECT_LE(once.size(), file_of(inside).size());
    }
  }
}

TEST(Clean, PrefixedDrawingsAreCleanedAlike) {
  const std::string file =
      "<s:svg xmlns:s=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\"><!--c-->\n"
      "<s:path d=\"M 0 0 L 10 0\" fill=\"#ffcc00\"/></s:svg>";
  EXPECT_EQ(clean(parsed(file), Care::round, {}).bytes,
            "<s:svg xmlns:s=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\">"
            "<s:path d=\"M0 0h10\" fill=\"#fc0\"/></s:svg>");
}

}  // namespace
}  // namespace imgmill::svg

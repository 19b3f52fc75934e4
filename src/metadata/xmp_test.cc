#include "metadata/xmp.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "metadata/bytes.h"

namespace imgmill {
namespace {

std::string packet_of(std::string_view properties, std::string_view attributes = {}) {
  return "<?xpacket begin='\xEF\xBB\xBF' id='W5M0MpCehiHzreSzNTczkc9d'?>\n"
         "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
         "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
         "<rdf:Description rdf:about='' xmlns:exif='http://ns.adobe.com/exif/1.0/' "
         "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
         "xmlns:aux='http://ns.adobe.com/exif/1.0/aux/' "
         "xmlns:xmpRights='http://ns.adobe.com/xap/1.0/rights/' "
         "xmlns:GCamera='http://ns.google.com/photos/1.0/camera/' "
         "xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' " +
         std::string(attributes) + ">" + std::string(properties) +
         "</rdf:Description></rdf:RDF></x:xmpmeta>\n     <?xpacket end='w'?>";
}

XmpFacts facts_of(const std::string& packet) { return read_xmp(as_bytes(packet)); }

constexpr std::string_view made_by_ai =
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

std::string full() {
  return packet_of(
      "<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>(c) Ada &amp; "
      "Co</rdf:li></rdf:Alt></dc:rights>"
      "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>SECRET words</rdf:li></rdf:Alt>"
      "</dc:description><exif:GPSLatitude>52,30.1N</exif:GPSLatitude>"
      "<Iptc4xmpExt:DigitalSourceType>" +
          std::string(made_by_ai) + "</Iptc4xmpExt:DigitalSourceType>",
      "tiff:Orientation='6' aux:SerialNumber='4711' xmpRights:Marked='True' "
      "GCamera:MotionPhoto='1'");
}

TEST(Xmp, TellsWhatIsPrivate) {
  const XmpFacts facts = facts_of(full());
  EXPECT_TRUE(facts.readable);
  EXPECT_TRUE(facts.holds.position);
  EXPECT_TRUE(facts.holds.serial);
  EXPECT_TRUE(facts.holds.comment);
  EXPECT_FALSE(facts.holds.thumbnail);
  EXPECT_TRUE(facts.rights);
  EXPECT_TRUE(facts.source_type);
  EXPECT_TRUE(facts.motion_video);
  EXPECT_EQ(facts.orientation, 6);
  // A map datum alone is not a location.
  EXPECT_FALSE(facts_of(packet_of("", "exif:GPSMapDatum='WGS-84'")).holds.any());
}

TEST(Xmp, KeepsTheSelectedPropertiesWithTheirStructure) {
  const std::string packet = full();
  const Buffer left = filter_xmp(as_bytes(packet), {.rights = true, .source_type = true});
  const std::string text(as_text(left.view()));
  EXPECT_NE(text.find("(c) Ada &amp; Co"), text.npos) << text;
  EXPECT_NE(text.find("xml:lang=\"x-default\""), text.npos) << text;
  EXPECT_NE(text.find(made_by_ai), text.npos) << text;
  EXPECT_NE(text.find("xmpRights:Marked=\"True\""), text.npos) << text;
  for (const std::string_view gone : {"SECRET", "52,30", "4711", "Orientation", "MotionPhoto"}) {
    EXPECT_EQ(text.find(gone), text.npos) << gone;
  }
  const XmpFacts facts = facts_of(text);
  EXPECT_TRUE(facts.readable && facts.rights && facts.source_type);
  EXPECT_FALSE(facts.holds.any());
  // Filtering is idempotent.
  EXPECT_EQ(as_text(filter_xmp(left.view(), {.rights = true, .source_type = true}).view()), text);
}

TEST(Xmp, NothingSelectedLeavesNothing) {
  EXPECT_TRUE(filter_xmp(as_bytes(full()), {}).empty());
  EXPECT_TRUE(filter_xmp(as_bytes(packet_of("")), {.rights = true}).empty());
}

TEST(Xmp, NamespacesThatShareAPrefixAreToldApart) {
  const std::string packet = packet_of(
      "<a:UsageTerms xmlns:a='http://ns.adobe.com/xap/1.0/rights/'>one</a:UsageTerms>"
      "<a:license xmlns:a='http://creativecommons.org/ns#'>two</a:license>");
  const Buffer left = filter_xmp(as_bytes(packet), {.rights = true});
  const Buffer again = filter_xmp(left.view(), {.rights = true});
  const std::string text(as_text(again.view()));
  EXPECT_NE(text.find(">one<"), text.npos);
  EXPECT_NE(text.find(">two<"), text.npos);
}

TEST(Xmp, OrientationIsSetWhereverItStands) {
  for (const std::string& packet :
       {packet_of("", "tiff:Orientation='6'"), packet_of("<tiff:Orientation>6</tiff:Orientation>"),
        packet_of("", "tiff:Orientation = \"6\"")}) {
    const Buffer turned = with_xmp_orientation(as_bytes(packet), 1);
    EXPECT_EQ(turned.size(), packet.size());
    EXPECT_EQ(read_xmp(turned.view()).orientation, 1);
  }
}

TEST(Xmp, PaddingGoesInsideTheWrapper) {
  const std::string packet = full();
  const Buffer padded = padded_xmp(as_bytes(packet), packet.size() + 100);
  EXPECT_EQ(padded.size(), packet.size() + 100);
  EXPECT_TRUE(as_text(padded.view()).ends_with("<?xpacket end='w'?>"));
  EXPECT_TRUE(read_xmp(padded.view()).readable);
  EXPECT_TRUE(padded_xmp(as_bytes(packet), packet.size() - 1).empty());
}

TEST(Xmp, WhatIsNoXmpIsNotUnderstoodAndDoesNoHarm) {
  for (const std::string_view text :
       {"", "<", "not xml", "<a><b></a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}) {
    EXPECT_FALSE(facts_of(std::string(text)).readable) << text;
    EXPECT_TRUE(filter_xmp(as_bytes(text), {.rights = true, .rest = true}).empty()) << text;
  }
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "<a>";
  EXPECT_FALSE(facts_of(deep).readable);
  std::mt19937 random(7);
  const std::string packet = full();
  for (int i = 0; i < 2000; ++i) {
    std::string broken = packet;
    broken[random() % broken.size()] = static_cast<char>(random());
    (void)facts_of(broken);
    const Buffer left = filter_xmp(as_bytes(broken), {.rights = true, .rest = true});
    if (!left.empty()) {
      EXPECT_TRUE(read_xmp(left.view()).readable);
    }
  }
}

}  // namespace
}  // namespace imgmill

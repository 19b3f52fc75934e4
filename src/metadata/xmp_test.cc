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

TEST(Xmp, MarkedRegionsAreOneBox) {
  const std::string face =
      "<mwg-rs:Regions xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/' "
      "xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#' rdf:parseType='Resource'>"
      "<mwg-rs:RegionList><rdf:Bag>"
      "<rdf:li><rdf:Description mwg-rs:Type='Face'><mwg-rs:Area stArea:x='0.25' stArea:y='0.5' "
      "stArea:w='0.125' stArea:h='0.25' stArea:unit='normalized'/></rdf:Description></rdf:li>"
      "<rdf:li rdf:parseType='Resource'><mwg-rs:Type>Focus</mwg-rs:Type>"
      "<mwg-rs:Area rdf:parseType='Resource'><stArea:x>0.75</stArea:x><stArea:y>0.5</stArea:y>"
      "</mwg-rs:Area></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>";
  const auto box = facts_of(packet_of(face)).regions;
  ASSERT_TRUE(box.has_value());
  EXPECT_DOUBLE_EQ(box->left, 0.1875);
  EXPECT_DOUBLE_EQ(box->right, 0.75);
  EXPECT_DOUBLE_EQ(box->top, 0.375);
  EXPECT_DOUBLE_EQ(box->bottom, 0.625);

  const std::string iptc =
      "<Iptc4xmpExt:ImageRegion><rdf:Bag><rdf:li rdf:parseType='Resource'>"
      "<Iptc4xmpExt:RegionBoundary rdf:parseType='Resource'>"
      "<Iptc4xmpExt:rbShape>rectangle</Iptc4xmpExt:rbShape>"
      "<Iptc4xmpExt:rbUnit>relative</Iptc4xmpExt:rbUnit><Iptc4xmpExt:rbX>0.5</Iptc4xmpExt:rbX>"
      "<Iptc4xmpExt:rbY>0.25</Iptc4xmpExt:rbY><Iptc4xmpExt:rbW>0.25</Iptc4xmpExt:rbW>"
      "<Iptc4xmpExt:rbH>0.5</Iptc4xmpExt:rbH></Iptc4xmpExt:RegionBoundary></rdf:li></rdf:Bag>"
      "</Iptc4xmpExt:ImageRegion>";
  const auto rectangle = facts_of(packet_of(iptc)).regions;
  ASSERT_TRUE(rectangle.has_value());
  EXPECT_DOUBLE_EQ(rectangle->left, 0.5);
  EXPECT_DOUBLE_EQ(rectangle->bottom, 0.75);

  // Pixels, nonsense and numbers outside of the picture are no regions.
  for (const char* wrong :
       {"stArea:x='300' stArea:y='0.5'", "stArea:x='a' stArea:y='0.5'", "stArea:x='0.5'",
        "stArea:x='nan' stArea:y='0.5'", "stArea:x='0.5' stArea:y='0.5' stArea:unit='pixel'"}) {
    EXPECT_FALSE(
        facts_of(packet_of("<mwg-rs:Area "
                           "xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/"
                           "regions/' xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#' " +
                           std::string(wrong) + "/>"))
            .regions.has_value())
        << wrong;
  }
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

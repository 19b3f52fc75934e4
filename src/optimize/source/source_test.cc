// Facts about an image before it is decoded.
#include "optimize/source/source.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/make.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace test;

Source opened(const Bytes& file) {
  auto source = open_source(file, {});
  EXPECT_TRUE(source) << source.error().describe();
  return std::move(*source);
}

bool holds_further(const Source& source) {
  return std::ranges::any_of(source.inventory, [](const Holding& piece) {
    return piece.content == Content::auxiliary || piece.content == Content::further_picture;
  });
}

TEST(Source, KnowsPicturesBesideThePicture) {
  constexpr std::string_view signature = "http://ns.adobe.com/hdr-gain-map/1.0/";
  const ByteView packet = as_bytes(signature);
  Bytes file = make_jpeg(photo(40, 30));
  EXPECT_FALSE(holds_further(opened(file)));
  const Bytes map = make_jpeg(photo(20, 15), {.xmp = {packet.begin(), packet.end()}});
  file.insert(file.end(), map.begin(), map.end());
  EXPECT_TRUE(holds_further(opened(file)));
}

TEST(Source, KnowsPagesThatDiffer) {
  const Bytes equal = make_tiff(std::vector{photo(40, 30), photo(40, 30)});
  const Bytes differing = make_tiff(std::vector{photo(40, 30), photo(20, 30)});
  EXPECT_FALSE(opened(equal).facts.pages_differ);
  EXPECT_TRUE(opened(differing).facts.pages_differ);
}

TEST(Source, KnowsColoursThatOnlyCodePointsName) {
  // H.273: 9 is BT.2020, 12 is P3, 16 is PQ, 18 is HLG.
  const struct {
    CodePoints cicp;
    bool foreign;
  } cases[] = {{{1, 13}, false}, {{1, 1}, false}, {{2, 2}, false},   {{1, 6}, false},
               {{9, 16}, true},  {{9, 18}, true}, {{12, 13}, false}, {{1, 8}, false},
               {{1, 9}, true},   {{0, 13}, true}};
  for (const auto& [cicp, foreign] : cases) {
    SCOPED_TRACE(int{cicp[0]} * 100 + int{cicp[1]});
    const std::optional<Cicp> expected =
        foreign ? std::optional(Cicp{cicp[0], cicp[1]}) : std::nullopt;
    const Raster picture = photo(20, 20);
    EXPECT_EQ(opened(make_avif(picture, {.cicp = cicp})).foreign_colours, expected);
    EXPECT_EQ(opened(make_png(picture, {.cicp = cicp})).foreign_colours, expected);
    const Bytes profile = wide_profile();
    EXPECT_FALSE(opened(make_avif(picture, {.cicp = cicp, .icc = profile})).foreign_colours);
    // PNG's precedence: code points before a profile (third edition, 4.3).
    EXPECT_EQ(opened(make_png(picture, {.cicp = cicp, .icc = profile})).foreign_colours, expected);
  }
}

}  // namespace
}  // namespace imgmill

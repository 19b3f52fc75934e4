// Tests files with several pictures: private data is removed, and nothing moves.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "imgmill/optimize.h"
#include "metadata/inventory.h"
#include "metadata/metadata.h"
#include "metadata/xmp.h"
#include "support/decode.h"
#include "support/make.h"

namespace imgmill {
namespace {

using namespace test;
using std::string_literals::operator""s;

std::string text_of(ByteView bytes) { return std::string(as_text(bytes)); }

Bytes packet(const std::string& properties) {
  const std::string text =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
      "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
      "xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/' "
      "xmlns:exif='http://ns.adobe.com/exif/1.0/' "
      "xmlns:Container='http://ns.google.com/photos/1.0/container/' "
      "xmlns:Item='http://ns.google.com/photos/1.0/container/item/' "
      "xmlns:dc='http://purl.org/dc/elements/1.1/' hdrgm:Version='1.0'>" +
      properties + "</rdf:Description></rdf:RDF></x:xmpmeta>";
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

struct GainMapFile {
  Bytes file;
  std::size_t map_at = 0;
  Bytes map;
};

// As phones write it: the picture, followed by a smaller one.
GainMapFile gain_map_file(std::string_view behind = {}) {
  GainMapFile made;
  made.map = make_jpeg(photo(32, 24), {.exif = exif_block(1),
                                       .xmp = packet("<hdrgm:GainMapMax>2</hdrgm:GainMapMax>")});
  made.file = make_jpeg(
      photo(64, 48),
      {.exif = exif_block(6),
       .xmp =
           packet("<exif:GPSLatitude>" + std::string(secret_place) + "</exif:GPSLatitude>" +
                  "<dc:description>" + std::string(secret_xmp) + "</dc:description>" +
                  "<Container:Directory><rdf:Seq><rdf:li rdf:parseType='Resource'>"
                  "<Container:Item Item:Semantic='GainMap' Item:Length='" +
                  std::to_string(made.map.size()) + "'/></rdf:li></rdf:Seq></Container:Directory>"),
       .comment = secret_comment});
  made.map_at = made.file.size();
  made.file.insert(made.file.end(), made.map.begin(), made.map.end());
  const ByteView more = as_bytes(behind);
  made.file.insert(made.file.end(), more.begin(), more.end());
  return made;
}

TEST(GainMapJpeg, LosesWhatIsPrivateAndNothingMoves) {
  const GainMapFile made = gain_map_file();
  const auto result = optimize(made.file);
  ASSERT_TRUE(result) << result.error().describe();
  const ByteView bytes = result->bytes.view();
  ASSERT_EQ(bytes.size(), made.file.size());
  EXPECT_EQ(result->decision, Decision::stripped);
  for (const auto secret : {secret_place, secret_camera, secret_xmp, secret_comment}) {
    EXPECT_FALSE(holds(bytes, secret)) << secret;
  }
  EXPECT_FALSE(result->private_left.any());
  EXPECT_TRUE(holds(bytes, owner));
  // Both pictures are unchanged and in place.
  EXPECT_EQ(jpeg_coefficients(bytes), jpeg_coefficients(made.file));
  const ByteView map = bytes.subspan(made.map_at);
  EXPECT_EQ(jpeg_coefficients(map), jpeg_coefficients(made.map));
  EXPECT_TRUE(holds(map, "GainMapMax"));
  EXPECT_TRUE(holds(bytes, "Item:Length=\"" + std::to_string(made.map.size()) + '"'));
  // Upright as before.
  const auto again = inspect(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->orientation, 6);
}

TEST(GainMapJpeg, SaysWhyItsPictureIsLeftAloneAndSettles) {
  const GainMapFile made = gain_map_file();
  const auto result = optimize(made.file, ImageSettings{.target = Target{.score = 80}});
  ASSERT_TRUE(result);
  EXPECT_TRUE(std::ranges::any_of(result->notes, [](const std::string& note) {
    return note.find("the HDR gain map or further views") != note.npos;
  }));
  const auto again = optimize(result->bytes.view());
  ASSERT_TRUE(again);
  EXPECT_TRUE(std::ranges::equal(again->bytes.view(), result->bytes.view()));
}

TEST(GainMapJpeg, KeepsAllOfItWhenAsked) {
  const GainMapFile made = gain_map_file();
  const auto result = optimize(made.file, ImageSettings{.keep = Keep::all()});
  ASSERT_TRUE(result);
  EXPECT_TRUE(std::ranges::equal(result->bytes.view(), ByteView(made.file)));
  EXPECT_FALSE(result->private_left.any());
}

TEST(GainMapJpeg, TheVideoBehindItLosesThePlaceWhereItWasMade) {
  const std::string video =
      "\0\0\0\x14"
      "ftypmp42\0\0\0\0mp42"s +
      "\0\0\0\x22"
      "moov\0\0\0\x1A\xA9xyz\0\x0E\x15\xC7+52.5+13.4/xxx"s;
  const GainMapFile made = gain_map_file(video);
  const auto result = optimize(made.file);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->bytes.size(), made.file.size());
  EXPECT_FALSE(holds(result->bytes.view(), "+52.5+13.4"));
  EXPECT_TRUE(holds(result->bytes.view(), "ftypmp42"));
  EXPECT_FALSE(result->private_left.any()) << result->notes.back();
}

TEST(GainMapJpeg, AsAnotherFormatTheLossIsTold) {
  const auto result = optimize(gain_map_file().file, ImageSettings{.output_format = Format::webp});
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_TRUE(std::ranges::any_of(result->notes, [](const std::string& note) {
    return note == "the HDR gain map or further views did not come along";
  }));
}

// A motion photo without a gain map: the video can be removed.
Bytes motion_photo() {
  const std::string xmp =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
      "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
      "xmlns:GCamera='http://ns.google.com/photos/1.0/camera/' GCamera:MotionPhoto='1' "
      "GCamera:MicroVideoOffset='40'/></rdf:RDF></x:xmpmeta>";
  const ByteView view = as_bytes(xmp);
  Bytes file = make_jpeg(photo(96, 64), {.quality = 97, .xmp = Bytes(view.begin(), view.end())});
  const std::string video =
      "\0\0\0\x14"
      "ftypmp42\0\0\0\0mp42"s +
      "\0\0\0\x14mdatTHE-MOVIE!!!"s;
  const ByteView behind = as_bytes(video);
  file.insert(file.end(), behind.begin(), behind.end());
  return file;
}

TEST(MotionPhoto, LosesVideoAndItsMentionByDefaultAndSaysSo) {
  for (const std::optional<int> quality : {std::optional<int>{}, std::optional(60)}) {
    ImageSettings settings;
    settings.quality.global = quality;
    const auto result = optimize(motion_photo(), settings);
    ASSERT_TRUE(result) << result.error().describe();
    EXPECT_FALSE(holds(result->bytes.view(), "THE-MOVIE"));
    EXPECT_FALSE(holds(result->bytes.view(), "MotionPhoto"));
    EXPECT_NE(std::ranges::find(result->notes, "the video of a motion photo dropped"),
              result->notes.end());
  }
}

TEST(MotionPhoto, KeepsBothWhenAskedAtItsEnd) {
  for (const std::optional<int> quality : {std::optional<int>{}, std::optional(60)}) {
    ImageSettings settings{.keep = Keep::all()};
    settings.quality.global = quality;
    const auto result = optimize(motion_photo(), settings);
    ASSERT_TRUE(result) << result.error().describe();
    EXPECT_TRUE(text_of(result->bytes.view()).ends_with("THE-MOVIE!!!"));
    EXPECT_TRUE(holds(result->bytes.view(), "MicroVideoOffset='40'"));
    if (quality) {
      EXPECT_LT(result->bytes.size(), motion_photo().size() * 3 / 4);
    }
  }
}

TEST(MotionPhoto, AsAnotherFormatNothingPromisesTheVideo) {
  const auto result =
      optimize(motion_photo(), ImageSettings{.output_format = Format::webp, .keep = Keep::all()});
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_FALSE(holds(result->bytes.view(), "MotionPhoto"));
  EXPECT_NE(std::ranges::find(result->notes, "the video of a motion photo did not come along"),
            result->notes.end());
}

// A file that is treated as one with a gain map only because a comment speaks of one: once that is
// gone, it is an ordinary file, and rewriting it again must change nothing.
TEST(GainMapJpeg, AMentionInRemovedMetadataMakesNoGainMap) {
  const std::string text =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
      "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
      "xmlns:dc='http://purl.org/dc/elements/1.1/' dc:description='my hdrgainmap'/></rdf:RDF>"
      "</x:xmpmeta>";
  const ByteView view = as_bytes(text);
  Bytes file = make_jpeg(photo(64, 48), {.xmp = {view.begin(), view.end()}});
  const Bytes behind = make_jpeg(photo(32, 24));
  file.insert(file.end(), behind.begin(), behind.end());
  for (const Keep& keep : {Keep{}, Keep::none(), Keep::all()}) {
    const auto once = rewrite_metadata(file, Format::jpeg, keep, {});
    ASSERT_TRUE(once) << once.error().describe();
    const auto twice = rewrite_metadata(once->bytes.view(), Format::jpeg, keep, {});
    ASSERT_TRUE(twice) << twice.error().describe();
    EXPECT_TRUE(std::ranges::equal(once->bytes.view(), twice->bytes.view()));
    EXPECT_EQ(holds(once->bytes.view(), "hdrgainmap"), keep.xmp);
  }
}

}  // namespace
}  // namespace imgmill

#include "sets/set_entry.h"

#include <gtest/gtest.h>

namespace imgmill {
namespace {

TEST(SetEntry, IsOneLineOfJson) {
  SetEntry entry{.source = "a/\"b\".png",
                 .width = 30,
                 .height = 20,
                 .thumb_hash = "abc=",
                 .dominant = Colour{1, 2, 255},
                 .data_uri = "data:,"};
  entry.variants = {{"a/b-3w.webp", Format::webp, 3, 2, 99, 80.129}};
  EXPECT_EQ(
      to_json(entry),
      R"({"source":"a/\"b\".png","width":30,"height":20,"dominant":"#0102ff",)"
      R"("thumbhash":"abc=","placeholder":"data:,","variants":[{"path":"a/b-3w.webp",)"
      R"("format":"webp","type":"image/webp","width":3,"height":2,"bytes":99,"score":80.12}]})");
  entry.dominant.reset();
  entry.variants.front().score.reset();
  entry.source = "\xff.png";
  entry.html = "<img>\n";
  const std::string json = to_json(entry);
  EXPECT_NE(json.find("\"dominant\":null"), std::string::npos);
  EXPECT_NE(json.find("\"score\":null"), std::string::npos);
  EXPECT_NE(json.find("\"html\":\"<img>\\n\""), std::string::npos);
  EXPECT_NE(json.find("\xef\xbf\xbd.png"), std::string::npos) << "JSON is UTF-8";
}

TEST(Manifest, HasAnImageALineInTheOrderOfTheSources) {
  EXPECT_EQ(manifest_of({}), "{\"version\":1,\"images\":[\n]}\n");
  EXPECT_EQ(manifest_of({{"b", "{2}"}, {"a", "{1}"}}),
            "{\"version\":1,\"images\":[\n{1},\n{2}\n]}\n");
}

}  // namespace
}  // namespace imgmill

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

nlohmann::json embedded(const std::string& page, const std::string& id) {
  const std::string start = R"(<script type="application/json" id=")" + id + "\">";
  const std::size_t at = page.find(start);
  if (at == std::string::npos) return {};
  const std::size_t from = at + start.size();
  return nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from), nullptr,
                               false);
}

Folder& with_pictures(Folder& folder) {
  folder.write("in/a.png", png_file(900, 400));
  folder.write("in/sub/<b onclick=x>.jpg", jpeg_file(64, 48));
  folder.write("in/broken.jpg", "\xFF\xD8\xFF\xE0 no picture");
  return folder;
}

class HtmlReportOf : public ::testing::TestWithParam<const char*> {};

TEST_P(HtmlReportOf, ABatchHasEveryRowAndItsPictures) {
  Folder folder;
  with_pictures(folder);
  const Outcome outcome =
      imgmill(folder, {"optimize", "in", "-o", "out", "-f", "webp", "-q", "70", "--cache", "off",
                       "--isolation", GetParam(), "--report", "r/x.html"});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  const std::string page = folder.read("r/x.html");
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(page, Not(HasSubstr("<b onclick")));
  const auto data = embedded(page, "data");
  EXPECT_EQ(data["rows"].size(), 3U);
  EXPECT_EQ(data["summary"]["failed"], 1);
  const auto pictures = embedded(page, "pictures");
  EXPECT_EQ(pictures.size(), 2U);
  for (const auto& [index, picture] : pictures.items()) {
    for (const char* which : {"before", "after"}) {
      EXPECT_THAT(picture[which].get<std::string>(), StartsWith("data:image/jpeg;base64,/9j/"))
          << index;
    }
    EXPECT_TRUE(picture["why"].is_null());
  }
  EXPECT_EQ(folder.files("r"), std::vector<std::string>{"x.html"});
}

INSTANTIATE_TEST_SUITE_P(Isolation, HtmlReportOf, ::testing::Values("process", "thread"));

TEST(HtmlReport, OfReplacedFilesShowsBackups) {
  const Folder folder;
  folder.write("in/a.png", png_file(300, 200));
  const Outcome bare = imgmill(folder, {"optimize", "in", "--in-place", "--cache", "off",
                                        "--lossless", "--report", "bare.html"});
  EXPECT_EQ(bare.status, 0) << bare.err;
  const auto without = embedded(folder.read("bare.html"), "pictures");
  EXPECT_FALSE(without["0"].contains("before"));
  EXPECT_THAT(without["0"]["why"].get<std::string>(), HasSubstr("in place"));

  folder.write("in/a.png", png_file(300, 200));
  const Outcome backed = imgmill(folder, {"optimize", "in", "--in-place", "--backup", "old",
                                          "--cache", "off", "--lossless", "--report", "b.html"});
  EXPECT_EQ(backed.status, 0) << backed.err;
  const auto with = embedded(folder.read("b.html"), "pictures");
  EXPECT_TRUE(with["0"].contains("before")) << with["0"]["why"];
}

TEST(HtmlReport, OfStandardInputHasNoPictures) {
  const Folder folder;
  const Outcome outcome =
      imgmill(folder, {"optimize", "-", "-o", "out.png", "--lossless", "--report", "r.html"},
              png_file(40, 40));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const std::string page = folder.read("r.html");
  EXPECT_EQ(embedded(page, "data")["rows"].size(), 1U);
  EXPECT_TRUE(embedded(page, "pictures").empty());
}

}  // namespace
}  // namespace imgmill::test

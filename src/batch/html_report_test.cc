#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "batch/picture_choice.h"
#include "batch/report.h"
#include "support/make.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace imgmill::test;

OptimizationResult result(std::uint64_t index, std::string name) {
  OptimizationResult one;
  one.index = index;
  one.original_path = std::move(name);
  one.optimized_path = "out/" + std::to_string(index) + ".webp";
  one.original_size = 1000;
  one.optimized_size = 400;
  one.decision = Decision::reencoded;
  one.input_format = Format::png;
  one.format = Format::webp;
  one.width = 30;
  one.height = 20;
  one.frames = 1;
  return one;
}

/// Returns the contents of `<script type="application/json" id="...">`.
json embedded(const std::string& page, const std::string& id) {
  const std::string start = R"(<script type="application/json" id=")" + id + "\">";
  const std::size_t at = page.find(start);
  if (at == std::string::npos) return {};
  const std::size_t from = at + start.size();
  return json::parse(page.substr(from, page.find("</script>", from) - from), nullptr, false);
}

std::string page_of(const std::vector<OptimizationResult>& results,
                    std::optional<ReportPictures> pictures = {}) {
  const ScratchFolder scratch;
  auto report = ReportWriter::create(scratch / "r.html", {});
  if (!report) throw std::runtime_error(report.error().describe());
  BatchSummary summary;
  for (const OptimizationResult& one : results) {
    (*report)->on_result(one);
    ++summary.tasks;
  }
  if (pictures) (*report)->show_pictures(*pictures);
  if (const auto finished = (*report)->finish(summary); !finished) {
    throw std::runtime_error(finished.error().describe());
  }
  return contents(scratch / "r.html");
}

/// Converts positions to field names.
json row_of(const json& data, std::size_t number) {
  json row;
  for (std::size_t i = 0; i < data["fields"].size(); ++i) {
    row[data["fields"][i].get<std::string>()] = data["rows"][number][i];
  }
  return row;
}

TEST(HtmlReport, HoldsEveryRowInOrder) {
  std::vector<OptimizationResult> results;
  for (const std::uint64_t index : {2, 0, 1}) {
    results.push_back(result(index, "a" + std::to_string(index) + ".png"));
  }
  results[0].judgement.score = 81.5;
  results[0].judgement.target = 80;
  results[0].judgement.encodes = 3;
  results[0].judgement.candidates = {{.format = Format::avif, .size = 300, .score = 80.5}};
  results[0].notes = {"one", "two"};
  results[1].error = Error(ErrorCode::bad_input, "broken", "mend it");
  const json data = embedded(page_of(results), "data");
  ASSERT_TRUE(data.is_object());
  ASSERT_EQ(data["rows"].size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(data["rows"][i].size(), data["fields"].size());
    EXPECT_EQ(row_of(data, i)["index"], i);
  }
  const json row = row_of(data, 2);
  EXPECT_EQ(row["name"], "a2.png");
  EXPECT_EQ(row["output"], "out/2.webp");
  EXPECT_EQ(row["before"], 1000);
  EXPECT_EQ(row["after"], 400);
  EXPECT_EQ(row["score"], 81.5);
  EXPECT_EQ(row["target"], 80);
  EXPECT_EQ(row["encodes"], 3);
  EXPECT_EQ(row["candidates"], json::parse(R"([["avif", 300, 80.5]])"));
  EXPECT_EQ(row["decision"], "reencoded");
  EXPECT_EQ(row["notes"], (json::array({"one", "two"})));
  EXPECT_TRUE(row["error"].is_null());
  EXPECT_EQ(row_of(data, 0)["error"], "broken; mend it");
  EXPECT_TRUE(row_of(data, 1)["score"].is_null());
  EXPECT_EQ(data["summary"]["tasks"], 3);
}

TEST(HtmlReport, NamesCannotBecomePartOfThePage) {
  const std::string evil = "</script><script>alert(1)</script><!--&lt;%NONCE%.png";
  OptimizationResult one = result(0, evil);
  one.notes = {"<img src=x onerror=alert(1)>", "\x1b[31mred\xff"};
  const std::string plain = page_of({result(0, "a.png")});
  const std::string page = page_of({one});
  EXPECT_THAT(page, Not(HasSubstr("alert(1)</script>")));
  EXPECT_THAT(page, Not(HasSubstr("<img src=x")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  const auto count = [](const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
    return found;
  };
  for (const char* part : {"<script", "</script", "<!--", "nonce="}) {
    EXPECT_EQ(count(page, part), count(plain, part)) << part;
  }
  EXPECT_EQ(row_of(embedded(page, "data"), 0)["name"], evil);
}

TEST(HtmlReport, LoadsNothingAndRunsOnlyItsOwnScript) {
  const std::string page = page_of({result(0, "a.png")});
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-eval")));
  EXPECT_THAT(page, Not(HasSubstr("%NONCE%")));
  EXPECT_THAT(page, Not(HasSubstr("<!--DATA-->")));
  // The only address is the SVG namespace.
  std::string rest = page;
  const std::string svg = "http://www.w3.org/2000/svg";
  for (std::size_t at = 0; (at = rest.find(svg)) != std::string::npos;) rest.erase(at, svg.size());
  EXPECT_THAT(rest, Not(HasSubstr("http:")));
  EXPECT_THAT(rest, Not(HasSubstr("https:")));
  // No attribute that would need 'unsafe-inline'.
  EXPECT_FALSE(std::regex_search(page, std::regex("<[a-z]+ [^>]*\\b(style|on[a-z]+)=")));

  const std::regex nonce("script-src 'nonce-([A-Za-z0-9+/=]{20,})'");
  std::smatch one;
  ASSERT_TRUE(std::regex_search(page, one, nonce));
  EXPECT_THAT(page, HasSubstr("<script nonce=\"" + one[1].str() + "\">"));
  const std::string again = page_of({result(0, "a.png")});
  EXPECT_THAT(again, Not(HasSubstr(one[1].str()))) << "each page has a nonce of its own";
}

TEST(HtmlReport, ElementsAreClosedInOrder) {
  std::string page = page_of({result(0, "a.png"), result(1, "b.png")});
  // The contents of scripts and styles are not markup. std::regex recurses once per character.
  for (const std::string name : {"script", "style"}) {
    for (std::size_t at = 0; (at = page.find("<" + name, at)) != std::string::npos;) {
      const std::size_t inside = page.find('>', at) + 1;
      const std::size_t end = page.find("</" + name + ">", inside);
      ASSERT_NE(end, std::string::npos) << name;
      page.erase(inside, end - inside);
      at = inside;
    }
  }
  static const std::set<std::string> empty = {"meta", "input", "br", "img", "link"};
  const std::regex tag("<(/?)([a-z0-9]+)([^<>]*)>");
  std::vector<std::string> open;
  for (std::sregex_iterator i(page.begin(), page.end(), tag), end; i != end; ++i) {
    const std::string name = (*i)[2];
    if ((*i)[1].length() == 0) {
      if (!empty.contains(name)) open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << "nothing is open at </" << name << ">";
    EXPECT_EQ(open.back(), name);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
  std::set<std::string> ids;
  const std::regex id(" id=\"([^\"]+)\"");
  for (std::sregex_iterator i(page.begin(), page.end(), id), end; i != end; ++i) {
    EXPECT_TRUE(ids.insert((*i)[1]).second) << (*i)[1];
  }
}

TEST(HtmlReport, OfNothingIsAPage) {
  const std::string page = page_of({});
  EXPECT_TRUE(embedded(page, "data")["rows"].empty());
  EXPECT_TRUE(embedded(page, "pictures").is_object());
}

// ---- Pictures ----------------------------------------------------------------

/// Returns a JPEG that tells what it was made from.
ReportPictures fake_pictures(std::atomic<int>* calls = nullptr) {
  return {.make = [calls](ByteView bytes, const ImageSettings& settings,
                          const Limits&) -> Result<Optimized> {
            if (calls != nullptr) ++*calls;
            EXPECT_EQ(settings.output_format, Format::jpeg);
            EXPECT_EQ(settings.resize.size, 640U);
            EXPECT_EQ(settings.keep, Keep::none());
            if (as_text(bytes) == "broken") {
              return std::unexpected(Error(ErrorCode::bad_input, "broken"));
            }
            Optimized made;
            made.format = Format::jpeg;
            made.decision = Decision::reencoded;
            made.bytes = Buffer::copy_of(as_bytes(fake_jpeg(as_text(bytes))));
            return made;
          },
          .width = 3};
}

TEST(ReportPictures, StandBesideTheirRows) {
  const ScratchFolder files;
  OptimizationResult one = result(0, files.write("a.png", "before"));
  one.optimized_path = files.write("a.webp", "after");
  OptimizationResult two = result(1, files.write("b.png", "broken"));
  two.optimized_path = files.write("b.webp", "fine");
  OptimizationResult gone = result(2, (files / "gone.png").native());
  OptimizationResult bad = result(3, files.write("c.png", "before"));
  bad.error = Error(ErrorCode::bad_input, "broken");
  const json pictures = embedded(page_of({one, two, gone, bad}, fake_pictures()), "pictures");
  ASSERT_EQ(pictures.size(), 3U);
  EXPECT_THAT(pictures["0"]["before"].get<std::string>(), HasSubstr("data:image/jpeg;base64,"));
  EXPECT_NE(pictures["0"]["before"], pictures["0"]["after"]);
  EXPECT_TRUE(pictures["0"]["why"].is_null());
  EXPECT_FALSE(pictures["1"].contains("before"));
  EXPECT_TRUE(pictures["1"].contains("after"));
  EXPECT_THAT(pictures["1"]["why"].get<std::string>(), HasSubstr("original"));
  EXPECT_FALSE(pictures["2"].contains("after"));
  EXPECT_THAT(pictures["2"]["why"].get<std::string>(), HasSubstr("No picture"));
}

TEST(ReportPictures, OfReplacedFilesComeFromTheBackupOrAreMissed) {
  const ScratchFolder files;
  const auto file = files.write("p/a.png", "after");
  OptimizationResult one = result(0, file);
  one.optimized_path = file;
  const json without = embedded(page_of({one}, fake_pictures()), "pictures");
  EXPECT_FALSE(without["0"].contains("before"));
  EXPECT_THAT(without["0"]["why"].get<std::string>(), HasSubstr("in place"));

  files.write("backup" + file.native(), "before");
  ReportPictures how = fake_pictures();
  how.backup_dir = files / "backup";
  const json with = embedded(page_of({one}, how), "pictures");
  EXPECT_TRUE(with["0"].contains("before")) << with;
  EXPECT_NE(with["0"]["before"], with["0"]["after"]);

  one.decision = Decision::kept;
  const json kept = embedded(page_of({one}, fake_pictures()), "pictures");
  EXPECT_EQ(kept["0"]["before"], kept["0"]["after"]);
}

TEST(ReportPictures, MayComeFromElsewhereThanFiles) {
  const ScratchFolder files;
  // A file of that name does not belong to the report.
  OptimizationResult one = result(0, files.write("a.png", "stranger"));
  one.optimized_path = one.original_path;
  OptimizationResult two = result(1, "gone.png");
  two.optimized_path = two.original_path;
  ReportPictures how = fake_pictures();
  how.read = [](std::uint64_t index, PictureOf which) -> Result<Buffer> {
    const bool original = which == PictureOf::original;
    if (index == 1 && original) return std::unexpected(Error(ErrorCode::environment, "gone"));
    return Buffer::copy_of(as_bytes(original ? "before" : "after"));
  };
  const json pictures = embedded(page_of({one, two}, how), "pictures");
  OptimizationResult same = result(0, files.write("b.png", "before"));
  same.optimized_path = files.write("b.webp", "after");
  EXPECT_EQ(pictures["0"], embedded(page_of({same}, fake_pictures()), "pictures")["0"]);
  EXPECT_FALSE(pictures["1"].contains("before"));
  EXPECT_EQ(pictures["1"]["after"], pictures["0"]["after"]);
  EXPECT_THAT(pictures["1"]["why"].get<std::string>(), HasSubstr("original"));
}

TEST(ReportPictures, AreThoseOfTheLowestScoresThenOfTheLargestSavings) {
  std::vector<OptimizationResult> results;
  for (std::uint64_t i = 0; i < 40; ++i) results.push_back(result(i, "x"));
  results[17].judgement.score = 60;
  results[30].judgement.score = 70;
  results[4].optimized_size = 1;
  results[9].optimized_size = 2;
  results[2].error = Error(ErrorCode::bad_input, "broken");
  results[3].decision = Decision::skipped;  // the existing output was not made by this batch
  results[3].optimized_size = 0;
  const auto chosen = [&](std::size_t most) {
    PictureChoice choice(most);
    for (const OptimizationResult& one : results) choice.consider(one);
    PictureChoice other(most);
    for (auto one = results.rbegin(); one != results.rend(); ++one) other.consider(*one);
    std::vector<std::uint64_t> indices;
    for (const auto& one : choice.chosen()) indices.push_back(one.index);
    std::vector<std::uint64_t> again;
    for (const auto& one : other.chosen()) again.push_back(one.index);
    EXPECT_EQ(indices, again) << "the order of results changes nothing";
    return indices;
  };
  EXPECT_EQ(chosen(6), (std::vector<std::uint64_t>{17, 30, 4, 9, 0, 1}));
  EXPECT_EQ(chosen(100).size(), 38U);
  EXPECT_TRUE(chosen(0).empty());
}

TEST(ReportPictures, AreBoundedHoweverManyImagesThereAre) {
  const ScratchFolder files;
  std::vector<OptimizationResult> results;
  const auto before = files.write("a.png", "before");
  const auto after = files.write("a.webp", "after");
  for (std::uint64_t i = 0; i < 3 * report_pictures; ++i) {
    results.push_back(result(i, before));
    results.back().optimized_path = after;
  }
  std::atomic<int> calls{0};
  const std::string page = page_of(results, fake_pictures(&calls));
  EXPECT_EQ(embedded(page, "pictures").size(), report_pictures);
  EXPECT_EQ(embedded(page, "data")["pictures_for"], report_pictures);
  EXPECT_EQ(embedded(page, "data")["rows"].size(), results.size());
  EXPECT_EQ(calls.load(), static_cast<int>(2 * report_pictures));
}

}  // namespace
}  // namespace imgmill

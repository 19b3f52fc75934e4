#include "batch/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using nlohmann::json;
using test::contents;
using test::ScratchFolder;

OptimizationResult result(std::uint64_t index, std::string name) {
  OptimizationResult one;
  one.index = index;
  one.original_path = std::move(name);
  one.optimized_path = "out.jpg";
  one.original_size = 10;
  one.optimized_size = 5;
  return one;
}

TEST(Report, StandsInTaskOrderWhateverOrderResultsComeIn) {
  const ScratchFolder scratch;
  const auto file = scratch / "reports/r.json";
  auto report = ReportWriter::create(file, {});
  ASSERT_TRUE(report) << report.error().describe();
  for (const std::uint64_t index : {3, 1, 0, 2, 5, 4}) (*report)->on_result(result(index, "x"));
  EXPECT_FALSE(std::filesystem::exists(file)) << "it appears when it is complete";
  BatchSummary summary;
  summary.tasks = 6;
  ASSERT_TRUE((*report)->finish(summary));
  const json parsed = json::parse(contents(file));
  EXPECT_TRUE(parsed["version"].is_string());
  EXPECT_TRUE(parsed["settings"].is_object());
  EXPECT_EQ(parsed["summary"]["tasks"], 6);
  ASSERT_EQ(parsed["results"].size(), 6);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(parsed["results"][i]["index"], i);
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"reports/r.json"});
}

TEST(Report, OfNothingAndWithGapsIsStillJson) {
  const ScratchFolder scratch;
  auto empty = ReportWriter::create(scratch / "e.json", {});
  ASSERT_TRUE(empty && (*empty)->finish({}));
  EXPECT_TRUE(json::parse(contents(scratch / "e.json"))["results"].empty());
  auto gaps = ReportWriter::create(scratch / "g.JSON", {});
  ASSERT_TRUE(gaps);
  (*gaps)->on_result(result(7, "x"));
  (*gaps)->on_result(result(2, "x"));
  ASSERT_TRUE((*gaps)->finish({}));
  const json parsed = json::parse(contents(scratch / "g.JSON"));
  EXPECT_EQ(parsed["results"][0]["index"], 2);
  EXPECT_EQ(parsed["results"][1]["index"], 7);
}

TEST(Report, CsvQuotesAndDisarmsNames) {
  const ScratchFolder scratch;
  auto report = ReportWriter::create(scratch / "r.csv", {});
  ASSERT_TRUE(report);
  (*report)->on_result(result(0, "a, \"b\"\n.jpg"));
  OptimizationResult grown = result(1, "=cmd()");
  grown.optimized_size = 30;
  grown.judgement = {.score = 80.125, .target = 80, .quality = 70, .encodes = 2};
  (*report)->on_result(grown);
  OptimizationResult bad = result(2, "c.jpg");
  bad.error = Error(ErrorCode::bad_input, "broken", "mend, then go on");
  (*report)->on_result(bad);
  ASSERT_TRUE((*report)->finish({}));
  const std::string text = contents(scratch / "r.csv");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find("\r\n", at);
    ASSERT_NE(end, text.npos) << "every line ends in CRLF";
    lines.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  ASSERT_EQ(lines.size(), 4);
  EXPECT_TRUE(lines[0].starts_with("index,original_path,optimized_path,original_size"));
  EXPECT_EQ(lines[1],
            "0,\"a, \"\"b\"\"?.jpg\",out.jpg,10,5,5,50.00,true,kept,,,0,0,0,0.000,,,,,write,,,,");
  EXPECT_TRUE(lines[2].starts_with("1,./=cmd(),out.jpg,10,30,-20,-200.00,")) << lines[2];
  EXPECT_TRUE(lines[0].contains(",elapsed_ms,score,target,quality,encodes,stage,")) << lines[0];
  EXPECT_TRUE(lines[2].contains(",0.000,80.125,80,70,2,write,")) << lines[2];
  EXPECT_TRUE(lines[3].ends_with(",write,bad_input,broken,\"mend, then go on\",")) << lines[3];
}

TEST(Report, ThatIsNotFinishedLeavesTheOldOne) {
  const ScratchFolder scratch;
  const auto file = scratch.write("r.json", "old");
  {
    auto report = ReportWriter::create(file, {});
    ASSERT_TRUE(report);
    (*report)->on_result(result(0, "x"));
  }
  EXPECT_EQ(contents(file), "old");
  EXPECT_EQ(scratch.files().size(), 1);
}

TEST(Report, RefusesOtherKindsAndPlacesWithoutAFolder) {
  const ScratchFolder scratch;
  EXPECT_EQ(ReportWriter::create(scratch / "r.txt", {}).error().code(), ErrorCode::usage);
  scratch.write("file", "");
  EXPECT_EQ(ReportWriter::create(scratch / "file/r.csv", {}).error().code(),
            ErrorCode::environment);
}

}  // namespace
}  // namespace imgmill

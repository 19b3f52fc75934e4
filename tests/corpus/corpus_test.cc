// Real-world files: PngSuite, unusual features, fuzzers' findings. They are expected in
// $IMGMILL_CORPUS, or next to the checkout in shared/corpus.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "cli/program.h"
#include "imgmill/format.h"
#include "support/decode.h"
#include "support/raster.h"

namespace imgmill::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::optional<fs::path> corpus() {
  const char* named = std::getenv("IMGMILL_CORPUS");
  const fs::path folder =
      named != nullptr ? fs::path(named) : test::source_path() / "../shared/corpus";
  if (!fs::is_directory(folder)) return std::nullopt;
  return fs::canonical(folder);
}

#define NEED_CORPUS(part)                                                  \
  const auto found = corpus();                                             \
  if (!found || !fs::exists(*found / (part))) {                            \
    GTEST_SKIP() << "no corpus with " << (part)                            \
                 << ": set IMGMILL_CORPUS to its folder to run this test"; \
  }                                                                        \
  const fs::path part_path = *found / (part)

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::map<std::string, json> results_by_name(const fs::path& report) {
  std::map<std::string, json> results;
  const json all = json::parse(bytes_of(report));
  for (const json& result : all["results"]) {
    results[fs::path(result["original_path"].get<std::string>()).filename().string()] = result;
  }
  return results;
}

TEST(Corpus, PngSuiteRefusesTheBrokenAndShowsAllOthersRight) {
  NEED_CORPUS("pngsuite");
  const Folder folder;
  const Outcome run = imgmill(folder, {"optimize", part_path.string(), "-o", "out", "--report",
                                       "report.json", "--progress", "none", "--keep", "all"});
  EXPECT_EQ(run.status, 1) << run.err;
  const auto results = results_by_name(folder / "report.json");
  int broken = 0;
  int whole = 0;
  for (const auto& [name, result] : results) {
    if (!name.ends_with(".png")) continue;
    if (name.starts_with("x")) {
      ++broken;
      EXPECT_FALSE(result["success"].get<bool>()) << name;
      EXPECT_FALSE(result["error"].get<std::string>().empty()) << name;
      continue;
    }
    ++whole;
    ASSERT_TRUE(result["success"].get<bool>()) << name << ": " << result["error"];
    const std::string before = bytes_of(part_path / name);
    const std::string after = bytes_of(folder / "out" / name);
    EXPECT_LE(after.size(), before.size()) << name;
    EXPECT_EQ(rgba(decode(as_bytes(before), Format::png).picture(), 16),
              rgba(decode(as_bytes(after), Format::png).picture(), 16))
        << name;
  }
  EXPECT_GE(broken, 10);
  EXPECT_GE(whole, 160);
}

TEST(Corpus, PngSuiteKeepsEveryPixelAtEveryEffort) {
  NEED_CORPUS("pngsuite");
  for (const char* effort : {"fast", "balanced", "max"}) {
    const Folder folder;
    const Outcome run =
        imgmill(folder, {"optimize", part_path.string(), "-o", "out", "--report", "report.json",
                         "--progress", "none", "--lossless", "--effort", effort, "--cache", "off"});
    EXPECT_LE(run.status, 1) << run.err;
    int packed = 0;
    for (const auto& [name, result] : results_by_name(folder / "report.json")) {
      if (!name.ends_with(".png") || name.starts_with("x")) continue;
      ASSERT_TRUE(result["success"].get<bool>()) << name << ": " << result["error"];
      const std::string before = bytes_of(part_path / name);
      const std::string after = bytes_of(folder / "out" / name);
      EXPECT_LE(after.size(), before.size()) << name << " " << effort;
      EXPECT_EQ(rgba(decode(as_bytes(before), Format::png).picture(), 16),
                rgba(decode(as_bytes(after), Format::png).picture(), 16))
          << name << " " << effort;
      packed += result["decision"] == "transcoded" ? 1 : 0;
    }
    EXPECT_GE(packed, 120) << effort;
  }
}

TEST(Corpus, PngSuiteConvertsToEveryFormat) {
  NEED_CORPUS("pngsuite");
  for (const FormatInfo& format : formats()) {
    if (!format.writable) continue;
    const Folder folder;
    const Outcome run =
        imgmill(folder, {"optimize", part_path.string(), "-o", "out", "--report", "report.json",
                         "--progress", "none", "--format", std::string(format.name)});
    EXPECT_LE(run.status, 1) << run.err;
    for (const auto& [name, result] : results_by_name(folder / "report.json")) {
      // Tiny pictures in saturated colours may be out of reach for lossy encoding, which is a
      // correct answer.
      const bool out_of_reach =
          result["error"].is_string() &&
          result["error"].get<std::string>().find("lower the target") != std::string::npos;
      EXPECT_TRUE(result["success"].get<bool>() != name.starts_with("x") || out_of_reach)
          << name << " to " << format.name << ": " << result["error"];
    }
  }
}

TEST(Corpus, FeaturesGiveAPictureOrAClearError) {
  NEED_CORPUS("features");
  const Folder folder;
  const Outcome run = imgmill(folder, {"optimize", part_path.string(), "-o", "out", "--report",
                                       "report.json", "--progress", "none", "--all-files"});
  EXPECT_EQ(run.status, 1) << run.err;
  const auto results = results_by_name(folder / "report.json");
  EXPECT_GE(results.size(), 50U);
  const std::set<std::string> refused = {"65536-uint32-limit.png",
                                         "corrupt-header.jpg",
                                         "truncated.jpg",
                                         "truncated.png",
                                         "testimgl.jpg",  // a lossless JPEG
                                         "LICENSE",
                                         "hilutite.icm",
                                         "invalid-illuminant.icc",
                                         "relax.jp2",
                                         "vfile.v"};
  for (const auto& [name, result] : results) {
    EXPECT_EQ(result["success"].get<bool>(), !refused.contains(name))
        << name << ": " << result["error"];
    if (result["success"].get<bool>()) {
      EXPECT_LE(result["optimized_size"].get<std::uint64_t>(),
                result["original_size"].get<std::uint64_t>())
          << name;
    } else {
      EXPECT_GT(result["error"].get<std::string>().size(), 20U) << name;
    }
  }
}

TEST(Corpus, OrientedPhotographsComeOutUpright) {
  NEED_CORPUS("features");
  const Folder folder;
  const Outcome run = imgmill(folder, {"optimize", part_path.string(), "-o", "out", "--progress",
                                       "none", "-q", "80", "--format", "png"});
  EXPECT_EQ(run.status, 1) << run.err;
  for (const std::string kind : {"Landscape", "Portrait"}) {
    const std::string first = bytes_of(folder / "out" / (kind + "_1.png"));
    const Raster reference = decode(as_bytes(first), Format::png).picture();
    for (int orientation = 2; orientation <= 8; ++orientation) {
      const std::string name = kind + "_" + std::to_string(orientation) + ".png";
      const std::string bytes = bytes_of(folder / "out" / name);
      ASSERT_FALSE(bytes.empty()) << name;
      const Raster picture = decode(as_bytes(bytes), Format::png).picture();
      EXPECT_EQ(picture.width, reference.width) << name;
      EXPECT_EQ(picture.height, reference.height) << name;
      // Each file was compressed separately, so they are similar, not equal; but no other
      // orientation fits as well.
      const double upright = psnr(picture, reference);
      EXPECT_GT(upright, 20) << name;
      for (int other = 2; other <= 4; ++other) {
        EXPECT_LT(psnr(turned(picture, other), reference), upright - 5) << name << " " << other;
      }
    }
  }
}

// The archive contains thousands of files that once broke a decoder.
TEST(Corpus, HostileFilesNeitherCrashNorHangNorStopTheBatch) {
  NEED_CORPUS("hostile-jpeg-png.tar.gz");
  const Folder folder;
  fs::create_directory(folder / "in");
  const std::string unpack =
      "tar -xzf '" + part_path.string() + "' -C '" + (folder / "in").string() + "'";
  ASSERT_EQ(std::system(unpack.c_str()), 0);
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "in")) {
    if (entry.is_regular_file() && !entry.path().filename().string().starts_with(".")) ++files;
  }
  ASSERT_GT(files, 3000U);

  const Outcome run = imgmill(folder, {"optimize", "in", "-o", "out", "--all-files", "--report",
                                       "report.json", "--progress", "none", "--quiet"});

  EXPECT_LE(run.status, 1) << "the program itself went down: " << run.err;
  const json report = json::parse(bytes_of(folder / "report.json"));
  EXPECT_EQ(report["results"].size(), files);
}

}  // namespace
}  // namespace imgmill::test

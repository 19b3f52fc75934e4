// Compares the metric with the reference program on pictures that are not part of this tree: they
// are expected in $IMGMILL_METRIC_PAIRS, or next to the checkout in shared/reference/ssimulacra2.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/program.h"
#include "quality/ssimulacra2.h"
#include "support/decode.h"

namespace imgmill::test {
namespace {

namespace fs = std::filesystem;

struct Shown {
  std::vector<std::uint8_t> samples;
  PixelView view;
};

Shown shown(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const Raster raster = decode(as_bytes(bytes.str()), Format::png).picture();
  Shown out;
  out.samples.assign(raster.samples.begin(), raster.samples.end());
  out.view = {out.samples.data(),
              static_cast<std::uint32_t>(raster.width),
              static_cast<std::uint32_t>(raster.height),
              raster.channels,
              SampleKind::srgb8,
              static_cast<std::size_t>(raster.width) * static_cast<std::size_t>(raster.channels)};
  return out;
}

struct Pair {
  std::string original, candidate;
  double score;  ///< of the reference program
};

fs::path folder_of_pairs() {
  const char* named = std::getenv("IMGMILL_METRIC_PAIRS");
  return named != nullptr ? fs::path(named)
                          : test::source_path() / "../shared/reference/ssimulacra2";
}

// Rows of scores.csv: original, candidate, how it was made, score. Empty if there is no such file.
std::vector<Pair> known_pairs() {
  std::ifstream table(folder_of_pairs() / "scores.csv");
  std::vector<Pair> pairs;
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    Pair pair;
    std::string harm;
    std::getline(fields, pair.original, ',');
    std::getline(fields, pair.candidate, ',');
    std::getline(fields, harm, ',');
    fields >> pair.score;
    pairs.push_back(pair);
  }
  return pairs;
}

constexpr const char* no_pairs = "no pairs in scores.csv: set IMGMILL_METRIC_PAIRS to its folder";

TEST(Metric, AgreesWithTheReferenceProgramOnItsPairs) {
  const std::vector<Pair> pairs = known_pairs();
  if (pairs.empty()) GTEST_SKIP() << no_pairs;
  for (const Pair& pair : pairs) {
    const Shown one = shown(folder_of_pairs() / pair.original);
    const Shown other = shown(folder_of_pairs() / pair.candidate);
    auto metric = Ssimulacra2::prepare(one.view);
    ASSERT_TRUE(metric) << pair.original;
    EXPECT_NEAR(metric->compare(other.view)->score, pair.score, 0.05) << pair.candidate;
    EXPECT_NEAR(*ssimulacra2_reference(one.view, other.view), pair.score, 0.05) << pair.candidate;
    EXPECT_EQ(metric->compare(one.view)->score, 100) << pair.original;
  }
}

// The files themselves: some have profiles.
TEST(Metric, TheCommandAgreesWithTheReferenceProgramOnItsPairs) {
  const std::vector<Pair> pairs = known_pairs();
  if (pairs.empty()) GTEST_SKIP() << no_pairs;
  const Folder folder;
  for (const Pair& pair : pairs) {
    const Outcome run =
        imgmill(folder, {"compare", "--json", (folder_of_pairs() / pair.original).string(),
                         (folder_of_pairs() / pair.candidate).string()});
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_NEAR(nlohmann::json::parse(run.out).at("score").get<double>(), pair.score, 0.05)
        << pair.candidate;
  }
}

}  // namespace
}  // namespace imgmill::test

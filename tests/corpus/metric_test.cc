// The metric against the reference program, on pictures that do not belong into this tree: looked
// for in $IMGMILL_METRIC_PAIRS, or beside the checkout in shared/reference/ssimulacra2.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
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

// Rows of scores.csv: original, candidate, how it was made, score.
TEST(Metric, AgreesWithTheReferenceProgramOnItsPairs) {
  const char* named = std::getenv("IMGMILL_METRIC_PAIRS");
  const fs::path folder =
      named != nullptr ? fs::path(named) : test::source_path() / "../shared/reference/ssimulacra2";
  std::ifstream table(folder / "scores.csv");
  if (!table) GTEST_SKIP() << "no scores.csv: set IMGMILL_METRIC_PAIRS to its folder";
  std::string line;
  std::getline(table, line);
  int pairs = 0;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string original;
    std::string candidate;
    std::string harm;
    double score = 0;
    std::getline(fields, original, ',');
    std::getline(fields, candidate, ',');
    std::getline(fields, harm, ',');
    fields >> score;
    const Shown one = shown(folder / original);
    const Shown other = shown(folder / candidate);
    auto metric = Ssimulacra2::prepare(one.view);
    ASSERT_TRUE(metric) << original;
    EXPECT_NEAR(metric->compare(other.view)->score, score, 0.05) << candidate;
    EXPECT_NEAR(*ssimulacra2_reference(one.view, other.view), score, 0.05) << candidate;
    EXPECT_EQ(metric->compare(one.view)->score, 100) << original;
    ++pairs;
  }
  EXPECT_GT(pairs, 0) << "an empty scores.csv";
}

}  // namespace
}  // namespace imgmill::test

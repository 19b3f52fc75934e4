// Damaged files, one by one: a run in place must leave every byte of them unchanged.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "imgmill/batch.h"
#include "support/pieces.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using namespace test;

struct Kind {
  std::string name;
  Format format;
  Bytes file;
};

std::vector<Kind> kinds() {
  const Raster picture = photo(128, 64);
  return {{"a.jpg", Format::jpeg, make_jpeg(picture)},
          {"b.png", Format::png, make_png(picture)},
          {"c.webp", Format::webp, make_webp(picture, {.lossless = false})},
          {"d.gif", Format::gif, make_gif(movie(64, 48, 3))},
          {"e.avif", Format::avif, make_grid_avif(picture, 2, 1)},
          {"f.jxl", Format::jpegxl, make_jxl(picture)},
          {"g.tif", Format::tiff, make_tiff_kind(picture, {.compression = 8, .tile = 32})},
          {"h.tif", Format::tiff, make_tiff_kind(picture, {.compression = 5})}};
}

class Failures : public BatchObserver {
 public:
  void on_result(const OptimizationResult& result) override { results.push_back(result); }
  std::vector<OptimizationResult> results;
};

TEST(DamageInPlace, LeavesEveryByte) {
  for (const bool target : {false, true}) {
    const ScratchFolder scratch;
    std::map<fs::path, std::string> before;
    for (const Kind& kind : kinds()) {
      const std::vector<Piece> pieces = pieces_of(kind.file, kind.format);
      for (std::size_t i = 0; i < pieces.size(); i += std::max<std::size_t>(pieces.size() / 4, 1)) {
        for (const Blow blow : {Blow::cut_within, Blow::zeros}) {
          const Bytes broken = struck(kind.file, pieces[i], blow);
          if (broken == kind.file) continue;
          std::string bytes(as_text(broken));
          const auto name = fmt::format("in/{}-{}-{}", static_cast<int>(blow), i, kind.name);
          const fs::path file = scratch.write(name, bytes);
          before[file] = std::move(bytes);
        }
      }
    }
    PlanRequest request;
    request.inputs = {scratch / "in"};
    request.in_place = true;
    ImageSettings settings;
    settings.effort = Effort::fast;
    if (target) settings.target = Target{.score = 80};
    request.settings = std::make_shared<const ImageSettings>(settings);
    auto tasks = plan(request);
    ASSERT_TRUE(tasks) << tasks.error().describe();
    Failures failures;
    const BatchSummary summary = ImageOptimizer(2).run(**tasks, {}, failures);
    EXPECT_EQ(summary.failed, before.size());
    for (const OptimizationResult& result : failures.results) {
      EXPECT_TRUE(result.error) << result.original_path << " was taken for a sound file";
    }
    for (const auto& [file, bytes] : before) EXPECT_EQ(contents(file), bytes) << file;
    EXPECT_GT(before.size(), 40);
  }
}

}  // namespace
}  // namespace imgmill

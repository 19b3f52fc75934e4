#include "compare/heat_map.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/try.h"
#include "codecs/engine.h"
#include "compare/canvas.h"
#include "compare/colour_scale.h"
#include "quality/ssimulacra2_weights.h"

namespace imgmill {
namespace {

using vips::VImage;

constexpr Colour paper{24, 24, 27};
constexpr Colour ink{236, 236, 240};
constexpr Colour faint_ink{165, 165, 172};
constexpr Colour black{0, 0, 0};
constexpr Colour white{255, 255, 255};

// Layout of the legend, in dots.
constexpr std::uint32_t legend_dots_across = 320;
constexpr std::uint32_t legend_dots_down = 66;
constexpr std::uint32_t readable_side = 256;  // smaller pictures are magnified
constexpr std::uint32_t most_magnified = 32;
constexpr std::uint32_t longest_magnified = 4096;

std::uint32_t dot_of(std::uint32_t map_width) {
  return std::clamp<std::uint32_t>(map_width / 420, 1, 16);
}

/// The amount of difference per cell, interpolated in between.
class Amounts {
 public:
  explicit Amounts(const LocalScores& local)
      : columns_(local.columns), rows_(local.rows), cells_(local.errors.size()) {
    std::ranges::transform(local.errors, cells_.begin(),
                           [](float error) { return static_cast<float>(amount_of(error)); });
  }

  /// At the pixel position (x, y), bilinear between cell centres.
  [[nodiscard]] double at(double x, double y) const {
    if (cells_.empty()) return 0;
    const Between across(x, columns_);
    const Between down(y, rows_);
    const auto row = [&](std::uint32_t which) {
      const float* const cells = &cells_[std::size_t{which} * columns_];
      return cells[across.low] + (cells[across.high] - cells[across.low]) * across.part;
    };
    const double upper = row(down.low);
    return upper + (row(down.high) - upper) * down.part;
  }

 private:
  struct Between {
    Between(double place, std::uint32_t count) {
      const double cell = std::clamp(place / LocalScores::side - 0.5, 0.0, count - 1.0);
      low = static_cast<std::uint32_t>(cell);
      high = std::min(low + 1, count - 1);
      part = cell - low;
    }
    std::uint32_t low = 0, high = 0;
    double part = 0;
  };

  std::uint32_t columns_;
  std::uint32_t rows_;
  std::vector<float> cells_;
};

struct Corner {
  std::uint32_t x = 0, y = 0;
};

void draw_picture(Canvas& canvas, Corner corner, const HeatMapParts& parts, const MapExtent& map) {
  const Amounts amounts(parts.local);
  const auto* const grey = static_cast<const std::uint8_t*>(parts.grey.data());
  const auto width = static_cast<std::uint32_t>(parts.grey.width());
  const auto height = static_cast<std::uint32_t>(parts.grey.height());
  const double step = 1.0 / map.magnified;
  for (std::uint32_t y = 0; y < height * map.magnified; ++y) {
    const std::uint8_t* const row = grey + std::size_t{y / map.magnified} * width;
    for (std::uint32_t x = 0; x < width * map.magnified; ++x) {
      const double amount = amounts.at((x + 0.5) * step, (y + 0.5) * step);
      canvas.set(corner.x + x, corner.y + y, tinted(row[x / map.magnified], tint_of(amount)));
    }
  }
}

void draw_worst(Canvas& canvas, Corner corner, const HeatMapParts& parts, const MapExtent& map) {
  if (parts.score >= 100) return;
  const std::int64_t thick = std::max<std::int64_t>(2, dot_of(map.width));
  const std::int64_t scale = map.magnified;
  const WorstTile& worst = parts.worst;
  const std::int64_t left = corner.x + worst.left * scale;
  const std::int64_t top = corner.y + worst.top * scale;
  const std::int64_t width = worst.width * scale;
  const std::int64_t height = worst.height * scale;
  // White between black lines is visible on any background.
  const std::int64_t line = std::max<std::int64_t>(1, thick / 2);
  canvas.frame(left, top, width, height, thick + 2 * line, black);
  canvas.frame(left + line, top + line, width - 2 * line, height - 2 * line, thick, white);
}

std::string number(double score) {
  if (score >= 100) return "100";
  return score <= -1000 ? "below -1000" : fmt::format("{:.1f}", score);
}

void draw_legend(Canvas& canvas, const HeatMapParts& parts, const MapExtent& map) {
  const std::uint32_t dot = dot_of(map.width);
  const auto dots = [&](std::int64_t count) { return count * dot; };
  const std::int64_t top = canvas.height() - map.legend_rows;
  const std::int64_t margin = dots(10);
  const std::int64_t left = margin;
  const std::int64_t across = static_cast<std::int64_t>(canvas.width()) - 2 * margin;

  // The results.
  const std::string score = "score " + number(parts.score);
  canvas.text(left, top + dots(6), dot, score, ink);
  if (parts.score < 100) {
    const std::string worst = "worst tile " + number(parts.worst.score);
    const std::int64_t end = left + across - text_width(worst, dot);
    canvas.text(end, top + dots(6), dot, worst, ink);
    canvas.frame(end - dots(12), top + dots(6), dots(8), dots(8), dot, white);
  }

  // The scale, over mid-grey.
  const std::int64_t bar_top = top + dots(20);
  const std::int64_t bar_rows = dots(12);
  constexpr int middling = 128;
  for (std::int64_t x = 0; x < across; ++x) {
    const double amount = static_cast<double>(x) / static_cast<double>(across - 1);
    canvas.fill(left + x, bar_top, 1, bar_rows, tinted(middling, tint_of(amount)));
  }
  constexpr std::array<int, 8> ticks{100, 90, 80, 70, 60, 50, 40, 30};
  for (const int tick : ticks) {
    const std::int64_t x = left + (across - 1) * (100 - tick) / static_cast<int>(100 - lowest_told);
    canvas.fill(std::min(x, left + across - dot), bar_top + bar_rows, dot, dots(4), faint_ink);
    const std::string text = fmt::format("{}", tick);
    const std::int64_t wide = text_width(text, dot);
    const std::int64_t begin = std::max(x - wide / 2, left);
    canvas.text(begin, bar_top + bar_rows + dots(6), dot, text, ink);
  }
  constexpr std::array<std::string_view, 4> words{"same", "not seen", "hard to see",
                                                  "plain to see"};
  constexpr std::array<std::int64_t, 4> below{0, 16, 38, 100};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::int64_t x = left + (across - 1) * below[i] / 100;
    const std::int64_t begin = i + 1 == words.size() ? x - text_width(words[i], dot) : x;
    canvas.text(begin, bar_top + bar_rows + dots(20), dot, words[i], faint_ink);
  }
}

}  // namespace

double amount_of(double error) {
  return std::clamp((100 - quality::score_of(error)) / (100 - lowest_told), 0.0, 1.0);
}

MapExtent map_extent(std::uint32_t width, std::uint32_t height) {
  MapExtent map;
  const std::uint32_t longest = std::max({width, height, 1U});
  while (longest * map.magnified < readable_side && map.magnified < most_magnified &&
         longest * (map.magnified + 1) <= longest_magnified) {
    ++map.magnified;
  }
  map.width = std::max(width * map.magnified, legend_dots_across);
  map.legend_rows = legend_dots_down * dot_of(map.width);
  map.height = height * map.magnified + map.legend_rows;
  return map;
}

Result<Buffer> draw_heat_map(const HeatMapParts& parts) {
  const auto width = static_cast<std::uint32_t>(parts.grey.width());
  const MapExtent map = map_extent(width, static_cast<std::uint32_t>(parts.grey.height()));
  Canvas canvas(map.width, map.height, paper);
  const Corner corner{(map.width - width * map.magnified) / 2, 0};
  draw_picture(canvas, corner, parts, map);
  draw_worst(canvas, corner, parts, map);
  draw_legend(canvas, parts, map);
  IMGMILL_TRY(const VImage image,
              with_engine(ErrorCode::internal, "the map of differences cannot be drawn", [&] {
                return VImage::new_from_memory(const_cast<std::uint8_t*>(canvas.samples().data()),
                                               canvas.samples().size(), static_cast<int>(map.width),
                                               static_cast<int>(map.height), 3, VIPS_FORMAT_UCHAR)
                    .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
              }));
  return codec(Format::png)
      .encode({.image = image},
              {.lossless = true, .effort = Effort::fast, .palette = PaletteUse::avoid});
}

}  // namespace imgmill

// Comparison of two images: how similar they are, and where they differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/export.h"
#include "imgmill/format.h"
#include "imgmill/settings.h"

namespace imgmill {

/// Selects whether compare() draws a map of the differences.
enum class HeatMap { no, yes };

struct CompareOptions {
  HeatMap map = HeatMap::no;
};

/// Header data of one of the two images.
struct ComparedImage {
  Format format = Format::jpeg;
  std::uint64_t bytes = 0;
};

/// The tile that differs most, 64 x 64 pixels (or the whole of a smaller picture).
struct WorstTile {
  std::uint32_t left = 0, top = 0, width = 0, height = 0;  ///< pixels of the upright picture
  double score = 100;  ///< as if the tile were the whole picture
};

struct Comparison {
  /// SSIMULACRA 2.1: 100 for identical pixels, at most 100, far below 0 for pictures that have
  /// nothing in common. For animations, the score of the worst frame that was compared.
  double score = 100;
  /// Set for pictures with a side under 113 pixels only. The metric's reference program, and with
  /// it `score`, says little about those (docs/adr/0020-small-pictures.md). This is the same metric
  /// over the picture extended by mirror images of itself, which is what targets are measured by.
  std::optional<double> in_context;
  std::string_view verdict;  ///< the meaning of `judged()`, see `verdict_of`
  WorstTile worst;
  std::uint32_t frame = 0;  ///< the frame of `score`, `worst` and `map`, from 0
  std::uint32_t width = 0;  ///< upright (orientation applied), pixels of one frame
  std::uint32_t height = 0;
  std::uint32_t frames = 1;
  ComparedImage original;
  ComparedImage other;
  /// With HeatMap::yes: a PNG of the original in grey, overlaid with colours for the local
  /// difference. The same colour means the same difference in all maps. The worst tile is framed,
  /// and there is a legend at the bottom. See `map_extent` for the size.
  Buffer map;
  std::vector<std::string> notes;  ///< anything that could not be compared properly

  /// The score to use.
  [[nodiscard]] double judged() const { return in_context.value_or(score); }
};

/// Scores `other`, a whole file of any format in `formats()`, as a copy of `original`. For
/// animations, scores the up to five frames that differ most from what the other animation shows at
/// the same time, whatever the numbers of frames. Differences in timing are noted. Orientation and
/// colour profiles are applied first. With transparency, both a dark and a bright background are
/// tried, and the worse score counts.
///
/// Errors: unsupported (the sizes differ, or the lengths of animations; the message names both),
/// bad_input, limit, and internal. Thread-safe. Pure: uses no files and no environment.
[[nodiscard]] IMGMILL_API Result<Comparison> compare(ByteView original, ByteView other,
                                                     const CompareOptions& options = {},
                                                     const Limits& limits = {});

/// Returns the meaning of a score in half a sentence. The bounds are those published with the
/// metric.
[[nodiscard]] IMGMILL_API std::string_view verdict_of(double score);

struct MapExtent {
  std::uint32_t width = 0;
  std::uint32_t height = 0;       ///< including the legend
  std::uint32_t magnified = 1;    ///< pixels of the map per pixel of the picture, in each direction
  std::uint32_t legend_rows = 0;  ///< at the bottom
};

/// Returns the size of the map for a picture of this size. Small pictures are magnified by an
/// integer factor until they are big enough to look at; no map is narrower than its legend.
[[nodiscard]] IMGMILL_API MapExtent map_extent(std::uint32_t width, std::uint32_t height);

}  // namespace imgmill

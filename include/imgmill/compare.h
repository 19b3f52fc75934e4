// Two images: how much they look alike, and where they do not.
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

/// Whether a picture of the differences is drawn.
enum class HeatMap { no, yes };

struct CompareOptions {
  HeatMap map = HeatMap::no;
};

/// One of the two, as its header tells.
struct ComparedImage {
  Format format = Format::jpeg;
  std::uint64_t bytes = 0;
};

/// The square of 64 pixels a side (the whole of a smaller picture) that differs most.
struct WorstTile {
  std::uint32_t left = 0, top = 0, width = 0, height = 0;  ///< pixels of the upright picture
  double score = 100;                                      ///< were it the whole picture
};

struct Comparison {
  /// SSIMULACRA 2.1: 100 = the same to the last pixel, at most 100, and for pictures
  /// that have nothing in common far below 0. Of animations that of the worst frame
  /// that was looked at.
  double score = 100;
  /// Of pictures with a side under 113 pixels, of which the metric's reference program, and with it
  /// `score`, says little (docs/adr/0020-small-pictures.md): the same metric over the picture amid
  /// mirror images of itself, which is what targets are measured by. None for larger pictures.
  std::optional<double> in_context;
  std::string_view verdict;  ///< what `judged()` means, see `verdict_of`
  WorstTile worst;
  std::uint32_t frame = 0;  ///< which `score`, `worst` and `map` are about, from 0
  std::uint32_t width = 0;  ///< upright (orientation applied), pixels of one frame
  std::uint32_t height = 0;
  std::uint32_t frames = 1;
  ComparedImage original;
  ComparedImage other;
  /// With HeatMap::yes: a PNG of the original in grey under colours that say how much
  /// each place differs, the same colour for the same difference in all maps, the worst
  /// tile framed, and a legend below. See `map_extent` for its size.
  Buffer map;
  std::vector<std::string> notes;  ///< what could not be compared as it should

  /// The score to go by.
  [[nodiscard]] double judged() const { return in_context.value_or(score); }
};

/// Judges `other`, a whole file of any format in `formats()`, as a copy of `original`; of
/// animations the up to five pictures that differ most from what the other shows at their
/// time, however many frames either has. Other times are noted.
/// Orientation and colour profiles are applied first; under transparency both a dark and
/// a bright background are tried and the worse one counts.
///
/// Errors: unsupported (another size, or an animation of another length; the message names both),
/// bad_input, limit, and internal. Thread-safe; pure: touches no files and no
/// environment.
[[nodiscard]] IMGMILL_API Result<Comparison> compare(ByteView original, ByteView other,
                                                     const CompareOptions& options = {},
                                                     const Limits& limits = {});

/// What a score means, in half a sentence. Its bounds are those that the metric was
/// published with.
[[nodiscard]] IMGMILL_API std::string_view verdict_of(double score);

struct MapExtent {
  std::uint32_t width = 0;
  std::uint32_t height = 0;       ///< with the legend
  std::uint32_t magnified = 1;    ///< pixels of the map to one of the picture, each way
  std::uint32_t legend_rows = 0;  ///< at the bottom
};

/// How large the map of a picture of this size is. Small pictures are magnified by a
/// whole number until they can be looked at; no map is narrower than its legend.
[[nodiscard]] IMGMILL_API MapExtent map_extent(std::uint32_t width, std::uint32_t height);

}  // namespace imgmill

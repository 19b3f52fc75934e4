// Resolves the settings for one image, once: everything after it follows the plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/settings.h"
#include "optimize/search/quality_search.h"
#include "optimize/source/source.h"
#include "transform/geometry.h"

namespace imgmill {

/// The plan for encoding an image in one format.
struct FormatPlan {
  Format format = Format::jpeg;
  Layout layout;        ///< layout of one frame, upright
  bool within = false;  ///< same format, size and colours as the input: its data may stay as it is

  /// The pixels are kept exactly: by request, because the author chose so, or (a JPEG within its
  /// format) because another loss would gain nothing. Otherwise `aim` or `quality` applies.
  bool lossless = false;
  bool exact = false;      ///< nothing at all may be lost, which is verified by decoding
  std::optional<Aim> aim;  ///< the goal of a search for the quality, including the metadata
  double quality = 80;     ///< used without an aim; limited to the input's own quality
  bool measure = false;    ///< measure the score even without an aim

  bool to_srgb = false;      ///< convert the colours; within the format only with loss
  bool new_colours = false;  ///< the user asked for sRGB
  Resize resize;             ///< how to resize, if the size changes
  Colour background;
  bool clean_alpha = false;
  bool first_frame = false;  ///< the first frame or main picture is enough
  Keep keep;
  Effort effort = Effort::balanced;

  std::optional<double> target;            ///< score, for the record
  std::optional<std::uint64_t> max_bytes;  ///< limit on the whole file
  /// Within the format: why the image data must stay as it is.
  std::optional<std::string> left_alone;
  /// Within the format: the input's quality, if it was too low for another loss.
  std::optional<int> coarse_already;
  bool packs_jpeg = false;  ///< the input is a JPEG that can be packed whole as JPEG XL
};

/// The complete plan for an image.
struct EncodePlan {
  Layout layout;  ///< wanted layout of one frame, upright
  /// The format to write or, if the format is to be chosen, those that the user allows.
  std::vector<FormatPlan> formats;
  bool choose = false;
  /// Alternatives in the input's own format if the request turns out to be unsupported: for an
  /// animation, or a file with other pictures that may stay as it is, at its new size or else at
  /// its old one.
  std::vector<FormatPlan> otherwise;
};

/// Returns the size of `source`, upright.
[[nodiscard]] Extent whole_extent(const Source& source);

/// Resolves the settings for `source`. `settings` are valid, and their crop does not depend on
/// pixels. Errors: unsupported (the part to keep does not lie within the picture).
[[nodiscard]] Result<EncodePlan> resolve(const Source& source, const ImageSettings& settings);

}  // namespace imgmill

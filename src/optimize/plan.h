// Resolves the settings for one image, once: everything after it follows the plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/settings.h"
#include "optimize/quality_search.h"
#include "optimize/render.h"
#include "optimize/source.h"
#include "transform/geometry.h"

namespace imgmill {

/// How an image becomes a file of one format.
struct FormatPlan {
  Format format = Format::jpeg;
  Layout layout;        ///< of one frame, upright
  bool within = false;  ///< the input's own format, size and colours: its data may stay as it is

  /// The image data keeps its pixels: it was asked for, the author has chosen so, or (a JPEG
  /// within its format) another loss would gain nothing. Otherwise `aim` or `quality` applies.
  bool lossless = false;
  bool exact = false;      ///< nothing at all may be lost on the way, which is proven by decoding
  std::optional<Aim> aim;  ///< what a search for the quality is for, metadata included
  double quality = 80;     ///< without an aim; limited to the input's own
  bool measure = false;    ///< measure the score even without an aim

  bool to_srgb = false;      ///< convert the colours; within the format only with loss
  bool new_colours = false;  ///< the user asked for sRGB
  Resize resize;             ///< how, where the size changes
  Colour background;
  bool clean_alpha = false;
  bool first_frame = false;  ///< the first frame or main picture is enough
  Keep keep;
  Effort effort = Effort::balanced;

  std::optional<double> target;            ///< score, for the record
  std::optional<std::uint64_t> max_bytes;  ///< of the whole file
  /// Within the format: why the image data must stay as it is.
  std::optional<std::string> left_alone;
  /// Within the format: the input's quality, if it was too low for another loss.
  std::optional<int> coarse_already;
  bool packs_jpeg = false;  ///< the input is a JPEG that can be packed whole as JPEG XL
};

/// What becomes of an image.
struct EncodePlan {
  Layout layout;  ///< wanted, of one frame, upright
  /// The format to write; or, if it is to be chosen, those that the user allows.
  std::vector<FormatPlan> formats;
  bool choose = false;
  /// In its own format, in case that what was asked for turns out to be unsupported: an animation
  /// or a file with other pictures that may stay as it is, at its new size or else at its old one.
  std::vector<FormatPlan> otherwise;
};

/// The size of `source`, upright.
[[nodiscard]] Extent whole_extent(const Source& source);

/// `settings` are valid, and their crop needs no pixels. Errors: unsupported (the part to keep does
/// not lie within the picture).
[[nodiscard]] Result<EncodePlan> resolve(const Source& source, const ImageSettings& settings);

/// The pass over the pixels for a file without loss, or one with loss, according to `plan`.
[[nodiscard]] RenderRequest request_for(const Source& source, const FormatPlan& plan,
                                        bool lossless);

/// `aim` for an encoding to which `metadata` will be added.
[[nodiscard]] Aim beside(Aim aim, const NewMetadata& metadata);

}  // namespace imgmill

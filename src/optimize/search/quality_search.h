// Searches for an encoder's quality, by repeated encoding, to reach a score or a size.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "codecs/codec.h"
#include "imgmill/result.h"
#include "optimize/search/sample.h"
#include "optimize/search/trial_encoder.h"
#include "quality/quality_bracket.h"

namespace imgmill {

/// The criteria for an encoder's quality number.
struct Aim {
  std::optional<double> target;            ///< score to reach, below 100
  std::optional<std::uint64_t> max_bytes;  ///< for the encoder's output
  int most_quality = 100;                  ///< without a target: upper limit, even if more would
                                           ///< fit
  /// The picture comes from a file of this format and has already lost something there: give up if
  /// it has little headroom left, or if its score is only due to that.
  bool lost_before = false;
  std::optional<int> quality_before;  ///< with lost_before, if known
  std::uint64_t size_before = 0;      ///< with lost_before, in bytes
  /// Give up if the output would certainly not be smaller than this, in bytes.
  std::optional<std::uint64_t> to_beat;
};

struct SearchResult {
  Buffer bytes;
  Judgement judgement;
};

/// A way to encode the picture other than from its pixels.
struct FromFile {
  /// Encodes it at the quality of the options.
  PictureEncoder encode;
  /// The same for only the given tiles, with their decoded picture; unsupported if that is not
  /// possible.
  std::function<Result<TrialEncoder>(const Tiles& tiles)> sample;
  /// The decoded picture of other pixels, encoded like the file that the picture comes from;
  /// unsupported if that is not possible.
  std::function<Result<Picture>(const Picture& other)> as_before;
  /// Its chroma has the resolution of luma.
  bool full_chroma = false;
  /// Its luma table is that of a simple encoder, which our own searches do not produce.
  bool plain = false;
  /// The usual scores of its encodings, by quality, both increasing; empty: the same as from
  /// pixels.
  std::vector<ScoreCurve::Point> scores;
};

/// The smallest encoding of `picture` that reaches the aim's target, or, if only a size is given,
/// the best one within it; if both are given, the size takes precedence. At most `most_encodes`
/// encodings of the whole picture are made for a score, and somewhat more if a size does not fit.
/// The returned one has been decoded again and measured. If a lossy encoding cannot reach the
/// target and the format supports lossless, the result is lossless. `picture` must be in memory or
/// on demand; `options.quality` is ignored. `file`, if given, is how the picture is encoded if not
/// from its pixels.
///
/// Errors: unsupported: the target cannot be reached (the message says how close it comes), or the
/// result would be no smaller than `to_beat`; limit: it cannot be made as small as `max_bytes`;
/// bad_input: the pixels cannot be read.
[[nodiscard]] Result<SearchResult> search_quality(Picture picture, const Codec& codec,
                                                  const EncodeOptions& options, const Aim& aim,
                                                  std::optional<FromFile> file = {});

inline constexpr int most_encodes = 6;

/// The score of `bytes`, which `codec` made from `picture`.
[[nodiscard]] Result<double> score_of(const Picture& picture, const Codec& codec, ByteView bytes);

}  // namespace imgmill

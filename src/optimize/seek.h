// Encodes again and again until what comes out is as good, or as small, as it has to be.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "codecs/codec.h"
#include "imgmill/result.h"
#include "optimize/sample.h"
#include "optimize/subject.h"
#include "quality/search.h"

namespace imgmill {

/// What decides about an encoder's quality number.
struct Aim {
  std::optional<double> target;            ///< score to be reached, below 100
  std::optional<std::uint64_t> max_bytes;  ///< of the encoder's output
  int most_quality = 100;                  ///< without a target: no higher, even if it fits
  /// The picture comes from a file of this format and has lost something there already:
  /// give up where it has little more to give, or where a score is owed to that.
  bool lost_before = false;
  std::optional<int> quality_before;  ///< then, where it is known
  std::uint64_t size_before = 0;      ///< then, bytes
  /// Give up when the output would certainly be no smaller than this, bytes.
  std::optional<std::uint64_t> to_beat;
};

struct Sought {
  Buffer bytes;
  Judgement judgement;
};

/// Another way to the bytes of the picture than from its pixels.
struct FromFile {
  /// Encodes it at the quality of the options.
  PictureEncoder encode;
  /// The same for the tiles of it alone, with what they show; unsupported where that does not go.
  std::function<Result<Subject>(const Tiles& tiles)> sample;
  /// What is seen of other pixels once they are encoded as the file that the picture comes from
  /// was; unsupported where that does not go.
  std::function<Result<Picture>(const Picture& other)> as_before;
  /// Its chroma has the resolution of luma.
  bool full_chroma = false;
  /// Its luma table is a plain encoder's, as searches of ours do not leave behind.
  bool plain = false;
  /// How its encodings usually score, by quality, both rising; empty: as those of pixels do.
  std::vector<ScoreCurve::Point> scores;
};

/// The smallest encoding of `picture` that reaches the aim's target, or, where only a
/// size is given, the best one within it; where both are given, the size wins. At most
/// `most_encodes` of the whole picture are made for a score and somewhat more where a size does not
/// fit, and the one that is returned was decoded again and measured. Where a loss cannot reach the
/// target and the format can do without, the result is lossless. `picture` is in memory;
/// `options.quality` is not looked at. `encode`, where given, is how the picture is encoded if not
/// from its pixels.
///
/// Errors: unsupported: the target cannot be reached (the message says how far it is), or
/// the result would be no smaller than `to_beat`; limit: it cannot be made as small
/// as `max_bytes`; bad_input: the pixels cannot be read.
[[nodiscard]] Result<Sought> seek(Picture picture, const Codec& codec, const EncodeOptions& options,
                                  const Aim& aim, const FromFile* file = nullptr);

inline constexpr int most_encodes = 6;

/// The score of `bytes`, which `codec` made of `picture`.
[[nodiscard]] Result<double> score_of(const Picture& picture, const Codec& codec, ByteView bytes);

}  // namespace imgmill

// The state that the searches for one picture's quality share.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "codecs/codec.h"
#include "optimize/search/quality_search.h"
#include "optimize/search/trial_encoder.h"
#include "quality/features.h"
#include "quality/quality_bracket.h"

namespace imgmill {

/// The number of encodings made.
struct Tally {
  int encodes = 0;  ///< of the whole picture, as they would be written
  int probes = 0;   ///< faster ones, or of a part
};

/// An encoding of the whole picture that a search has chosen.
struct Trial {
  Encoding encoding;
  double quality = 0;  ///< exact; 0: lossless
  Rating rating{};
};

/// One picture with its encoder, what has been tried of it, and the best encoding so far. Keeps
/// references to its arguments. Not thread-safe.
struct Trials {
  Trials(Picture picture, const Codec& codec, const EncodeOptions& options, const Aim& aim,
         std::optional<FromFile> file);

  const Codec& codec;
  const SearchTraits& traits;
  const EncodeOptions& options;
  const Aim& aim;
  std::optional<FromFile> file;           ///< set if not encoded from pixels
  std::optional<ScoreCurve> own_curve{};  ///< the file's own usual scores
  TrialEncoder whole;
  std::optional<TrialEncoder> sample{};  ///< tiles that approximate the score of the whole
  Features features{};
  Tally tally{};
  std::optional<Trial> best{};
  std::optional<Rating> highest{};  ///< of the encoding with the highest reaches()
  struct Size {
    double quality;
    double bytes;
  };
  std::vector<Size> sizes{};           ///< of encodings of the whole
  double dither = 1;                   ///< EncodeOptions::dither, as chosen
  std::optional<bool> halve_chroma{};  ///< the same; empty: the encoder decides

  /// The options for a lossy encoding.
  [[nodiscard]] EncodeOptions at(double quality, Draft draft = Draft::no) const;

  /// The usual scores of the picture's encodings, and how the curve is fitted to the tries.
  [[nodiscard]] const ScoreCurve& curve() const { return own_curve ? *own_curve : traits.scores; }
  [[nodiscard]] QualityBracket::Bend bend() const {
    return own_curve ? QualityBracket::Bend::multiply : QualityBracket::Bend::move;
  }

  /// Tolerance above the target in points.
  [[nodiscard]] double near_enough() const;
  /// The score that a try should have: falling short costs a whole further try, and each point
  /// above the target costs bytes.
  [[nodiscard]] double wanted() const { return *aim.target + 0.5 * near_enough(); }
  /// The quality usually needed for that, if encoded at the quality of `seen` the picture has its
  /// score.
  [[nodiscard]] double usual_guess(const std::optional<ScoreCurve::Point>& seen) const;
  /// A search for the target's score from `guess` on.
  [[nodiscard]] QualityBracket::Plan plan_from(double guess) const;

  /// The score of an encoding relative to its size, where a point of score costs the fraction
  /// `point` of the bytes. Errors: the encoder's, bad_input.
  [[nodiscard]] Result<double> worth(TrialEncoder& trial, const EncodeOptions& encode_options,
                                     double point);
  /// Encodes the whole, as it would be written. Errors: the encoder's.
  [[nodiscard]] Result<Encoding> encoded(const EncodeOptions& encode_options);
  /// Rates an encoding of the whole and records the highest rating. Errors: bad_input.
  [[nodiscard]] Result<Rating> rate(Encoding& encoding);
  /// Records the size of an encoding. Errors: its writer's.
  [[nodiscard]] Result<std::size_t> measure(Encoding& encoding, double quality);
  void keep(Encoding encoding, double quality, const Rating& rating);
  /// The best encoding, which there must be; nothing can be tried after that. Errors: its writer's.
  [[nodiscard]] Result<SearchResult> finished();
};

inline constexpr double lowest_quality = 1;

/// Another implementation of the metric may give a lower score: cloudinary's did by at most 0.096
/// on 89 outputs.
inline constexpr double sure = 0.1;

}  // namespace imgmill

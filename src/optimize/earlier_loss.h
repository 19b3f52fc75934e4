// Estimates the loss that a picture already suffered in its source file: docs/adr/0011-targets.md.
#pragma once

#include <optional>

#include "imgmill/settings.h"
#include "optimize/seek.h"
#include "optimize/subject.h"
#include "quality/search.h"

namespace imgmill {

/// The number of encodings made, besides the one that is used.
struct Tally {
  int encodes = 0;  ///< of the whole picture, as they would be written
  int probes = 0;   ///< faster ones, or of a part
};

/// Estimates how much a picture from a lossy file has lost there, by encoding it again shifted by a
/// few pixels, so that no block is in its former place. Keeps references to its arguments.
class EarlierLoss {
 public:
  /// `whole`: the picture; `sample`: tiles that represent it, if any; `file`: set if the picture's
  /// bytes are not encoded from pixels.
  EarlierLoss(const Subject& whole, Subject* sample, const Codec& codec,
              const EncodeOptions& options, double target, const FromFile* file, Tally& tally)
      : whole_(whole),
        sample_(sample),
        codec_(codec),
        options_(options),
        target_(target),
        file_(file),
        tally_(tally) {}

  /// True if the picture was encoded at a quality that typically leaves such a picture little to
  /// give: losing again would cost more than it saves. Errors: the encoder's.
  [[nodiscard]] Result<bool> is_spent(int quality_before);

  /// Detects generation loss hidden from the metric. Values that were quantised before pass the
  /// same quantiser nearly unchanged, whatever the picture lost the first time, so each generation
  /// would look as good as the last one. With the shifted picture, the same quality shows its real
  /// cost. `score` is the result of `quality`; call after is_spent(). Errors: the encoder's.
  [[nodiscard]] Result<bool> is_flattered(double quality, double score);

  /// The quality at which the picture was encoded before, and its score when shifted, if it was
  /// measured.
  [[nodiscard]] const std::optional<ScoreCurve::Point>& seen() const { return seen_; }

 private:
  Result<void> step_aside(Subject* sample);
  Result<double> score_aside(double quality, Draft draft);
  Result<double> score_before(int quality_before);
  Result<double> room_before(int quality_before);

  const Subject& whole_;
  Subject* sample_;  ///< the unshifted counterpart of aside_; null: the whole picture
  const Codec& codec_;
  const EncodeOptions& options_;
  double target_;
  const FromFile* file_;
  Tally& tally_;
  bool fresh_ = false;            ///< the earlier loss is negligible
  std::optional<Subject> aside_;  ///< the picture, or its sample, shifted by a few pixels
  std::optional<ScoreCurve::Point> seen_;
};

/// Estimates the quality at which a picture was encoded from the size of its file, relative to the
/// size at `quality`, in bytes. 1..100.
[[nodiscard]] int quality_by_size(Format format, int quality, std::size_t size,
                                  std::uint64_t size_before);

}  // namespace imgmill

// Estimates the loss that a picture already suffered in its source file: docs/adr/0011-targets.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "optimize/search/trials.h"

namespace imgmill {

/// Estimates how much a picture from a lossy file has lost there, by encoding it again shifted by a
/// few pixels, so that no block is in its former place. Keeps a reference to `trials`; its sample,
/// if there is one, represents the picture.
class GenerationLoss {
 public:
  GenerationLoss(Trials& trials, double target)
      : trials_(trials), sample_(trials.sample ? &*trials.sample : nullptr), target_(target) {}

  /// True if the picture was encoded at a quality that typically leaves such a picture little to
  /// give: losing again would cost more than it saves. Errors: the encoder's.
  [[nodiscard]] Result<bool> lacks_headroom(int quality_before);

  /// Detects generation loss hidden from the metric. Values that were quantised before pass the
  /// same quantiser nearly unchanged, whatever the picture lost the first time, so each generation
  /// would look as good as the last one. With the shifted picture, the same quality shows its real
  /// cost. `score` is the result of `quality`; call after lacks_headroom(). Errors: the encoder's.
  [[nodiscard]] Result<bool> score_is_inflated(double quality, double score);

  /// The quality at which the picture was encoded before, and its score when shifted, if it was
  /// measured.
  [[nodiscard]] const std::optional<ScoreCurve::Point>& seen() const { return seen_; }

 private:
  Result<void> step_aside(TrialEncoder* sample);
  Result<double> score_aside(double quality, Draft draft);
  Result<double> score_before(int quality_before);
  Result<double> headroom_before(int quality_before);

  Trials& trials_;
  TrialEncoder* sample_;  ///< the unshifted counterpart of aside_; null: the whole picture
  double target_;
  bool fresh_ = false;                 ///< the earlier loss is negligible
  std::optional<TrialEncoder> aside_;  ///< the picture, or its sample, shifted by a few pixels
  std::optional<ScoreCurve::Point> seen_;
};

/// Estimates the quality at which a picture was encoded from the size of its file, relative to the
/// size at `quality`, in bytes. 1..100.
[[nodiscard]] int quality_by_size(const SearchTraits& traits, int quality, std::size_t size,
                                  std::uint64_t size_before);

}  // namespace imgmill

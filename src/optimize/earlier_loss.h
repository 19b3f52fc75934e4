// What a picture has lost before, in the file it comes from: docs/adr/0011-targets.md.
#pragma once

#include <optional>

#include "imgmill/settings.h"
#include "optimize/seek.h"
#include "optimize/subject.h"
#include "quality/search.h"

namespace imgmill {

/// Encodings that were made, besides the one that is used.
struct Tally {
  int encodes = 0;  ///< of the whole picture, as they would be written
  int probes = 0;   ///< quicker, or of a part
};

/// Asks a picture from a lossy file how much it lost there, by encoding it once more a few pixels
/// aside, where no block lies on its former place. Refers to what it was made of.
class EarlierLoss {
 public:
  /// `whole`: the picture; `sample`: tiles of it that stand for it, where there are any; `file`:
  /// where the picture's bytes come from another way than from pixels.
  EarlierLoss(const Subject& whole, Subject* sample, const Codec& codec,
              const EncodeOptions& options, double target, const FromFile* file, Tally& tally)
      : whole_(whole),
        sample_(sample),
        codec_(codec),
        options_(options),
        target_(target),
        file_(file),
        tally_(tally) {}

  /// Whether the quality that the picture was encoded with costs a picture like it so much that it
  /// has little to give: losing again would cost more than it saves. Errors: the encoder's.
  [[nodiscard]] Result<bool> is_spent(int quality_before);

  /// Numbers that were quantised before come through the same quantiser nearly unchanged, whatever
  /// the picture lost the first time: each generation would look as good as the last one. Seen
  /// aside, the same quality shows what it really costs. `score` is what `quality` came to; asked
  /// after is_spent(). Errors: the encoder's.
  [[nodiscard]] Result<bool> is_flattered(double quality, double score);

  /// The quality that the picture was encoded with before, and what it scores, seen aside; where
  /// somebody had to look.
  [[nodiscard]] const std::optional<ScoreCurve::Point>& seen() const { return seen_; }

 private:
  Result<void> step_aside(Subject* sample);
  Result<double> score_aside(double quality, Draft draft);
  Result<double> score_before(int quality_before);
  Result<double> room_before(int quality_before);

  const Subject& whole_;
  Subject* sample_;  ///< what aside_ is beside; nothing: the whole picture
  const Codec& codec_;
  const EncodeOptions& options_;
  double target_;
  const FromFile* file_;
  Tally& tally_;
  bool fresh_ = false;            ///< what was lost before is next to nothing
  std::optional<Subject> aside_;  ///< the picture, or its sample, a few pixels aside
  std::optional<ScoreCurve::Point> seen_;
};

/// The quality that a picture was encoded with, as the size of its file tells beside what
/// `quality` comes to, bytes. 1..100.
[[nodiscard]] int quality_by_size(Format format, int quality, std::size_t size,
                                  std::uint64_t size_before);

}  // namespace imgmill

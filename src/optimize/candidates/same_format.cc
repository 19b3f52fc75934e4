#include "optimize/candidates/same_format.h"

#include <fmt/format.h>

#include "base/try.h"
#include "optimize/candidates/candidates.h"
#include "optimize/source/implied_colours.h"

namespace imgmill {
namespace {

// A second generation of loss must pay off: a re-encoded output must be this much smaller than the
// best result without touching the picture. This also makes repeated runs converge.
constexpr double worth_losing = 0.97;

// A target is measured against the input, which has already lost something if its format is lossy:
// each generation would be "as good" as the previous one, and worse than the first. An input that
// was made for about the same target shrinks by less than this when it is encoded for it again (see
// docs/adr/0011-targets.md for the measurements).
constexpr double worth_losing_again = 0.75;

// Lossless packing of a JPEG seldom saves more than a tenth, so it is not tried below this.
constexpr double beyond_packing = 0.8;

bool fits(const Optimized& made, const FormatPlan& plan) {
  return !plan.max_bytes || made.bytes.size() <= *plan.max_bytes;
}

bool is_jpeg(const FormatPlan& plan) { return plan.format == Format::jpeg; }

// Returns `best` or the same picture packed better.
Result<Optimized> smallest_exact(const Source& source, const FormatPlan& plan, Optimized best) {
  Result<Optimized> exact = packed(source, plan, best);
  if (exact) {
    if (plan.coarse_already) {
      exact->notes.push_back(
          fmt::format("already at quality {}, packed without loss", *plan.coarse_already));
    }
    rival(best, *std::move(exact));
    return best;
  }
  // If the proof failed, the input's own bytes are kept.
  if (!is_jpeg(plan) && exact.error().code() == ErrorCode::unsupported) return best;
  return exact;
}

// Returns `best` or the picture encoded again with loss, if that pays off or is necessary.
Result<Optimized> smallest_lossy(const Source& source, const FormatPlan& plan, Optimized best) {
  const bool by_size_alone = plan.aim && !plan.aim->target;
  const auto pack = [&] {
    if (Result<Optimized> exact = packed(source, plan, best)) rival(best, *std::move(exact));
  };
  if (by_size_alone) {
    // As good as fits: lossless if possible.
    if (is_jpeg(plan) || (source.info.lossless && info(plan.format).lossless)) pack();
    if (fits(best, plan)) return best;
  }
  const bool too_large = plan.aim && !fits(best, plan);
  Result<Optimized> lossy =
      encoded_again(source, plan, best, too_large ? Loss::necessary : Loss::allowed);
  if (!lossy && (!plan.aim || lossy.error().code() != ErrorCode::unsupported)) return lossy;
  const double worth = plan.aim && !source.info.lossless ? worth_losing_again : worth_losing;
  const auto below = [&](double share) {
    return lossy && static_cast<double>(lossy->bytes.size()) <
                        share * static_cast<double>(best.bytes.size());
  };
  if (below(plan.aim ? worth : beyond_packing) || (lossy && too_large)) return lossy;
  if (is_jpeg(plan) && !by_size_alone) pack();
  if (!plan.aim) {
    if (below(worth)) return lossy;
    return best;
  }
  best.notes.push_back(lossy ? "encoded anew it would be little smaller"
                             : fmt::format("not encoded anew: {}", lossy.error().message()));
  return best;
}

Result<Optimized> smallest(const Source& source, const FormatPlan& plan, AdobeRgb adobe) {
  IMGMILL_TRY(Optimized best, stripped(source, plan, adobe));
  if (plan.left_alone) {
    best.notes.push_back(fmt::format("left alone: {}", *plan.left_alone));
    return best;
  }
  return plan.lossless && !plan.aim ? smallest_exact(source, plan, std::move(best))
                                    : smallest_lossy(source, plan, std::move(best));
}

}  // namespace

Result<Optimized> same_format(const Source& source, const FormatPlan& plan) {
  IMGMILL_TRY(Optimized chosen, smallest(source, plan, AdobeRgb::profile));
  if (chosen.bytes.size() > source.bytes.size() && declares_adobe_rgb(source)) {
    IMGMILL_TRY(chosen, smallest(source, plan, AdobeRgb::tag));
  }
  chosen.judgement.target = plan.target;
  return chosen;
}

}  // namespace imgmill

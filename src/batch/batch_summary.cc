#include "imgmill/batch.h"

namespace imgmill {

void ScoreSummary::add(const OptimizationResult& result) {
  if (!result.success() || result.decision == Decision::skipped) return;
  const Judgement& judgement = result.judgement;
  if (judgement.encodes > 0) {
    ++encoded;
    encodes += static_cast<std::uint64_t>(judgement.encodes);
  }
  if (!judgement.score && judgement.quality > 0) ++unscored;
  if (!judgement.score || *judgement.score >= 100) return;
  const double score = *judgement.score;
  const bool first = images == 0;
  ++images;
  sum += score;
  if (!judgement.reached()) ++below_target;
  // Results arrive in any order; the summary must not depend on it.
  if (first || score < lowest || (score == lowest && result.index < lowest_index)) {
    lowest = score;
    lowest_path = result.original_path;
    lowest_index = result.index;
  }
}

void PrivateSummary::add(const PrivateData& left) {
  if (left.any()) ++images;
  if (left.position) ++position;
  if (left.serial) ++serial;
  if (left.thumbnail) ++thumbnail;
  if (left.comment) ++comment;
}

void BatchSummary::add(const OptimizationResult& result) {
  ++tasks;
  if (result.error) {
    const ErrorCode code = result.error->code();
    ++(code == ErrorCode::cancelled ? cancelled : failed);
    if (code == ErrorCode::fault) ++quarantined;
    return;
  }
  ++succeeded;
  if (result.cached) ++cached;
  if (result.resumed) ++resumed;
  if (result.decision == Decision::skipped) {
    ++skipped;
    return;
  }
  if (result.decision == Decision::planned) return;
  if (result.decision == Decision::kept) ++kept;
  scores.add(result);
  private_left.add(result.private_left);
  bytes_before += result.original_size;
  bytes_after += result.optimized_size;
  if (!result.format) return;
  FormatSummary& format = by_format[*result.format];
  ++format.images;
  format.bytes_before += result.original_size;
  format.bytes_after += result.optimized_size;
}

}  // namespace imgmill

#include "quality/ssimulacra2_simd.h"

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "quality/ssimulacra2_simd.cc"
#include <hwy/foreach_target.h>
// Must follow foreach_target.h, which includes the code below once per instruction set.
#include <hwy/highway.h>

#include "quality/ssimulacra2_coarse-inl.h"
#include "quality/ssimulacra2_fine-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imgmill::quality {
namespace HWY_NAMESPACE {

void RunFine(const ScaleJob& first, const ScaleJob& second) { run_fine(first, second); }
void RunCoarse(const ScaleJob& job) { run_coarse(job); }

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::quality
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imgmill::quality {

HWY_EXPORT(RunFine);
HWY_EXPORT(RunCoarse);

std::size_t scratch_floats(const ScaleJob& job) {
  return job.fine ? sizeof(FineTile) / sizeof(float) : CoarseBuffers::size(job);
}

VectorCode vector_code() {
  hwy::ChosenTarget& chosen = hwy::GetChosenTarget();
  if (!chosen.IsInitialized()) chosen.Update(hwy::SupportedTargets());
  return {HWY_DYNAMIC_DISPATCH(RunFine), HWY_DYNAMIC_DISPATCH(RunCoarse)};
}

bool choose_simd_target(std::string_view name) {
  hwy::SetSupportedTargetsForTest(0);
  std::int64_t wanted = 0;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (name == hwy::TargetName(target)) wanted = target;
  }
  const bool found = wanted != 0 || name.empty();
  if (wanted != 0) hwy::SetSupportedTargetsForTest(wanted);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return found;
}

}  // namespace imgmill::quality

namespace imgmill {

std::vector<std::string_view> simd_targets() {
  std::vector<std::string_view> names;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    names.emplace_back(hwy::TargetName(target));
  }
  return names;
}

}  // namespace imgmill
#endif

// The ways to rewrite a picture within its format, and their comparison.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/plan/plan.h"
#include "optimize/source/source.h"

namespace imgmill {

/// A total order: by size, then by format, and among equals the least altered one first.
[[nodiscard]] bool smaller(const Optimized& a, const Optimized& b);

/// Replaces `best` by `candidate` if that is smaller.
void rival(Optimized& best, Optimized candidate);

/// How a JPEG whose tag says Adobe RGB states this in the output: by a profile, which every reader
/// supports, or, if a small file would grow too large, by a tag again.
enum class AdobeRgb { profile, tag };

/// The input without what the metadata policy removes. Errors: bad_input.
[[nodiscard]] Result<Optimized> stripped(const Source& source, const FormatPlan& plan,
                                         AdobeRgb adobe);

/// `base`, which is stripped, with the same coefficients or pixels packed better. Errors: those of
/// the encoder and of decoding; unsupported: the format cannot hold the picture exactly.
[[nodiscard]] Result<Optimized> packed(const Source& source, const FormatPlan& plan,
                                       const Optimized& base);

/// Selects whether a picture that has lost before may only lose again if that pays off.
enum class Loss { allowed, necessary };

/// The picture of `base`, which is stripped, encoded again at the plan's quality or for its aim.
/// Errors: as render() and search_quality().
[[nodiscard]] Result<Optimized> encoded_again(const Source& source, const FormatPlan& plan,
                                              const Optimized& base, Loss loss);

}  // namespace imgmill

// Selects the frames of two animations that differ most, since only a few are scored.
#pragma once

#include <cstddef>
#include <vector>

#include "base/try.h"
#include "codecs/picture.h"
#include "imgmill/error.h"

namespace imgmill {

/// Returns the ascending indices of up to `most` scenes of `original`: those that differ most, by
/// the mean of their samples, from what `other` shows in the middle of their time. None if the two
/// cannot be compared like this. Both are in memory and of the same size. Errors: bad_input.
[[nodiscard]] Result<std::vector<std::size_t>> most_different(const Picture& original,
                                                              const Picture& other,
                                                              std::size_t most);

}  // namespace imgmill

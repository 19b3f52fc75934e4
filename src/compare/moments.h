// Where two animations differ most: only so many of their pictures are looked at closely.
#pragma once

#include <cstddef>
#include <vector>

#include "base/try.h"
#include "codecs/picture.h"
#include "imgmill/error.h"

namespace imgmill {

/// The numbers of up to `most` scenes of `original`, ascending: those that differ most, by the mean
/// of their samples, from what `other` shows in the middle of their time. None where the two cannot
/// be compared so. Both are in memory and of one size. Errors: bad_input.
[[nodiscard]] Result<std::vector<std::size_t>> most_different(const Picture& original,
                                                              const Picture& other,
                                                              std::size_t most);

}  // namespace imgmill

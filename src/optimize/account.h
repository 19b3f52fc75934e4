// The last look at an output: everything that the input held is accounted for.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source.h"

namespace imgmill {

/// How pictures of a format are written anew within it.
[[nodiscard]] Way way_of_encoding(Format format);

/// How `made`, of the input's format and size, came about.
[[nodiscard]] Way way_within(const Optimized& made);

/// `made` with notes of what did not come along, and what private data is still in it. Where
/// something is missing that had to be carried, the input's own bytes take its place, which a note
/// tells: every output goes through here.
[[nodiscard]] Optimized accounted(const Source& source, Optimized made, const Keep& keep, Way way);

/// Bytes behind the end of `source` that have to come along within its format; or none.
[[nodiscard]] ByteView trailing_bytes(const Source& source, const Keep& keep);

}  // namespace imgmill

// The final check of an output: everything in the input must be accounted for.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source/source.h"

namespace imgmill {

/// How pictures of a format are rewritten within it.
[[nodiscard]] Way way_of_encoding(Format format);

/// How `made`, of the input's format and size, was produced.
[[nodiscard]] Way way_within(const Optimized& made);

/// `made` with notes about what was lost and about private data still in it. If something is
/// missing that had to be carried over, the input's own bytes take its place, and a note says so.
/// Every output passes through here.
[[nodiscard]] Optimized accounted(const Source& source, Optimized made, const Keep& keep, Way way);

/// Bytes after the end of `source` that must be carried over within its format; may be empty.
[[nodiscard]] ByteView trailing_bytes(const Source& source, const Keep& keep);

}  // namespace imgmill

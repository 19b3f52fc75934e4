// Reads TIFFs with planar channels as a sequence of grey pictures.
#pragma once

#include <cstddef>

#include "imgmill/buffer.h"

namespace imgmill {

/// Returns the number of planes if the pages of `file` are planar and tiled, which the engine does
/// not read; 0 if they are not or if pages differ. Thread-safe.
[[nodiscard]] std::size_t planes_in_tiles(ByteView file);

/// Reduces each page of such a file to plane `index`: a grey picture of the same samples. Empty if
/// an entry of a page is invalid. Thread-safe. Throws std::bad_alloc.
[[nodiscard]] Buffer plane_alone(ByteView file, std::size_t index);

}  // namespace imgmill

// TIFFs that keep each channel by itself, as grey pictures one after the other.
#pragma once

#include <cstddef>

#include "imgmill/buffer.h"

namespace imgmill {

/// How many planes the pages of `file` have in tiles of their own, which the engine does not read;
/// 0: they have none, or pages differ in that. Thread-safe.
[[nodiscard]] std::size_t planes_in_tiles(ByteView file);

/// Makes plane `index` of such a file all that there is of each page: a grey picture of the
/// same samples. Empty where an entry of a page is not as it should be. Thread-safe. Throws
/// std::bad_alloc.
[[nodiscard]] Buffer plane_alone(ByteView file, std::size_t index);

}  // namespace imgmill

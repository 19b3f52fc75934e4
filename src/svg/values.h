// Shortens numbers, colours, paths and styles.
#pragma once

#include "svg/document.h"
#include "svg/traits.h"

namespace imgmill::svg {

/// How numbers may be rounded.
enum class Rounding {
  none,   ///< same value, shorter spelling
  fine,   ///< a tenth of `usual`
  usual,  ///< by an imperceptible fraction of the drawing's size (see values.cc)
};

/// Rewrites the values of attributes known to hold numbers, lengths, paths, transforms, colours or
/// declarations. Text elements and their contents are unchanged, and so is everything of unknown
/// meaning. `viewBox` and the drawing's size are never rounded, and neither is anything drawn only
/// by others: symbols and the like that nothing in this file refers to and that have no size of
/// their own.
void shorten_values(Document& document, const Traits& traits, Rounding rounding);

}  // namespace imgmill::svg

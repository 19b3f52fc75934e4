// Numbers, colours, paths and styles in fewer characters.
#pragma once

#include "svg/document.h"
#include "svg/traits.h"

namespace imgmill::svg {

/// How numbers may be rounded.
enum class Rounding {
  none,   ///< the same number, only spelled shorter
  fine,   ///< a tenth of `usual`
  usual,  ///< by a part of the drawing's size that no eye sees (see values.cc)
};

/// Rewrites the values of attributes that are known to hold numbers, lengths, paths, transforms,
/// colours or declarations. Texts and what is in them stay as they are, and so does everything
/// whose meaning is not known. `viewBox` and the size of the drawing are never rounded; nor is what
/// is drawn only by somebody else: symbols and the like that nothing in this file refers to, and
/// that say no size of their own.
void shorten_values(Document& document, const Traits& traits, Rounding rounding);

}  // namespace imgmill::svg

// Attributes that say what would be so without them.
#pragma once

#include "svg/document.h"
#include "svg/traits.h"

namespace imgmill::svg {

/// Removes attributes whose value is the default, as far as neither an ancestor, a referenced
/// gradient, nor a page that the drawing is put into could make the absence mean something else:
/// properties that are inherited stay (SVG 2, "initial value" and "inherited" of each).
void drop_defaults(Document& document, const Traits& traits);

/// On shapes, which have no children to inherit from them: properties of text, and those of a
/// stroke or filling that is "none". Only where no stylesheet and no marker could look at them.
/// A page that the drawing is put into may look at it too: its rules win over attributes
/// ("path { stroke: red }", ".line { stroke: currentColor }") and lose against a `style` of the
/// shape's own. So a "none" counts only where that style says it. (A rule with "!important"
/// would win even then; that is taken for meant.)
void drop_without_effect(Document& document, const Traits& traits);

}  // namespace imgmill::svg

// Removes redundant attributes.
#pragma once

#include "svg/document.h"
#include "svg/traits.h"

namespace imgmill::svg {

/// Removes attributes that have the default value, unless an ancestor, a referenced gradient, or a
/// page that embeds the drawing could give their absence another meaning: inherited properties are
/// kept (SVG 2, "initial value" and "inherited" of each).
void drop_defaults(Document& document, const Traits& traits);

/// Removes properties without effect from shapes, which have no children to inherit them: text
/// properties, and properties of a stroke or fill that is "none". Only if no stylesheet and no
/// marker could use them. A page that embeds the drawing may use them too: its rules override
/// attributes ("path { stroke: red }", ".line { stroke: currentColor }") but not a `style` of the
/// shape itself. So "none" counts only in a style. (A rule with "!important" would override even
/// that; this is assumed to be intended.)
void drop_without_effect(Document& document, const Traits& traits);

}  // namespace imgmill::svg

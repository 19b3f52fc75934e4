// Removes data left by drawing programs that never shows. Each function removes one kind and
// changes nothing else.
#pragma once

#include "imgmill/settings.h"
#include "svg/document.h"
#include "svg/traits.h"

namespace imgmill::svg {

/// Removes comments, except those that begin with "!" (kept by convention), all with keep.comment,
/// and those about copyright or licence with keep.copyright.
void drop_comments(Document& document, const Keep& keep);

/// Removes processing instructions, except style sheets.
void drop_instructions(Document& document);

/// Removes `metadata` elements. keep.xmp keeps them; keep.copyright keeps the statements of rights,
/// licence and author in them.
void drop_metadata(Document& document, const Keep& keep);

/// Removes elements and attributes in the namespaces of drawing programs.
void drop_editor_data(Document& document);

/// Removes white space between elements where it is never rendered: not in text elements, not in
/// elements of other namespaces, not in text with xml:space="preserve".
void drop_white_space(Document& document, const Traits& traits);

/// Replaces white space between elements by a single space, so that the number of nodes stays the
/// same.
void shrink_white_space(Document& document);

/// Removes declarations of prefixes used neither in names nor in values.
void drop_unused_namespaces(Document& document);

/// Removes empty `defs` and `g` elements that nothing can refer to.
void drop_empty_groups(Document& document);

}  // namespace imgmill::svg

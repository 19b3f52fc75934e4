// What a drawing program leaves in a file that nobody who looks at the drawing ever sees.
// Each function takes away one kind of it and changes nothing else.
#pragma once

#include "imgmill/settings.h"
#include "svg/document.h"
#include "svg/traits.h"

namespace imgmill::svg {

/// Comments, except those that begin with "!" (by custom they are to stay), all of them with
/// keep.comment, and those that speak of copyright or licence with keep.copyright.
void drop_comments(Document& document, const Keep& keep);

/// Processing instructions, except style sheets.
void drop_instructions(Document& document);

/// `metadata` elements. With keep.xmp they stay; with keep.copyright the statements of rights,
/// licence and author in them stay.
void drop_metadata(Document& document, const Keep& keep);

/// Elements and attributes in the namespaces of drawing programs.
void drop_editor_data(Document& document);

/// White space between elements where none of it is ever shown: not in text and what belongs
/// to it, not in elements of other namespaces, not where xml:space asks for it and there is text.
void drop_white_space(Document& document, const Traits& traits);

/// Runs of white space between elements become one space: what counts nodes counts the same.
void shrink_white_space(Document& document);

/// Declarations of prefixes that nothing uses, neither in names nor in values.
void drop_unused_namespaces(Document& document);

/// Empty `defs` and `g` elements that nothing can refer to.
void drop_empty_groups(Document& document);

}  // namespace imgmill::svg

// What a drawing has that decides how far it may be changed.
#pragma once

#include <set>
#include <string>

#include "svg/document.h"

namespace imgmill::svg {

struct Traits {
  bool scripts = false;       ///< script elements, event handlers, javascript: links
  bool animation = false;     ///< SMIL elements, or CSS that moves things
  bool stylesheet = false;    ///< style elements with rules
  bool outer_styles = false;  ///< an xml-stylesheet instruction or @import: rules that are not seen
  bool structural_rules = false;  ///< rules that look at attributes, neighbours or parents
  bool css_transforms = false;    ///< sizes that only CSS knows
  bool text = false;              ///< text elements
  bool current_colour = false;    ///< currentColor is used
  bool markers = false;           ///< marker elements
  double use_scale = 1;           ///< what use elements enlarge at most, at least 1
  bool unknown_scale = false;     ///< a transform on the way to a use element cannot be read
  std::set<std::string, std::less<>> referenced;  ///< ids that url(#...) and href="#..." name
};

[[nodiscard]] Traits traits_of(const Document& document);

/// All text that a text element shows, and every attribute that places or shapes it, in the
/// order of the file. Two drawings in which it is the same have the same text.
[[nodiscard]] std::string text_signature(const Document& document);

/// `document` without its text elements: what is drawn without fonts.
[[nodiscard]] Document without_text(const Document& document);

}  // namespace imgmill::svg

// Features of a drawing that limit how far it may be changed.
#pragma once

#include <set>
#include <string>

#include "svg/document.h"

namespace imgmill::svg {

struct Traits {
  bool scripts = false;           ///< script elements, event handlers, javascript: links
  bool animation = false;         ///< SMIL elements, or CSS animations
  bool stylesheet = false;        ///< style elements with rules
  bool outer_styles = false;      ///< has an xml-stylesheet instruction or @import: unseen rules
  bool structural_rules = false;  ///< rules that depend on attributes, neighbours or parents
  bool css_transforms = false;    ///< sizes known to CSS only
  bool text = false;              ///< text elements
  bool current_colour = false;    ///< currentColor is used
  bool markers = false;           ///< marker elements
  double use_scale = 1;           ///< the largest magnification by use elements, at least 1
  bool unknown_scale = false;     ///< a transform that applies to a use element cannot be parsed
  std::set<std::string, std::less<>> referenced;  ///< ids referenced by url(#...) and href="#..."
};

[[nodiscard]] Traits traits_of(const Document& document);

/// Returns all text that text elements show, and every attribute that positions or styles it, in
/// file order. Two drawings with equal signatures have the same text.
[[nodiscard]] std::string text_signature(const Document& document);

/// Returns `document` without its text elements: the part that needs no fonts.
[[nodiscard]] Document without_text(const Document& document);

}  // namespace imgmill::svg

// Shortens a drawing without changing its appearance.
#pragma once

#include <cstdint>
#include <string>

#include "imgmill/settings.h"
#include "svg/document.h"

namespace imgmill::svg {

/// How much cleaning may change, most aggressive first.
enum class Care : std::uint8_t {
  round,       ///< numbers are rounded imperceptibly
  round_less,  ///< to a tenth of that
  exact,       ///< every number keeps its value
  text_only,   ///< no value changes at all: only comments, editor data and white space are removed
};

struct Cleaned {
  std::string bytes;
  Care care = Care::text_only;  ///< at least the requested care; more if the drawing requires it
};

/// Cleans and writes `document`. Scripts, animations and rules that depend on neighbouring nodes
/// raise the care to `text_only`; with scripts even white space is kept where nodes can be counted.
/// Ids, classes, titles, descriptions, roles, aria and data attributes, texts, links, rules and
/// everything unknown are kept. Idempotent: cleaning the output again gives the same bytes.
/// Thread-safe.
[[nodiscard]] Cleaned clean(const Document& document, Care asked, const Keep& keep);

}  // namespace imgmill::svg

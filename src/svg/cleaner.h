// A drawing made shorter without changing what it shows.
#pragma once

#include <cstdint>
#include <string>

#include "imgmill/settings.h"
#include "svg/document.h"

namespace imgmill::svg {

/// How far cleaning goes, from furthest to nearest.
enum class Care : std::uint8_t {
  round,       ///< numbers are rounded as far as no eye sees it
  round_less,  ///< to a tenth of that
  exact,       ///< every number stays what it is
  text_only,   ///< no value changes at all: comments, editor data, white space
};

struct Cleaned {
  std::string bytes;
  Care care = Care::text_only;  ///< at least what was asked; more, where the drawing asks for it
};

/// `document` cleaned and written. Scripts, animations and rules that look at neighbours bring
/// care of their own: `text_only`, and with scripts not even white space vanishes where it can be
/// counted. Ids, classes, titles, descriptions, roles, aria and data attributes, texts, links,
/// rules and everything unknown stay. Cleaning what was cleaned gives the same bytes. Thread-safe.
[[nodiscard]] Cleaned clean(const Document& document, Care asked, const Keep& keep);

}  // namespace imgmill::svg

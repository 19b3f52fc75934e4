// The piece of HTML that shows a picture in its variants.
#pragma once

#include <string>

#include "sets/set_entry.h"
#include "sets/set_options.h"

namespace imgmill {

/// A `picture` or `img` element with srcset, sizes, width, height, loading and decoding, and an
/// empty alt text. `entry` has at least one variant. A format is left out if its widest variant is
/// no smaller than that of the fallback, which all browsers show.
[[nodiscard]] std::string html_of(const SetEntry& entry, const SetOptions& options);

/// Escapes for an attribute in double quotes.
[[nodiscard]] std::string escaped(std::string_view text);
/// The address of a relative path: all bytes but letters, digits, "-._~" and "/" are encoded.
[[nodiscard]] std::string url_of(std::string_view path);

}  // namespace imgmill

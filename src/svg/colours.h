// Shortens colour values.
#pragma once

#include <string>
#include <string_view>

namespace imgmill::svg {

/// Returns the shortest spelling of a colour: "#ffcc00" -> "#fc0", "rgb(255,0,0)" -> "red".
/// Anything that is not clearly an opaque CSS colour is returned unchanged: currentColor, url(...),
/// percentages, transparency.
[[nodiscard]] std::string shorten_colour(std::string_view colour);

}  // namespace imgmill::svg

// Colours in fewer characters.
#pragma once

#include <string>
#include <string_view>

namespace imgmill::svg {

/// The same colour, spelled shortest: "#ffcc00" -> "#fc0", "rgb(255,0,0)" -> "red". Anything
/// that is not plainly one of CSS's opaque colours comes back as it is: currentColor, url(...),
/// percentages, transparency.
[[nodiscard]] std::string shorten_colour(std::string_view colour);

}  // namespace imgmill::svg

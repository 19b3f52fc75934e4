// Lists of transforms (SVG 2, 8.5), as `transform`, `gradientTransform` and `patternTransform`
// hold them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imgmill::svg {

/// By how much a list makes things larger at most, at least 0; nothing where it cannot be read.
[[nodiscard]] std::optional<double> magnification(std::string_view list);

/// The same list with fewer characters: a matrix that only moves becomes a translate, numbers
/// keep `digits` significant digits (0: all of them), and what does nothing goes. Translations keep
/// at least `tolerance`. As it is where it cannot be read. Empty: nothing is left of it.
[[nodiscard]] std::string shorten_transform(std::string_view list, int digits, double tolerance);

}  // namespace imgmill::svg

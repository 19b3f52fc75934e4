// Transform lists (SVG 2, 8.5) of `transform`, `gradientTransform` and `patternTransform`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imgmill::svg {

/// Returns the maximum magnification of a list, at least 0; none if it cannot be parsed.
[[nodiscard]] std::optional<double> magnification(std::string_view list);

/// Returns the list in fewer characters: a pure translation matrix becomes a translate, numbers
/// keep `digits` significant digits (0: all of them), and steps without effect are dropped.
/// Translations are exact to at least `tolerance`. Unchanged if it cannot be parsed. Empty: nothing
/// is left of it.
[[nodiscard]] std::string shorten_transform(std::string_view list, int digits, double tolerance);

}  // namespace imgmill::svg

// SVG numbers: parsing, rounding, and the shortest spelling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill::svg {

/// A parsed number with its text.
struct Number {
  double value = 0;
  std::string_view text;
};

/// Removes the leading number of `text`: a sign, digits, a fraction, an exponent (SVG 2, 4.3). None
/// if there is no number, or one that a double cannot hold.
[[nodiscard]] std::optional<Number> take_number(std::string_view& text);

/// Removes leading white space and at most one comma.
void take_separator(std::string_view& text);

/// Returns the numbers of a list such as `points`; none if it contains anything else.
[[nodiscard]] std::optional<std::vector<Number>> numbers_of(std::string_view text);

/// Returns the same number in fewer characters: no "+", no redundant zeros, never rounded. `number`
/// must be one that take_number() accepts.
[[nodiscard]] std::string spell(std::string_view number);

/// Writes `units` times 10 to the power of -`decimals` (0..12).
[[nodiscard]] std::string spell(std::int64_t units, int decimals);

/// Rounds to the nearest multiple of 10 to the power of -`decimals` and returns the factor; none if
/// a double could not hold it exactly.
[[nodiscard]] std::optional<std::int64_t> on_grid(double value, int decimals);

/// Returns the fewest decimals (0..8) for which rounding moves nothing by more than `tolerance`;
/// none if that is too small for any rounding.
[[nodiscard]] std::optional<int> decimals_for(double tolerance);

/// Returns `number` rounded by at most `tolerance` but to no fewer than `digits` significant
/// digits; never longer than spell(number.text).
[[nodiscard]] std::string rounded(const Number& number, double tolerance, int digits);

}  // namespace imgmill::svg

// SVG's numbers: found, rounded, and spelled in the fewest characters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill::svg {

/// A number as it stands in the text.
struct Number {
  double value = 0;
  std::string_view text;
};

/// Takes the number that `text` begins with off it: a sign, digits, a fraction, an exponent
/// (SVG 2, 4.3). Nothing: it begins with none, or with one that no double can hold.
[[nodiscard]] std::optional<Number> take_number(std::string_view& text);

/// Takes white space off, and one comma among it.
void take_separator(std::string_view& text);

/// The numbers of a list such as `points`; nothing where anything else stands in it.
[[nodiscard]] std::optional<std::vector<Number>> numbers_of(std::string_view text);

/// The same number with fewer characters: no "+", no zeros that say nothing, never rounded.
/// `number` is one that take_number() accepts.
[[nodiscard]] std::string spell(std::string_view number);

/// `units` times 10 to the power of -`decimals` (0..12).
[[nodiscard]] std::string spell(std::int64_t units, int decimals);

/// The nearest multiple of 10 to the power of -`decimals`, in such multiples; nothing where it
/// would not be exact in a double.
[[nodiscard]] std::optional<std::int64_t> on_grid(double value, int decimals);

/// The fewest decimals (0..8) with which rounding moves nothing by more than `tolerance`;
/// nothing where that is too little to round at all.
[[nodiscard]] std::optional<int> decimals_for(double tolerance);

/// `number` rounded by at most `tolerance`, to no fewer than `digits` significant digits; never
/// longer than spell(number.text).
[[nodiscard]] std::string rounded(const Number& number, double tolerance, int digits);

}  // namespace imgmill::svg

#include "svg/numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace imgmill::svg {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Above this, the integers that a double can hold are more than one apart.
constexpr double most_units = 4e15;
constexpr int most_decimals = 8;

std::size_t digits_from(std::string_view text, std::size_t at) {
  const std::size_t first = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at - first;
}

// Writes digits with the point after the first `point` of them; no zeros at either end.
std::string plain(bool negative, std::string_view digits, int point) {
  std::string out = negative ? "-" : "";
  const int size = static_cast<int>(digits.size());
  if (point <= 0) {
    out += '.';
    out.append(static_cast<std::size_t>(-point), '0').append(digits);
  } else if (point >= size) {
    out.append(digits).append(static_cast<std::size_t>(point - size), '0');
  } else {
    const auto before = static_cast<std::size_t>(point);
    out.append(digits.substr(0, before)).append(".").append(digits.substr(before));
  }
  return out;
}

}  // namespace

std::optional<Number> take_number(std::string_view& text) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  const std::size_t whole = digits_from(text, at);
  at += whole;
  std::size_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    fraction = digits_from(text, at + 1);
    // "5." is not a number in SVG, and readers disagree about it.
    if (fraction == 0) return std::nullopt;
    at += 1 + fraction;
  }
  if (whole + fraction == 0) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t power = at + 1;
    if (power < text.size() && (text[power] == '+' || text[power] == '-')) ++power;
    // "2em" has a unit, not an exponent.
    if (const std::size_t digits = digits_from(text, power)) at = power + digits;
  }
  Number number{.text = text.substr(0, at)};
  const std::string_view unsigned_text = number.text.substr(number.text.front() == '+' ? 1 : 0);
  const auto [end, problem] = std::from_chars(
      unsigned_text.data(), unsigned_text.data() + unsigned_text.size(), number.value);
  if (problem != std::errc() || end != unsigned_text.data() + unsigned_text.size() ||
      !std::isfinite(number.value)) {
    return std::nullopt;
  }
  text.remove_prefix(at);
  return number;
}

void take_separator(std::string_view& text) {
  bool comma = false;
  while (!text.empty() && (is_space(text.front()) || (text.front() == ',' && !comma))) {
    comma = comma || text.front() == ',';
    text.remove_prefix(1);
  }
}

std::optional<std::vector<Number>> numbers_of(std::string_view text) {
  std::vector<Number> numbers;
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty()) {
    const std::optional<Number> number = take_number(text);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
    const bool more = !text.empty();
    take_separator(text);
    // A trailing comma.
    if (more && text.empty() && numbers.back().text.data() != nullptr) {
      const char* const behind = numbers.back().text.data() + numbers.back().text.size();
      if (std::string_view(behind, static_cast<std::size_t>(text.data() - behind)).find(',') !=
          std::string_view::npos) {
        return std::nullopt;
      }
    }
  }
  return numbers;
}

std::string spell(std::string_view number) {
  const bool negative = number.front() == '-';
  if (negative || number.front() == '+') number.remove_prefix(1);
  const std::size_t e = number.find_first_of("eE");
  int power = 0;
  if (e != std::string_view::npos) {
    std::string_view digits = number.substr(e + 1);
    if (digits.front() == '+') digits.remove_prefix(1);
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), power);
    if (problem != std::errc() || std::abs(power) > 400) {
      return (negative ? "-" : "") + std::string(number);
    }
  }
  const std::string_view mantissa = number.substr(0, e);
  const std::size_t dot = mantissa.find('.');
  std::string digits(mantissa.substr(0, dot));
  int point = static_cast<int>(digits.size()) + power;
  if (dot != std::string_view::npos) digits += mantissa.substr(dot + 1);
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return "0";
  digits.erase(0, first);
  point -= static_cast<int>(first);
  digits.erase(digits.find_last_not_of('0') + 1);
  std::string best = plain(negative, digits, point);
  // Exponents are used only if the original had one: not every SVG reader supports them.
  if (e != std::string_view::npos) {
    std::string other = (negative ? "-" : "") + digits + "e" +
                        std::to_string(point - static_cast<int>(digits.size()));
    if (other.size() < best.size()) best = std::move(other);
  }
  return best;
}

std::string spell(std::int64_t units, int decimals) {
  if (units == 0) return "0";
  const bool negative = units < 0;
  std::string digits = std::to_string(negative ? -units : units);
  int point = static_cast<int>(digits.size()) - decimals;
  digits.erase(digits.find_last_not_of('0') + 1);
  return plain(negative, digits, point);
}

std::optional<std::int64_t> on_grid(double value, int decimals) {
  const double units = value * std::pow(10.0, decimals);
  if (!(std::abs(units) < most_units)) return std::nullopt;
  return std::llround(units);
}

std::optional<int> decimals_for(double tolerance) {
  for (int decimals = 0; decimals <= most_decimals; ++decimals) {
    if (0.5 * std::pow(10.0, -decimals) <= tolerance) return decimals;
  }
  return std::nullopt;
}

std::string rounded(const Number& number, double tolerance, int digits) {
  std::string exact = spell(number.text);
  const double size = std::abs(number.value);
  if (size == 0) return exact;
  const int magnitude = static_cast<int>(std::floor(std::log10(size)));
  const double finest = 0.5 * std::pow(10.0, magnitude + 1 - digits);
  const std::optional<int> decimals = decimals_for(std::min(tolerance, finest * 1.000001));
  if (!decimals) return exact;
  const std::optional<std::int64_t> units = on_grid(number.value, *decimals);
  if (!units) return exact;
  std::string shorter = spell(*units, *decimals);
  return shorter.size() < exact.size() ? shorter : exact;
}

}  // namespace imgmill::svg

#include "svg/transform_list.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "svg/document.h"
#include "svg/numbers.h"

namespace imgmill::svg {
namespace {

struct Step {
  std::string_view name;
  std::vector<Number> numbers;

  [[nodiscard]] double at(std::size_t i) const { return i < numbers.size() ? numbers[i].value : 0; }
};

bool takes(std::string_view name, std::size_t count) {
  if (name == "matrix") return count == 6;
  if (name == "translate" || name == "scale") return count == 1 || count == 2;
  if (name == "rotate") return count == 1 || count == 3;
  return (name == "skewX" || name == "skewY") && count == 1;
}

std::optional<std::vector<Step>> steps_of(std::string_view list) {
  std::vector<Step> steps;
  list = trimmed(list);
  while (!list.empty()) {
    const std::size_t open = list.find('(');
    const std::size_t close = list.find(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
      return std::nullopt;
    }
    auto numbers = numbers_of(list.substr(open + 1, close - open - 1));
    const std::string_view name = trimmed(list.substr(0, open));
    if (!numbers || !takes(name, numbers->size())) return std::nullopt;
    steps.push_back({name, *std::move(numbers)});
    list.remove_prefix(close + 1);
    const bool more = !trimmed(list).empty();
    take_separator(list);
    if (more && list.empty()) return std::nullopt;
  }
  return steps;
}

double magnification_of(const Step& step) {
  if (step.name == "scale") {
    const double y = step.numbers.size() == 2 ? step.at(1) : step.at(0);
    return std::max(std::abs(step.at(0)), std::abs(y));
  }
  if (step.name == "matrix") {
    // The larger singular value.
    const double e = (step.at(0) + step.at(3)) / 2;
    const double f = (step.at(0) - step.at(3)) / 2;
    const double g = (step.at(1) + step.at(2)) / 2;
    const double h = (step.at(1) - step.at(2)) / 2;
    return std::hypot(e, h) + std::hypot(f, g);
  }
  if (step.name.starts_with("skew")) {
    return 1 + std::abs(std::tan(step.at(0) * 3.14159265358979 / 180));
  }
  return 1;
}

class Speller {
 public:
  Speller(int digits, double tolerance) : digits_(digits), tolerance_(tolerance) {}

  [[nodiscard]] std::string length(const Number& number) const {
    return digits_ == 0 ? spell(number.text) : rounded(number, tolerance_, 1);
  }
  [[nodiscard]] std::string factor(const Number& number) const {
    return digits_ == 0 ? spell(number.text) : rounded(number, 1e-6, digits_);
  }

  // Returns one step, or none if it has no effect.
  [[nodiscard]] std::string step(const Step& step) const {
    const auto& n = step.numbers;
    if (step.name == "translate") {
      return translate(length(n[0]), n.size() == 2 ? length(n[1]) : "0");
    }
    if (step.name == "scale") {
      return scale(factor(n[0]), n.size() == 2 ? factor(n[1]) : factor(n[0]));
    }
    if (step.name == "rotate") {
      const std::string angle = factor(n[0]);
      if (angle == "0") return {};
      if (n.size() == 1) return "rotate(" + angle + ")";
      const std::string x = length(n[1]);
      const std::string y = length(n[2]);
      if (x == "0" && y == "0") return "rotate(" + angle + ")";
      return "rotate(" + angle + " " + x + " " + y + ")";
    }
    if (step.name == "matrix") {
      const std::array<std::string, 6> m = {factor(n[0]), factor(n[1]), factor(n[2]),
                                            factor(n[3]), length(n[4]), length(n[5])};
      if (m[1] == "0" && m[2] == "0") {
        if (m[0] == "1" && m[3] == "1") return translate(m[4], m[5]);
        if (m[4] == "0" && m[5] == "0") return scale(m[0], m[3]);
      }
      std::string out = "matrix(";
      for (const std::string& number : m) out.append(number).append(" ");
      out.back() = ')';
      return out;
    }
    const std::string angle = factor(n[0]);
    return angle == "0" ? std::string() : std::string(step.name) + "(" + angle + ")";
  }

 private:
  static std::string translate(const std::string& x, const std::string& y) {
    if (x == "0" && y == "0") return {};
    return y == "0" ? "translate(" + x + ")" : "translate(" + x + " " + y + ")";
  }
  static std::string scale(const std::string& x, const std::string& y) {
    if (x == "1" && y == "1") return {};
    return x == y ? "scale(" + x + ")" : "scale(" + x + " " + y + ")";
  }

  int digits_;
  double tolerance_;
};

}  // namespace

std::optional<double> magnification(std::string_view list) {
  const auto steps = steps_of(list);
  if (!steps) return std::nullopt;
  double product = 1;
  for (const Step& step : *steps) product *= magnification_of(step);
  return std::isfinite(product) ? std::optional(product) : std::nullopt;
}

std::string shorten_transform(std::string_view list, int digits, double tolerance) {
  const auto steps = steps_of(list);
  if (!steps) return std::string(list);
  const Speller speller(digits, tolerance);
  std::string out;
  for (const Step& step : *steps) {
    const std::string text = speller.step(step);
    if (text.empty()) continue;
    if (!out.empty()) out += ' ';
    out += text;
  }
  return out.size() <= list.size() ? out : std::string(list);
}

}  // namespace imgmill::svg

#include "svg/values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "svg/colours.h"
#include "svg/numbers.h"
#include "svg/path_data.h"
#include "svg/style.h"
#include "svg/transform_list.h"

namespace imgmill::svg {
namespace {

// Maximum displacement of a point, as a fraction of the drawing's longer side: a fifth of a pixel
// on a screen 4,000 pixels wide. Rounding a drawing of 200 units to two decimals is half of that.
constexpr double part_of_side = 1.0 / 20'000;
constexpr double finer = 0.1;
// Markers scale with the stroke width, which is unknown.
constexpr double widest_stroke = 16;
// Alpha has only 256 levels.
constexpr double level = 0.0005;
constexpr int significant = 4;  // for lengths: thin strokes keep their width
constexpr int of_factors = 6;   // for matrices, whose operands may be far from the origin

constexpr std::array<std::string_view, 27> lengths = {"x",
                                                      "y",
                                                      "width",
                                                      "height",
                                                      "cx",
                                                      "cy",
                                                      "r",
                                                      "rx",
                                                      "ry",
                                                      "x1",
                                                      "y1",
                                                      "x2",
                                                      "y2",
                                                      "fx",
                                                      "fy",
                                                      "refX",
                                                      "refY",
                                                      "markerWidth",
                                                      "markerHeight",
                                                      "dx",
                                                      "dy",
                                                      "stroke-width",
                                                      "stroke-dashoffset",
                                                      "stroke-miterlimit",
                                                      "fr",
                                                      "k1",
                                                      "stdDeviation"};
constexpr std::array<std::string_view, 6> levels = {
    "opacity", "fill-opacity", "stroke-opacity", "stop-opacity", "flood-opacity", "offset"};
constexpr std::array<std::string_view, 6> colours = {"fill",        "stroke",         "stop-color",
                                                     "flood-color", "lighting-color", "color"};

template <typename List>
bool among(std::string_view name, const List& list) {
  return std::ranges::find(list, name) != list.end();
}

// Returns a number with or without a unit; none if it is neither.
std::optional<double> plain_length(const std::string* text) {
  if (text == nullptr) return std::nullopt;
  std::string_view rest = trimmed(*text);
  const auto number = take_number(rest);
  if (!number || (!rest.empty() && rest != "px")) return std::nullopt;
  return number->value;
}

// The tolerance for the points of a part, in its own units; 0: no rounding.
struct Scope {
  double tolerance = 0;
};

std::optional<double> side_of(const Node& node) {
  if (const std::string* const box = node.find("viewBox")) {
    const auto numbers = numbers_of(*box);
    if (!numbers || numbers->size() != 4) return std::nullopt;
    const double width = (*numbers)[2].value;
    const double height = (*numbers)[3].value;
    if (!(width > 0) || !(height > 0)) return std::nullopt;
    const std::string* const fit = node.find("preserveAspectRatio");
    const bool longer = fit == nullptr || (fit->find("none") == std::string::npos &&
                                           fit->find("slice") == std::string::npos);
    return longer ? std::max(width, height) : std::min(width, height);
  }
  const auto width = plain_length(node.find("width"));
  const auto height = plain_length(node.find("height"));
  if (!width || !height || !(*width > 0) || !(*height > 0)) return std::nullopt;
  return std::max(*width, *height);
}

class Shortener {
 public:
  Shortener(const Traits& traits, Rounding rounding)
      : traits_(traits), rounding_(traits.css_transforms ? Rounding::none : rounding) {}

  void run(Node& root) {
    const double part = rounding_ == Rounding::none   ? 0
                        : rounding_ == Rounding::fine ? part_of_side * finer
                                                      : part_of_side;
    part_ = part;
    walk(root, {.tolerance = part * side_of(root).value_or(0)}, true, false);
  }

 private:
  // Returns the scope inside a group, a symbol or a pattern.
  [[nodiscard]] Scope inside(const Node& node, Scope scope, bool outermost) const {
    if (scope.tolerance == 0 && !node.is("symbol") && !node.is("svg") && !node.is("marker")) {
      return scope;
    }
    for (const std::string_view name : {"transform", "patternTransform", "gradientTransform"}) {
      if (const std::string* const list = node.find(name)) {
        const auto larger = magnification(*list);
        if (!larger) return {};
        scope.tolerance /= std::max(*larger, 1e-3);
      }
    }
    const bool frame = node.is("symbol") || node.is("marker") || node.is("pattern") ||
                       (node.is("svg") && !outermost);
    if (frame && node.find("viewBox") != nullptr) {
      const double own = part_ * side_of(node).value_or(0);
      // The size of a symbol by itself is chosen by its user.
      const bool alone = node.is("symbol") || node.is("marker");
      scope.tolerance = alone && scope.tolerance == 0 ? own : std::min(scope.tolerance, own);
    } else if (node.is("marker")) {
      scope.tolerance /= widest_stroke;
    } else if (node.is("symbol")) {
      if (!is_referenced(node)) return {};
    }
    for (const std::string_view name :
         {"clipPathUnits", "maskContentUnits", "patternContentUnits", "primitiveUnits"}) {
      const std::string* const units = node.find(name);
      if (units != nullptr && *units == "objectBoundingBox") {
        scope.tolerance = std::min(scope.tolerance, part_);
      }
    }
    return scope;
  }

  [[nodiscard]] bool is_referenced(const Node& node) const {
    const std::string* const id = node.find("id");
    return id != nullptr && traits_.referenced.contains(*id);
  }

  void walk(Node& node, Scope scope, bool outermost, bool reused) {
    if (node.kind != Kind::element || node.space != Space::svg || node.is("text")) return;
    // Anything that can be referenced may be drawn larger elsewhere.
    if (!reused && node.find("id") != nullptr && !outermost && traits_.use_scale > 1) {
      scope.tolerance /= traits_.use_scale;
      reused = true;
    }
    if (traits_.unknown_scale) scope.tolerance = 0;
    const Scope own = inside(node, scope, outermost);
    // Bounding-box units: from 0 to 1.
    const bool gradient = node.is("linearGradient") || node.is("radialGradient");
    const bool box = gradient || node.is("pattern") || node.is("mask") || node.is("filter");
    const double attributes = box ? std::min(own.tolerance, part_) : own.tolerance;
    for (Attribute& attribute : node.attributes) {
      if (attribute.space != Space::none) continue;
      shorten(node, attribute, attributes, scope.tolerance, outermost);
    }
    std::erase_if(node.attributes, [](const Attribute& attribute) {
      return attribute.value.empty() &&
             (attribute.name == "transform" || attribute.name == "style" ||
              attribute.name == "gradientTransform" || attribute.name == "patternTransform");
    });
    for (Node& child : node.children) walk(child, own, false, reused);
  }

  void shorten(const Node& node, Attribute& attribute, double tolerance, double outer,
               bool outermost) const {
    const std::string_view name = attribute.name;
    std::string& value = attribute.value;
    if (name == "d" && (node.is("path") || node.is("glyph"))) {
      value =
          tolerance > 0 && node.is("path") ? shorten_path(value, tolerance) : respell_path(value);
    } else if (name == "points" || name == "stroke-dasharray") {
      value = list(value, tolerance, name == "points" ? 1 : significant);
    } else if (name == "viewBox") {
      value = list(value, 0, 0);
    } else if (name == "transform" || name == "gradientTransform" || name == "patternTransform") {
      // A gradient's own transform replaces that of the gradient it refers to.
      std::string shorter =
          shorten_transform(value, outer > 0 ? of_factors : 0, std::min(outer, tolerance));
      if (name == "transform" || !shorter.empty()) value = std::move(shorter);
    } else if (name == "style") {
      value = style(value, tolerance);
    } else if (outermost && (name == "width" || name == "height")) {
      value = length(value, 0);
    } else {
      value = property(name, value, tolerance);
    }
  }

  [[nodiscard]] static std::string list(const std::string& text, double tolerance, int digits) {
    const auto numbers = numbers_of(text);
    if (!numbers || numbers->empty()) return text;
    std::string out;
    for (const Number& number : *numbers) {
      if (!out.empty()) out += ' ';
      out += tolerance > 0 ? rounded(number, tolerance, digits) : spell(number.text);
    }
    return out.size() <= text.size() ? out : text;
  }

  // "12.50px" -> "12.5"; other units are kept, and their numbers keep their precision.
  [[nodiscard]] static std::string length(const std::string& text, double tolerance) {
    std::string_view rest = trimmed(text);
    const auto number = take_number(rest);
    if (!number) return text;
    static constexpr std::array<std::string_view, 8> units = {"%",  "em", "ex", "cm",
                                                              "mm", "in", "pt", "pc"};
    if (rest == "px") rest = {};
    if (!rest.empty() && !among(rest, units)) return text;
    std::string out = rest.empty() && tolerance > 0 ? rounded(*number, tolerance, significant)
                                                    : spell(number->text);
    out += rest;
    return out.size() <= text.size() ? out : text;
  }

  [[nodiscard]] std::string property(std::string_view name, const std::string& value,
                                     double tolerance) const {
    if (among(name, colours)) return shorten_colour(value);
    if (among(name, levels)) return length(value, rounding_ == Rounding::none ? 0 : level);
    if (among(name, lengths)) return length(value, tolerance);
    return value;
  }

  [[nodiscard]] std::string style(const std::string& text, double tolerance) const {
    auto declarations = declarations_of(text);
    if (!declarations) return text;
    std::erase_if(*declarations, [](const Declaration& each) {
      return each.name.starts_with("-inkscape-") || each.name == "enable-background" ||
             each.name.starts_with("-sodipodi-");
    });
    for (Declaration& each : *declarations) {
      if (among(each.name, colours)) each.value = shorten_colour(each.value);
      // Units must stay here: only SVG's own properties accept unitless lengths in CSS.
      const bool unitless = each.value.find_first_not_of("+-.0123456789") == std::string::npos;
      if (unitless && (among(each.name, levels) || each.name.starts_with("stroke-"))) {
        each.value = property(each.name, each.value, tolerance);
      }
    }
    std::string out = style_of(*declarations);
    return out.size() <= text.size() ? out : text;
  }

  const Traits& traits_;
  Rounding rounding_;
  double part_ = 0;
};

}  // namespace

void shorten_values(Document& document, const Traits& traits, Rounding rounding) {
  Shortener(traits, rounding).run(document.root());
}

}  // namespace imgmill::svg

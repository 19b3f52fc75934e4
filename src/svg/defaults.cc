#include "svg/defaults.h"

#include <algorithm>
#include <array>
#include <optional>

#include "svg/numbers.h"
#include "svg/style.h"

namespace imgmill::svg {
namespace {

enum class When { always, without_reference };

struct Default {
  std::string_view elements;  // separated by spaces; empty: any
  std::string_view attribute;
  std::string_view value;  // numbers match by value, not by spelling
  When when = When::always;
};

// NOLINTBEGIN(modernize-use-designated-initializers): a table
constexpr std::array rows{
    Default{"", "opacity", "1"},
    Default{"", "clip-path", "none"},
    Default{"", "mask", "none"},
    Default{"", "filter", "none"},
    Default{"stop", "stop-opacity", "1"},
    Default{"stop", "stop-color", "#000"},
    Default{"rect image use foreignObject", "x", "0"},
    Default{"rect image use foreignObject", "y", "0"},
    Default{"circle ellipse", "cx", "0"},
    Default{"circle ellipse", "cy", "0"},
    Default{"line", "x1", "0"},
    Default{"line", "y1", "0"},
    Default{"line", "x2", "0"},
    Default{"line", "y2", "0"},
    Default{"clipPath", "clipPathUnits", "userSpaceOnUse"},
    Default{"mask", "maskUnits", "objectBoundingBox"},
    Default{"mask", "maskContentUnits", "userSpaceOnUse"},
    Default{"marker", "markerUnits", "strokeWidth"},
    Default{"filter", "filterUnits", "objectBoundingBox"},
    Default{"filter", "primitiveUnits", "userSpaceOnUse"},
    // A gradient or pattern inherits missing attributes from the one it refers to.
    Default{"linearGradient radialGradient", "gradientUnits", "objectBoundingBox",
            When::without_reference},
    Default{"linearGradient radialGradient", "spreadMethod", "pad", When::without_reference},
    Default{"linearGradient", "x1", "0", When::without_reference},
    Default{"linearGradient", "y1", "0", When::without_reference},
    Default{"linearGradient", "x2", "100%", When::without_reference},
    Default{"linearGradient", "y2", "0", When::without_reference},
    Default{"radialGradient", "cx", "50%", When::without_reference},
    Default{"radialGradient", "cy", "50%", When::without_reference},
    Default{"radialGradient", "r", "50%", When::without_reference},
    Default{"pattern", "patternUnits", "objectBoundingBox", When::without_reference},
    Default{"pattern", "patternContentUnits", "userSpaceOnUse", When::without_reference},
    Default{"svg", "zoomAndPan", "magnify"},
    Default{"svg", "contentScriptType", "text/ecmascript"},
    Default{"svg", "contentStyleType", "text/css"},
    Default{"svg image symbol marker pattern view", "preserveAspectRatio", "xMidYMid meet"},
    Default{"svg image symbol marker pattern view", "preserveAspectRatio", "xMidYMid"},
    Default{"style", "type", "text/css"},
};
// NOLINTEND(modernize-use-designated-initializers)

bool lists(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const std::size_t end = names.find(' ');
    if (names.substr(0, end) == name) return true;
    if (end == std::string_view::npos) break;
    names.remove_prefix(end + 1);
  }
  return false;
}

bool refers(const Node& node) {
  return std::ranges::any_of(node.attributes, [](const Attribute& attribute) {
    return attribute.name == "href" || attribute.name.ends_with(":href");
  });
}

bool same_value(std::string_view one, std::string_view other) {
  one = trimmed(one);
  if (one == other) return true;
  const bool percent = one.ends_with('%') && other.ends_with('%');
  if (percent) {
    one.remove_suffix(1);
    other.remove_suffix(1);
  }
  // Zero is the same in any unit.
  if (other == "0" && one.ends_with('%')) one.remove_suffix(1);
  if (other == "0" && one.ends_with("px")) one.remove_suffix(2);
  const auto a = take_number(one);
  const auto b = take_number(other);
  return a && b && one.empty() && other.empty() && a->value == b->value;
}

bool is_default(const Node& node, const Attribute& attribute) {
  return std::ranges::any_of(rows, [&](const Default& row) {
    return row.attribute == attribute.name &&
           (row.elements.empty() || lists(row.elements, node.local())) &&
           same_value(attribute.value, row.value) && (row.when == When::always || !refers(node));
  });
}

// Attributes that no reader of SVG 1.1 or 2 ever used.
bool is_dead(const Node& node, const Attribute& attribute, bool outermost) {
  if (attribute.name == "enable-background") return true;
  if (!outermost || !node.is("svg")) return false;
  if (attribute.name == "version") {
    return attribute.value.starts_with("1.") && attribute.value.size() == 3;
  }
  if (attribute.name == "baseProfile") return true;
  return (attribute.name == "x" || attribute.name == "y") && same_value(attribute.value, "0");
}

void walk(Node& node, const Traits& traits, bool outermost) {
  if (node.kind != Kind::element) return;
  if (node.space == Space::svg && !node.is("text")) {
    std::erase_if(node.attributes, [&](const Attribute& attribute) {
      if (attribute.name == "xml:space") {
        return !traits.text || (outermost && attribute.value == "default");
      }
      return attribute.space == Space::none &&
             (is_default(node, attribute) || is_dead(node, attribute, outermost));
    });
  }
  if (node.is("text")) return;
  for (Node& child : node.children) walk(child, traits, false);
}

constexpr std::array<std::string_view, 7> shapes = {"path",    "rect",     "circle", "ellipse",
                                                    "polygon", "polyline", "line"};

bool is_of_text(std::string_view name) {
  static constexpr std::array<std::string_view, 13> names = {
      "letter-spacing",  "word-spacing",   "writing-mode",   "text-anchor", "text-align",
      "text-decoration", "text-indent",    "text-transform", "white-space", "line-height",
      "direction",       "baseline-shift", "unicode-bidi"};
  // font-size defines the em unit.
  if (name.starts_with("font-")) return name != "font-size";
  return name.starts_with("text-decoration-") || name == "text-orientation" ||
         name == "dominant-baseline" || name == "shape-padding" || name == "shape-margin" ||
         name == "text-orientation" || std::ranges::find(names, name) != names.end();
}

bool is_of_stroke(std::string_view name) { return name.starts_with("stroke-"); }
bool is_of_fill(std::string_view name) { return name == "fill-opacity" || name == "fill-rule"; }

void clear_shape(Node& node, const Traits& traits) {
  const std::string* const style = node.find("style");
  auto declarations = declarations_of(style == nullptr ? std::string_view() : *style);
  if (!declarations) return;
  // Returns values that no other rule can override; empty if one can.
  const auto settled = [&](std::string_view name) -> std::string_view {
    // The last declaration wins.
    for (auto at = declarations->rbegin(); at != declarations->rend(); ++at) {
      if (at->name == name) return at->value;
    }
    return {};
  };
  const bool no_stroke = settled("stroke") == "none" && !traits.markers;
  const bool no_fill = settled("fill") == "none";
  const bool no_current_colour =
      !traits.current_colour && !settled("stroke").empty() && !settled("fill").empty();
  const auto in_vain = [&](std::string_view name) {
    return is_of_text(name) || (no_stroke && is_of_stroke(name)) || (no_fill && is_of_fill(name)) ||
           (name == "color" && no_current_colour);
  };
  std::erase_if(node.attributes, [&](const Attribute& attribute) {
    return attribute.space == Space::none && in_vain(attribute.name);
  });
  if (style == nullptr) return;
  std::erase_if(*declarations, [&](const Declaration& each) { return in_vain(each.name); });
  const std::string less = style_of(*declarations);
  if (less.empty()) {
    node.erase("style");
  } else {
    std::ranges::find(node.attributes, "style", &Attribute::name)->value = less;
  }
}

void clear_shapes(Node& node, const Traits& traits) {
  const bool shape = node.space == Space::svg && node.children.empty() &&
                     std::ranges::find(shapes, node.local()) != shapes.end();
  if (node.kind == Kind::element && shape) clear_shape(node, traits);
  for (Node& child : node.children) clear_shapes(child, traits);
}

}  // namespace

void drop_defaults(Document& document, const Traits& traits) {
  walk(document.root(), traits, true);
}

void drop_without_effect(Document& document, const Traits& traits) {
  if (traits.stylesheet || traits.outer_styles) return;
  clear_shapes(document.root(), traits);
}

}  // namespace imgmill::svg

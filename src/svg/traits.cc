#include "svg/traits.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "svg/transform_list.h"

namespace imgmill::svg {
namespace {

constexpr std::array<std::string_view, 6> moving = {
    "animate", "animateTransform", "animateMotion", "animateColor", "set", "discard"};
constexpr std::array<std::string_view, 12> looking_round = {
    "[", "+", "~", ">", ":first", ":last", ":nth", ":only", ":empty", ":not", ":has", ":is"};

// True if rules or declarations enlarge anything. "text-transform" does not affect size.
bool resizes(std::string_view text) {
  for (std::size_t at = 0; (at = text.find("transform", at)) != std::string_view::npos; ++at) {
    if (at < 5 || text.substr(at - 5, 5) != "text-") return true;
  }
  return contains(text, "zoom") || contains(text, "scale");
}

void read_rules(const std::string& rules, Traits& traits) {
  const std::string text = lower_case(rules);
  traits.stylesheet = traits.stylesheet || !is_blank(text);
  if (contains(text, "@import")) traits.outer_styles = true;
  if (contains(text, "animation") || contains(text, "keyframes") || contains(text, "transition")) {
    traits.animation = true;
  }
  if (resizes(text)) {
    traits.css_transforms = true;
  }
  if (contains(text, "currentcolor")) traits.current_colour = true;
  // Escapes may spell any of them.
  traits.structural_rules =
      traits.structural_rules || contains(text, "\\") || contains(text, ":where") ||
      std::ranges::any_of(looking_round,
                          [&](std::string_view part) { return contains(text, part); });
}

void note_references(std::string_view value, Traits& traits) {
  for (std::size_t at = 0; (at = value.find('#', at)) != std::string_view::npos;) {
    ++at;
    const std::size_t end = value.find_first_of(")\"' \t\r\n;", at);
    traits.referenced.emplace(value.substr(at, end == std::string_view::npos ? end : end - at));
  }
}

void look_at(const Attribute& attribute, Traits& traits) {
  const std::string_view name = attribute.name;
  if (attribute.space == Space::none && name.size() > 2 && name.starts_with("on")) {
    traits.scripts = true;
  }
  if (name == "href" || name.ends_with(":href")) {
    std::string target = lower_case(attribute.value);
    std::erase_if(target, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
    if (target.starts_with("javascript:")) traits.scripts = true;
    if (attribute.value.starts_with('#')) note_references(attribute.value, traits);
  }
  if (contains(attribute.value, "url(")) note_references(attribute.value, traits);
  if (name == "style") {
    const std::string text = lower_case(attribute.value);
    if (contains(text, "animation") || contains(text, "transition")) traits.animation = true;
    if (resizes(text)) {
      traits.css_transforms = true;
    }
  }
  if (attribute.value.size() >= 12 && contains(lower_case(attribute.value), "currentcolor")) {
    traits.current_colour = true;
  }
}

void look_at(const Node& node, double scale, Traits& traits) {
  if (node.kind == Kind::instruction && node.text.starts_with("xml-stylesheet")) {
    traits.outer_styles = true;
  }
  if (node.kind != Kind::element) return;
  const std::string_view name = node.local();
  if (name == "script" || name == "iframe" || name == "handler") traits.scripts = true;
  if (name == "link") traits.outer_styles = true;
  if (node.space == Space::svg) {
    if (std::ranges::find(moving, name) != moving.end()) traits.animation = true;
    if (name == "text") traits.text = true;
    if (name == "marker") traits.markers = true;
  }
  for (const Attribute& attribute : node.attributes) look_at(attribute, traits);
  if (name == "style") {
    std::string rules;
    for (const Node& child : node.children) rules += child.text;
    read_rules(rules, traits);
  }
  if (const std::string* const transform = node.find("transform")) {
    const auto more = magnification(*transform);
    if (!more) traits.unknown_scale = true;
    scale *= more.value_or(1);
  }
  if (node.is("use")) traits.use_scale = std::max(traits.use_scale, scale);
  for (const Node& child : node.children) look_at(child, scale, traits);
}

void sign(const Node& node, bool inside, std::string& out) {
  if (node.is_characters()) {
    if (inside) out += node.text;
    return;
  }
  if (node.kind != Kind::element) return;
  inside = inside || node.is("text");
  if (inside) {
    out.append("<").append(node.text);
    for (const Attribute& attribute : node.attributes) {
      if (attribute.space == Space::editor || attribute.space == Space::declaration) continue;
      out.append(" ").append(attribute.name).append("=").append(attribute.value);
    }
    out += '>';
  }
  for (const Node& child : node.children) {
    if (child.space != Space::editor) sign(child, inside, out);
  }
  if (inside) out += "</>";
}

void drop_text(Node& node) {
  std::erase_if(node.children, [](const Node& child) { return child.is("text"); });
  for (Node& child : node.children) drop_text(child);
}

}  // namespace

Traits traits_of(const Document& document) {
  Traits traits;
  for (const Node& node : document.nodes) look_at(node, 1, traits);
  return traits;
}

std::string text_signature(const Document& document) {
  std::string out;
  sign(document.root(), false, out);
  return out;
}

Document without_text(const Document& document) {
  Document out = document;
  drop_text(out.root());
  return out;
}

}  // namespace imgmill::svg

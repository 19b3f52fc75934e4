#include "svg/leftovers.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"

namespace imgmill::svg {
namespace {

// Calls `drops` for each node in and below `nodes` and removes those for which it returns true.
template <typename Drops>
void drop_from(std::vector<Node>& nodes, const Drops& drops) {
  std::erase_if(nodes, drops);
  for (Node& node : nodes) drop_from(node.children, drops);
}

template <typename Work>
void each_element(Node& node, const Work& work) {
  if (node.kind != Kind::element) return;
  work(node);
  for (Node& child : node.children) each_element(child, work);
}

bool stays(const Node& comment, const Keep& keep) {
  if (comment.text.starts_with('!') || keep.comment) return true;
  if (!keep.copyright) return false;
  const std::string text = lower_case(comment.text);
  return contains(text, "copyright") || contains(text, "licen") || contains(text, "\xC2\xA9") ||
         contains(text, "spdx");
}

// Authorship and licence: Dublin Core, Creative Commons, XMP Rights.
constexpr std::array<std::string_view, 12> of_rights = {
    "rights",       "creator",    "license",         "licence",        "copyright",    "author",
    "WebStatement", "UsageTerms", "attributionName", "attributionURL", "rightsHolder", "Owner"};

bool says_something(const Node& node) {
  if (node.is_characters()) return !is_blank(node.text);
  const bool by_attribute = std::ranges::any_of(node.attributes, [](const Attribute& attribute) {
    return attribute.name.ends_with(":resource") && !is_blank(attribute.value);
  });
  return by_attribute || std::ranges::any_of(node.children, says_something);
}

// Keeps only statements of rights in `node`. Returns true if there are any.
bool reduce_to_rights(Node& node) {
  std::erase_if(node.children, [](Node& child) {
    if (child.kind != Kind::element) return true;
    if (std::ranges::find(of_rights, child.local()) != of_rights.end()) {
      return !says_something(child);
    }
    return !reduce_to_rights(child);
  });
  return !node.children.empty();
}

// Elements in which white space is, or may be, significant.
bool shows_space(const Node& node) {
  static constexpr std::array<std::string_view, 8> names = {
      "text", "title", "desc", "style", "script", "foreignObject", "font", "a"};
  return node.space != Space::svg || std::ranges::find(names, node.local()) != names.end();
}

bool asks_for_space(const Node& node) {
  const std::string* const space = node.find("xml:space");
  return space != nullptr && *space == "preserve";
}

void drop_space(Node& node, bool text) {
  // A link may occur in text and around drawings.
  const bool link = node.is("a");
  if ((shows_space(node) && !(link && !text)) || (text && asks_for_space(node))) return;
  std::erase_if(node.children,
                [](const Node& child) { return child.is_characters() && is_blank(child.text); });
  for (Node& child : node.children) {
    if (child.kind == Kind::element) drop_space(child, text);
  }
}

void shrink_space(Node& node) {
  if (shows_space(node) || asks_for_space(node)) return;
  for (Node& child : node.children) {
    if (child.kind == Kind::text && is_blank(child.text)) child.text = " ";
    if (child.kind == Kind::element) shrink_space(child);
  }
}

std::string_view prefix_of(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

// Everything that may use a prefix: names of elements and attributes, and values and texts.
struct Names {
  std::set<std::string, std::less<>> prefixes;
  std::vector<std::string_view> values;
};

void gather(const Node& node, Names& names) {
  if (node.is_characters() && contains(node.text, ":")) names.values.push_back(node.text);
  if (node.kind != Kind::element) return;
  names.prefixes.emplace(prefix_of(node.text));
  for (const Attribute& attribute : node.attributes) {
    if (attribute.space == Space::declaration) continue;
    names.prefixes.emplace(prefix_of(attribute.name));
    if (contains(attribute.value, ":")) names.values.push_back(attribute.value);
  }
  for (const Node& child : node.children) gather(child, names);
}

bool is_unused(const Attribute& attribute, const Names& names) {
  if (attribute.space != Space::declaration || attribute.name == "xmlns") return false;
  const std::string prefix = attribute.name.substr(6);
  if (names.prefixes.contains(prefix)) return false;
  const std::string mention = prefix + ":";
  return std::ranges::none_of(names.values,
                              [&](std::string_view value) { return contains(value, mention); });
}

// True if no attribute lets others find the element, and none draws without content.
bool is_anonymous(const Node& node) {
  return std::ranges::all_of(node.attributes, [](const Attribute& attribute) {
    const std::string_view name = attribute.name;
    static constexpr std::array<std::string_view, 8> silent = {
        "fill",      "stroke",  "transform", "stroke-width",
        "fill-rule", "opacity", "clip-path", "stroke-linejoin"};
    return std::ranges::find(silent, name) != silent.end();
  });
}

void drop_empty(Node& node) {
  for (Node& child : node.children) drop_empty(child);
  if (node.is("switch")) return;  // shows its first eligible child, even if that is empty
  std::erase_if(node.children, [](const Node& child) {
    return (child.is("g") || child.is("defs")) && child.children.empty() && is_anonymous(child);
  });
}

}  // namespace

void drop_comments(Document& document, const Keep& keep) {
  drop_from(document.nodes,
            [&](const Node& node) { return node.kind == Kind::comment && !stays(node, keep); });
}

void drop_instructions(Document& document) {
  drop_from(document.nodes, [](const Node& node) {
    return node.kind == Kind::instruction && !node.text.starts_with("xml-stylesheet");
  });
}

void drop_metadata(Document& document, const Keep& keep) {
  if (keep.xmp) return;
  const auto drops = [&](Node& node) {
    return node.is("metadata") && !(keep.copyright && reduce_to_rights(node));
  };
  each_element(document.root(), [&](Node& node) { std::erase_if(node.children, drops); });
}

void drop_editor_data(Document& document) {
  each_element(document.root(), [](Node& node) {
    std::erase_if(node.children, [](const Node& child) { return child.space == Space::editor; });
    std::erase_if(node.attributes,
                  [](const Attribute& attribute) { return attribute.space == Space::editor; });
  });
}

void drop_white_space(Document& document, const Traits& traits) {
  drop_space(document.root(), traits.text);
}

void shrink_white_space(Document& document) { shrink_space(document.root()); }

void drop_unused_namespaces(Document& document) {
  Names names;
  gather(document.root(), names);
  each_element(document.root(), [&](Node& node) {
    std::erase_if(node.attributes,
                  [&](const Attribute& attribute) { return is_unused(attribute, names); });
  });
}

void drop_empty_groups(Document& document) { drop_empty(document.root()); }

}  // namespace imgmill::svg

#include "svg/sprite.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "svg/style.h"
#include "svg/traits.h"

namespace imgmill::svg {
namespace {

constexpr std::size_t columns = 10;
constexpr std::size_t cells = columns * columns;
// Cell size, in units of the sheet; the gap keeps neighbours apart.
constexpr int pitch = 100;
constexpr int inner = 96;

template <typename Names>
bool lists(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

using Ids = std::set<std::string, std::less<>>;

void find_symbols(const Node& node, const Ids& referenced, std::vector<std::string>& found) {
  if (node.kind != Kind::element || node.is("foreignObject")) return;
  const std::string* const id = node.find("id");
  if (node.is("symbol") && id != nullptr && !id->empty() && !referenced.contains(*id)) {
    found.push_back(*id);
  }
  for (const Node& child : node.children) find_symbols(child, referenced, found);
}

// Removes symbols of other sheets.
void drop_others(Node& node, const Ids& on_others) {
  std::erase_if(node.children, [&](const Node& child) {
    const std::string* const id = child.find("id");
    return child.is("symbol") && id != nullptr && on_others.contains(*id);
  });
  for (Node& child : node.children) drop_others(child, on_others);
}

bool hides(std::string_view name) {
  static constexpr std::array<std::string_view, 9> names = {
      "display", "visibility", "position",          "width", "height", "opacity",
      "clip",    "clip-path",  "content-visibility"};
  return lists(names, name);
}

// Sizes the root to its cells and removes everything that hides it.
void lay_out(Node& root, std::size_t symbols) {
  static constexpr std::array<std::string_view, 9> of_its_place = {
      "x", "y", "viewBox", "preserveAspectRatio", "class", "hidden", "mask", "filter", "transform"};
  if (const std::string* const style = root.find("style")) {
    auto declarations = declarations_of(*style);
    if (declarations) {
      std::erase_if(*declarations, [](const Declaration& each) { return hides(each.name); });
    }
    const std::string left = declarations ? style_of(*declarations) : std::string();
    root.erase("style");
    if (!left.empty()) root.attributes.push_back({.name = "style", .value = left});
  }
  std::erase_if(root.attributes, [](const Attribute& attribute) {
    return attribute.space == Space::none &&
           (hides(attribute.name) || lists(of_its_place, attribute.name));
  });
  const std::string side = std::to_string(columns * pitch);
  const std::string rows = std::to_string((symbols + columns - 1) / columns * pitch);
  root.attributes.push_back({.name = "width", .value = side});
  root.attributes.push_back({.name = "height", .value = rows});
  root.attributes.push_back({.name = "viewBox", .value = "0 0 " + side + " " + rows});
}

Node use_of(const std::string& id, const Node& root, std::size_t cell) {
  const std::string_view name = root.text;
  const std::size_t colon = name.find(':');
  const std::string prefix(colon == std::string_view::npos ? "" : name.substr(0, colon + 1));
  Node use{.kind = Kind::element, .space = Space::svg, .text = prefix + "use"};
  const auto add = [&](const char* attribute, std::string value) {
    use.attributes.push_back({.name = attribute, .value = std::move(value)});
  };
  add("href", "#" + id);
  add("x", std::to_string(cell % columns * pitch));
  add("y", std::to_string(cell / columns * pitch));
  add("width", std::to_string(inner));
  add("height", std::to_string(inner));
  return use;
}

bool is_never_drawn(const Node& node) {
  static constexpr std::array<std::string_view, 13> kinds = {
      "symbol",  "defs",     "title", "desc",   "metadata", "style",         "linearGradient",
      "pattern", "clipPath", "mask",  "marker", "filter",   "radialGradient"};
  if (node.kind != Kind::element) return true;
  return node.space == Space::svg && lists(kinds, node.local());
}

}  // namespace

std::vector<Document> sheets_of_symbols(const Document& document) {
  std::vector<std::string> ids;
  find_symbols(document.root(), traits_of(document).referenced, ids);
  std::vector<Document> sheets;
  for (std::size_t first = 0; first < ids.size(); first += cells) {
    const std::size_t end = std::min(first + cells, ids.size());
    Ids others(ids.begin(), ids.end());
    for (std::size_t i = first; i < end; ++i) others.erase(ids[i]);
    Document sheet = document;
    Node& root = sheet.root();
    drop_others(root, others);
    lay_out(root, end - first);
    for (std::size_t i = first; i < end; ++i) {
      root.children.push_back(use_of(ids[i], root, i - first));
    }
    sheets.push_back(std::move(sheet));
  }
  return sheets;
}

bool shows_nothing(const Document& document) {
  return std::ranges::all_of(document.root().children, is_never_drawn);
}

}  // namespace imgmill::svg

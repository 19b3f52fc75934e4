#include "svg/document.h"

#include <algorithm>

namespace imgmill::svg {
namespace {

bool same_nodes(const std::vector<Node>& one, const std::vector<Node>& other);

bool same_node(const Node& one, const Node& other) {
  return one.kind == other.kind && one.space == other.space && one.text == other.text &&
         one.attributes == other.attributes && same_nodes(one.children, other.children);
}

// Returns the characters from `at` on, up to the next node of another kind.
std::string run(const std::vector<Node>& nodes, std::size_t& at) {
  std::string text;
  for (; at < nodes.size() && nodes[at].is_characters(); ++at) text += nodes[at].text;
  return text;
}

bool same_nodes(const std::vector<Node>& one, const std::vector<Node>& other) {
  std::size_t i = 0;
  std::size_t j = 0;
  for (;;) {
    if (run(one, i) != run(other, j)) return false;
    if (i == one.size() || j == other.size()) return i == one.size() && j == other.size();
    if (!same_node(one[i++], other[j++])) return false;
  }
}

}  // namespace

std::string_view Node::local() const {
  const std::string_view name = text;
  return name.substr(name.find(':') + 1);  // npos + 1 is 0
}

bool Node::is(std::string_view name) const {
  return kind == Kind::element && space == Space::svg && local() == name;
}

const std::string* Node::find(std::string_view name) const {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  return found == attributes.end() ? nullptr : &found->value;
}

bool Node::erase(std::string_view name) {
  return std::erase_if(attributes, [&](const Attribute& a) { return a.name == name; }) > 0;
}

const Node& Document::root() const { return *std::ranges::find(nodes, Kind::element, &Node::kind); }
Node& Document::root() { return *std::ranges::find(nodes, Kind::element, &Node::kind); }

bool same(const Document& one, const Document& other) { return same_nodes(one.nodes, other.nodes); }

bool is_blank(std::string_view text) {
  return text.find_first_not_of(blanks) == std::string_view::npos;
}

}  // namespace imgmill::svg

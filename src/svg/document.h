// An SVG as a tree: just enough XML to remove nodes and write the rest back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/words.h"

namespace imgmill::svg {

/// The namespace of a name, as far as cleaning needs to distinguish it.
enum class Space : std::uint8_t {
  none,         ///< no namespace: attributes without a prefix
  svg,          ///< http://www.w3.org/2000/svg
  editor,       ///< private namespace of a drawing program
  declaration,  ///< xmlns and xmlns:*
  other,        ///< XLink, XML, XHTML, RDF, ...
};

struct Attribute {
  std::string name;   ///< including its prefix, as written
  std::string value;  ///< references resolved, white space normalized as in XML
  Space space = Space::none;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

enum class Kind : std::uint8_t { element, text, cdata, comment, instruction };

/// One node and its subtree. UTF-8 throughout.
struct Node {
  Kind kind = Kind::element;
  Space space = Space::none;  ///< of an element; unused for other nodes
  std::string text;           ///< an element's name as written; the content of other nodes
  std::vector<Attribute> attributes;
  std::vector<Node> children;

  /// Returns an element's name without its prefix.
  [[nodiscard]] std::string_view local() const;
  /// True if this is the SVG element of that name.
  [[nodiscard]] bool is(std::string_view name) const;
  [[nodiscard]] bool is_characters() const { return kind == Kind::text || kind == Kind::cdata; }
  /// Returns the value of the attribute with that name as written, or null.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  /// Removes the attribute. Returns true if it existed.
  bool erase(std::string_view name);
};

struct Document {
  /// Comments and instructions before the root, the root, and anything after it.
  std::vector<Node> nodes;

  [[nodiscard]] const Node& root() const;
  [[nodiscard]] Node& root();
};

/// True if both are equivalent: adjacent pieces of text are joined, and CDATA sections equal
/// escaped text.
[[nodiscard]] bool same(const Document& one, const Document& other);

/// XML's white space.
inline constexpr std::string_view blanks = " \t\r\n";

/// True if `text` consists of white space only.
[[nodiscard]] bool is_blank(std::string_view text);
/// Returns `text` without leading and trailing white space.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) {
  return imgmill::trimmed(text, blanks);
}

}  // namespace imgmill::svg

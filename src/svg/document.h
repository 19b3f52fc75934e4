// An SVG as a tree: just enough XML to take things away and to write the rest back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill::svg {

/// Where a name comes from, as far as cleaning wants to know.
enum class Space : std::uint8_t {
  none,         ///< no namespace: attributes without a prefix
  svg,          ///< http://www.w3.org/2000/svg
  editor,       ///< what a drawing program keeps for itself
  declaration,  ///< xmlns and xmlns:*
  other,        ///< XLink, XML, XHTML, RDF, ...
};

struct Attribute {
  std::string name;   ///< with its prefix, as written
  std::string value;  ///< references resolved, white space as XML normalises it
  Space space = Space::none;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

enum class Kind : std::uint8_t { element, text, cdata, comment, instruction };

/// One node with all that is below it. UTF-8 throughout.
struct Node {
  Kind kind = Kind::element;
  Space space = Space::none;  ///< of an element
  std::string text;           ///< an element's name as written; the content of anything else
  std::vector<Attribute> attributes;
  std::vector<Node> children;

  /// The name of an element without its prefix.
  [[nodiscard]] std::string_view local() const;
  /// Whether this is SVG's element of that name.
  [[nodiscard]] bool is(std::string_view name) const;
  [[nodiscard]] bool is_characters() const { return kind == Kind::text || kind == Kind::cdata; }
  /// The value of the attribute of that name as written, or null.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  /// Removes it where it is; whether it was.
  bool erase(std::string_view name);
};

struct Document {
  /// Comments and instructions before the root, the root, and what follows it.
  std::vector<Node> nodes;

  [[nodiscard]] const Node& root() const;
  [[nodiscard]] Node& root();
};

/// Whether both mean the same to whoever reads them: text that stands in pieces is one, and
/// so are CDATA sections and escaped text.
[[nodiscard]] bool same(const Document& one, const Document& other);

/// Whether `text` is nothing but XML's white space.
[[nodiscard]] bool is_blank(std::string_view text);
/// Without white space at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace imgmill::svg

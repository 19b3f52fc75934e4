#include "svg/writer.h"

#include <algorithm>
#include <array>

#include "base/xml.h"

namespace imgmill::svg {
namespace {

void append_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    // Only the end of a CDATA section must be escaped in text. The preceding characters may be in
    // another node, so `out` is checked.
    append_xml(out, c, c == '>' && !out.ends_with("]]") ? "" : "&<>\r");
  }
}

void append_cdata(std::string& out, std::string_view text) {
  std::string escaped;
  append_text(escaped, text);
  constexpr std::string_view opening = "<![CDATA[";
  constexpr std::string_view closing = "]]>";
  // A raw carriage return would be read as a line feed.
  const bool as_is = text.find('\r') == std::string_view::npos;
  if (as_is && text.size() + opening.size() + closing.size() < escaped.size()) {
    out.append(opening).append(text).append(closing);
  } else {
    append_text(out, text);
  }
}

void append_value(std::string& out, std::string_view value) {
  const auto count = [&](char c) { return std::ranges::count(value, c); };
  const char quote = count('"') > count('\'') ? '\'' : '"';
  out += quote;
  for (const char c : value) {
    if (c == quote) {
      out += c == '"' ? "&#34;" : "&#39;";  // shorter than their names
    } else {
      append_xml(out, c, "&<\t\n\r");  // raw white space would be read as spaces
    }
  }
  out += quote;
}

// True if an HTML page would parse the element's content as HTML. HTML has no "<div/>": it reads
// that as "<div>", and what follows as its content.
bool holds_html(const Node& node) {
  return node.is("foreignObject") || node.is("desc") || node.is("title");
}

// Conversely, HTML elements that must not have an end tag (HTML standard, "void elements"):
// "<br></br>" would be two of them.
bool never_has_an_end(std::string_view name) {
  static constexpr std::array<std::string_view, 14> names = {
      "area",  "base", "br",   "col",   "embed",  "hr",    "img",
      "input", "link", "meta", "param", "source", "track", "wbr"};
  return std::ranges::find(names, name) != names.end();
}

void append(std::string& out, const Node& node, bool in_html) {
  switch (node.kind) {
    case Kind::text:
      return append_text(out, node.text);
    case Kind::cdata:
      return append_cdata(out, node.text);
    case Kind::comment:
      out.append("<!--").append(node.text).append("-->");
      return;
    case Kind::instruction:
      out.append("<?").append(node.text).append("?>");
      return;
    case Kind::element:
      break;
  }
  out.append("<").append(node.text);
  for (const Attribute& attribute : node.attributes) {
    out.append(" ").append(attribute.name).append("=");
    append_value(out, attribute.value);
  }
  const bool empty = std::ranges::all_of(
      node.children, [](const Node& child) { return child.is_characters() && child.text.empty(); });
  const bool html = in_html && node.space != Space::svg;
  if (empty && (!html || never_has_an_end(node.local()))) {
    out += "/>";
    return;
  }
  out += '>';
  const bool html_inside = in_html || holds_html(node);
  for (const Node& child : node.children) append(out, child, html_inside);
  out.append("</").append(node.text).append(">");
}

}  // namespace

std::string write(const Document& document) {
  std::string out;
  for (const Node& node : document.nodes) append(out, node, false);
  return out;
}

}  // namespace imgmill::svg

#include "svg/style.h"

#include "svg/document.h"

namespace imgmill::svg {

std::optional<std::vector<Declaration>> declarations_of(std::string_view style) {
  if (style.find_first_of("\\{}@<>") != std::string_view::npos ||
      style.find("/*") != std::string_view::npos) {
    return std::nullopt;
  }
  std::vector<Declaration> all;
  char quote = 0;
  int depth = 0;
  std::size_t start = 0;
  std::size_t colon = std::string_view::npos;
  for (std::size_t i = 0; i <= style.size(); ++i) {
    const bool end = i == style.size();
    const char c = end ? ';' : style[i];
    if (quote != 0) {
      if (end) return std::nullopt;
      if (c == quote) quote = 0;
      continue;
    }
    if (c == '"' || c == '\'') quote = c;
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) return std::nullopt;
    if (c == ':' && colon == std::string_view::npos) colon = i;
    if (c != ';' || (depth > 0 && !end)) continue;
    if (depth > 0) return std::nullopt;
    const std::string_view whole = style.substr(start, i - start);
    if (!is_blank(whole)) {
      if (colon == std::string_view::npos) return std::nullopt;
      const std::string_view name = trimmed(style.substr(start, colon - start));
      const std::string_view value = trimmed(style.substr(colon + 1, i - colon - 1));
      if (name.empty() || name.find_first_of(" \t\r\n") != std::string_view::npos) {
        return std::nullopt;
      }
      // A declaration without a value is ignored.
      if (!value.empty()) all.push_back({std::string(name), std::string(value)});
    }
    start = i + 1;
    colon = std::string_view::npos;
  }
  return all;
}

std::string style_of(const std::vector<Declaration>& declarations) {
  std::string out;
  for (const Declaration& declaration : declarations) {
    if (!out.empty()) out += ';';
    out.append(declaration.name).append(":").append(declaration.value);
  }
  return out;
}

}  // namespace imgmill::svg

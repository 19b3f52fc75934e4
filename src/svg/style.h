// Reads and writes `style` attributes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill::svg {

struct Declaration {
  std::string name;   ///< of the property, as written
  std::string value;  ///< trimmed
};

/// Returns the declarations of a `style` attribute in order; none if it contains syntax that this
/// does not support: comments, escapes, braces, unbalanced quotes or brackets.
[[nodiscard]] std::optional<std::vector<Declaration>> declarations_of(std::string_view style);

[[nodiscard]] std::string style_of(const std::vector<Declaration>& declarations);

}  // namespace imgmill::svg

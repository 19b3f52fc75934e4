// `style` attributes: declarations read and written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill::svg {

struct Declaration {
  std::string name;   ///< of the property, as written
  std::string value;  ///< without white space at its ends
};

/// The declarations of a `style` attribute in their order. Nothing where it holds what this does
/// not understand: comments, escapes, braces, quotes or brackets that do not close.
[[nodiscard]] std::optional<std::vector<Declaration>> declarations_of(std::string_view style);

[[nodiscard]] std::string style_of(const std::vector<Declaration>& declarations);

}  // namespace imgmill::svg

// Helpers for words: trimming, comparison without case, edit distance.
#pragma once

#include <cstddef>
#include <string_view>

namespace imgmill {

/// Returns `text` without the `blanks` at its ends.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text,
                                                 std::string_view blanks = " \t") {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// True if the words differ at most in the case of A to Z.
[[nodiscard]] bool same_word(std::string_view a, std::string_view b);

/// Returns the number of insertions, deletions and substitutions of single characters, and of swaps
/// of neighbours, that make `b` of `a` (optimal string alignment).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace imgmill

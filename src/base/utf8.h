// Decodes code points one at a time from bytes that may not be UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imgmill {

struct CodePoint {
  char32_t value = 0;  ///< the byte itself when not `valid`
  std::size_t length = 1;
  bool valid = false;
};

/// Returns the first code point of `text`, which must not be empty. Strict: overlong forms,
/// surrogates and values above U+10FFFF are invalid (length 1).
[[nodiscard]] CodePoint next_code_point(std::string_view text);
void append_utf8(std::string& text, char32_t code_point);

/// Returns `text` by Unicode's simple case folding: one code point for one, independent of the
/// locale. Bytes that are not UTF-8 are unchanged. Meant to tell whether two names are the same
/// file on a case-insensitive file system.
[[nodiscard]] std::string fold_case(std::string_view text);

/// Returns how many columns a character takes on a terminal: 2 for wide East Asian characters,
/// pictographs, and code points unknown to this version of Unicode; 0 for combining marks and other
/// invisible ones.
[[nodiscard]] std::size_t columns_of(char32_t code_point);

}  // namespace imgmill

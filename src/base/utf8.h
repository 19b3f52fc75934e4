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

/// Returns `text` in lower case, one code point for one, independent of the locale: ASCII, Latin-1,
/// Latin Extended-A, Greek, Cyrillic and full-width letters. Bytes that are not UTF-8 are
/// unchanged. Meant to tell whether two names are the same file on a case-insensitive file system;
/// the first 3 are complete.
[[nodiscard]] std::string fold_case(std::string_view text);

}  // namespace imgmill

#include "base/utf8.h"

#include <utf8proc.h>

#include <array>

namespace imgmill {
namespace {

constexpr char32_t turkish_capital_i = 0x130;

/// Unicode's simple case folding (CaseFolding.txt, C and S).
utf8proc_int32_t folded(utf8proc_int32_t c) {
  std::array<utf8proc_int32_t, 4> full{};
  int boundary = 0;
  const auto count = utf8proc_decompose_char(
      c, full.data(), full.size(), static_cast<utf8proc_option_t>(UTF8PROC_CASEFOLD), &boundary);
  if (count == 1) return full[0];
  // Full folding gives more than one code point here; simple folding is the lower case, if any.
  return c == turkish_capital_i ? c : utf8proc_tolower(c);
}

}  // namespace

CodePoint next_code_point(std::string_view text) {
  utf8proc_int32_t value = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  // Four bytes are enough, and the length of a longer text might not fit the signed parameter.
  const auto length =
      utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.substr(0, 4).size()), &value);
  if (length < 1) return {bytes[0], 1, false};
  return {static_cast<char32_t>(value), static_cast<std::size_t>(length), true};
}

void append_utf8(std::string& text, char32_t code_point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes.data());
  text.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(length));
}

std::string fold_case(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = next_code_point(text);
    if (point.valid) {
      append_utf8(result,
                  static_cast<char32_t>(folded(static_cast<utf8proc_int32_t>(point.value))));
    } else {
      result.push_back(text.front());
    }
    text.remove_prefix(point.length);
  }
  return result;
}

std::size_t columns_of(char32_t code_point) {
  const auto c = static_cast<utf8proc_int32_t>(code_point);
  // An unassigned code point is most likely a new pictograph.
  if (utf8proc_category(c) == UTF8PROC_CATEGORY_CN) return 2;
  return static_cast<std::size_t>(utf8proc_charwidth(c));
}

}  // namespace imgmill

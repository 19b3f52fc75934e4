#include "columns.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace imgmill::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Blocks rather than single characters: what matters is that a line never comes
// out wider than counted. Source: Unicode 15 EastAsianWidth.txt (W and F) and
// DerivedGeneralCategory.txt (Mn, Me, Cf) for the blocks file names use.
constexpr std::array wide = {
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x23e9, 0x23ec},
    Range{0x25fd, 0x25fe},   Range{0x2614, 0x2615},   Range{0x2648, 0x2653},
    Range{0x267f, 0x267f},   Range{0x2693, 0x2693},   Range{0x26a1, 0x26a1},
    Range{0x26aa, 0x26ab},   Range{0x26bd, 0x26be},   Range{0x26c4, 0x26c5},
    Range{0x26ce, 0x26ce},   Range{0x26d4, 0x26d4},   Range{0x26ea, 0x26ea},
    Range{0x26f2, 0x26f5},   Range{0x26fa, 0x26fd},   Range{0x2705, 0x2705},
    Range{0x270a, 0x270b},   Range{0x2728, 0x2728},   Range{0x274c, 0x274e},
    Range{0x2753, 0x2757},   Range{0x2795, 0x2797},   Range{0x27b0, 0x27bf},
    Range{0x2b1b, 0x2b1c},   Range{0x2b50, 0x2b55},   Range{0x2e80, 0x303e},
    Range{0x3041, 0x33ff},   Range{0x3400, 0x4dbf},   Range{0x4e00, 0xa4cf},
    Range{0xa960, 0xa97f},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
    Range{0xfe10, 0xfe19},   Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},
    Range{0xffe0, 0xffe6},   Range{0x16fe0, 0x18cff}, Range{0x1aff0, 0x1b2ff},
    Range{0x1f004, 0x1f004}, Range{0x1f0cf, 0x1f0cf}, Range{0x1f18e, 0x1f19a},
    Range{0x1f200, 0x1f64f}, Range{0x1f680, 0x1f6ff}, Range{0x1f7e0, 0x1f7eb},
    Range{0x1f900, 0x1f9ff}, Range{0x1fa70, 0x1faff}, Range{0x20000, 0x3fffd},
};
constexpr std::array narrowest = {
    Range{0x0300, 0x036f}, Range{0x0483, 0x0489},   Range{0x0591, 0x05bd}, Range{0x064b, 0x065f},
    Range{0x093c, 0x093c}, Range{0x0941, 0x0948},   Range{0x0e34, 0x0e3a}, Range{0x0e47, 0x0e4e},
    Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff},   Range{0x200b, 0x200f}, Range{0x202a, 0x202e},
    Range{0x2060, 0x2064}, Range{0x20d0, 0x20ff},   Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f},
    Range{0xfeff, 0xfeff}, Range{0xe0100, 0xe01ef},
};

template <std::size_t n>
bool within(const std::array<Range, n>& ranges, char32_t c) {
  const auto after = std::ranges::upper_bound(ranges, c, {}, &Range::first);
  return after != ranges.begin() && c <= std::prev(after)->last;
}

struct Character {
  std::size_t bytes;
  std::size_t columns;
};

/// The character at the start of `text`, which is not empty. A byte that starts
/// none counts as one column.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length == 1 || length > text.size()) return {1, 1};
  char32_t c = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) c = c << 6 | (byte(i) & 0x3fU);
  if (within(narrowest, c)) return {length, 0};
  return {length, within(wide, c) ? std::size_t{2} : std::size_t{1}};
}

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) {
    const Character c = first_character(text);
    sum += c.columns;
    text.remove_prefix(c.bytes);
  }
  return sum;
}

std::string fitted(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  constexpr std::string_view dots = "...";
  const std::size_t room = width > dots.size() ? width - dots.size() : width;
  std::size_t bytes = 0;
  std::size_t used = 0;
  while (bytes < text.size()) {
    const Character c = first_character(text.substr(bytes));
    if (used + c.columns > room) break;
    used += c.columns;
    bytes += c.bytes;
  }
  std::string result(text.substr(0, bytes));
  if (width > dots.size()) result += dots;
  return result;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string padded_left(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

std::string ascii_only(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Character c = first_character(text);
    result += static_cast<unsigned char>(text.front()) < 0x80 ? text.front() : '?';
    text.remove_prefix(c.bytes);
  }
  return result;
}

}  // namespace imgmill::cli

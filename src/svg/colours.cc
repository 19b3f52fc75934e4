#include "svg/colours.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/text.h"
#include "svg/document.h"
#include "svg/numbers.h"

namespace imgmill::svg {
namespace {

struct Named {
  std::string_view name;
  std::uint32_t colour;
};

// CSS Color 4, 6.1: the names shorter than their hexadecimal form, and longer ones common in
// drawings.
constexpr std::array<Named, 43> names = {{
    {"azure", 0xf0ffff},  {"beige", 0xf5f5dc},   {"bisque", 0xffe4c4},     {"black", 0x000000},
    {"blue", 0x0000ff},   {"brown", 0xa52a2a},   {"coral", 0xff7f50},      {"cyan", 0x00ffff},
    {"aqua", 0x00ffff},   {"fuchsia", 0xff00ff}, {"gold", 0xffd700},       {"gray", 0x808080},
    {"grey", 0x808080},   {"green", 0x008000},   {"indigo", 0x4b0082},     {"ivory", 0xfffff0},
    {"khaki", 0xf0e68c},  {"lime", 0x00ff00},    {"linen", 0xfaf0e6},      {"magenta", 0xff00ff},
    {"maroon", 0x800000}, {"navy", 0x000080},    {"olive", 0x808000},      {"orange", 0xffa500},
    {"orchid", 0xda70d6}, {"peru", 0xcd853f},    {"pink", 0xffc0cb},       {"plum", 0xdda0dd},
    {"purple", 0x800080}, {"red", 0xff0000},     {"salmon", 0xfa8072},     {"sienna", 0xa0522d},
    {"silver", 0xc0c0c0}, {"snow", 0xfffafa},    {"tan", 0xd2b48c},        {"teal", 0x008080},
    {"tomato", 0xff6347}, {"violet", 0xee82ee},  {"wheat", 0xf5deb3},      {"white", 0xffffff},
    {"yellow", 0xffff00}, {"crimson", 0xdc143c}, {"darkorange", 0xff8c00},
}};

std::optional<std::uint32_t> hexadecimal(std::string_view digits) {
  if (digits.size() != 3 && digits.size() != 6) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : digits) {
    const std::string_view all = "0123456789abcdef";
    const std::size_t digit = all.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 4 | static_cast<std::uint32_t>(digit);
    if (digits.size() == 3) value = value << 4 | static_cast<std::uint32_t>(digit);
  }
  return value;
}

// Parses rgb() with three integers.
std::optional<std::uint32_t> decimal(std::string_view text) {
  if (!text.starts_with("rgb(") || !text.ends_with(")")) return std::nullopt;
  std::string_view inside = trimmed(text.substr(4, text.size() - 5));
  std::uint32_t value = 0;
  for (int i = 0; i < 3; ++i) {
    const std::optional<Number> part = take_number(inside);
    if (!part || part->value < 0 || part->value > 255 ||
        part->text.find_first_not_of("0123456789") != std::string_view::npos) {
      return std::nullopt;
    }
    value = value << 8 | static_cast<std::uint32_t>(part->value);
    inside = trimmed(inside);
    if (i == 2) break;
    if (!inside.starts_with(",")) return std::nullopt;
    inside = trimmed(inside.substr(1));
  }
  return inside.empty() ? std::optional(value) : std::nullopt;
}

std::optional<std::uint32_t> value_of(const std::string& text) {
  if (text.starts_with('#')) return hexadecimal(std::string_view(text).substr(1));
  if (text.starts_with("rgb")) return decimal(text);
  const auto found = std::ranges::find(names, text, &Named::name);
  return found == names.end() ? std::nullopt : std::optional(found->colour);
}

}  // namespace

std::string shorten_colour(std::string_view colour) {
  const std::string text = lower_case(trimmed(colour));
  const std::optional<std::uint32_t> value = value_of(text);
  if (!value) return std::string(colour);
  std::string best = fmt::format("#{:06x}", *value);
  if (best[1] == best[2] && best[3] == best[4] && best[5] == best[6]) {
    best = {'#', best[1], best[3], best[5]};
  }
  for (const Named& named : names) {
    if (named.colour == *value && named.name.size() < best.size()) best = named.name;
  }
  return best.size() < colour.size() ? best : std::string(colour);
}

}  // namespace imgmill::svg

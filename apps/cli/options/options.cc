#include "options/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/setting_words.h"
#include "base/text.h"
#include "base/try.h"

namespace imgmill::cli {
namespace {

constexpr std::uint32_t longest_side = 65535;
constexpr double most_percent = 10000;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// A plain decimal number such as "12" or "1.5" at the start of a text, and the rest. Signs,
/// exponents, "inf" and "nan" are not accepted.
struct Leading {
  double value;
  std::string_view rest;
};
std::optional<Leading> leading_number(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  if (end == 0 || text.front() == '.') return std::nullopt;
  double value = 0;
  const char* const last = text.data() + end;
  const auto [stop, error] = std::from_chars(text.data(), last, value, std::chars_format::fixed);
  if (error != std::errc{} || stop != last) return std::nullopt;
  return Leading{value, text.substr(end)};
}

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array size_units = {
    Unit{"", 1},        Unit{"b", 1},        Unit{"k", 1e3},     Unit{"kb", 1e3},
    Unit{"m", 1e6},     Unit{"mb", 1e6},     Unit{"g", 1e9},     Unit{"gb", 1e9},
    Unit{"t", 1e12},    Unit{"tb", 1e12},    Unit{"ki", 0x1p10}, Unit{"kib", 0x1p10},
    Unit{"mi", 0x1p20}, Unit{"mib", 0x1p20}, Unit{"gi", 0x1p30}, Unit{"gib", 0x1p30},
};
constexpr std::array pixel_units = {
    Unit{"", 1},     Unit{"k", 1e3}, Unit{"kp", 1e3}, Unit{"m", 1e6},
    Unit{"mp", 1e6}, Unit{"g", 1e9}, Unit{"gp", 1e9},
};

std::optional<std::uint64_t> with_unit(std::string_view text, std::span<const Unit> units) {
  const auto number = leading_number(text);
  if (!number) return std::nullopt;
  const std::string unit = lower(number->rest);
  const auto found = std::ranges::find(units, unit, &Unit::name);
  if (found == units.end()) return std::nullopt;
  const double value = std::round(number->value * found->factor);
  if (!(value >= 1) || value > 0x1p62) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

std::string quoted(std::string_view text) { return "'" + printable(text) + "'"; }

std::optional<std::uint32_t> side(std::string_view text) {
  const auto value = parse_number(text, 1, longest_side);
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

}  // namespace

ImageSettings default_settings() {
  ImageSettings settings;
  settings.target = Target{.spare_lossless = true};
  return settings;
}

std::string listed(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
    text += words[i];
  }
  return text;
}

Result<std::int64_t> parse_number(std::string_view text, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc{} || stop != last || value < low || value > high) {
    return fail(ErrorCode::usage,
                fmt::format("{} is not a whole number from {} to {}", quoted(text), low, high));
  }
  return value;
}

Result<int> parse_quality(std::string_view text) {
  IMGMILL_TRY(const std::int64_t value, parse_number(text, 1, 100));
  return static_cast<int>(value);
}

Result<int> parse_sharpening(std::string_view text) {
  if (text == "off") return 0;
  IMGMILL_TRY(const std::int64_t value, parse_number(text, 1, 100));
  return static_cast<int>(value);
}

namespace {

struct NamedPosition {
  std::string_view name;
  double x, y;
};
constexpr std::array named_positions = {
    NamedPosition{"centre", 50, 50}, NamedPosition{"center", 50, 50},
    NamedPosition{"north", 50, 0},   NamedPosition{"northeast", 100, 0},
    NamedPosition{"east", 100, 50},  NamedPosition{"southeast", 100, 100},
    NamedPosition{"south", 50, 100}, NamedPosition{"southwest", 0, 100},
    NamedPosition{"west", 0, 50},    NamedPosition{"northwest", 0, 0},
};

// A number and its unit.
struct Length {
  double value = 0;
  bool percent = false;
};

std::optional<Length> length_of(std::string_view text) {
  const auto number = leading_number(text);
  if (!number || !(number->rest.empty() || number->rest == "%")) return std::nullopt;
  return Length{number->value, number->rest == "%"};
}

}  // namespace

Result<CropArea> parse_crop_area(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::usage, quoted(text) + " is not a part of a picture",
                "write width, height and offsets such as 800x600+10+20, in pixels or all in "
                "percent: 80%x60%+10%+20%");
  };
  std::vector<std::string_view> parts;
  std::string_view rest = text;
  for (const char separator : {'x', '+', '+'}) {
    const std::size_t end = rest.find(separator);
    if (end == std::string_view::npos) break;
    parts.push_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  parts.push_back(rest);
  if (parts.size() != 2 && parts.size() != 4) return wrong();
  std::array<Length, 4> lengths{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto length = length_of(parts[i]);
    const bool alike = length && (i == 0 || length->percent == lengths[0].percent);
    if (!alike) {
      return wrong();
    }
    lengths[i] = *length;
  }
  const auto& [width, height, left, top] = lengths;
  if (!(width.value > 0) || !(height.value > 0)) return wrong();
  return CropArea{left.value, top.value, width.value, height.value,
                  width.percent ? CropArea::Unit::percent : CropArea::Unit::pixels};
}

Result<AspectRatio> parse_aspect(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto width = length_of(text.substr(0, colon));
  const auto height =
      colon == std::string_view::npos ? std::nullopt : length_of(text.substr(colon + 1));
  const auto side = [](const std::optional<Length>& length) {
    return length && !length->percent && length->value > 0 && length->value <= 10000;
  };
  if (!side(width) || !side(height)) {
    return fail(ErrorCode::usage, quoted(text) + " is not a shape",
                "write width and height such as 16:9 or 1:1");
  }
  return AspectRatio{width->value, height->value};
}

Result<Position> parse_position(std::string_view text) {
  const std::string word = lower(text);
  const auto smart = std::ranges::find(smart_positions, word, &Word<Position::By>::word);
  if (smart != smart_positions.end()) return Position{.by = smart->value};
  const auto named = std::ranges::find(named_positions, word, &NamedPosition::name);
  if (named != named_positions.end()) return Position{.x = named->x, .y = named->y};
  const std::size_t comma = text.find(',');
  const auto x = length_of(text.substr(0, comma));
  const auto y = comma == std::string_view::npos ? std::nullopt : length_of(text.substr(comma + 1));
  const auto inside = [](const std::optional<Length>& length) {
    return length && length->percent && length->value >= 0 && length->value <= 100;
  };
  if (!inside(x) || !inside(y)) {
    return fail(
        ErrorCode::usage, quoted(text) + " is not a position",
        "write centre, north, northeast, east, ..., attention, entropy, regions, or how far from "
        "the left and from the top: 30%,70%");
  }
  return Position{.x = x->value, .y = y->value};
}

Result<int> parse_trim(std::string_view text) {
  IMGMILL_TRY(const std::int64_t value, parse_number(text, 0, 254));
  return static_cast<int>(value);
}

Result<std::uint64_t> parse_size(std::string_view text) {
  if (const auto bytes = with_unit(text, size_units)) return *bytes;
  return fail(ErrorCode::usage, quoted(text) + " is not a size",
              "write bytes or a unit, such as 500k, 20MB, 1.5GB or 512MiB");
}

Result<std::uint64_t> parse_pixels(std::string_view text) {
  if (const auto pixels = with_unit(text, pixel_units)) return *pixels;
  return fail(ErrorCode::usage, quoted(text) + " is not a number of pixels",
              "write it as 50000000, 50M or 50MP");
}

Result<CheckThreshold> parse_threshold(std::string_view text) {
  CheckThreshold threshold{0, 0};
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string_view part = text.substr(start, end - start);
    start = end + 1;
    const auto number = leading_number(part);
    if (number && number->rest.empty()) {
      return fail(ErrorCode::usage, quoted(text) + " is without a unit",
                  fmt::format("write {0}% for percent, {0}B for bytes, or {0}kB", part));
    }
    if (number && number->rest == "%") {
      threshold.percent = number->value;
      if (number->value > 0 && number->value < 100) continue;
    } else if (const auto bytes = parse_size(part)) {
      threshold.bytes = *bytes;
      continue;
    }
    return fail(ErrorCode::usage, quoted(text) + " is not a threshold",
                "write a share such as 10%, a size such as 20kB, or both: 10%,20kB");
  }
  return threshold;
}

Result<std::chrono::seconds> parse_seconds(std::string_view text) {
  IMGMILL_TRY(const std::int64_t seconds, parse_number(text, 1, 24 * 60 * 60));
  return std::chrono::seconds(seconds);
}

Result<Resize> parse_resize(std::string_view text) {
  Resize resize;
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::usage, fmt::format("{} is not a resize{}", quoted(text), why),
                "write width=800, height=600, longest=2000, shortest=500, fit=800x600 or 50%");
  };
  if (!text.empty() && text.back() == '%') {
    const auto number = leading_number(text);
    if (!number || number->rest != "%") return wrong("");
    if (number->value <= 0 || number->value > most_percent) {
      return wrong(": the percentage is above 0 and at most 10000");
    }
    resize.mode = ResizeMode::percent;
    resize.percent = number->value;
    return resize;
  }
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return wrong("");
  const std::string mode = lower(text.substr(0, equals));
  const std::string_view value = text.substr(equals + 1);
  constexpr std::string_view sides = ": sides are from 1 to 65535 pixels";
  if (mode == "fit") {
    const std::size_t cross = value.find_first_of("xX");
    if (cross == std::string_view::npos) return wrong(": fit takes a width and a height");
    const auto width = side(value.substr(0, cross));
    const auto height = side(value.substr(cross + 1));
    if (!width || !height) return wrong(sides);
    resize.mode = ResizeMode::fit;
    resize.width = *width;
    resize.height = *height;
    return resize;
  }
  const auto pixels = side(value);
  if (mode == "width") {
    resize.mode = ResizeMode::width;
    resize.width = pixels.value_or(0);
  } else if (mode == "height") {
    resize.mode = ResizeMode::height;
    resize.height = pixels.value_or(0);
  } else if (mode == "longest" || mode == "shortest") {
    resize.mode = mode == "longest" ? ResizeMode::longest : ResizeMode::shortest;
    resize.size = pixels.value_or(0);
  } else {
    return wrong("");
  }
  if (!pixels) return wrong(sides);
  return resize;
}

std::vector<std::string_view> keep_names() {
  std::vector<std::string_view> names;
  for (const auto& [word, member] : keep_words) names.push_back(word);
  return names;
}

Result<Keep> parse_keep(std::string_view text) {
  const std::string list = lower(text);
  if (list == "all") return Keep::all();
  if (list == "none") return Keep::none();
  Keep keep = Keep::none();
  std::size_t start = 0;
  while (start <= list.size()) {
    const std::size_t end = std::min(list.find(',', start), list.size());
    const std::string_view name = std::string_view(list).substr(start, end - start);
    const auto row = std::ranges::find(keep_words, name, &Word<bool Keep::*>::word);
    if (row == keep_words.end()) {
      return fail(ErrorCode::usage, quoted(name) + " is not a kind of metadata",
                  fmt::format("write all, none, or a list of {}", fmt::join(keep_names(), ",")));
    }
    keep.*(row->value) = true;
    start = end + 1;
  }
  return keep;
}

Result<Colour> parse_colour(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('#')) digits.remove_prefix(1);
  std::string six;
  for (const char c : digits) six.append(digits.size() == 3 ? 2 : 1, c);
  std::uint32_t value = 0;
  const char* const last = six.data() + six.size();
  const auto [stop, error] = std::from_chars(six.data(), last, value, 16);
  if (six.size() != 6 || error != std::errc{} || stop != last) {
    return fail(ErrorCode::usage, quoted(text) + " is not a colour",
                "write '#rrggbb', such as '#ffffff' for white");
  }
  return Colour{static_cast<std::uint8_t>(value >> 16),
                static_cast<std::uint8_t>(value >> 8 & 0xff),
                static_cast<std::uint8_t>(value & 0xff)};
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const FormatInfo& format : formats()) {
    if (format.writable) names.emplace_back(format.name);
  }
  return names;
}

Result<FormatChoice> parse_format(std::string_view text) {
  if (lower(text) == "original") return FormatChoice{.original = true};
  if (lower(text) == "auto") return FormatChoice{.automatic = true};
  if (const auto format = format_named(text); format && info(*format).writable)
    return FormatChoice{.format = format};
  return fail(ErrorCode::usage, quoted(text) + " is not a format that imgmill writes",
              "write original, auto, " + listed(format_names(), "or"));
}

Result<FormatSet> parse_formats(std::string_view text) {
  FormatSet set;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string_view name = text.substr(start, end - start);
    const auto format = format_named(name);
    if (!format || !info(*format).writable) {
      return fail(ErrorCode::usage, quoted(name) + " is not a format that imgmill writes",
                  fmt::format("write a list of {}", fmt::join(format_names(), ",")));
    }
    set.insert(*format);
    start = end + 1;
  }
  return set;
}

Result<double> parse_target(std::string_view text) {
  for (const auto& [word, score] : target_words) {
    if (lower(text) == word) return score;
  }
  const auto number = leading_number(text);
  if (number && number->rest.empty() && number->value > 0 && number->value <= 100) {
    return number->value;
  }
  return fail(ErrorCode::usage, quoted(text) + " is not a target",
              "write good, high, excellent, visually-lossless, or a score above 0, at most 100");
}

}  // namespace imgmill::cli

#include "config/setting.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "schema/json_fields.h"

namespace imgmill {
namespace {

constexpr std::string_view off = "false";

/// True if a lower layer's `below` cannot stand beside `above`.
bool contradict(const Setting& above, const Setting& below) {
  if (above.key == below.key) return true;
  const auto pair = [&](std::string_view a, std::string_view b) {
    return (above.key == a && below.key == b) || (above.key == b && below.key == a);
  };
  if (pair("animation", "first-frame")) return above.value != off;
  const Aim aim = aim_of(above.key);
  const Aim other = aim_of(below.key);
  if (aim == Aim::none || other == Aim::none || above.value == off) return false;
  if (aim == Aim::quality && other == Aim::quality) return above.key == "quality";
  return aim != other;
}

}  // namespace

std::string Origin::text() const {
  switch (source) {
    case Source::preset:
      return "preset " + name;
    case Source::file:
      return fmt::format("{}:{}", name, line);
    case Source::command_line:
      break;
  }
  return "command line";
}

Aim aim_of(std::string_view key) {
  if (key == "quality" || key.ends_with("-quality")) return Aim::quality;
  if (key == "target") return Aim::target;
  if (key == "lossless") return Aim::lossless;
  if (key == "budget") return Aim::budget;
  return Aim::none;
}

std::vector<Setting> overlaid(std::vector<Setting> below, std::span<const Setting> above) {
  std::erase_if(below, [&](const Setting& setting) {
    return std::ranges::any_of(above,
                               [&](const Setting& other) { return contradict(other, setting); });
  });
  below.insert(below.end(), above.begin(), above.end());
  return below;
}

std::string nearest_name(std::string_view word, std::span<const std::string> candidates) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  return std::string(did_you_mean(word, views).value_or(""));
}

}  // namespace imgmill

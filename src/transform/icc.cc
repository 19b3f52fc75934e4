#include "transform/icc.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "transform/icc_tags.h"

namespace imgmill {
namespace {

constexpr std::size_t longest_description = 200;

// Printable text only, safe for a terminal.
std::string ascii(std::string_view text, std::size_t step) {
  std::string out;
  for (std::size_t i = step - 1; i < text.size() && out.size() < longest_description; i += step) {
    const char c = text[i];
    if (c == '\0') break;
    if (c >= ' ' && c < 0x7F) out += c;
  }
  return out;
}

std::string description_of(ByteView tag) {
  if (tag.size() < 12) return {};
  const std::string_view type = as_text(tag.first(4));
  if (type == "desc") {  // version 2: count, then ASCII
    const std::size_t length = std::min(icc_uint32(tag, 8), tag.size() - 12);
    return ascii(as_text(tag.subspan(12, length)), 1);
  }
  if (type == "mluc" && tag.size() >= 28) {  // version 4: UTF-16 in several languages
    const std::size_t length = icc_uint32(tag, 20);
    const std::size_t offset = icc_uint32(tag, 24);
    if (offset > tag.size() || length > tag.size() - offset) return {};
    return ascii(as_text(tag.subspan(offset, length)), 2);
  }
  return {};
}

// The sRGB value of `light`.
double srgb_number(double light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

bool is_srgb_curve(ByteView tag) {
  constexpr double most_off = 2.5 / 255;
  constexpr int points = 32;
  const std::optional<IccCurve> curve = IccCurve::read(tag);
  if (!curve) return false;
  for (int i = 0; i <= points; ++i) {
    // Denser in the dark, where curves differ.
    const double v = static_cast<double>(i) * i / (points * points);
    if (!(std::abs(srgb_number((*curve)(v)) - v) < most_off)) return false;
  }
  return true;
}

bool is_light_of(ByteView tag, const std::array<double, 3>& expected) {
  constexpr double most_off = 0.0025;
  const std::optional<std::array<double, 3>> light = icc_xyz(tag);
  if (!light) return false;
  for (std::size_t i = 0; i < 3; ++i) {
    if (!(std::abs((*light)[i] - expected[i]) < most_off)) return false;
  }
  return true;
}

// sRGB's primaries, adapted to D50.
constexpr std::array<double, 3> red = {0.43607, 0.22249, 0.01392};
constexpr std::array<double, 3> green = {0.38515, 0.71687, 0.09708};
constexpr std::array<double, 3> blue = {0.14307, 0.06061, 0.71410};

bool says_srgb(const IccTags& tags, std::string_view space) {
  for (const std::string_view table : {"A2B0", "A2B1", "D2B0", "D2B1"}) {
    if (!tags[table].empty()) return false;
  }
  if (space == "GRAY") return is_srgb_curve(tags["kTRC"]);
  return space == "RGB" && is_light_of(tags["rXYZ"], red) && is_light_of(tags["gXYZ"], green) &&
         is_light_of(tags["bXYZ"], blue) && is_srgb_curve(tags["rTRC"]) &&
         is_srgb_curve(tags["gTRC"]) && is_srgb_curve(tags["bTRC"]);
}

}  // namespace

IccFacts read_icc(ByteView profile) {
  IccFacts facts;
  const std::optional<IccTags> tags = IccTags::read(profile);
  if (!tags) return facts;
  facts.space = tags->space();
  while (!facts.space.empty() && facts.space.back() == ' ') facts.space.pop_back();
  facts.description = description_of((*tags)["desc"]);
  facts.srgb = says_srgb(*tags, facts.space);
  return facts;
}

}  // namespace imgmill

#include "transform/icc.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imgmill {
namespace {

constexpr std::size_t header_size = 128;
constexpr std::size_t longest_description = 200;
constexpr std::size_t most_tags = 200;

std::uint32_t be32(ByteView bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  }
  return value;
}

unsigned be16(ByteView bytes, std::size_t at) {
  return std::to_integer<unsigned>(bytes[at]) << 8 | std::to_integer<unsigned>(bytes[at + 1]);
}

double fixed(ByteView bytes, std::size_t at) {  // s15Fixed16Number
  return static_cast<std::int32_t>(be32(bytes, at)) / 65536.0;
}

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
    const std::size_t length = std::min<std::size_t>(be32(tag, 8), tag.size() - 12);
    return ascii(as_text(tag.subspan(12, length)), 1);
  }
  if (type == "mluc" && tag.size() >= 28) {  // version 4: UTF-16 in several languages
    const std::size_t length = be32(tag, 20);
    const std::size_t offset = be32(tag, 24);
    if (offset > tag.size() || length > tag.size() - offset) return {};
    return ascii(as_text(tag.subspan(offset, length)), 2);
  }
  return {};
}

/// The tags of a profile, by name.
class Tags {
 public:
  explicit Tags(ByteView profile) : profile_(profile) {
    count_ = std::min<std::size_t>(be32(profile, header_size), most_tags);
  }

  /// Empty if the tag is missing or reaches outside the profile.
  [[nodiscard]] ByteView operator[](std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i) {
      const std::size_t entry = header_size + 4 + 12 * i;
      if (entry + 12 > profile_.size()) break;
      if (as_text(profile_.subspan(entry, 4)) != name) continue;
      const std::size_t offset = be32(profile_, entry + 4);
      const std::size_t size = be32(profile_, entry + 8);
      if (offset > profile_.size() || size > profile_.size() - offset) break;
      return profile_.subspan(offset, size);
    }
    return {};
  }

 private:
  ByteView profile_;
  std::size_t count_ = 0;
};

/// parametricCurveType: the parameters of each function type (ICC.1:2022, 10.18).
struct Parametric {
  double g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0;
  bool bent = false;  ///< separate linear segment below d

  static std::optional<Parametric> read(ByteView tag) {
    constexpr std::array<std::size_t, 5> counts = {1, 3, 4, 5, 7};
    if (tag.size() < 12) return std::nullopt;
    const unsigned kind = be16(tag, 8);
    if (kind >= counts.size() || tag.size() < 12 + 4 * counts[kind]) return std::nullopt;
    Parametric curve;
    const std::array<double*, 7> places = {&curve.g, &curve.a, &curve.b, &curve.c,
                                           &curve.d, &curve.e, &curve.f};
    for (std::size_t i = 0; i < counts[kind]; ++i) *places[i] = fixed(tag, 12 + 4 * i);
    if (kind == 0) return curve;
    curve.bent = true;
    if (kind <= 2) {
      // Constant below -b / a; the offset c applies to the whole curve.
      const double lift = kind == 2 ? curve.c : 0;
      if (curve.a == 0) return std::nullopt;
      curve.d = -curve.b / curve.a;
      curve.c = 0;
      curve.e = curve.f = lift;
    }
    return curve;
  }

  [[nodiscard]] double operator()(double v) const {
    if (bent && v < d) return c * v + f;
    return std::pow(std::max(a * v + b, 0.0), g) + e;
  }
};

/// Light of a value from 0 to 1, by a curveType or parametricCurveType.
class Curve {
 public:
  static std::optional<Curve> read(ByteView tag) {
    if (tag.size() < 12) return std::nullopt;
    const std::string_view type = as_text(tag.first(4));
    Curve curve;
    if (type == "para") {
      curve.formula_ = Parametric::read(tag);
      return curve.formula_ ? std::optional(curve) : std::nullopt;
    }
    const std::size_t count = be32(tag, 8);
    if (type != "curv" || count > (tag.size() - 12) / 2) return std::nullopt;
    if (count <= 1) {
      const double gamma = count == 0 ? 1 : be16(tag, 12) / 256.0;  // u8Fixed8Number
      curve.formula_ = Parametric{.g = gamma};
    } else {
      curve.table_ = tag.subspan(12, 2 * count);
    }
    return curve;
  }

  [[nodiscard]] double operator()(double v) const {
    if (formula_) return (*formula_)(v);
    const std::size_t last = table_.size() / 2 - 1;
    const double place = v * static_cast<double>(last);
    const std::size_t left = std::min(static_cast<std::size_t>(place), last - 1);
    const double low = be16(table_, 2 * left);
    const double high = be16(table_, 2 * left + 2);
    return (low + (high - low) * (place - static_cast<double>(left))) / 65535;
  }

 private:
  std::optional<Parametric> formula_;
  ByteView table_;
};

// The sRGB value of `light`.
double srgb_number(double light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

bool is_srgb_curve(ByteView tag) {
  constexpr double most_off = 2.5 / 255;
  constexpr int points = 32;
  const std::optional<Curve> curve = Curve::read(tag);
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
  if (tag.size() < 20 || as_text(tag.first(4)) != "XYZ ") return false;
  for (std::size_t i = 0; i < 3; ++i) {
    if (!(std::abs(fixed(tag, 8 + 4 * i) - expected[i]) < most_off)) return false;
  }
  return true;
}

// sRGB's primaries, adapted to D50.
constexpr std::array<double, 3> red = {0.43607, 0.22249, 0.01392};
constexpr std::array<double, 3> green = {0.38515, 0.71687, 0.09708};
constexpr std::array<double, 3> blue = {0.14307, 0.06061, 0.71410};

bool says_srgb(const Tags& tags, std::string_view space) {
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
  if (profile.size() < header_size + 4 || as_text(profile.subspan(36, 4)) != "acsp") return facts;
  facts.space = as_text(profile.subspan(16, 4));
  while (!facts.space.empty() && facts.space.back() == ' ') facts.space.pop_back();
  const Tags tags(profile);
  facts.description = description_of(tags["desc"]);
  facts.srgb = says_srgb(tags, facts.space);
  return facts;
}

}  // namespace imgmill

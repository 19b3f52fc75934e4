#include "transform/icc_light.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace imgmill {
namespace {

constexpr std::size_t header_size = 128;
constexpr std::size_t entry_size = 12;
constexpr std::size_t most_tags = 200;

std::uint32_t number_at(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (const std::byte b : bytes.subspan(at, size)) {
    value = value << 8 | std::to_integer<std::uint32_t>(b);
  }
  return value;
}

double fixed_at(ByteView bytes, std::size_t at) {
  return static_cast<std::int32_t>(number_at(bytes, at, 4)) / 65536.0;
}

/// Returns empty if the tag is missing or reaches outside the profile.
ByteView tag_of(ByteView profile, std::string_view name) {
  const std::size_t room = (profile.size() - header_size - 4) / entry_size;
  const std::size_t count =
      std::min<std::size_t>({number_at(profile, header_size, 4), room, most_tags});
  for (std::size_t i = 0; i < count; ++i) {
    const ByteView entry = profile.subspan(header_size + 4 + i * entry_size, entry_size);
    if (as_text(entry.first(4)) != name) continue;
    const std::size_t from = number_at(entry, 4, 4);
    const std::size_t size = number_at(entry, 8, 4);
    if (from > profile.size() || size > profile.size() - from) return {};
    return profile.subspan(from, size);
  }
  return {};
}

/// Evaluates a sampled curve (curveType): evenly spaced from 0 to 1, linear in between.
double sampled(ByteView numbers, double v) {
  const std::size_t last = numbers.size() / 2 - 1;
  const double place = v * static_cast<double>(last);
  const std::size_t left = std::min(static_cast<std::size_t>(place), last - 1);
  const double share = place - static_cast<double>(left);
  return std::lerp(static_cast<double>(number_at(numbers, 2 * left, 2)),
                   static_cast<double>(number_at(numbers, 2 * left + 2, 2)), share) /
         65535;
}

/// The five formulas of parametricCurveType, with the letters of the specification.
double formula(unsigned kind, const std::array<double, 7>& p, double v) {
  const auto [g, a, b, c, d, e, f] = p;
  const auto power = [&] { return std::pow(std::max(a * v + b, 0.0), g); };
  switch (kind) {
    case 0:
      return std::pow(v, g);
    case 1:
      return a * v + b >= 0 ? power() : 0;
    case 2:
      return (a * v + b >= 0 ? power() : 0) + c;
    case 3:
      return v >= d ? power() : c * v;
    default:
      return v >= d ? power() + e : c * v + f;
  }
}

/// Writes every `step`-th element of `table`, from `first` on. Returns false if the tag is invalid.
bool write_curve(ByteView tag, std::vector<float>& table, std::size_t first, std::size_t step) {
  if (tag.size() < 12) return false;
  const auto write = [&](auto light_of) {
    const double top = static_cast<double>(table.size() / step) - 1;
    for (std::size_t i = 0; i < table.size() / step; ++i) {
      table[i * step + first] = static_cast<float>(light_of(static_cast<double>(i) / top));
    }
    return true;
  };
  const std::string_view type = as_text(tag.first(4));
  if (type == "curv") {
    const std::size_t count = number_at(tag, 8, 4);
    if (count > (tag.size() - 12) / 2) return false;
    if (count == 0) return write([](double v) { return v; });
    if (count == 1) {
      const double gamma = number_at(tag, 12, 2) / 256.0;
      return write([&](double v) { return std::pow(v, gamma); });
    }
    return write([&](double v) { return sampled(tag.subspan(12, 2 * count), v); });
  }
  if (type != "para") return false;
  constexpr std::array<std::size_t, 5> counts = {1, 3, 4, 5, 7};
  const unsigned kind = number_at(tag, 8, 2);
  if (kind >= counts.size() || tag.size() < 12 + 4 * counts[kind]) return false;
  std::array<double, 7> numbers{};
  for (std::size_t i = 0; i < counts[kind]; ++i) numbers[i] = fixed_at(tag, 12 + 4 * i);
  return write([&](double v) { return formula(kind, numbers, v); });
}

}  // namespace

const std::array<double, 9>& srgb_light_of_d50() {
  // The inverse of sRGB's primaries (IEC 61966-2-1) adapted to D50 (0.9642, 1, 0.8249).
  static constexpr std::array<double, 9> matrix = {3.1341863642,  -1.6172089590, -0.4906940640,  //
                                                   -0.9787485042, 1.9161300968,  0.0334333992,   //
                                                   0.0719639278,  -0.2289938735, 1.4057537329};
  return matrix;
}

std::optional<IccLight> icc_light_of(ByteView profile, std::size_t samples) {
  if (profile.size() < header_size + 4 || as_text(profile.subspan(36, 4)) != "acsp") return {};
  if (as_text(profile.subspan(20, 4)) != "XYZ ") return {};
  for (const std::string_view more : {"A2B0", "A2B1", "A2B2", "D2B0", "D2B1", "D2B2"}) {
    if (!tag_of(profile, more).empty()) return {};
  }
  const std::string_view space = as_text(profile.subspan(16, 4));
  IccLight light;
  if (space == "GRAY") {
    light.channels = 1;
    light.tables.resize(samples);
    if (!write_curve(tag_of(profile, "kTRC"), light.tables, 0, 1)) return {};
    return light;
  }
  if (space != "RGB ") return {};
  light.channels = 3;
  light.tables.resize(3 * samples);
  constexpr std::array<std::string_view, 3> curves = {"rTRC", "gTRC", "bTRC"};
  constexpr std::array<std::string_view, 3> primaries = {"rXYZ", "gXYZ", "bXYZ"};
  for (std::size_t i = 0; i < 3; ++i) {
    if (!write_curve(tag_of(profile, curves[i]), light.tables, i, 3)) return {};
    const ByteView xyz = tag_of(profile, primaries[i]);
    if (xyz.size() < 20 || as_text(xyz.first(4)) != "XYZ ") return {};
    for (std::size_t row = 0; row < 3; ++row) {
      for (std::size_t c = 0; c < 3; ++c) {
        light.mix[3 * row + i] += srgb_light_of_d50()[3 * row + c] * fixed_at(xyz, 8 + 4 * c);
      }
    }
  }
  return light;
}

}  // namespace imgmill

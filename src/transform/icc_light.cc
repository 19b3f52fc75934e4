#include "transform/icc_light.h"

#include <string_view>

#include "transform/icc_tags.h"

namespace imgmill {
namespace {

/// Writes every `step`-th element of `table`, from `first` on. Returns false if the tag is invalid.
bool write_curve(ByteView tag, std::vector<float>& table, std::size_t first, std::size_t step) {
  const std::optional<IccCurve> curve = IccCurve::read(tag);
  if (!curve) return false;
  const std::size_t samples = table.size() / step;
  const double top = static_cast<double>(samples) - 1;
  for (std::size_t i = 0; i < samples; ++i) {
    table[i * step + first] = static_cast<float>((*curve)(static_cast<double>(i) / top));
  }
  return true;
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
  const std::optional<IccTags> tags = IccTags::read(profile);
  if (!tags || tags->connection_space() != "XYZ ") return {};
  for (const std::string_view more : {"A2B0", "A2B1", "A2B2", "D2B0", "D2B1", "D2B2"}) {
    if (!(*tags)[more].empty()) return {};
  }
  IccLight light;
  if (tags->space() == "GRAY") {
    light.channels = 1;
    light.tables.resize(samples);
    if (!write_curve((*tags)["kTRC"], light.tables, 0, 1)) return {};
    return light;
  }
  if (tags->space() != "RGB ") return {};
  light.channels = 3;
  light.tables.resize(3 * samples);
  constexpr std::array<std::string_view, 3> curves = {"rTRC", "gTRC", "bTRC"};
  constexpr std::array<std::string_view, 3> primaries = {"rXYZ", "gXYZ", "bXYZ"};
  for (std::size_t i = 0; i < 3; ++i) {
    if (!write_curve((*tags)[curves[i]], light.tables, i, 3)) return {};
    const std::optional<std::array<double, 3>> xyz = icc_xyz((*tags)[primaries[i]]);
    if (!xyz) return {};
    for (std::size_t row = 0; row < 3; ++row) {
      for (std::size_t c = 0; c < 3; ++c) {
        light.mix[3 * row + i] += srgb_light_of_d50()[3 * row + c] * (*xyz)[c];
      }
    }
  }
  return light;
}

}  // namespace imgmill

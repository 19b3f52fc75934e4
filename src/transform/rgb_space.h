// RGB colour spaces that are identified by something other than an embedded profile.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "codecs/code_points.h"
#include "imgmill/buffer.h"

namespace imgmill {

/// CIE 1931 xy.
struct Chromaticity {
  double x = 0;
  double y = 0;
};

struct Primaries {
  Chromaticity red, green, blue, white;
};

/// Light of a value from 0 to 1, as in ICC's parametric curve of type 3:
/// (scale * v + offset)^gamma from `linear_below` on, slope * v below.
struct ToneCurve {
  double gamma = 1;
  double scale = 1;
  double offset = 0;
  double slope = 0;
  double linear_below = 0;

  [[nodiscard]] double light(double v) const;
};

inline constexpr Primaries bt709_primaries = {
    {0.640, 0.330}, {0.300, 0.600}, {0.150, 0.060}, {0.3127, 0.3290}};
/// IEC 61966-2-1.
inline constexpr ToneCurve srgb_curve = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};

struct RgbSpace {
  Primaries primaries = bt709_primaries;
  ToneCurve curve = srgb_curve;
  std::string name;  ///< display name, ASCII
};

/// Interpretation of video transfer characteristics (1, 6, 11, 12, 14 and 15): H.273 defines how
/// the camera encodes light, not how it is displayed. AVIF and HEIC are displayed as if they were
/// sRGB, PNG as on a reference display (BT.1886, with black at 0); Chromium does the same.
enum class VideoCurve { srgb, bt1886 };

/// Returns nullopt for high dynamic range (PQ and HLG), logarithmic curves and undefined code
/// points. Unspecified means sRGB.
[[nodiscard]] std::optional<RgbSpace> space_of(const Cicp& cicp, VideoCurve video);

/// Adobe RGB (1998), named as its specification requires for profiles made by others.
[[nodiscard]] RgbSpace adobe_rgb();

/// Builds an ICC profile of the space (ICC.1:2022, matrix and curves, some 500 bytes). Empty if the
/// primaries are invalid. Deterministic.
[[nodiscard]] Buffer rgb_profile(const RgbSpace& space);
/// The same for grey pictures: only the curve is used.
[[nodiscard]] Buffer grey_profile(const RgbSpace& space);

}  // namespace imgmill

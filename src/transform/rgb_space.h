// What red, green and blue numbers mean, where no profile says so.
#pragma once

#include <array>
#include <optional>
#include <string>

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

/// Light of a number from 0 to 1, as ICC's parametric curve of type 3 has it:
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
  std::string name;  ///< for people, ASCII
};

/// Colours named by code points (ITU-T H.273); 2 means unspecified.
struct Cicp {
  int primaries = 2;
  int transfer = 2;
  friend bool operator==(const Cicp&, const Cicp&) = default;
};

/// How to show numbers that a camera for video has made (transfers 1, 6, 11, 12, 14 and 15):
/// H.273 says how they came about, not how they are seen. AVIF and HEIC are shown as if they were
/// sRGB's, PNG as on a reference display (BT.1886, with black at 0); so does Chromium.
enum class VideoCurve { srgb, bt1886 };

/// Nothing for high dynamic range (PQ and HLG), logarithmic curves and numbers that mean nothing.
/// Unspecified is sRGB's.
[[nodiscard]] std::optional<RgbSpace> space_of(const Cicp& cicp, VideoCurve video);

/// Adobe RGB (1998), under the name that its specification gives to others' profiles.
[[nodiscard]] RgbSpace adobe_rgb();

/// ICC profiles of these meanings (ICC.1:2022, matrix and curves, some 500 bytes). Empty where
/// the primaries make no sense. Always the same bytes for the same space.
[[nodiscard]] Buffer rgb_profile(const RgbSpace& space);
/// For grey pictures: the curve counts, white is white.
[[nodiscard]] Buffer grey_profile(const RgbSpace& space);

}  // namespace imgmill

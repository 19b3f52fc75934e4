// Converts the samples of a simple ICC profile to linear light, without a colour engine.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "imgmill/buffer.h"

namespace imgmill {

/// Conversion of samples with one or three channels to linear light in sRGB's primaries: look up
/// each sample in the table of its channel, then multiply three channels by the matrix.
struct IccLight {
  std::size_t channels = 0;  ///< 1: grey, for which the table is all that is needed; 3: red, green,
                             ///< blue
  /// Interleaved by channel; 1 = maximum brightness.
  std::vector<float> tables;
  /// Matrix with one row each for sRGB's red, green and blue, relative to white; for three channels
  /// only. Results are outside 0..1 for colours outside the sRGB gamut.
  std::array<double, 9> mix{};
};

/// Reads a matrix/TRC or grey profile (ICC.1:2022, 8.3.3 and 8.4.3: rXYZ, rTRC, kTRC and others).
/// The result is relative to the profile's own white, which becomes (1, 1, 1); D50 is adapted to
/// D65 by Bradford's transform, as in sRGB's own profile. Tables have `samples` entries per
/// channel.
///
/// Returns nullopt for profiles with colour lookup tables, which define more than curves and
/// primaries, for other colour spaces, and for damaged profiles. Never reads outside `profile`.
[[nodiscard]] std::optional<IccLight> icc_light_of(ByteView profile, std::size_t samples);

/// Row-major matrix from CIE XYZ relative to D50, as in profiles, to linear light in sRGB's
/// primaries.
[[nodiscard]] const std::array<double, 9>& srgb_light_of_d50();

}  // namespace imgmill

// The tags of an ICC profile (ICC.1:2022) that describe colours by curves and primaries.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "imgmill/buffer.h"

namespace imgmill {

/// The tags of a profile, found by their signatures. Never reads outside the profile, which must
/// outlive it.
class IccTags {
 public:
  /// Returns nothing unless the bytes begin as a profile does.
  static std::optional<IccTags> read(ByteView profile);

  /// The colour space of the device ("RGB ", "GRAY") and the one that colours are related to.
  [[nodiscard]] std::string_view space() const { return as_text(profile_.subspan(16, 4)); }
  [[nodiscard]] std::string_view connection_space() const {
    return as_text(profile_.subspan(20, 4));
  }
  /// Returns the tag with its type signature; empty if it is missing or reaches out of the profile.
  [[nodiscard]] ByteView operator[](std::string_view name) const;

 private:
  explicit IccTags(ByteView profile) : profile_(profile) {}
  ByteView profile_;
};

/// Returns the number of 2 or 4 bytes at `at`, which must lie within `bytes`.
[[nodiscard]] unsigned icc_uint16(ByteView bytes, std::size_t at);
[[nodiscard]] std::size_t icc_uint32(ByteView bytes, std::size_t at);

/// Returns the numbers of an XYZType; nothing for other types and for damage.
[[nodiscard]] std::optional<std::array<double, 3>> icc_xyz(ByteView tag);

/// A curveType or parametricCurveType: maps numbers from 0 to 1 to light from 0 to 1. Refers to the
/// tag it was read from.
class IccCurve {
 public:
  /// Returns nothing for other types and for damage.
  static std::optional<IccCurve> read(ByteView tag);

  [[nodiscard]] double operator()(double v) const;

 private:
  ByteView samples_;                 ///< two bytes each; empty if the curve is a formula
  unsigned formula_ = 0;             ///< function type of a parametricCurveType, 0..4
  std::array<double, 7> numbers_{};  ///< its g, a, b, c, d, e, f
};

}  // namespace imgmill

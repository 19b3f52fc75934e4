// Colours named by code points (ITU-T H.273) instead of a profile.
#pragma once

namespace imgmill {

/// Of the numbers in a picture; 2 means unspecified.
struct Cicp {
  int primaries = 2;
  int transfer = 2;
  friend bool operator==(const Cicp&, const Cicp&) = default;
};

/// Whether numbers so coded look right when they are taken for sRGB: primaries of
/// BT.709 or none named, and a curve that sRGB stands for (BT.709, BT.601, sRGB
/// or none named).
[[nodiscard]] constexpr bool is_srgb(const Cicp& cicp) {
  const bool primaries = cicp.primaries == 1 || cicp.primaries == 2;
  const bool curve =
      cicp.transfer == 1 || cicp.transfer == 2 || cicp.transfer == 6 || cicp.transfer == 13;
  return primaries && curve;
}

}  // namespace imgmill

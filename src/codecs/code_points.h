// Colours described by code points instead of a profile.
#pragma once

namespace imgmill {

/// Colour description by code points (ITU-T H.273); 2 means unspecified.
struct Cicp {
  int primaries = 2;
  int transfer = 2;
  friend bool operator==(const Cicp&, const Cicp&) = default;
};

}  // namespace imgmill

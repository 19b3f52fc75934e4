// What can be seen of a picture at a glance, cheaply, before anything is encoded.
#pragma once

#include <cstdint>

#include "codecs/picture.h"
#include "imgmill/error.h"

namespace imgmill {

struct Features {
  /// Distinct colours, alpha among them; 257 stands for more. 0: not counted, because
  /// the picture has more than 8 bits a channel.
  std::uint32_t colours = 0;
  /// Mean absolute difference of neighbouring pixels' green (or grey), 0..255.
  double detail = 0;
  /// Share of neighbours that are exactly alike, 0..1: near 0 for photographs, near 1
  /// for drawings and screenshots.
  double flat = 0;
  /// Share of neighbours that differ by more than 48 of 255, 0..1: hard edges.
  double edges = 0;
  /// Mean absolute difference of neighbouring pixels' red less green, 0..255.
  double colour_detail = 0;

  /// Drawn or written rather than photographed. Of 37 photographs the smoothest had 0.57.
  [[nodiscard]] bool graphic() const { return flat > 0.7; }
};

/// Looks at every pixel for the colours until there are too many, and at some rows
/// for the rest. `picture` is in memory. Errors: bad_input.
[[nodiscard]] Result<Features> features_of(const Picture& picture);

}  // namespace imgmill

// Lossless PNG optimizer: stores the same pixels in the form that compresses best.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "png/raster.h"

namespace imgmill::png {

struct Options {
  Effort effort = Effort::balanced;
  bool palette = true;       ///< a palette may be used if the colours fit
  bool clean_alpha = false;  ///< colours of fully transparent pixels may change
  /// Maximum number of threads for a large image, including the caller's; at least 1. The result
  /// does not depend on it.
  int threads = 1;
};

/// Returns a PNG with the same pixels (including the colours of fully transparent ones, unless
/// `clean_alpha` is set) and the same other chunks. It is usually smaller than `input` but may be
/// larger: the caller compares. Interlacing is removed. Deterministic. Thread-safe.
/// Errors: bad_input (any damage), unsupported (animations, critical chunks that PNG does not
/// define), limit (more than 2^40 pixels).
[[nodiscard]] Result<Buffer> optimize(ByteView input, const Options& options);

/// Encodes `raster` as a new PNG, with an ICC profile unless `profile` is empty. An RGB profile
/// keeps grey pixels from being stored as greyscale, and a grey profile the other way round.
/// Thread-safe. Throws std::bad_alloc.
[[nodiscard]] Buffer encode(Raster raster, ByteView profile, const Options& options);

}  // namespace imgmill::png

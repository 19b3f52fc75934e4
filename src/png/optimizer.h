// PNG without a wasted byte: the same pixels, stored in the way that compresses best.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "png/raster.h"

namespace imgmill::png {

struct Options {
  Effort effort = Effort::balanced;
  bool palette = true;       ///< may be used where the colours fit
  bool clean_alpha = false;  ///< colours under full transparency need not be kept
  /// Threads that may work on a large image, the caller's among them; at least 1. The bytes do
  /// not depend on it.
  int threads = 1;
};

/// `input`, a PNG, with the same pixels (colours under full transparency included, unless
/// `clean_alpha` is set) and the same other chunks, in fewer bytes if that was found possible,
/// in more if not: the caller compares. Interlacing goes. The same input and options give the same
/// bytes. Thread-safe.
/// Errors: bad_input (damaged in any way), unsupported (animations, critical chunks that
/// are not PNG's own), limit (more than 2^40 pixels).
[[nodiscard]] Result<Buffer> optimize(ByteView input, const Options& options);

/// A new PNG of `raster`, with an ICC profile unless `profile` is empty; a profile for colours
/// keeps grey pixels from being stored as grey, and one for grey the other way round.
/// Thread-safe. Throws std::bad_alloc.
[[nodiscard]] Buffer encode(Raster raster, ByteView profile, const Options& options);

}  // namespace imgmill::png

// Lossy WebP encoder.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "webp/coder.h"
#include "webp/picture.h"

namespace imgmill::webp {

struct EncoderSettings {
  double quality = 80;  ///< 1..100
  Thought thought{};
};

/// Encodes samples to a WebP file. Besides the file, it takes 1.5 bytes per pixel for planes and
/// about two bytes per nonzero level. Deterministic on every machine. Errors: as write_webp().
/// Thread-safe. Throws std::bad_alloc.
[[nodiscard]] Result<Buffer> encode_webp(const Samples& samples, const EncoderSettings& settings);

}  // namespace imgmill::webp

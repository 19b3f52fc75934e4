// Lossy WebP files from samples.
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

/// The whole way. Besides the file, it takes 1.5 bytes a pixel for planes and some two bytes for
/// each level that is not 0. The same bytes on every machine. Errors: as write_webp(). Thread-safe.
/// Throws std::bad_alloc.
[[nodiscard]] Result<Buffer> encode_webp(const Samples& samples, const EncoderSettings& settings);

}  // namespace imgmill::webp

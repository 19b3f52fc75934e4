// Damage that decoders pass over without a word.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/format.h"

namespace imgmill {

/// Looks for damage that the decoder of `format` fills with black, with what stood there before or
/// with whatever the broken bits happen to mean. Once for each input, before anything is made of
/// it; what decode() notices by itself is not looked for. Limits have been checked. Costs about as
/// much time as decoding, and no more memory; nothing where decoders look themselves. Errors:
/// bad_input; unsupported, where the decoder opens files that it cannot unpack. What cannot be
/// found: docs/adr/0027-what-counts-as-damage.md. Thread-safe.
[[nodiscard]] Result<void> check_whole(ByteView input, Format format);

}  // namespace imgmill

// Detects damage that decoders silently conceal.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/format.h"

namespace imgmill {

/// Looks for damage that the decoder of `format` fills with black, with earlier pixels or with
/// whatever the broken bits happen to mean. Called once per input, before any processing. Does not
/// look for damage that decode() reports itself. Limits have been checked. Takes about as much time
/// as decoding and no more memory; no time for formats whose decoders check. Errors: bad_input;
/// unsupported (the decoder opens files that it cannot unpack). Undetectable damage:
/// docs/adr/0027-what-counts-as-damage.md. Thread-safe.
[[nodiscard]] Result<void> check_whole(ByteView input, Format format);

}  // namespace imgmill

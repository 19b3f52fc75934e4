// The decoders of decode.h that have their own file.
#pragma once

#include "support/decode.h"

namespace imgmill::test {

Decoded decode_webp(ByteView file);
Decoded decode_avif(ByteView file);
Decoded decode_gif(ByteView file);
Decoded decode_tiff(ByteView file);
Decoded decode_qoi(ByteView file);

}  // namespace imgmill::test

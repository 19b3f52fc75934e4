// The decoders of JPEG XL and HEIC behind decode(), called as simply as they can be.
#pragma once

#include "support/decode.h"

namespace imgmill::test {

Decoded decode_jxl(ByteView file);
/// RGBA.
Decoded decode_heic(ByteView file);

}  // namespace imgmill::test

// The decoders of JPEG XL and HEIC for decode(), used in the simplest way.
#pragma once

#include "support/decode.h"

namespace imgmill::test {

Decoded decode_jxl(ByteView file);
/// RGBA.
Decoded decode_heic(ByteView file);

}  // namespace imgmill::test

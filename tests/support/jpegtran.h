// libjpeg-turbo's own lossless optimization of a JPEG.
#pragma once

#include "imgmill/buffer.h"
#include "support/make.h"

namespace imgmill::test {

/// Returns `file` with optimized codes and libjpeg's default progressive scans, as `jpegtran
/// -optimize -progressive -copy all` writes it. `file` must be valid.
Bytes jpegtran(ByteView file);

}  // namespace imgmill::test

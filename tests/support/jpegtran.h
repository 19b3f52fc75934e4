// libjpeg-turbo's own way to pack a JPEG without loss.
#pragma once

#include "imgmill/buffer.h"
#include "support/make.h"

namespace imgmill::test {

/// `file` with optimised codes and libjpeg's usual progressive scans, as `jpegtran -optimize
/// -progressive -copy all` writes it. `file` must be sound.
Bytes jpegtran(ByteView file);

}  // namespace imgmill::test

// Writes JPEG files from coefficients.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "jpeg/planes.h"
#include "jpeg/scan_script.h"

namespace imgmill::jpeg {

/// `picture` as a file, with the smallest codes and scans that `search` finds. Its segments come
/// first, unchanged. The units of its planes must be 1.
///
/// Errors: unsupported: coefficients outside the range of 8-bit samples. Throws std::bad_alloc.
/// Thread-safe.
[[nodiscard]] Result<Buffer> write_jpeg(const Picture& picture, ScanSearch search);

}  // namespace imgmill::jpeg

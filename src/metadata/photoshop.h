// Photoshop's image resource blocks, in which JPEG and TIFF carry IPTC records.
#pragma once

#include "imgmill/buffer.h"

namespace imgmill::metadata {

/// Returns the IPTC-IIM records (resource 0x0404) in `resources`; empty if there are none.
[[nodiscard]] Buffer iptc_in_photoshop(ByteView resources);
/// Returns a resource sequence that contains only `iptc`.
[[nodiscard]] Buffer photoshop_with_iptc(ByteView iptc);

}  // namespace imgmill::metadata

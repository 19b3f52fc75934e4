// Photoshop's image resource blocks, in which JPEG and TIFF carry IPTC records.
#pragma once

#include "imgmill/buffer.h"

namespace imgmill::metadata {

/// The IPTC-IIM records (resource 0x0404) among `resources`; empty: none.
[[nodiscard]] Buffer iptc_in_photoshop(ByteView resources);
/// A row of resources that holds `iptc` and nothing else.
[[nodiscard]] Buffer photoshop_with_iptc(ByteView iptc);

}  // namespace imgmill::metadata

// AVIF and HEIC as a tree of boxes (ISO/IEC 14496-12 and 23008-12), and the metadata items
// in it.
#pragma once

#include <optional>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill {

/// How colours are coded, after ITU-T H.273.
struct Nclx {
  int primaries = 2;  ///< 2 means unspecified, here and below
  int transfer = 2;
  int matrix = 2;
  bool full_range = false;
  friend bool operator==(const Nclx&, const Nclx&) = default;
};

/// What the boxes of an AVIF or HEIC file say that no decoder of ours hands on.
struct AvifFacts {
  bool sequence = false;      ///< brand "avis", "hevc", ...: an animation
  std::optional<Nclx> nclx;   ///< of the primary image
  bool has_gain_map = false;  ///< a "tmap" item: an HDR version beside the SDR one
};

/// Damaged input gives what could be read. Thread-safe.
[[nodiscard]] AvifFacts avif_facts(ByteView file);

namespace metadata {

[[nodiscard]] MetadataBlocks read_avif(ByteView file);
/// Overwrites items in place: nothing moves, the size stays. An EXIF block goes
/// where the file's own was, when it fits. The profile always stays.
/// Errors: bad_input; unsupported, when an item lies where other data is.
[[nodiscard]] Result<Rewritten> rewrite_avif(ByteView file, const Keep& keep, ByteView exif,
                                            ByteView xmp = {});

}  // namespace metadata
}  // namespace imgmill

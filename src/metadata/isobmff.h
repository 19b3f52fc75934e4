// AVIF and HEIC as a tree of boxes (ISO/IEC 14496-12 and 23008-12), and the metadata items in it.
#pragma once

#include <optional>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill {

/// Colour coding (ITU-T H.273).
struct Nclx {
  int primaries = 2;  ///< 2 means unspecified, also below
  int transfer = 2;
  int matrix = 2;
  bool full_range = false;
  friend bool operator==(const Nclx&, const Nclx&) = default;
};

/// A property that rotates or mirrors a picture (ISO/IEC 23008-12, 6.5.10 and 6.5.12).
struct TurnBox {
  std::size_t at = 0;   ///< offset of the box in the file; it has nine bytes
  bool mirror = false;  ///< "imir" if true, "irot" otherwise
  int value = 0;  ///< quarter turns anticlockwise; for "imir", 0: top to bottom, 1: left to right
};

/// Data in the boxes of an AVIF or HEIC file that our decoders do not expose.
struct AvifFacts {
  bool sequence = false;       ///< brand "avis", "hevc", ...: an animation
  std::optional<Nclx> nclx;    ///< of the primary image
  bool has_gain_map = false;   ///< a "tmap" item: the gain map for an HDR version
  bool premultiplied = false;  ///< a "prem" reference: colours are multiplied by alpha
  /// The offsets of the primary image's "irot" and "imir" in the order in which they apply, if its
  /// alpha image has none: they then apply to both.
  std::vector<TurnBox> turns_of_both;
};

/// Damaged input gives what could be read. Thread-safe.
[[nodiscard]] AvifFacts avif_facts(ByteView file);

namespace metadata {

[[nodiscard]] MetadataBlocks read_avif(ByteView file);
/// Overwrites items in place: nothing moves, the size stays the same. EXIF replaces the file's own
/// block if it fits. The profile is always kept. Errors: bad_input; unsupported (an item overlaps
/// other data).
[[nodiscard]] Result<Rewritten> rewrite_avif(ByteView file, const Keep& keep, ByteView exif,
                                             ByteView xmp = {});

}  // namespace metadata
}  // namespace imgmill

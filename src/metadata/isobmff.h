// AVIF and HEIC as a tree of boxes (ISO/IEC 14496-12 and 23008-12), and the metadata items
// in it.
#pragma once

#include <optional>
#include <vector>

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

/// A property that turns a picture (ISO/IEC 23008-12, 6.5.10 and 6.5.12).
struct TurnBox {
  std::size_t at = 0;   ///< of the box in the file; it has nine bytes
  bool mirror = false;  ///< "imir", else "irot"
  int value = 0;        ///< quarter turns anticlockwise; or 0: top for bottom, 1: left for right
};

/// What the boxes of an AVIF or HEIC file say that no decoder of ours hands on.
struct AvifFacts {
  bool sequence = false;       ///< brand "avis", "hevc", ...: an animation
  std::optional<Nclx> nclx;    ///< of the primary image
  bool has_gain_map = false;   ///< a "tmap" item: an HDR version beside the SDR one
  bool premultiplied = false;  ///< a "prem" reference: colours have been multiplied by alpha
  /// Where the primary image's turns ("irot" and "imir") stand in the file, in the order in which
  /// they apply, when its alpha image has none of its own: both are turned by them.
  std::vector<TurnBox> turns_of_both;
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

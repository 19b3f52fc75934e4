// One input image, understood as far as its header goes.
#pragma once

#include <string_view>

#include "codecs/codec.h"
#include "imgmill/optimize.h"
#include "metadata/exif.h"
#include "metadata/inventory.h"
#include "metadata/metadata.h"
#include "transform/rgb_space.h"
#include "transform/transform.h"

namespace imgmill {

/// Refers to the caller's bytes, or to its own where something had to be mended first.
struct Source {
  ByteView bytes;
  ByteView file;                  ///< the caller's, as they came
  Buffer own;                     ///< what `bytes` are where they are not `file`; mostly empty
  bool end_marker_added = false;  ///< to a JPEG that lacked it
  bool gzipped = false;           ///< `file` is the SVG in gzip
  const Codec* codec = nullptr;
  ImageInfo info;
  MetadataBlocks metadata;
  ExifFacts exif;
  ColourFacts colours;
  std::vector<Holding> inventory;  ///< all that is in the file
  /// What decoding would lose; found out once, as it may take a walk through
  /// the whole file.
  bool more_channels = false;  ///< channels beside the picture that no decoder here gives
  bool sequence = false;       ///< an animation that is not written, and maybe not even read, here
  bool still_apart = false;    ///< beside the animation there is a still picture that is none of it
  bool packed_jpeg = false;    ///< a JPEG XL from which a JPEG can be restored
  bool pages_differ = false;   ///< pages of several sizes or kinds
  bool doubles = false;        ///< 64-bit floating point, of which 32 bits are read
  bool more_inks = false;      ///< channels beside cyan, magenta, yellow and black
  /// Code points that say what the colours mean, where no profile can: high dynamic range.
  std::optional<Cicp> foreign_colours;
};

/// Recognises and measures `input`, and refuses what goes over `limits`
/// before anything is allocated for pixels.
/// Errors: bad_input, limit, unsupported.
[[nodiscard]] Result<Source> open_source(ByteView input, const Limits& limits);

/// Whether the numbers in the picture are sRGB's, said or unsaid.
[[nodiscard]] bool is_srgb_picture(const Source& source);

/// Whether an encoding anew as `target` can say of its colours what the source says:
/// PNG has them in a chunk that is carried over, the others' encoders know sRGB
/// and profiles only.
[[nodiscard]] bool tells_colours(const Source& source, Format target);

/// Why such pixels must stay as they are, for people.
inline constexpr std::string_view more_inks_reason =
    "it has inks or channels beside cyan, magenta, yellow and black";

/// Why pixels of such colours must stay as they are, for people.
[[nodiscard]] std::string foreign_reason(const Cicp& cicp);

/// Why the picture must not be encoded anew as it is, in its format, going `way`; or nothing.
[[nodiscard]] std::optional<std::string> untouchable(const Source& source, const Keep& keep,
                                                     Way way);

/// Whether a picture like `info` may be held in memory. Errors: limit.
[[nodiscard]] Result<void> within(const ImageInfo& info, const Limits& limits);

}  // namespace imgmill

// One input image, parsed as far as its header.
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

/// Refers to the caller's bytes, or owns them if they had to be repaired first.
struct Source {
  ByteView bytes;
  ByteView file;                  ///< the caller's bytes, unmodified
  Buffer own;                     ///< the storage of `bytes` if they differ from `file`; mostly
                                  ///< empty
  bool end_marker_added = false;  ///< to a JPEG that lacked it
  bool gzipped = false;           ///< `file` is the SVG in gzip
  const Codec* codec = nullptr;
  ImageInfo info;
  CodecFacts facts;  ///< without the profile, which is in `metadata`
  MetadataBlocks metadata;
  ExifFacts exif;
  ColourFacts colours;
  std::vector<Holding> inventory;  ///< all pieces of the file
  /// Code points for colours that no profile can describe: high dynamic range.
  std::optional<Cicp> foreign_colours;
};

/// Detects the format of `input` and parses it. Rejects anything that exceeds `limits` before
/// allocating memory for pixels. Errors: bad_input, limit, unsupported.
[[nodiscard]] Result<Source> open_source(ByteView input, const Limits& limits);

/// True if the pixel values are sRGB, explicitly or by default.
[[nodiscard]] bool is_srgb_picture(const Source& source);

/// True if a new encoding as `target` can express the source's colours: PNG has a chunk for them
/// that is copied; the other encoders support only sRGB and profiles.
[[nodiscard]] bool tells_colours(const Source& source, Format target);

/// The reason, for users, why such pixels must stay as they are.
inline constexpr std::string_view more_inks_reason =
    "it has inks or channels beside cyan, magenta, yellow and black";

/// The reason, for users, why pixels with such colours must stay as they are.
[[nodiscard]] std::string foreign_reason(const Cicp& cicp);

/// Returns the reason why the picture must not be re-encoded in its format by `way`, if there is
/// one.
[[nodiscard]] std::optional<std::string> untouchable(const Source& source, const Keep& keep,
                                                     Way way);

/// Succeeds if a picture like `info` may be held in memory. Errors: limit.
[[nodiscard]] Result<void> within(const ImageInfo& info, const Limits& limits);

}  // namespace imgmill

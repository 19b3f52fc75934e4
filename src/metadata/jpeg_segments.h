// JPEG as a row of marker segments (ITU-T T.81 annex B), and the metadata that
// lies in its application segments.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill {

/// Whether `file` is more than one picture: a gain map (ISO 21496-1, Adobe's
/// hdrgm, Apple's HDRGainMap) behind the main image, or a multi-picture file
/// whose further images are views of their own (CIPA DC-007: panorama, stereo,
/// angles). A camera's embedded previews do not count. False for damaged files.
/// Thread-safe.
[[nodiscard]] bool has_gain_map_or_mpf(ByteView file);

/// What stands behind the end of the picture; nothing for damaged files. Thread-safe.
[[nodiscard]] ByteView behind_jpeg(ByteView file);

namespace metadata {

/// A segment's 65,533 bytes less the signature in front of a block.
inline constexpr BlockLimits jpeg_block_limits = {.exif = 65'533 - 6, .xmp = 65'533 - 29};

[[nodiscard]] MetadataBlocks read_jpeg(ByteView file);
/// Keeps the JFIF header (without its thumbnail) and Adobe's segment whatever
/// the policy: they say how colours are coded. Of Photoshop's resources only
/// IPTC is carried on. Of `has_gain_map_or_mpf` files nothing moves: what goes is overwritten.
/// Errors: bad_input; limit, when `exif` or `xmp` is larger than a segment.
[[nodiscard]] Result<Rewritten> rewrite_jpeg(ByteView file, const Keep& keep, ByteView exif,
                                             ByteView xmp = {});
/// Puts blocks behind the JFIF header, in place of those there. Errors:
/// bad_input; limit, when EXIF or XMP are larger than a segment.
[[nodiscard]] Result<Buffer> insert_jpeg(ByteView file, const NewMetadata& metadata);
/// A file without a profile, with this one, behind JFIF header and EXIF. Nothing else changes.
/// Errors: bad_input; limit, when the profile is larger than a segment.
[[nodiscard]] Result<Buffer> insert_jpeg_profile(ByteView file, ByteView profile);

}  // namespace metadata
}  // namespace imgmill

// JPEG as a sequence of marker segments (ITU-T T.81 annex B), and the metadata in its application
// segments.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill {

/// True if `file` contains more than one picture: a gain map (ISO 21496-1, Adobe's hdrgm, Apple's
/// HDRGainMap) after the main image, or a multi-picture file whose further images are views of
/// their own (CIPA DC-007: panorama, stereo, angles). A camera's embedded previews do not count.
/// False for damaged files. Thread-safe.
[[nodiscard]] bool has_gain_map_or_mpf(ByteView file);

/// Returns the data after the end of the picture; empty for damaged files. Thread-safe.
[[nodiscard]] ByteView behind_jpeg(ByteView file);

namespace metadata {

/// A segment's 65,533 bytes minus the signature before a block.
inline constexpr BlockLimits jpeg_block_limits = {.exif = 65'533 - 6, .xmp = 65'533 - 29};

[[nodiscard]] MetadataBlocks read_jpeg(ByteView file);
/// Keeps the JFIF header (without its thumbnail) and Adobe's segment under any policy: they define
/// the colour coding. Of Photoshop's resources only IPTC is kept. In `has_gain_map_or_mpf` files
/// nothing moves: removed data is overwritten. Errors: bad_input; limit (`exif` or `xmp` is larger
/// than a segment).
[[nodiscard]] Result<Rewritten> rewrite_jpeg(ByteView file, const Keep& keep, ByteView exif,
                                             ByteView xmp = {});
/// Inserts blocks after the JFIF header, replacing existing ones. Errors: bad_input; limit (EXIF or
/// XMP is larger than a segment).
[[nodiscard]] Result<Buffer> insert_jpeg(ByteView file, const NewMetadata& metadata);
/// Inserts a profile after JFIF header and EXIF, into a file that has none. Nothing else changes.
/// Errors: bad_input; limit (the profile is larger than a segment).
[[nodiscard]] Result<Buffer> insert_jpeg_profile(ByteView file, ByteView profile);

}  // namespace metadata
}  // namespace imgmill

// TIFF files (TIFF 6.0): metadata is stored as entries of the image's directories.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

/// `exif` is a new block made of the first directory's descriptive entries and the EXIF and GPS
/// directories below it, without maker notes, whose offsets would be invalid elsewhere.
[[nodiscard]] MetadataBlocks read_tiff(ByteView file);
/// Removes entries from every directory and zeroes the values they pointed at: nothing else moves,
/// the size stays the same. The profile is always kept; copyright and orientation are kept if the
/// policy says so, which is why `exif` is not used. Errors: bad_input; unsupported for BigTIFF and
/// DNG.
[[nodiscard]] Result<Rewritten> rewrite_tiff(ByteView file, const Keep& keep, ByteView exif,
                                             ByteView xmp = {});
/// Adds artist and copyright (the only EXIF fields with their own TIFF tags) and XMP to the first
/// directory, which moves to the end of the file. Errors: unsupported (`file` is not a classic
/// TIFF).
[[nodiscard]] Result<Buffer> insert_tiff(ByteView file, const NewMetadata& metadata);

}  // namespace imgmill::metadata

// TIFF files (TIFF 6.0): metadata are entries of the image's own directories.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

/// `exif` is a new block made of the first directory's descriptive entries and
/// the EXIF and GPS directories below it, without maker notes, whose offsets
/// mean nothing elsewhere.
[[nodiscard]] MetadataBlocks read_tiff(ByteView file);
/// Takes entries out of every directory and zeroes what they pointed at: nothing
/// else moves, the size stays. The profile always stays; so do copyright and
/// orientation when the policy keeps them, which is why `exif` is not looked at.
/// Errors: bad_input; unsupported for BigTIFF and DNG.
[[nodiscard]] Result<Rewritten> rewrite_tiff(ByteView file, const Keep& keep, ByteView exif,
                                             ByteView xmp = {});
/// Adds artist and copyright (the only EXIF fields that have a place of their own
/// here) and XMP to the first directory, which moves to the end of the file.
/// Errors: unsupported, when `file` is no classic TIFF.
[[nodiscard]] Result<Buffer> insert_tiff(ByteView file, const NewMetadata& metadata);

}  // namespace imgmill::metadata

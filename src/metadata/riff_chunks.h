// WebP as a row of RIFF chunks (the WebP container specification), and the
// metadata among them.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

[[nodiscard]] MetadataBlocks read_webp(ByteView file);
/// Falls back to the simple file layout when nothing needs the extended one any
/// more. Errors: bad_input.
[[nodiscard]] Result<Rewritten> rewrite_webp(ByteView file, const Keep& keep, ByteView exif,
                                             ByteView xmp = {});
/// Goes over to the extended layout when need be. WebP has no place for IPTC,
/// which is left out. Errors: bad_input.
[[nodiscard]] Result<Buffer> insert_webp(ByteView file, const NewMetadata& metadata);

/// A file without a profile, with this one. Errors: bad_input.
[[nodiscard]] Result<Buffer> insert_webp_profile(ByteView file, ByteView profile);

/// Whether the picture is a single one, stored without loss (VP8L). Of an animation it
/// would take a look into each frame: false.
[[nodiscard]] bool is_lossless_webp(ByteView file);

}  // namespace imgmill::metadata

// WebP as a sequence of RIFF chunks (the WebP container specification), and the metadata in it.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

[[nodiscard]] MetadataBlocks read_webp(ByteView file);
/// Uses the simple file layout if nothing needs the extended one any more. Errors: bad_input.
[[nodiscard]] Result<Rewritten> rewrite_webp(ByteView file, const Keep& keep, ByteView exif,
                                             ByteView xmp = {});
/// Switches to the extended layout if necessary. WebP cannot hold IPTC, which is omitted. Errors:
/// bad_input.
[[nodiscard]] Result<Buffer> insert_webp(ByteView file, const NewMetadata& metadata);

/// Inserts a profile into a file that has none. Errors: bad_input.
[[nodiscard]] Result<Buffer> insert_webp_profile(ByteView file, ByteView profile);

/// True if the file holds a single picture that is stored losslessly (VP8L). False for animations,
/// since each frame would have to be examined.
[[nodiscard]] bool is_lossless_webp(ByteView file);

}  // namespace imgmill::metadata

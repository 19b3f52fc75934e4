// JPEG XL files: a bare codestream, or one in boxes with metadata (ISO/IEC 18181-2).
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

/// True if a JPEG can be reconstructed from it (a "jbrd" box).
[[nodiscard]] bool holds_jpeg(ByteView file);

/// Compressed blocks are unpacked, up to 16 MiB each. The profile is part of the codestream, which
/// is not parsed.
[[nodiscard]] MetadataBlocks read_jxl(ByteView file);
/// Errors: bad_input; unsupported (a box would have to be removed that is needed to reconstruct the
/// JPEG in the file).
[[nodiscard]] Result<Rewritten> rewrite_jxl(ByteView file, const Keep& keep, ByteView exif,
                                            ByteView xmp = {});
/// IPTC is not supported. Errors: bad_input.
[[nodiscard]] Result<Buffer> insert_jxl(ByteView file, const NewMetadata& metadata);

}  // namespace imgmill::metadata

// JPEG XL files: a bare codestream, or one in boxes with metadata (ISO/IEC 18181-2).
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

/// Whether a JPEG can be restored from it (a "jbrd" box).
[[nodiscard]] bool holds_jpeg(ByteView file);

/// Compressed blocks are unpacked, up to 16 MiB each. The profile is in the picture's own
/// data, which is not looked into.
[[nodiscard]] MetadataBlocks read_jxl(ByteView file);
/// Errors: bad_input; unsupported, when something would have to go without which the JPEG in
/// the file could not be restored.
[[nodiscard]] Result<Rewritten> rewrite_jxl(ByteView file, const Keep& keep, ByteView exif,
                                            ByteView xmp = {});
/// IPTC has no place here. Errors: bad_input.
[[nodiscard]] Result<Buffer> insert_jxl(ByteView file, const NewMetadata& metadata);

}  // namespace imgmill::metadata

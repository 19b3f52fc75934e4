// GIF as a row of blocks (GIF89a specification), and the metadata among them.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

[[nodiscard]] MetadataBlocks read_gif(ByteView file);
/// Frames, delays, loop counts and text that is drawn always stay. GIF has no
/// place for EXIF: a note says so when there is some. Errors: bad_input.
[[nodiscard]] Result<Rewritten> rewrite_gif(ByteView file, const Keep& keep, ByteView exif);

}  // namespace imgmill::metadata

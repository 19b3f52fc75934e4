// GIF as a row of blocks (GIF89a specification), and the metadata among them.
#pragma once

#include <cstdint>
#include <string>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

/// What is wrong with the row of blocks; empty: it is whole. A file that ends with
/// its last block instead of the closing byte is: such are common, and every
/// viewer shows them. Thread-safe.
[[nodiscard]] std::string diagnose_gif(ByteView file);

/// How many pictures stand in the row. Thread-safe.
[[nodiscard]] std::uint32_t count_gif_frames(ByteView file);

[[nodiscard]] MetadataBlocks read_gif(ByteView file);
/// Frames, delays, loop counts and text that is drawn always stay. GIF has no
/// place for EXIF: a note says so when there is some. Errors: bad_input.
[[nodiscard]] Result<Rewritten> rewrite_gif(ByteView file, const Keep& keep, ByteView exif,
                                            ByteView xmp = {});

}  // namespace imgmill::metadata

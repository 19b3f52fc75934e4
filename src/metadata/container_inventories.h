// Each container's part of the inventory (inventory.h). The functions are defined next to the
// container's reader, which walks the same pieces.
#pragma once

#include "imgmill/error.h"
#include "metadata/inventory.h"

namespace imgmill::metadata {

[[nodiscard]] std::vector<Holding> list_jpeg(ByteView file);
[[nodiscard]] std::vector<Holding> list_png(ByteView file);
[[nodiscard]] std::vector<Holding> list_webp(ByteView file);
/// AVIF and HEIC.
[[nodiscard]] std::vector<Holding> list_isobmff(ByteView file);
[[nodiscard]] std::vector<Holding> list_gif(ByteView file);
[[nodiscard]] std::vector<Holding> list_tiff(ByteView file);
[[nodiscard]] std::vector<Holding> list_jxl(ByteView file);

/// Returns `file` with `pieces` of another file of its format inserted: whole chunks, blocks and
/// boxes unchanged, trailing bytes after the end. `original`: the file the pieces come from.
/// Errors: bad_input.
[[nodiscard]] Result<Buffer> carry_into_png(ByteView file, ByteView original,
                                            const std::vector<Holding>& pieces);
[[nodiscard]] Result<Buffer> carry_into_webp(ByteView file, ByteView original,
                                             const std::vector<Holding>& pieces);
[[nodiscard]] Result<Buffer> carry_into_gif(ByteView file, ByteView original,
                                            const std::vector<Holding>& pieces);
[[nodiscard]] Result<Buffer> carry_into_jxl(ByteView file, ByteView original,
                                            const std::vector<Holding>& pieces);

/// Metadata blocks as inventory pieces, independent of the container.
[[nodiscard]] Holding exif_holding(ByteView exif, ByteView where);
[[nodiscard]] Holding xmp_holding(ByteView packet, ByteView where);
[[nodiscard]] Holding iptc_holding(ByteView records, ByteView where);

/// True if all bytes are zero, 0xFF, or white space.
[[nodiscard]] bool is_padding(ByteView bytes);
/// True if `bytes` contain a video's location, as phones write it.
[[nodiscard]] bool tells_place_of_video(ByteView bytes);
/// True if `bytes` begin like an MP4 file.
[[nodiscard]] bool begins_video(ByteView bytes);

}  // namespace imgmill::metadata

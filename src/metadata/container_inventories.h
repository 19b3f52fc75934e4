// What each container adds to the inventory (inventory.h). Each function stands beside the reader
// of its container, which walks the same pieces.
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

/// `file` with `pieces` of another file of its format put in, whole chunks, blocks and boxes as
/// they stand there, and trailing bytes behind its end. `original`: where the pieces come from.
/// Errors: bad_input.
[[nodiscard]] Result<Buffer> carry_into_png(ByteView file, ByteView original,
                                            const std::vector<Holding>& pieces);
[[nodiscard]] Result<Buffer> carry_into_webp(ByteView file, const std::vector<Holding>& pieces);
[[nodiscard]] Result<Buffer> carry_into_gif(ByteView file, const std::vector<Holding>& pieces);
[[nodiscard]] Result<Buffer> carry_into_jxl(ByteView file, const std::vector<Holding>& pieces);

/// Metadata blocks as pieces, whatever they are wrapped in.
[[nodiscard]] Holding exif_holding(ByteView exif, ByteView where);
[[nodiscard]] Holding xmp_holding(ByteView packet, ByteView where);
[[nodiscard]] Holding iptc_holding(ByteView records, ByteView where);

/// Whether all of `bytes` are zeros, 0xFF, or white space.
[[nodiscard]] bool is_padding(ByteView bytes);
/// Whether `bytes` hold the place where a video was made, as telephones write it.
[[nodiscard]] bool tells_place_of_video(ByteView bytes);
/// Whether `bytes` begin like an MP4 file.
[[nodiscard]] bool begins_video(ByteView bytes);

}  // namespace imgmill::metadata

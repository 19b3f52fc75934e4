// PNG as a row of chunks (W3C PNG, third edition), and the metadata among them.
#pragma once

#include <functional>
#include <string_view>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

struct PngChunk {
  std::string_view type;  ///< four letters, in the file's bytes
  ByteView data;
  ByteView whole;  ///< with length, type and checksum
  /// Whether the checksum is right; computed at each call.
  [[nodiscard]] bool sound() const;
};

/// Calls `visit` for each chunk from IHDR to IEND, in order. False when the file
/// ends before IEND, or does not begin as a PNG.
bool for_each_png_chunk(ByteView file, const std::function<void(const PngChunk&)>& visit);

/// EXIF comes from eXIf, or else from the text chunks of older programs.
[[nodiscard]] MetadataBlocks read_png(ByteView file);
/// Errors: bad_input, when a chunk that stays is damaged or the end is missing;
/// unsupported, for critical chunks that PNG does not define.
[[nodiscard]] Result<Rewritten> rewrite_png(ByteView file, const Keep& keep, ByteView exif,
                                            ByteView xmp = {});
/// IPTC goes into a "Raw profile type iptc" text, as there is no chunk for it.
[[nodiscard]] Result<Buffer> insert_png(ByteView file, const NewMetadata& metadata);

}  // namespace imgmill::metadata

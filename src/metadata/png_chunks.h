// PNG as a sequence of chunks (W3C PNG, third edition), and the metadata in it.
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
  ByteView whole;  ///< including length, type and checksum
  /// True if the checksum is correct; computed on each call.
  [[nodiscard]] bool sound() const;
};

/// Calls `visit` for each chunk from IHDR to IEND, in order. Returns false if the file ends before
/// IEND or does not begin as a PNG.
bool for_each_png_chunk(ByteView file, const std::function<void(const PngChunk&)>& visit);

/// EXIF comes from eXIf, or else from the text chunks of older programs.
[[nodiscard]] MetadataBlocks read_png(ByteView file);
/// Errors: bad_input (a chunk to keep is damaged, or the end is missing); unsupported (critical
/// chunks that PNG does not define).
[[nodiscard]] Result<Rewritten> rewrite_png(ByteView file, const Keep& keep, ByteView exif,
                                            ByteView xmp = {});
/// IPTC is stored as a "Raw profile type iptc" text, since PNG has no chunk for it.
[[nodiscard]] Result<Buffer> insert_png(ByteView file, const NewMetadata& metadata);

}  // namespace imgmill::metadata

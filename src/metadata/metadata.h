// Metadata in image files: reads it, keeps what the policy allows, and inserts it, without touching
// the compressed picture.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/format.h"
#include "imgmill/settings.h"

namespace imgmill {

/// Intended print resolution, dots per inch; both above 0.
struct Resolution {
  double x = 0;
  double y = 0;
  friend bool operator==(const Resolution&, const Resolution&) = default;
};

/// The metadata found in a file, each block without its container's framing. An empty block means
/// that there is none.
struct MetadataBlocks {
  Buffer icc;   ///< a whole ICC profile (JPEG segments joined, PNG inflated)
  Buffer exif;  ///< starts at the TIFF header ("II*\0" or "MM\0*")
  /// Viewers apply this EXIF's orientation. False for EXIF in a PNG's text chunks, as older
  /// programs wrote it.
  bool exif_turns = true;
  Buffer xmp;   ///< the XMP packet, XML
  Buffer iptc;  ///< IPTC-IIM records
  /// From the container itself (JFIF, pHYs, TIFF's tags), not from its EXIF.
  std::optional<Resolution> resolution;
  std::vector<std::string> others;  ///< names of other metadata: "comment", "thumbnail", ...
};

/// Reads the metadata of any format in the table. Damaged metadata is not an error: what cannot be
/// read is omitted. Never reads outside `file`.
[[nodiscard]] MetadataBlocks read_metadata(ByteView file, Format format);

struct Rewritten {
  Buffer bytes;
  std::vector<std::string> notes;  ///< for display: failures, and unrequested removals
};

/// Rewrites `file` without decoding the picture. Removes every metadata block that `keep` does not
/// allow, and replaces them by `exif` (a TIFF block) and, if keep.xmp does not keep the file's own,
/// `xmp` (a packet); empty ones are not written. Whatever is needed to display the picture
/// (profiles if keep.icc, gamma, palette, transparency, frames, delays, loop counts, HDR
/// signalling, resolution) is always kept, and so is everything unrecognized: `fate_of` in
/// inventory.h decides about each piece.
///
/// If the file holds further pictures that are located by their position in it, nothing moves:
/// removed data is overwritten.
/// Errors: bad_input (the container is damaged); unsupported (this container cannot be rewritten
/// safely; the caller then keeps the file as it is).
[[nodiscard]] Result<Rewritten> rewrite_metadata(ByteView file, Format format, const Keep& keep,
                                                 ByteView exif, ByteView xmp = {});

/// The blocks to insert into a newly encoded file that has none (or only an ICC profile). Empty
/// ones are not written. For JPEG, PNG, WebP, TIFF and JPEG XL; unsupported for the others.
struct NewMetadata {
  ByteView exif;
  ByteView xmp;
  ByteView iptc;
  /// Written if the container has its own field for it (JPEG, PNG, TIFF).
  std::optional<Resolution> resolution{};
};
/// Maximum bytes of EXIF and of XMP in one file of a format.
struct BlockLimits {
  std::size_t exif = std::numeric_limits<std::uint32_t>::max();
  std::size_t xmp = std::numeric_limits<std::uint32_t>::max();
};
[[nodiscard]] BlockLimits block_limits(Format format);

/// Errors: unsupported; bad_input (`file` is damaged); limit (a block is larger than
/// `block_limits`).
[[nodiscard]] Result<Buffer> insert_metadata(ByteView file, Format format,
                                             const NewMetadata& metadata);

}  // namespace imgmill

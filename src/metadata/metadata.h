// Metadata inside image files: find it, keep what the policy allows, put some in,
// without touching the compressed picture.
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

/// How large a picture is meant to be printed, dots per inch; both above 0.
struct Resolution {
  double x = 0;
  double y = 0;
  friend bool operator==(const Resolution&, const Resolution&) = default;
};

/// What was found in a file, each block as it stands in the container but
/// without its container's framing. An empty block means: not there.
struct MetadataBlocks {
  Buffer icc;   ///< a whole ICC profile (JPEG segments joined, PNG inflated)
  Buffer exif;  ///< from the TIFF header ("II*\0" or "MM\0*") on
  /// Viewers turn the picture by its EXIF. Not by what older programs put into a PNG's text.
  bool exif_turns = true;
  Buffer xmp;   ///< the XMP packet, XML
  Buffer iptc;  ///< IPTC-IIM records
  /// Said by the container itself (JFIF, pHYs, TIFF's tags), not by its EXIF.
  std::optional<Resolution> resolution;
  std::vector<std::string> others;  ///< names of what else is there: "comment", "thumbnail", ...
};

/// Reads the metadata of any format in the table. Damage in the metadata is
/// not an error: what cannot be read is left out. Never reads outside `file`.
[[nodiscard]] MetadataBlocks read_metadata(ByteView file, Format format);

struct Rewritten {
  Buffer bytes;
  std::vector<std::string> notes;  ///< what could not be done, or went unasked, for people
};

/// Rewrites `file` without decoding the picture: drops every metadata block that
/// `keep` does not allow, and puts `exif` (a TIFF block) and, where keep.xmp does not let the
/// file's own stay, `xmp` (a packet) in their place; empty ones: none. Whatever shows the picture
/// (profiles when keep.icc, gamma, palette, transparency, frames, delays, loop counts, HDR
/// signalling, resolution) always stays, and so does everything that is not understood: what
/// becomes of each piece is for `fate_of` in inventory.h to say.
///
/// Where the file holds further pictures that are found by their place in it, nothing moves:
/// what goes is overwritten.
/// Errors: bad_input, when the container is damaged; unsupported, when this
/// container cannot be rewritten safely (the caller then keeps the file as it is).
[[nodiscard]] Result<Rewritten> rewrite_metadata(ByteView file, Format format, const Keep& keep,
                                                 ByteView exif, ByteView xmp = {});

/// The blocks to put into a freshly encoded file that carries none (or only an
/// ICC profile). Empty ones are not written. For JPEG, PNG, WebP, TIFF and JPEG XL; unsupported
/// for the others.
struct NewMetadata {
  ByteView exif;
  ByteView xmp;
  ByteView iptc;
  /// Where the container has a place of its own for it (JPEG, PNG, TIFF).
  std::optional<Resolution> resolution{};
};
/// The most bytes of EXIF and of XMP that one file of a format can hold.
struct BlockLimits {
  std::size_t exif = std::numeric_limits<std::uint32_t>::max();
  std::size_t xmp = std::numeric_limits<std::uint32_t>::max();
};
[[nodiscard]] BlockLimits block_limits(Format format);

/// Errors: unsupported; bad_input, when `file` is damaged; limit, when a block is
/// larger than `block_limits`.
[[nodiscard]] Result<Buffer> insert_metadata(ByteView file, Format format,
                                             const NewMetadata& metadata);

}  // namespace imgmill

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

/// What was found in a file, each block as it stands in the container but
/// without its container's framing. An empty block means: not there.
struct MetadataBlocks {
  Buffer icc;                       ///< a whole ICC profile (JPEG segments joined, PNG inflated)
  Buffer exif;                      ///< from the TIFF header ("II*\0" or "MM\0*") on
  Buffer xmp;                       ///< the XMP packet, XML
  Buffer iptc;                      ///< IPTC-IIM records
  std::vector<std::string> others;  ///< names of what else is there: "comment", "thumbnail", ...
};

/// Reads the metadata of any format in the table. Damage in the metadata is
/// not an error: what cannot be read is left out. Never reads outside `file`.
[[nodiscard]] MetadataBlocks read_metadata(ByteView file, Format format);

/// Rewrites `file` without decoding the picture: drops every metadata block that
/// `keep` does not allow, and puts `exif` (a TIFF block, may be empty: none) in
/// the place of the file's own EXIF. Whatever shows the picture (profiles when
/// keep.icc, gamma, palette, transparency, frames, delays, loop counts, HDR
/// signalling) always stays. Bytes after the end of the image go.
///
/// `image` holds what could not be done ("metadata kept: ..."), for the result.
/// Errors: bad_input, when the container is damaged; unsupported, when this
/// container cannot be rewritten safely (the caller then keeps the file as it is).
struct Rewritten {
  Buffer bytes;
  std::vector<std::string> notes;
};
[[nodiscard]] Result<Rewritten> rewrite_metadata(ByteView file, Format format, const Keep& keep,
                                                 ByteView exif);

/// The blocks to put into a freshly encoded file that carries none (or only an
/// ICC profile). Empty ones are not written. For JPEG, PNG, WebP, TIFF and JPEG XL; unsupported
/// for the others.
struct NewMetadata {
  ByteView exif;
  ByteView xmp;
  ByteView iptc;
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

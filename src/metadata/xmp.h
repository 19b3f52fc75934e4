// Reads and filters XMP packets (ISO 16684-1).
#pragma once

#include <optional>
#include <string>

#include "imgmill/buffer.h"
#include "imgmill/result.h"

namespace imgmill {

/// A rectangle in shares of a picture as it is stored, 0..1.
struct RegionBox {
  double left = 0, top = 0, right = 1, bottom = 1;
};

/// The XMP properties that imgmill uses. A packet that is not XML, is in UTF-16 or has a DOCTYPE
/// gives the defaults.
struct XmpFacts {
  bool readable = false;
  PrivateData holds;
  bool rights = false;        ///< copyright, creator, licence
  bool source_type = false;   ///< IPTC DigitalSourceType: how the picture was made ("by AI")
  int orientation = 0;        ///< tiff:Orientation, 1..8; 0: none
  bool motion_video = false;  ///< a motion photo: a video follows the picture
  bool container = false;     ///< lists pictures and videos after the main one, by length
  bool gain_map = false;
  /// The box around the regions that people or cameras have marked: faces, pets and focus points
  /// (Metadata Working Group, "Guidelines for Handling Image Metadata" 2.0, 5.9) and rectangles of
  /// IPTC's ImageRegion (IPTC Photo Metadata Standard 2023.2). MWG's are of the picture as it is
  /// stored, and so are IPTC's taken to be.
  std::optional<RegionBox> regions;
};
[[nodiscard]] XmpFacts read_xmp(ByteView packet);

/// Selects which properties of a packet to keep.
struct XmpSelection {
  bool rights = false;       ///< copyright, creator, licence and credit
  bool source_type = false;  ///< DigitalSourceType and the program that made the picture
  bool container = false;    ///< gain map, depth and container properties, which readers need
  bool rest = false;         ///< all others
};

/// Returns a new packet with the properties of `packet` that `selection` keeps; empty if there are
/// none or the packet cannot be read. Structure and language variants are kept. Thread-safe.
[[nodiscard]] Buffer filter_xmp(ByteView packet, const XmpSelection& selection);

/// Returns `packet` with every tiff:Orientation set to `orientation` (1..8), at the same size.
[[nodiscard]] Buffer with_xmp_orientation(ByteView packet, int orientation);

/// Returns `packet` padded with spaces at its end (inside its wrapper, if any) to `size` bytes;
/// empty if it is larger.
[[nodiscard]] Buffer padded_xmp(ByteView packet, std::size_t size);

}  // namespace imgmill

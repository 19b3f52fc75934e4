// XMP packets (ISO 16684-1): what they say, and what is left of them.
#pragma once

#include <string>

#include "imgmill/buffer.h"
#include "imgmill/result.h"

namespace imgmill {

/// The few things that imgmill acts on. A packet that is not XML, is in UTF-16 or has a DOCTYPE
/// gives the defaults.
struct XmpFacts {
  bool readable = false;
  PrivateData holds;
  bool rights = false;        ///< copyright, creator, licence
  bool source_type = false;   ///< IPTC DigitalSourceType: how the picture was made ("by AI")
  int orientation = 0;        ///< tiff:Orientation, 1..8; 0: not said
  bool motion_video = false;  ///< a motion photo: a video follows the picture
  bool container = false;     ///< names pictures and videos behind the main one, by length
  bool gain_map = false;
};
[[nodiscard]] XmpFacts read_xmp(ByteView packet);

/// Which properties of a packet stay.
struct XmpSelection {
  bool rights = false;       ///< copyright, creator, licence and credit
  bool source_type = false;  ///< DigitalSourceType and what made the picture
  bool container = false;    ///< gain map, depth and container properties, which readers need
  bool rest = false;         ///< all others
};

/// A new packet of the properties of `packet` that `selection` names; empty when there are none
/// or the packet cannot be read. Structure and language variants are kept. Thread-safe.
[[nodiscard]] Buffer filter_xmp(ByteView packet, const XmpSelection& selection);

/// `packet` with every tiff:Orientation in it set to `orientation` (1..8), at its size.
[[nodiscard]] Buffer with_xmp_orientation(ByteView packet, int orientation);

/// `packet`, spaces added at its end (within its wrapper, if any) until it has `size` bytes; empty
/// when it has more.
[[nodiscard]] Buffer padded_xmp(ByteView packet, std::size_t size);

}  // namespace imgmill

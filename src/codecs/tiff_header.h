// Reads a TIFF's channel layout without decoding pixels (TIFF 6.0 and BigTIFF).
#pragma once

#include <string_view>
#include <vector>

#include "codecs/picture.h"
#include "imgmill/buffer.h"

namespace imgmill {

/// Channels of the first page.
struct TiffChannels {
  int photometric = -1;              ///< 2: RGB, 5: inks, ...; -1: no TIFF, or damaged
  int bits = 1;                      ///< of the first channel
  std::vector<ExtraChannel> extras;  ///< in addition to those implied by `photometric`
  bool more_inks = false;            ///< inks other than plain CMYK
  bool doubles = false;              ///< 64-bit floating point
  std::string_view unread;           ///< a feature that nothing here reads correctly; usually empty
  bool pages_agree = true;           ///< all pages have the same extras
};

/// Never reads outside `file`; damaged files give what could be read. Thread-safe.
[[nodiscard]] TiffChannels read_tiff_channels(ByteView file);

/// Overwrites the kinds of the extra channels in all pages of `file`. Returns false and leaves the
/// file unchanged if a page has a different number of them.
[[nodiscard]] bool set_tiff_extras(Buffer& file, const std::vector<ExtraChannel>& extras);

/// Converts 64-bit floating-point samples to 32 bits in place. Returns false, with the file
/// unusable, if they are compressed or a page has other samples.
[[nodiscard]] bool make_tiff_doubles_floats(Buffer& file);

/// Overwrites the photometric interpretation of all pages of `file`. Returns false and leaves the
/// file unchanged if a page has none.
[[nodiscard]] bool set_tiff_photometric(Buffer& file, int photometric);

}  // namespace imgmill

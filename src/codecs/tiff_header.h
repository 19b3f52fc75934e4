// TIFF without pixels: what its channels are (TIFF 6.0 and BigTIFF).
#pragma once

#include <string_view>
#include <vector>

#include "codecs/picture.h"
#include "imgmill/buffer.h"

namespace imgmill {

/// Of the first page.
struct TiffChannels {
  int photometric = -1;              ///< 2: RGB, 5: inks, ...; -1: no TIFF, or damaged
  int bits = 1;                      ///< of the first channel
  std::vector<ExtraChannel> extras;  ///< behind those that `photometric` counts
  bool more_inks = false;            ///< inks, but not cyan, magenta, yellow and black alone
  bool doubles = false;              ///< floating point of 64 bits
  std::string_view unread;           ///< what in it nobody here reads right; mostly empty
  bool pages_agree = true;           ///< all pages have the same extras
};

/// Never reads outside `file`; of damaged files what could be read. Thread-safe.
[[nodiscard]] TiffChannels read_tiff_channels(ByteView file);

/// The kinds of extra channels, written over those in all pages of `file`. False, and the file as
/// it was, when a page has another number of them.
[[nodiscard]] bool set_tiff_extras(Buffer& file, const std::vector<ExtraChannel>& extras);

/// Samples of 64-bit floating point made 32-bit ones, where they lie. False, and the file not to be
/// used, where they are compressed or a page has others.
[[nodiscard]] bool make_tiff_doubles_floats(Buffer& file);

/// The photometric interpretation, written over that of all pages of `file`. False, and the file
/// as it was, when a page has none.
[[nodiscard]] bool set_tiff_photometric(Buffer& file, int photometric);

}  // namespace imgmill

// Just enough of EXIF (TIFF 6.0 structure, CIPA DC-008) to know which way is up
// and whose picture it is.
#pragma once

#include <optional>
#include <string>

#include "imgmill/buffer.h"
#include "imgmill/result.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill {

/// The few facts imgmill acts on. All offsets are checked; nonsense reads as absent.
struct ExifFacts {
  int orientation = 1;    ///< 1..8; anything else in the file counts as 1
  std::string artist;     ///< tag 0x013B
  std::string copyright;  ///< tag 0x8298
  bool has_gps = false;
  bool has_thumbnail = false;
  PrivateData holds;  ///< a maker's note counts as a serial number, which most of them have
  std::optional<Resolution> resolution;  ///< unless it is EXIF's default, 72
  std::string camera;  ///< make and model, for people
};

/// `exif` starts at the TIFF header. Empty or damaged input gives the defaults.
[[nodiscard]] ExifFacts read_exif(ByteView exif);

/// The EXIF block the policy leaves of `original`:
///  - keep.exif: the whole block, its orientation tag set to `orientation`
///    (and its thumbnail dropped when `pixels_changed`, since it would lie);
///  - otherwise a new minimal block with copyright and artist (keep.copyright),
///    `orientation` when it is not 1 (keep.orientation), and `resolution`, if any;
///  - empty when nothing is left to say.
[[nodiscard]] Buffer filter_exif(ByteView original, const Keep& keep, int orientation,
                                 bool pixels_changed,
                                 const std::optional<Resolution>& resolution = std::nullopt);

}  // namespace imgmill

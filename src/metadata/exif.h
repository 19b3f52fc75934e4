// Reads and filters EXIF (TIFF 6.0 structure, CIPA DC-008), as far as orientation, ownership and
// privacy need it.
#pragma once

#include <optional>
#include <string>

#include "imgmill/buffer.h"
#include "imgmill/result.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill {

/// The EXIF fields that imgmill uses. All offsets are checked; invalid data reads as absent.
struct ExifFacts {
  int orientation = 1;    ///< 1..8; any other value in the file counts as 1
  std::string artist;     ///< tag 0x013B
  std::string copyright;  ///< tag 0x8298
  bool has_gps = false;
  bool has_thumbnail = false;
  PrivateData holds;  ///< maker notes count as a serial number, which most of them contain
  std::optional<Resolution> resolution;  ///< unless it is EXIF's default, 72
  /// The colours are Adobe RGB if no profile says otherwise: ColorSpace "uncalibrated" with
  /// InteroperabilityIndex R03 (CIPA DC-009, DCF 2.0), or ColorSpace 2, as older cameras wrote.
  bool adobe_rgb = false;
  std::string camera;  ///< make and model, for display
};

/// `exif` starts at the TIFF header. Empty or damaged input gives the defaults.
[[nodiscard]] ExifFacts read_exif(ByteView exif);

/// Changes `exif` to declare sRGB (ColorSpace 1, InteroperabilityIndex R98) if it declares a colour
/// space at all. Nothing moves.
void say_srgb(Buffer& exif);

/// Returns a minimal block that declares Adobe RGB (ColorSpace 2), with the fields of `original`
/// that the policy keeps: copyright, artist, orientation.
[[nodiscard]] Buffer exif_for_adobe_rgb(ByteView original, const Keep& keep, int orientation,
                                        const std::optional<Resolution>& resolution);

/// Returns the EXIF block that the policy leaves of `original`:
/// - keep.exif: the whole block, its orientation tag set to `orientation` (and its thumbnail
///   removed if `pixels_changed`, since it would be outdated);
/// - otherwise a new minimal block with copyright and artist (keep.copyright), `orientation` if it
///   is not 1 (keep.orientation), and `resolution`, if any;
/// - empty if nothing is left.
[[nodiscard]] Buffer filter_exif(ByteView original, const Keep& keep, int orientation,
                                 bool pixels_changed,
                                 const std::optional<Resolution>& resolution = std::nullopt);

}  // namespace imgmill

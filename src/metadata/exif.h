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
  /// The colours are Adobe RGB's where no profile says otherwise: ColorSpace "uncalibrated" with
  /// InteroperabilityIndex R03 (CIPA DC-009, DCF 2.0), or ColorSpace 2, as older cameras wrote.
  bool adobe_rgb = false;
  std::string camera;  ///< make and model, for people
};

/// `exif` starts at the TIFF header. Empty or damaged input gives the defaults.
[[nodiscard]] ExifFacts read_exif(ByteView exif);

/// Makes `exif` say that the colours are sRGB's (ColorSpace 1, InteroperabilityIndex R98) where it
/// says anything of them. Nothing moves.
void say_srgb(Buffer& exif);

/// The least that says of a picture that its colours are Adobe RGB's (ColorSpace 2), with what of
/// `original` the policy names: copyright, artist, orientation.
[[nodiscard]] Buffer exif_for_adobe_rgb(ByteView original, const Keep& keep, int orientation,
                                        const std::optional<Resolution>& resolution);

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

// Test pictures as files, made by the formats' own libraries.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/format.h"
#include "support/raster.h"

namespace imgmill::test {

using Bytes = std::vector<std::byte>;

/// H.273's numbers for primaries and transfer.
using CodePoints = std::array<std::uint8_t, 2>;

inline constexpr std::string_view secret_place = "SECRET-PLACE-52N13E";
inline constexpr std::string_view secret_camera = "SECRET-CAMERA-4711";
inline constexpr std::string_view secret_xmp = "SECRET-XMP-PACKET";
inline constexpr std::string_view secret_comment = "SECRET-COMMENT";
inline constexpr std::string_view owner = "(c) Ada Example 2024";

/// An EXIF block (from the TIFF header on) with this orientation, and with
/// owner, camera and position when `telling`.
Bytes exif_block(int orientation, bool telling = true);
/// An EXIF block in which a camera says what colours its JPEG has (CIPA DC-009): ColorSpace, and
/// with an index that is not empty InteroperabilityIndex.
Bytes dcf_exif(std::uint16_t color_space, std::string_view index);
/// A small XMP packet with `secret_xmp` in it.
Bytes xmp_packet();

struct PngMake {
  bool palette = false;  ///< of the colours of the raster, which must fit `bits`
  bool interlaced = false;
  bool clear_first = false;  ///< tRNS makes the first pixel's colour clear (no alpha channel)
  double gamma = 0;          ///< gAMA; 0: none
  /// cHRM: x and y of white, red, green and blue.
  std::optional<std::array<double, 8>> chromaticities;
  std::optional<CodePoints> cicp;  ///< cICP
  int level = 6;                   ///< of deflate
  Bytes icc, exif, xmp;
};
Bytes make_png(const Raster& raster, const PngMake& how = {});

struct JpegMake {
  int quality = 90;
  int across = 2, down = 2;  ///< sampling factors of luma; chroma has 1
  bool progressive = false;
  bool arithmetic = false;  ///< coded so instead of with Huffman's codes
  int restart_rows = 0;
  Bytes icc, exif, xmp;
  std::string_view comment = {};
};
/// One, three or (CMYK, as Adobe writes it) four channels.
Bytes make_jpeg(const Raster& raster, const JpegMake& how = {});

struct WebpMake {
  bool lossless = true;
  int quality = 90;
  Bytes icc, exif, xmp;
};
Bytes make_webp(const Raster& raster, const WebpMake& how = {});
Bytes make_webp(const Movie& movie, const WebpMake& how = {});

/// 256 colours at most in each frame; clear pixels become the transparent index.
Bytes make_gif(const Movie& movie);
Bytes make_gif(const Raster& raster);

struct TiffMake {
  int orientation = 1;
  bool deflate = true;
  /// ExtraSamples for the last channels; empty: straight alpha, if the raster has alpha.
  std::vector<std::uint16_t> extras;
  bool unit_float = false;  ///< samples as 32-bit floats, 1 for the highest
  bool planes = false;      ///< each channel by itself, 8 bits
  int photometric = -1;     ///< other than the raster's
  int tile = 0;             ///< side of its tiles, a multiple of 16 (8 bits); 0: strips
  Bytes icc;
  std::string_view copyright = {};
};
Bytes make_tiff(const std::vector<Raster>& pages, const TiffMake& how = {});
inline Bytes make_tiff(const Raster& raster, const TiffMake& how = {}) {
  return make_tiff(std::vector{raster}, how);
}

struct AvifMake {
  bool lossless = true;  ///< identity matrix, so that RGB comes back exactly
  int quality = 90;
  CodePoints cicp = {1, 13};   ///< nclx, where there is no profile
  bool premultiplied = false;  ///< what the raster holds, and the file says
  int turns = 0;               ///< quarter turns anticlockwise that a reader has to make, by irot
  std::optional<int> mirror;   ///< imir: 0 top for bottom, 1 left for right
  Bytes icc, exif;
};
Bytes make_avif(const Raster& raster, const AvifMake& how = {});

struct JxlMake {
  bool lossless = true;
  int orientation = 1;  ///< in the codestream
  bool boxes = false;   ///< in boxes, also without a need
  Bytes icc, exif, xmp;
};
/// Frames beyond the first make an animation.
Bytes make_jxl(const Movie& movie, const JxlMake& how = {});
inline Bytes make_jxl(const Raster& raster, const JxlMake& how = {}) {
  return make_jxl(Movie{{raster}, {}, 0}, how);
}

struct HeicMake {
  int quality = 90;
  int turn = 0;               ///< degrees clockwise that a reader has to turn it, by irot
  CodePoints cicp = {1, 13};  ///< nclx, where there is no profile
  bool more = false;          ///< a second picture
  Bytes icc, exif, xmp;
};
/// Whether this libheif can encode HEVC.
bool can_make_heic();
/// 8 or 10 bits; with loss, chroma in half size. Throws where it cannot be made.
Bytes make_heic(const Raster& raster, const HeicMake& how = {});

/// The rows of the table that imgmill writes.
std::vector<FormatInfo> written_formats();
/// Those, and what else `make` can make here: without libheif's encoder no HEIC.
std::vector<FormatInfo> made_formats();

/// The picture in any format, without loss where the format can: HEIC loses, JPEG drops
/// alpha and is written at quality 90, GIF needs few colours.
Bytes make(Format format, const Raster& raster);

}  // namespace imgmill::test

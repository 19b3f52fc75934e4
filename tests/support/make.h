// Creates test files with the formats' own libraries.
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

/// Primaries and transfer as in H.273.
using CodePoints = std::array<std::uint8_t, 2>;

inline constexpr std::string_view secret_place = "SECRET-PLACE-52N13E";
inline constexpr std::string_view secret_camera = "SECRET-CAMERA-4711";
inline constexpr std::string_view secret_xmp = "SECRET-XMP-PACKET";
inline constexpr std::string_view secret_comment = "SECRET-COMMENT";
inline constexpr std::string_view owner = "(c) Ada Example 2024";

/// Returns an EXIF block (from the TIFF header on) with this orientation and, if `telling`, with
/// owner, camera and position.
Bytes exif_block(int orientation, bool telling = true);
/// Returns an EXIF block that specifies the colour space of a camera's JPEG (CIPA DC-009):
/// ColorSpace and, unless `index` is empty, InteroperabilityIndex.
Bytes dcf_exif(std::uint16_t color_space, std::string_view index);
/// Returns a small XMP packet that contains `secret_xmp`.
Bytes xmp_packet();

struct PngMake {
  bool palette = false;  ///< of the raster's colours, which must fit `bits`
  bool interlaced = false;
  bool clear_first = false;  ///< tRNS makes the first pixel's colour transparent (no alpha channel)
  double gamma = 0;          ///< gAMA; 0: none
  /// cHRM: x and y of white, red, green and blue.
  std::optional<std::array<double, 8>> chromaticities;
  std::optional<CodePoints> cicp;  ///< cICP
  int level = 6;                   ///< deflate level
  Bytes icc, exif, xmp;
};
Bytes make_png(const Raster& raster, const PngMake& how = {});

struct JpegMake {
  int quality = 90;
  int across = 2, down = 2;  ///< sampling factors of luma; those of chroma are 1
  bool progressive = false;
  bool arithmetic = false;  ///< arithmetic coding instead of Huffman codes
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

/// At most 256 colours per frame; clear pixels become the transparent index.
Bytes make_gif(const Movie& movie);
Bytes make_gif(const Raster& raster);

struct TiffMake {
  int orientation = 1;
  bool deflate = true;
  /// ExtraSamples for the last channels; empty: straight alpha, if the raster has alpha.
  std::vector<std::uint16_t> extras;
  bool unit_float = false;  ///< samples as 32-bit floats, with 1 as the maximum
  bool planes = false;      ///< planar, 8 bits
  int photometric = -1;     ///< overrides that of the raster
  int tile = 0;             ///< side of its tiles, a multiple of 16 (8 bits); 0: strips
  Bytes icc;
  std::string_view copyright = {};
};
Bytes make_tiff(const std::vector<Raster>& pages, const TiffMake& how = {});
inline Bytes make_tiff(const Raster& raster, const TiffMake& how = {}) {
  return make_tiff(std::vector{raster}, how);
}

struct AvifMake {
  bool lossless = true;  ///< identity matrix, so that RGB round-trips exactly
  int quality = 90;
  CodePoints cicp = {1, 13};   ///< nclx, if there is no profile
  bool premultiplied = false;  ///< raster and file are premultiplied
  int turns = 0;               ///< quarter turns anticlockwise for the reader (irot)
  std::optional<int> mirror;   ///< imir: 0 flips vertically, 1 horizontally
  Bytes icc, exif;
};
Bytes make_avif(const Raster& raster, const AvifMake& how = {});

struct JxlMake {
  bool lossless = true;
  int orientation = 1;  ///< in the codestream
  bool boxes = false;   ///< always use the box container
  Bytes icc, exif, xmp;
};
/// More than one frame makes an animation.
Bytes make_jxl(const Movie& movie, const JxlMake& how = {});
inline Bytes make_jxl(const Raster& raster, const JxlMake& how = {}) {
  return make_jxl(Movie{{raster}, {}, 0}, how);
}

struct HeicMake {
  int quality = 90;
  int turn = 0;               ///< degrees clockwise for the reader (irot)
  CodePoints cicp = {1, 13};  ///< nclx, if there is no profile
  bool more = false;          ///< a second picture
  Bytes icc, exif, xmp;
};
/// True if this libheif can encode HEVC.
bool can_make_heic();
/// 8 or 10 bits; lossy, with chroma subsampling. Throws if it cannot be encoded.
Bytes make_heic(const Raster& raster, const HeicMake& how = {});

/// 8 bits; a chunk with all samples for each pixel, except for runs.
Bytes make_qoi(const Raster& raster, bool linear = false);

/// The formats in the table that imgmill writes.
std::vector<FormatInfo> written_formats();
/// Those, and the others that `make` can create here: no HEIC without libheif's encoder.
std::vector<FormatInfo> made_formats();

/// Creates the picture in any format, lossless if the format can: HEIC is lossy, JPEG drops alpha
/// and is written at quality 90, GIF needs few colours.
Bytes make(Format format, const Raster& raster);

}  // namespace imgmill::test

// A JPEG file as segments (ITU-T T.81, annex B), with the purpose of each.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "metadata/bytes.h"
#include "metadata/metadata.h"

namespace imgmill::metadata::jpeg_file {

inline constexpr std::size_t max_payload = 65533;
inline constexpr std::string_view exif_signature("Exif\0\0", 6);
inline constexpr std::string_view xmp_signature("http://ns.adobe.com/xap/1.0/\0", 29);
inline constexpr std::string_view icc_signature("ICC_PROFILE\0", 12);
inline constexpr std::string_view photoshop_signature("Photoshop 3.0\0", 14);
inline constexpr std::size_t jfif_size = 14;
/// Maximum length of the names in APP segments of programs and cameras.
inline constexpr std::size_t application_name = 12;

enum class Kind {
  picture,
  jfif,
  thumbnail,
  exif,
  xmp,
  long_xmp,
  icc,
  multi_picture,
  gain_map,  ///< data about the gain map after the picture, needed by readers
  photoshop,
  adobe,
  extension,    ///< layers of the picture, valid only for this exact picture
  credentials,  ///< C2PA
  comment,
  application,  ///< known data of cameras and programs
  unknown,
};

struct Segment {
  std::uint8_t marker = 0;
  std::size_t begin = 0;  ///< of the marker
  std::size_t end = 0;    ///< for a scan: after its entropy-coded data
  ByteView payload;
  Kind kind = Kind::picture;
};

struct Layout {
  std::vector<Segment> segments;  ///< without SOI and EOI
  std::size_t end = 0;            ///< after EOI
  bool complete = false;          ///< frame, scan and EOI were found
};

/// Parses as far as the file is valid.
[[nodiscard]] Layout parse(ByteView file);
[[nodiscard]] const Segment* first(const Layout& layout, Kind kind);
/// Returns the profile if all its numbered pieces are present exactly once.
[[nodiscard]] Buffer joined_icc(const Layout& layout);
[[nodiscard]] Buffer joined_photoshop(const Layout& layout);
/// Returns the TIFF block of an EXIF segment, or the packet of an XMP segment.
[[nodiscard]] ByteView exif_of(const Segment& segment);
[[nodiscard]] ByteView xmp_of(const Segment& segment);
/// True if further pictures, located by their position in the file, follow the main one.
[[nodiscard]] bool is_several_pictures(ByteView file, const Layout& layout);

/// The data after the end of the main picture.
struct Rest {
  ByteView pictures;  ///< further JPEGs; those named by an index may be incomplete
  ByteView video;     ///< of a motion photo, including the maker's frame around it
  ByteView trailing;  ///< anything else
};
[[nodiscard]] Rest rest_of(ByteView file, const Layout& layout);

/// Returns `file`, which has several pictures, with everything overwritten in each of them that
/// `keep` does not allow; all other bytes stay in place. `exif` replaces the main picture's own if
/// it fits.
[[nodiscard]] Rewritten blank_jpeg(ByteView file, const Layout& layout, const Keep& keep,
                                   ByteView exif);

}  // namespace imgmill::metadata::jpeg_file

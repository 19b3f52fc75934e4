// A JPEG file as segments (ITU-T T.81, annex B), and what each of them is for.
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
/// What programs and cameras call their own segments fits into so many bytes.
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
  gain_map,  ///< what a reader has to know of the gain map behind the picture
  photoshop,
  adobe,
  extension,    ///< layers of the picture, which belong to exactly this one
  credentials,  ///< C2PA
  comment,
  application,  ///< known data of cameras and programs
  unknown,
};

struct Segment {
  std::uint8_t marker = 0;
  std::size_t begin = 0;  ///< of the marker
  std::size_t end = 0;    ///< for a scan: behind its entropy-coded data
  ByteView payload;
  Kind kind = Kind::picture;
};

struct Layout {
  std::vector<Segment> segments;  ///< without start and end of image
  std::size_t end = 0;            ///< behind the end of image
  bool complete = false;          ///< frame, scan and end of image were found
};

/// As far as the file is sound.
[[nodiscard]] Layout parse(ByteView file);
[[nodiscard]] const Segment* first(const Layout& layout, Kind kind);
/// The profile, when its numbered pieces are all there, once each.
[[nodiscard]] Buffer joined_icc(const Layout& layout);
[[nodiscard]] Buffer joined_photoshop(const Layout& layout);
/// The TIFF block of an EXIF segment and the packet of an XMP segment.
[[nodiscard]] ByteView exif_of(const Segment& segment);
[[nodiscard]] ByteView xmp_of(const Segment& segment);
/// Whether further pictures, found by their place in the file, follow the main one.
[[nodiscard]] bool is_several_pictures(ByteView file, const Layout& layout);

/// What stands behind the end of the main picture.
struct Rest {
  ByteView pictures;  ///< further JPEGs; where an index names them, whole ones or not
  ByteView video;     ///< of a motion photo, with the maker's frame around it
  ByteView trailing;  ///< anything else
};
[[nodiscard]] Rest rest_of(ByteView file, const Layout& layout);

/// `file`, which is several pictures, with that overwritten which `keep` does not allow, in each of
/// them; every byte of the rest stays in its place. `exif` goes where the main picture's own is,
/// if it has the room.
[[nodiscard]] Rewritten blank_jpeg(ByteView file, const Layout& layout, const Keep& keep,
                                   ByteView exif);

}  // namespace imgmill::metadata::jpeg_file

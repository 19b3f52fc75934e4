#include "metadata/jpeg_layout.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "metadata/container_inventories.h"
#include "metadata/tiff_view.h"

namespace imgmill::metadata::jpeg_file {
namespace {

using std::string_view_literals::operator""sv;

// Sane files have a few dozen; the list must not outgrow the file.
constexpr std::size_t max_segments = 100'000;

constexpr auto long_xmp_signature = "http://ns.adobe.com/xmp/extension/\0"sv;
constexpr auto mpf_signature = "MPF\0"sv;
constexpr auto gain_map_signature = "urn:iso:std:iso:ts:21496:-1\0"sv;

// Data of cameras and programs that does not affect the picture (segments and names from ExifTool's
// documentation of JPEG's APP segments).
struct Known {
  std::uint8_t marker;
  std::string_view signature;
};
constexpr std::array known_applications = {
    Known{0xE0, "AVI1"sv},
    Known{0xE0, "CIFF"sv},
    Known{0xE0, "Ocad"sv},
    Known{0xE1, "QVCI\0"sv},
    Known{0xE2, "FPXR\0"sv},
    Known{0xE3, "Meta\0\0"sv},
    Known{0xE3, "META\0\0"sv},
    Known{0xE3, "Exif\0\0"sv},
    Known{0xE5, "RMETA\0"sv},
    Known{0xE5, "SEC"sv},
    Known{0xE6, "EPPIM\0"sv},
    Known{0xE6, "NITF\0"sv},
    Known{0xE6, "GoPro\0"sv},
    Known{0xE7, "PENTAX \0"sv},
    Known{0xE7, "Qualcomm"sv},
    Known{0xE8, "SPIFF\0"sv},
    Known{0xE9, "Media Jukebox\0"sv},
    Known{0xEA, "UNICODE\0"sv},
    Known{0xEC, "PictureInfo"sv},
    Known{0xEC, "Picture Info"sv},
    Known{0xEC, "Ducky"sv},
    Known{0xED, "Adobe_CM"sv},
    Known{0xED, "Adobe_Photoshop2.5:"sv},
};

Kind kind_of(std::uint8_t marker, ByteView payload) {
  const auto is = [&](std::string_view signature) { return starts_with(payload, signature); };
  const auto other = [&] {
    const bool known = std::ranges::any_of(known_applications, [&](const Known& each) {
      return each.marker == marker && is(each.signature);
    });
    return known ? Kind::application : Kind::unknown;
  };
  switch (marker) {
    case 0xFE:
      return Kind::comment;
    case 0xE0:
      if (is("JFIF\0"sv) && payload.size() >= jfif_size) return Kind::jfif;
      return is("JFXX\0"sv) ? Kind::thumbnail : other();
    case 0xE1:
      if (is("Exif\0"sv) && payload.size() >= exif_signature.size()) return Kind::exif;
      if (is(xmp_signature)) return Kind::xmp;
      return is(long_xmp_signature) ? Kind::long_xmp : other();
    case 0xE2:
      if (is(icc_signature)) return Kind::icc;
      if (is(gain_map_signature)) return Kind::gain_map;
      return is(mpf_signature) ? Kind::multi_picture : other();
    case 0xEB:
      // JPEG XT stores layers of the picture here, content credentials a box "jumb".
      if (is("JP"sv) && payload.size() >= 16) {
        if (!starts_with(payload.subspan(12), "jumb")) return Kind::extension;
        return as_text(payload).find("c2pa"sv) != std::string_view::npos || u32be(payload, 4) > 1
                   ? Kind::credentials
                   : Kind::unknown;
      }
      return is("HDR_RI"sv) ? Kind::extension : other();
    case 0xED:
      return is(photoshop_signature) ? Kind::photoshop : other();
    case 0xEE:
      return is("Adobe"sv) && payload.size() >= 12 ? Kind::adobe : other();
    default:
      return marker >= 0xE0 && marker <= 0xEF ? other() : Kind::picture;
  }
}

bool is_restart(std::uint8_t marker) { return marker >= 0xD0 && marker <= 0xD7; }

bool is_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Returns the position of the next marker (its last 0xFF) from `at` on. Skips stuffed and restart
/// bytes, and garbage as well, as decoders do.
std::optional<std::size_t> next_marker(ByteView file, std::size_t at) {
  while (at + 1 < file.size()) {
    const void* found = std::memchr(file.data() + at, 0xFF, file.size() - at - 1);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - file.data());
    const std::uint8_t code = u8(file, at + 1);
    if (code == 0xFF) {
      ++at;
    } else if (code == 0x00 || code == 0x01 || is_restart(code)) {
      at += 2;
    } else {
      return at;
    }
  }
  return std::nullopt;
}

/// True if a multi-picture index lists images that are views of their own.
bool names_views(ByteView payload) {
  constexpr std::uint16_t entries_tag = 0xB002;
  constexpr std::size_t entry_size = 16;
  const auto tiff = TiffView::open(from(payload, mpf_signature.size()));
  const auto ifd = tiff ? tiff->ifd(tiff->first()) : std::nullopt;
  const TiffEntry* list = ifd ? ifd->find(entries_tag) : nullptr;
  if (list == nullptr || !list->sound) return false;
  for (std::size_t at = 0; at + entry_size <= list->value_size; at += entry_size) {
    // The low 24 bits are the type; 0x02.... are parts of a multi-frame image.
    if ((tiff->u32(list->value_at + at) >> 16 & 0xFF) == 0x02) return true;
  }
  return false;
}

/// True if `bytes` mention a gain map in any of the known ways.
bool speaks_of_gain_map(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  constexpr std::array signatures{"http://ns.adobe.com/hdr-gain-map/"sv,
                                  "urn:iso:std:iso:ts:21496:-1"sv, "hdrgainmap"sv};
  return std::ranges::any_of(
      signatures, [&](std::string_view each) { return text.find(each) != std::string_view::npos; });
}

// Returns the length of the JPEG that begins here, up to its own end; 0 if none does.
std::size_t length_of_jpeg(ByteView bytes) {
  const Layout layout = parse(bytes);
  return layout.complete ? layout.end : 0;
}

// Samsung's frame around a video: its directory at the very end lists the contents.
bool is_framed_video(ByteView bytes) {
  return bytes.size() > 8 && as_text(bytes.last(4)) == "SEFT" &&
         as_text(bytes).find("MotionPhoto_Data"sv) != std::string_view::npos;
}

}  // namespace

/// Parses as far as the file is valid.
Layout parse(ByteView file) {
  Layout layout;
  if (!starts_with(file, "\xFF\xD8\xFF"sv)) return layout;
  bool frame = false;
  bool scan = false;
  std::size_t at = 2;
  while (layout.segments.size() < max_segments) {
    const auto marker_at = next_marker(file, at);
    if (!marker_at) return layout;
    Segment segment;
    segment.begin = *marker_at;
    segment.marker = u8(file, segment.begin + 1);
    if (segment.marker == 0xD9) {
      layout.end = segment.begin + 2;
      layout.complete = frame && scan;
      return layout;
    }
    if (segment.marker < 0xC0 || segment.marker == 0xD8) return layout;
    if (!fits(file, segment.begin + 2, 2)) return layout;
    const std::size_t size = u16be(file, segment.begin + 2);
    if (size < 2 || !fits(file, segment.begin + 2, size)) return layout;
    segment.payload = file.subspan(segment.begin + 4, size - 2);
    segment.end = segment.begin + 2 + size;
    segment.kind = kind_of(segment.marker, segment.payload);
    // At that point decoders have already decided on the colour space.
    if (scan && segment.kind == Kind::jfif) segment.kind = Kind::thumbnail;
    frame = frame || is_frame(segment.marker);
    if (segment.marker == 0xDA) {
      const auto after = next_marker(file, segment.end);
      if (!after) return layout;
      segment.end = *after;
      scan = true;
    }
    at = segment.end;
    layout.segments.push_back(segment);
  }
  return layout;
}

const Segment* first(const Layout& layout, Kind kind) {
  const auto found = std::ranges::find(layout.segments, kind, &Segment::kind);
  return found == layout.segments.end() ? nullptr : &*found;
}

/// Returns the profile if all its numbered pieces are present exactly once.
Buffer joined_icc(const Layout& layout) {
  std::array<ByteView, 256> pieces;
  std::size_t count = 0;
  std::size_t found = 0;
  for (const Segment& segment : layout.segments) {
    if (segment.kind != Kind::icc || segment.payload.size() < icc_signature.size() + 2) continue;
    const std::size_t number = u8(segment.payload, icc_signature.size());
    const std::size_t total = u8(segment.payload, icc_signature.size() + 1);
    if (count == 0) count = total;
    const ByteView piece = from(segment.payload, icc_signature.size() + 2);
    if (total != count || number == 0 || number > count || piece.empty()) return {};
    if (!pieces[number].empty()) return {};
    pieces[number] = piece;
    ++found;
  }
  if (found == 0 || found != count) return {};
  ByteWriter out;
  for (const ByteView piece : pieces) out.append(piece);
  return out.take();
}

Buffer joined_photoshop(const Layout& layout) {
  ByteWriter out;
  for (const Segment& segment : layout.segments) {
    if (segment.kind == Kind::photoshop) {
      out.append(from(segment.payload, photoshop_signature.size()));
    }
  }
  return out.take();
}

bool is_several_pictures(ByteView file, const Layout& layout) {
  if (!layout.complete) return false;
  const ByteView behind = from(file, layout.end);
  if (as_text(behind).find("\xFF\xD8\xFF"sv) == std::string_view::npos) return false;
  const bool in_head = std::ranges::any_of(layout.segments, [](const Segment& segment) {
    switch (segment.kind) {
      case Kind::gain_map:
        return true;
      case Kind::xmp:
      case Kind::unknown:
      case Kind::application:
        return speaks_of_gain_map(segment.payload);
      case Kind::multi_picture:
        return names_views(segment.payload);
      default:
        return false;
    }
  });
  if (in_head || speaks_of_gain_map(behind)) return true;
  // Depth maps and others are located by their length alone.
  const Segment* xmp = first(layout, Kind::xmp);
  constexpr auto container = "http://ns.google.com/photos/1.0/container/"sv;
  return xmp != nullptr && as_text(xmp->payload).find(container) != std::string_view::npos &&
         !rest_of(file, layout).pictures.empty();
}

ByteView exif_of(const Segment& segment) {
  return tiff_part(from(segment.payload, exif_signature.size()));
}

ByteView xmp_of(const Segment& segment) { return from(segment.payload, xmp_signature.size()); }

Rest rest_of(ByteView file, const Layout& layout) {
  Rest rest;
  if (!layout.complete || layout.end >= file.size()) return rest;
  const ByteView behind = from(file, layout.end);
  // Consecutive pictures, with padding between them.
  std::size_t at = 0;
  while (at < behind.size()) {
    const std::size_t start = as_text(behind).find("\xFF\xD8\xFF"sv, at);
    if (start == std::string_view::npos || !is_padding(behind.subspan(at, start - at))) break;
    const std::size_t length = length_of_jpeg(behind.subspan(start));
    if (length == 0) break;
    at = start + length;
    rest.pictures = behind.first(at);
  }
  // Cameras truncate their previews.
  if (first(layout, Kind::multi_picture) != nullptr &&
      starts_with(behind.subspan(at), "\xFF\xD8\xFF"sv)) {
    at = behind.size();
    rest.pictures = behind;
  }
  const ByteView other = behind.subspan(at);
  if (begins_video(other) || is_framed_video(other)) {
    rest.video = other;
  } else {
    rest.trailing = other;
  }
  return rest;
}

}  // namespace imgmill::metadata::jpeg_file

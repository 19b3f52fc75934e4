#include "metadata/jpeg_segments.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "base/try.h"
#include "metadata/bytes.h"
#include "metadata/photoshop.h"
#include "metadata/tiff_view.h"

namespace imgmill {
namespace metadata {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t max_payload = 65533;
// Sound files have some dozens; the list of them must not outgrow the file.
constexpr std::size_t max_segments = 100'000;

constexpr auto exif_signature = "Exif\0\0"sv;
constexpr auto xmp_signature = "http://ns.adobe.com/xap/1.0/\0"sv;
static_assert(jpeg_block_limits.exif == max_payload - exif_signature.size());
static_assert(jpeg_block_limits.xmp == max_payload - xmp_signature.size());
constexpr auto long_xmp_signature = "http://ns.adobe.com/xmp/extension/\0"sv;
constexpr auto icc_signature = "ICC_PROFILE\0"sv;
constexpr auto photoshop_signature = "Photoshop 3.0\0"sv;
constexpr auto mpf_signature = "MPF\0"sv;
constexpr std::size_t jfif_size = 14;

enum class Kind {
  picture,
  jfif,
  thumbnail,
  exif,
  xmp,
  long_xmp,
  icc,
  multi_picture,
  photoshop,
  adobe,
  extension,
  comment,
  application
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

Kind kind_of(std::uint8_t marker, ByteView payload) {
  const auto is = [&](std::string_view signature) { return starts_with(payload, signature); };
  switch (marker) {
    case 0xFE:
      return Kind::comment;
    case 0xE0:
      if (is("JFIF\0"sv) && payload.size() >= jfif_size) return Kind::jfif;
      return is("JFXX\0"sv) ? Kind::thumbnail : Kind::application;
    case 0xE1:
      if (is("Exif\0"sv) && payload.size() >= exif_signature.size()) return Kind::exif;
      if (is(xmp_signature)) return Kind::xmp;
      return is(long_xmp_signature) ? Kind::long_xmp : Kind::application;
    case 0xE2:
      if (is(icc_signature)) return Kind::icc;
      return is(mpf_signature) ? Kind::multi_picture : Kind::application;
    case 0xEB:
      // JPEG XT keeps layers of the picture here, content credentials a box "jumb".
      return is("JP"sv) && payload.size() >= 16 && !starts_with(payload.subspan(12), "jumb")
                 ? Kind::extension
                 : Kind::application;
    case 0xED:
      return is(photoshop_signature) ? Kind::photoshop : Kind::application;
    case 0xEE:
      return is("Adobe"sv) && payload.size() >= 12 ? Kind::adobe : Kind::application;
    default:
      return marker >= 0xE0 && marker <= 0xEF ? Kind::application : Kind::picture;
  }
}

bool is_restart(std::uint8_t marker) { return marker >= 0xD0 && marker <= 0xD7; }

bool is_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Where the next marker (its last 0xFF) is, from `at` on. Stuffed and restart
/// bytes are passed over, and so is garbage, as decoders do.
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

/// As far as the file is sound.
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
    // Decoders have made up their minds about the colours by then.
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

/// The profile, when its numbered pieces are all there, once each.
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

/// Whether a multi-picture index names images that are views of their own.
bool names_views(ByteView payload) {
  constexpr std::uint16_t entries_tag = 0xB002;
  constexpr std::size_t entry_size = 16;
  const auto tiff = TiffView::open(from(payload, mpf_signature.size()));
  const auto ifd = tiff ? tiff->ifd(tiff->first()) : std::nullopt;
  const TiffEntry* list = ifd ? ifd->find(entries_tag) : nullptr;
  if (list == nullptr || !list->sound) return false;
  for (std::size_t at = 0; at + entry_size <= list->value_size; at += entry_size) {
    // The low 24 bits are the type; 0x02.... are the parts of a multi-frame image.
    if ((tiff->u32(list->value_at + at) >> 16 & 0xFF) == 0x02) return true;
  }
  return false;
}

/// Whether `bytes` speak of a gain map, in any of the ways there are.
bool speaks_of_gain_map(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  constexpr std::array signatures{"http://ns.adobe.com/hdr-gain-map/"sv,
                                  "urn:iso:std:iso:ts:21496:-1"sv, "hdrgainmap"sv};
  return std::ranges::any_of(
      signatures, [&](std::string_view each) { return text.find(each) != std::string_view::npos; });
}

bool is_several_pictures(ByteView file, const Layout& layout) {
  if (!layout.complete) return false;
  const ByteView rest = from(file, layout.end);
  if (as_text(rest).find("\xFF\xD8\xFF"sv) == std::string_view::npos) return false;
  const bool in_head = std::ranges::any_of(layout.segments, [](const Segment& segment) {
    switch (segment.kind) {
      case Kind::xmp:
      case Kind::application:
        return speaks_of_gain_map(segment.payload);
      case Kind::multi_picture:
        return names_views(segment.payload);
      default:
        return false;
    }
  });
  return in_head || speaks_of_gain_map(rest);
}

void put_segment(ByteWriter& out, std::uint8_t marker, std::string_view signature,
                 ByteView payload) {
  out.u8(0xFF);
  out.u8(marker);
  out.u16be(2 + signature.size() + payload.size());
  out.append(signature);
  out.append(payload);
}

Result<void> put_block(ByteWriter& out, std::string_view name, std::string_view signature,
                       ByteView block) {
  if (block.empty()) return {};
  if (block.size() > max_payload - signature.size()) {
    return fail(ErrorCode::limit,
                "the " + std::string(name) + " block is larger than JPEG can hold (64 kB)",
                "leave it out with --keep");
  }
  put_segment(out, 0xE1, signature, block);
  return {};
}

void put_iptc(ByteWriter& out, ByteView iptc) {
  const Buffer resources = photoshop_with_iptc(iptc);
  constexpr std::size_t piece = max_payload - photoshop_signature.size();
  for (std::size_t at = 0; at < resources.size(); at += piece) {
    const std::size_t size = std::min(piece, resources.size() - at);
    put_segment(out, 0xED, photoshop_signature, resources.view().subspan(at, size));
  }
}

bool stays(Kind kind, const Keep& keep) {
  switch (kind) {
    case Kind::picture:
    case Kind::adobe:
    case Kind::extension:
      return true;
    case Kind::icc:
      return keep.icc;
    case Kind::xmp:
    case Kind::long_xmp:
      return keep.xmp;
    case Kind::comment:
      return keep.comment;
    case Kind::photoshop:
    case Kind::application:
      return keeps_everything(keep);
    case Kind::jfif:  // written first, without its thumbnail
    case Kind::exif:  // replaced
    case Kind::thumbnail:
    case Kind::multi_picture:  // its offsets would lie
      return false;
  }
  return false;
}

/// Start of image and the first JFIF header, its thumbnail cut off.
void put_head(ByteWriter& out, const Layout& layout) {
  out.append("\xFF\xD8"sv);
  if (const Segment* jfif = first(layout, Kind::jfif)) {
    ByteWriter header(jfif_size);
    header.append(jfif->payload.first(jfif_size - 2));
    header.zeros(2);  // the thumbnail's width and height
    put_segment(out, 0xE0, {}, header.view());
  }
}

std::unexpected<Error> damaged() {
  return fail(ErrorCode::bad_input, "the JPEG file is damaged or incomplete",
              "restore the file from a copy; it was left as it is");
}

}  // namespace

MetadataBlocks read_jpeg(ByteView file) {
  const Layout layout = parse(file);
  MetadataBlocks blocks;
  blocks.icc = joined_icc(layout);
  if (const Segment* exif = first(layout, Kind::exif)) {
    blocks.exif = Buffer::copy_of(tiff_part(exif->payload.subspan(exif_signature.size())));
  }
  if (const Segment* xmp = first(layout, Kind::xmp)) {
    blocks.xmp = Buffer::copy_of(from(xmp->payload, xmp_signature.size()));
  }
  blocks.iptc = iptc_in_photoshop(joined_photoshop(layout).view());
  for (const Segment& segment : layout.segments) {
    const bool jfif_thumbnail = segment.kind == Kind::jfif && u16be(segment.payload, 12) != 0;
    if (segment.kind == Kind::comment) add_once(blocks.others, "comment");
    if (segment.kind == Kind::thumbnail || jfif_thumbnail) add_once(blocks.others, "thumbnail");
    if (segment.kind == Kind::long_xmp) add_once(blocks.others, "extended XMP");
    if (segment.kind == Kind::multi_picture) add_once(blocks.others, "multi-picture index");
    if (segment.kind == Kind::photoshop) add_once(blocks.others, "Photoshop resources");
    if (segment.kind == Kind::application) add_once(blocks.others, "application data");
  }
  if (is_several_pictures(file, layout)) add_once(blocks.others, "gain map or further pictures");
  if (layout.complete && layout.end < file.size()) add_once(blocks.others, "trailing data");
  return blocks;
}

Result<Rewritten> rewrite_jpeg(ByteView file, const Keep& keep, ByteView exif) {
  const Layout layout = parse(file);
  if (!layout.complete) return damaged();
  if (is_several_pictures(file, layout)) {
    return fail(ErrorCode::unsupported,
                "the JPEG file holds a gain map or further pictures, which filtering would break",
                "keep the file as it is, or re-encode it without them");
  }
  Rewritten result;
  ByteWriter out(layout.end + exif.size() + 64);
  put_head(out, layout);
  IMGMILL_CHECK(put_block(out, "EXIF", exif_signature, exif));
  const bool iptc_only = keep.iptc && !keeps_everything(keep);
  bool iptc_done = false;
  for (const Segment& segment : layout.segments) {
    if (iptc_only && !iptc_done && segment.kind == Kind::photoshop) {
      const Buffer iptc = iptc_in_photoshop(joined_photoshop(layout).view());
      if (!iptc.empty()) put_iptc(out, iptc.view());
      iptc_done = true;
    }
    if (stays(segment.kind, keep)) {
      out.append(file.subspan(segment.begin, segment.end - segment.begin));
    }
  }
  out.append("\xFF\xD9"sv);
  if (layout.end < file.size()) {
    result.notes.push_back(first(layout, Kind::multi_picture) != nullptr
                               ? "embedded preview pictures dropped"
                               : "data after the end of the image dropped");
  }
  result.bytes = out.take();
  return result;
}

Result<Buffer> insert_jpeg(ByteView file, const NewMetadata& metadata) {
  const Layout layout = parse(file);
  if (!layout.complete) return damaged();
  ByteWriter out(file.size() + metadata.exif.size() + metadata.xmp.size() + metadata.iptc.size() +
                 256);
  put_head(out, layout);
  IMGMILL_CHECK(put_block(out, "EXIF", exif_signature, metadata.exif));
  IMGMILL_CHECK(put_block(out, "XMP", xmp_signature, metadata.xmp));
  if (!metadata.iptc.empty()) put_iptc(out, metadata.iptc);
  for (const Segment& segment : layout.segments) {
    const bool replaced =
        segment.kind == Kind::jfif || (segment.kind == Kind::exif && !metadata.exif.empty()) ||
        ((segment.kind == Kind::xmp || segment.kind == Kind::long_xmp) && !metadata.xmp.empty()) ||
        (segment.kind == Kind::photoshop && !metadata.iptc.empty());
    if (!replaced) out.append(file.subspan(segment.begin, segment.end - segment.begin));
  }
  out.append("\xFF\xD9"sv);
  return out.take();
}

Result<Buffer> insert_jpeg_profile(ByteView file, ByteView profile) {
  constexpr std::size_t head = icc_signature.size() + 2;
  if (profile.size() > max_payload - head) {
    return fail(ErrorCode::limit, "the colour profile is larger than a JPEG segment can hold",
                "convert the picture to sRGB with --to-srgb");
  }
  const Layout layout = parse(file);
  if (!layout.complete) return damaged();
  std::size_t at = 2;
  for (const Segment& segment : layout.segments) {
    if (segment.kind != Kind::jfif && segment.kind != Kind::exif) break;
    at = segment.end;
  }
  ByteWriter piece(2 + profile.size());
  piece.u8(1);  // the first piece
  piece.u8(1);  // of one
  piece.append(profile);
  ByteWriter out(file.size() + profile.size() + 32);
  out.append(file.first(at));
  put_segment(out, 0xE2, icc_signature, piece.view());
  for (const Segment& segment : layout.segments) {
    if (segment.kind != Kind::icc || segment.begin < at) continue;
    out.append(file.subspan(at, segment.begin - at));  // what is no profile stays in its place
    at = segment.end;
  }
  out.append(file.subspan(at));
  return out.take();
}

}  // namespace metadata

bool has_gain_map_or_mpf(ByteView file) {
  return metadata::is_several_pictures(file, metadata::parse(file));
}

}  // namespace imgmill

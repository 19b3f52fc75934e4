#include "metadata/jpeg_segments.h"

#include <algorithm>
#include <cmath>

#include "base/try.h"
#include "metadata/container_inventories.h"
#include "metadata/exif.h"
#include "metadata/jpeg_layout.h"
#include "metadata/photoshop.h"
#include "metadata/xmp.h"

namespace imgmill {
namespace metadata {
namespace {

using namespace jpeg_file;
using std::string_view_literals::operator""sv;

static_assert(jpeg_block_limits.exif == max_payload - exif_signature.size());
static_assert(jpeg_block_limits.xmp == max_payload - xmp_signature.size());

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
    case Kind::gain_map:
      return true;
    case Kind::unknown:
      return !keeps_nothing(keep);
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
    case Kind::multi_picture:  // its offsets would be wrong
    case Kind::credentials:    // they are valid for the old bytes only
      return false;
  }
  return false;
}

/// JFIF's density (T.871, 10.1): two bytes each, after a unit byte.
void set_density(std::span<std::byte> jfif, const Resolution& resolution) {
  const auto dots = [](double value) {
    return static_cast<unsigned>(std::clamp(std::round(value), 1.0, 65535.0));
  };
  const unsigned x = dots(resolution.x);
  const unsigned y = dots(resolution.y);
  jfif[7] = std::byte{1};  // per inch
  jfif[8] = static_cast<std::byte>(x >> 8);
  jfif[9] = static_cast<std::byte>(x & 0xFF);
  jfif[10] = static_cast<std::byte>(y >> 8);
  jfif[11] = static_cast<std::byte>(y & 0xFF);
}

/// Writes SOI and the first JFIF header, without its thumbnail.
void put_head(ByteWriter& out, const Layout& layout,
              const std::optional<Resolution>& resolution = std::nullopt) {
  out.append("\xFF\xD8"sv);
  if (const Segment* jfif = first(layout, Kind::jfif)) {
    std::vector<std::byte> header(jfif_size);
    std::ranges::copy(jfif->payload.first(jfif_size - 2), header.begin());
    if (resolution) set_density(header, *resolution);
    put_segment(out, 0xE0, {}, header);
  }
}

/// JFIF's density in dots per inch, if it has a unit.
std::optional<Resolution> density_of(const Segment& jfif) {
  const int unit = u8(jfif.payload, 7);
  const double factor = unit == 1 ? 1 : unit == 2 ? 2.54 : 0;
  const Resolution found{u16be(jfif.payload, 8) * factor, u16be(jfif.payload, 10) * factor};
  if (!(found.x > 0) || !(found.y > 0)) return std::nullopt;
  return found;
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
  if (const Segment* exif = first(layout, Kind::exif))
    blocks.exif = Buffer::copy_of(exif_of(*exif));
  if (const Segment* xmp = first(layout, Kind::xmp)) blocks.xmp = Buffer::copy_of(xmp_of(*xmp));
  if (const Segment* jfif = first(layout, Kind::jfif)) blocks.resolution = density_of(*jfif);
  blocks.iptc = iptc_in_photoshop(joined_photoshop(layout).view());
  for (const Segment& segment : layout.segments) {
    const bool jfif_thumbnail = segment.kind == Kind::jfif && u16be(segment.payload, 12) != 0;
    if (segment.kind == Kind::comment) add_once(blocks.others, "comment");
    if (segment.kind == Kind::thumbnail || jfif_thumbnail) add_once(blocks.others, "thumbnail");
    if (segment.kind == Kind::long_xmp) add_once(blocks.others, "extended XMP");
    if (segment.kind == Kind::multi_picture) add_once(blocks.others, "multi-picture index");
    if (segment.kind == Kind::photoshop) add_once(blocks.others, "Photoshop resources");
    if (segment.kind == Kind::credentials) add_once(blocks.others, "content credentials");
    if (segment.kind == Kind::application || segment.kind == Kind::unknown) {
      add_once(blocks.others, "application data");
    }
  }
  if (is_several_pictures(file, layout)) add_once(blocks.others, "gain map or further pictures");
  if (layout.complete && layout.end < file.size()) add_once(blocks.others, "trailing data");
  return blocks;
}

Result<Rewritten> rewrite_jpeg(ByteView file, const Keep& keep, ByteView exif, ByteView xmp) {
  const Layout layout = parse(file);
  if (!layout.complete) return damaged();
  if (is_several_pictures(file, layout)) {
    Rewritten blanked = blank_jpeg(file, layout, keep, exif);
    // Only metadata that is gone now may have mentioned a gain map.
    const ByteView bytes = blanked.bytes.view();
    if (is_several_pictures(bytes, parse(bytes))) return blanked;
    return rewrite_jpeg(bytes, keep, exif, xmp);
  }
  Rewritten result;
  ByteWriter out(file.size() + exif.size() + xmp.size() + 64);
  put_head(out, layout);
  IMGMILL_CHECK(put_block(out, "EXIF", exif_signature, exif));
  if (!keep.xmp) IMGMILL_CHECK(put_block(out, "XMP", xmp_signature, xmp));
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
  const Rest rest = rest_of(file, layout);
  if (keep.xmp) out.append(rest.video);
  const bool previews = first(layout, Kind::multi_picture) != nullptr;
  if (!keeps_nothing(keep)) {
    if (!previews) out.append(rest.pictures);
    if (!is_padding(rest.trailing)) out.append(rest.trailing);
  }
  if (previews && !rest.pictures.empty()) {
    result.notes.push_back("embedded preview pictures dropped");
  }
  result.bytes = out.take();
  return result;
}

Result<Buffer> insert_jpeg(ByteView file, const NewMetadata& metadata) {
  const Layout layout = parse(file);
  if (!layout.complete) return damaged();
  ByteWriter out(file.size() + metadata.exif.size() + metadata.xmp.size() + metadata.iptc.size() +
                 256);
  put_head(out, layout, metadata.resolution);
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
  piece.u8(1);  // piece number
  piece.u8(1);  // number of pieces
  piece.append(profile);
  ByteWriter out(file.size() + profile.size() + 32);
  out.append(file.first(at));
  put_segment(out, 0xE2, icc_signature, piece.view());
  for (const Segment& segment : layout.segments) {
    if (segment.kind != Kind::icc || segment.begin < at) continue;
    out.append(file.subspan(at, segment.begin - at));  // other data stays in place
    at = segment.end;
  }
  out.append(file.subspan(at));
  return out.take();
}

}  // namespace metadata

ByteView behind_jpeg(ByteView file) {
  const metadata::jpeg_file::Layout layout = metadata::jpeg_file::parse(file);
  return layout.complete ? metadata::from(file, layout.end) : ByteView{};
}

bool has_gain_map_or_mpf(ByteView file) {
  return metadata::jpeg_file::is_several_pictures(file, metadata::jpeg_file::parse(file));
}

}  // namespace imgmill

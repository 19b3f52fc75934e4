// Removes metadata from JPEG files in place: the pictures after the main one are located by offsets
// and lengths in several places and formats, so nothing may move.
#include <algorithm>

#include "metadata/container_inventories.h"
#include "metadata/exif.h"
#include "metadata/jpeg_layout.h"
#include "metadata/xmp.h"

namespace imgmill::metadata::jpeg_file {
namespace {

using std::string_view_literals::operator""sv;

using Bytes = std::span<std::byte>;

void overwrite(Bytes at, ByteView bytes) { std::ranges::copy(bytes, at.begin()); }

void blank(Bytes bytes, char with) { std::ranges::fill(bytes, static_cast<std::byte>(with)); }

// A directory without entries, for EXIF blocks that must keep their size.
constexpr auto empty_exif = "II*\0\x08\0\0\0\0\0\0\0\0\0"sv;

void blank_exif(Bytes payload, ByteView exif) {
  const Bytes block = payload.subspan(exif_signature.size());
  const ByteView fits_in = exif.empty() || exif.size() > block.size() ? as_bytes(empty_exif) : exif;
  blank(block, '\0');
  if (fits_in.size() <= block.size()) overwrite(block, fits_in);
}

void blank_xmp(Bytes payload, const Keep& keep) {
  const Bytes packet = payload.subspan(xmp_signature.size());
  const Buffer left = filter_xmp(
      packet, {.rights = keep.copyright, .source_type = keep.copyright, .container = true});
  const Buffer padded = left.empty() ? Buffer() : padded_xmp(left.view(), packet.size());
  if (padded.empty() && !left.empty()) return;  // no space: data that readers need takes precedence
  blank(packet, ' ');
  if (!padded.empty()) overwrite(packet, padded.view());
}

// Blanks the picture that begins at `begin` of `bytes`.
void blank_picture(Bytes bytes, std::size_t begin, const Layout& layout, const Keep& keep,
                   ByteView exif) {
  bool first_exif = true;
  for (const Segment& segment : layout.segments) {
    const Bytes payload =
        bytes.subspan(begin + segment.end - segment.payload.size(), segment.payload.size());
    switch (segment.kind) {
      case Kind::exif:
        if (!keep.exif) blank_exif(payload, first_exif ? exif : ByteView{});
        first_exif = false;
        break;
      case Kind::xmp:
        if (!keep.xmp) blank_xmp(payload, keep);
        break;
      case Kind::comment:
        if (!keep.comment) blank(payload, ' ');
        break;
      case Kind::photoshop:
        if (!keep.iptc && !keeps_everything(keep)) {
          blank(payload.subspan(photoshop_signature.size()), '\0');
        }
        break;
      case Kind::jfif:
        if (!keep.exif) blank(payload.subspan(jfif_size), '\0');
        break;
      case Kind::application:
        if (!keeps_everything(keep) && payload.size() > application_name) {
          blank(payload.subspan(application_name), '\0');
        }
        break;
      case Kind::thumbnail:
        if (!keep.exif) blank(payload.subspan(std::min<std::size_t>(8, payload.size())), '\0');
        break;
      default:
        break;
    }
  }
}

// Blanks a video's location, which QuickTime readers look for in a box of that name.
void blank_place_of_video(Bytes video) {
  constexpr auto place = "\xA9xyz"sv;
  const std::string_view text = as_text(video);
  for (std::size_t at = text.find(place); at != std::string_view::npos;
       at = text.find(place, at + place.size())) {
    if (at < 4) continue;
    const std::size_t size = u32be(video, at - 4);
    if (size < 8 || size > 4096 || !fits(video, at - 4, size)) continue;
    overwrite(video.subspan(at), as_bytes("free"));
    blank(video.subspan(at + 4, size - 8), '\0');
  }
}

}  // namespace

Rewritten blank_jpeg(ByteView file, const Layout& layout, const Keep& keep, ByteView exif) {
  Rewritten result{Buffer::copy_of(file), {}};
  const Bytes bytes = result.bytes.writable();
  blank_picture(bytes, 0, layout, keep, exif);
  const Rest rest = rest_of(file, layout);
  const auto place = [&](ByteView part) {
    return static_cast<std::size_t>(part.data() - file.data());
  };
  std::size_t at = rest.pictures.empty() ? 0 : place(rest.pictures);
  const std::size_t end = at + rest.pictures.size();
  while (at < end) {
    at = as_text(file).find("\xFF\xD8\xFF"sv, at);
    if (at >= end) break;
    const Layout further = parse(file.subspan(at, end - at));
    if (!further.complete) break;
    blank_picture(bytes, at, further, keep, {});
    at += further.end;
  }
  if (!rest.video.empty() && !keep.exif) {
    blank_place_of_video(bytes.subspan(place(rest.video), rest.video.size()));
  }
  return result;
}

}  // namespace imgmill::metadata::jpeg_file

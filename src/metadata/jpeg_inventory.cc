#include <fmt/format.h>

#include "metadata/container_inventories.h"
#include "metadata/exif.h"
#include "metadata/jpeg_layout.h"
#include "metadata/photoshop.h"
#include "metadata/xmp.h"

namespace imgmill::metadata {
namespace {

using namespace jpeg_file;
using std::string_view_literals::operator""sv;

std::string segment_name(const Segment& segment) {
  const std::string_view payload = as_text(segment.payload);
  std::string name;
  for (const char c : payload.substr(0, 12)) {
    if (c < ' ' || c > '~') break;
    name += c;
  }
  const int number = segment.marker - 0xE0;
  return name.size() < 3 ? fmt::format("segment APP{}", number)
                         : fmt::format("segment APP{} '{}'", number, name);
}

void list_segment(const Segment& segment, ByteView whole, bool several,
                  std::vector<Holding>& list) {
  switch (segment.kind) {
    case Kind::picture:
    case Kind::adobe:
      return;
    case Kind::jfif:
      if (u8(segment.payload, 7) != 0) {
        list.push_back({Content::resolution, "resolution (JFIF)", whole, {}});
      }
      if (u16be(segment.payload, 12) != 0) {
        list.push_back({Content::preview, "JFIF thumbnail", whole, {.thumbnail = true}});
      }
      return;
    case Kind::thumbnail: {
      const bool blank = is_padding(from(segment.payload, 8));
      list.push_back({Content::preview, "JFIF thumbnail", whole, {.thumbnail = !blank}});
      return;
    }
    case Kind::exif:
      list.push_back(exif_holding(exif_of(segment), whole));
      return;
    case Kind::xmp:
      list.push_back(xmp_holding(xmp_of(segment), whole));
      return;
    case Kind::long_xmp:
      // May be split anywhere, so only the joined packet can be examined.
      list.push_back({Content::xmp, "extended XMP", whole, {}});
      return;
    case Kind::icc:
      list.push_back({Content::colour, "colour profile", whole, {}});
      return;
    case Kind::multi_picture:
      list.push_back({several ? Content::auxiliary : Content::preview,
                      "index of further pictures",
                      several ? ByteView{} : whole,
                      {}});
      return;
    case Kind::gain_map:
      list.push_back({several ? Content::auxiliary : Content::unknown, "gain map data", whole, {}});
      return;
    case Kind::photoshop:
      list.push_back({Content::application, "Photoshop resources", whole, {}});
      return;
    case Kind::extension:
      list.push_back({Content::bound, "layers of more bits (JPEG XT)", whole, {}});
      return;
    case Kind::credentials:
      list.push_back({Content::credentials, "the content credentials (C2PA)", whole, {}});
      return;
    case Kind::comment:
      list.push_back(
          {Content::comment, "comment", whole, {.comment = !is_padding(segment.payload)}});
      return;
    case Kind::application: {
      // Camera data contains serial numbers.
      const bool of_camera = segment.marker != 0xEC && segment.marker != 0xED;
      const bool blank = is_padding(from(segment.payload, application_name));
      list.push_back(
          {Content::application, segment_name(segment), whole, {.serial = of_camera && !blank}});
      return;
    }
    case Kind::unknown:
      list.push_back({Content::unknown, segment_name(segment), whole, {}});
      return;
  }
}

void list_picture(ByteView file, const Layout& layout, bool several, std::vector<Holding>& list) {
  for (const Segment& segment : layout.segments) {
    list_segment(segment, file.subspan(segment.begin, segment.end - segment.begin), several, list);
  }
  const Buffer iptc = iptc_in_photoshop(joined_photoshop(layout).view());
  if (!iptc.empty()) list.push_back(iptc_holding(iptc.view(), {}));
}

// Lists the metadata of a picture after the main one; the caller lists the picture itself.
void list_further(ByteView file, const Layout& layout, std::vector<Holding>& list) {
  std::vector<Holding> own;
  list_picture(file, layout, false, own);
  for (Holding& each : own) {
    if (!each.holds.any()) continue;
    each.name += " of a further picture";
    each.bytes = {};
    list.push_back(std::move(each));
  }
}

}  // namespace

std::vector<Holding> list_jpeg(ByteView file) {
  const Layout layout = parse(file);
  std::vector<Holding> list;
  list.push_back({Content::picture, "picture", {}, {}});
  const bool several = is_several_pictures(file, layout);
  list_picture(file, layout, several, list);
  if (!layout.complete) return list;
  const Rest rest = rest_of(file, layout);
  const bool indexed = first(layout, Kind::multi_picture) != nullptr;
  if (!rest.pictures.empty()) {
    // In files of several pictures the metadata inside them is overwritten, so they are identified
    // by kind, not by their bytes.
    if (several) {
      list.push_back({Content::auxiliary, "the HDR gain map or further views", {}, {}});
    } else if (indexed) {
      list.push_back({Content::preview, "preview pictures", rest.pictures, {.thumbnail = true}});
    } else {
      list.push_back(
          {Content::trailing, "a further JPEG behind the end of the image", rest.pictures, {}});
    }
    std::size_t at = 0;
    while (several && at < rest.pictures.size()) {
      at = as_text(rest.pictures).find("\xFF\xD8\xFF"sv, at);
      if (at >= rest.pictures.size()) break;
      const ByteView picture = rest.pictures.subspan(at);
      const Layout further = parse(picture);
      if (!further.complete) break;
      list_further(picture, further, list);
      at += further.end;
    }
  }
  if (!rest.video.empty()) {
    list.push_back({several ? Content::auxiliary : Content::motion_video,
                    "the video of a motion photo",
                    several ? ByteView{} : rest.video,
                    {.position = tells_place_of_video(rest.video)}});
  }
  if (!rest.trailing.empty()) {
    const bool nothing = is_padding(rest.trailing);
    list.push_back({nothing ? Content::padding : Content::trailing,
                    "data after the end of the image",
                    rest.trailing,
                    {}});
  }
  return list;
}

}  // namespace imgmill::metadata

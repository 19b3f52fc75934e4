#include "metadata/container_inventories.h"

#include <algorithm>
#include <string_view>

#include "metadata/bytes.h"
#include "metadata/exif.h"
#include "metadata/xmp.h"

namespace imgmill::metadata {

using std::string_view_literals::operator""sv;

Holding exif_holding(ByteView exif, ByteView where) {
  return {Content::exif, "EXIF", where, read_exif(exif).holds};
}

Holding xmp_holding(ByteView packet, ByteView where) {
  return {Content::xmp, "XMP", where, read_xmp(packet).holds};
}

Holding iptc_holding(ByteView records, ByteView where) {
  Holding found{Content::iptc, "IPTC", where, {}};
  // IPTC-IIM 4.2: marker, record, data set, size (the highest bit marks an extended size).
  std::size_t at = 0;
  while (fits(records, at, 5) && u8(records, at) == 0x1C) {
    const int record = u8(records, at + 1);
    const int set = u8(records, at + 2);
    const std::size_t size = u16be(records, at + 3);
    if ((size & 0x8000) != 0 || !fits(records, at + 5, size)) break;
    if (record == 2 && size > 0) {
      // City, sublocation, state, country; caption.
      found.holds.position = found.holds.position || set == 90 || set == 92 || set == 95 ||
                             set == 101 || set == 26 || set == 27;
      found.holds.comment = found.holds.comment || set == 120;
    }
    at += 5 + size;
  }
  return found;
}

bool is_padding(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) {
    const int value = std::to_integer<int>(byte);
    return value == 0 || value == 0xFF || value == ' ' || value == '\n' || value == '\r' ||
           value == '\t';
  });
}

bool tells_place_of_video(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  return text.find("\xA9xyz"sv) != text.npos ||
         text.find("com.apple.quicktime.location"sv) != text.npos ||
         text.find("loci\0\0\0\0"sv) != text.npos;
}

bool begins_video(ByteView bytes) { return starts_with(from(bytes, 4), "ftyp"); }

}  // namespace imgmill::metadata

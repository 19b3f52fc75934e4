#include "optimize/carried.h"

#include <fmt/format.h>

#include "base/try.h"
#include "metadata/png_colours.h"

namespace imgmill {

Carried carried_metadata(const Source& source, const Keep& keep, int orientation) {
  Carried carried{.exif = filter_exif(source.metadata.exif.view(), keep, orientation,
                                      /*pixels_changed=*/true)};
  carried.blocks = {.exif = carried.exif.view(),
                    .xmp = keep.xmp ? source.metadata.xmp.view() : ByteView{},
                    .iptc = keep.iptc ? source.metadata.iptc.view() : ByteView{}};
  return carried;
}

Result<Buffer> with_metadata(Buffer bytes, Format target, const NewMetadata& blocks,
                             std::vector<std::string>& notes) {
  if (codec(target).embeds_metadata) return bytes;
  if (blocks.exif.empty() && blocks.xmp.empty() && blocks.iptc.empty()) return bytes;
  Result<Buffer> inserted = insert_metadata(bytes.view(), target, blocks);
  if (inserted) return std::move(*inserted);
  if (inserted.error().code() == ErrorCode::unsupported) {
    notes.push_back(fmt::format("{} took no metadata along", info(target).name));
    return bytes;
  }
  return std::unexpected(std::move(inserted).error());
}

Result<Buffer> png_with_colours(const Source& source, ByteView encoded, bool new_colours) {
  const bool same = source.info.format == Format::png && !new_colours;
  return same ? carry_png_colours(source.bytes, encoded) : tidy_png(encoded);
}

}  // namespace imgmill

#include "optimize/carried.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "metadata/png_colours.h"

namespace imgmill {

Carried carried_metadata(const Source& source, const Keep& keep, int orientation, bool to_srgb) {
  Carried carried{.exif = filter_exif(source.metadata.exif.view(), keep, orientation,
                                      /*pixels_changed=*/true)};
  if (to_srgb) say_srgb(carried.exif);
  carried.blocks = {.exif = carried.exif.view(),
                    .xmp = keep.xmp ? source.metadata.xmp.view() : ByteView{},
                    .iptc = keep.iptc ? source.metadata.iptc.view() : ByteView{}};
  const std::vector<std::string>& others = source.metadata.others;
  if (keep.xmp && std::ranges::find(others, "extended XMP") != others.end()) {
    carried.notes.emplace_back("the part of the XMP beyond 64 kB did not come along");
  }
  return carried;
}

Result<Buffer> with_metadata(Buffer bytes, Format target, const Carried& carried,
                             std::vector<std::string>& notes) {
  notes.insert(notes.end(), carried.notes.begin(), carried.notes.end());
  if (codec(target).embeds_metadata) return bytes;
  NewMetadata blocks = carried.blocks;
  const BlockLimits limits = block_limits(target);
  const auto fit = [&](std::string_view name, ByteView& block, std::size_t limit) {
    if (block.size() <= limit) return;
    notes.push_back(fmt::format("{} of {} left out: {} holds {}", name, human_size(block.size()),
                                info(target).name, human_size(limit)));
    block = {};
  };
  fit("EXIF", blocks.exif, limits.exif);
  fit("XMP", blocks.xmp, limits.xmp);
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
  if (!same) return tidy_png(encoded);
  return carry_png_colours(
      source.bytes, encoded,
      source.colours.told_elsewhere ? PngProfile::original : PngProfile::encoded);
}

}  // namespace imgmill

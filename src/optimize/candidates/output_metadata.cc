#include "optimize/candidates/output_metadata.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "metadata/png_colours.h"
#include "metadata/xmp.h"

namespace imgmill {

namespace {

// The default of EXIF and JFIF, meaning "unknown".
constexpr Resolution usual = {72, 72};

std::optional<Resolution> resolution_of(const Source& source) {
  if (source.exif.resolution) return source.exif.resolution;
  const auto& own = source.metadata.resolution;
  return own && *own != usual ? own : std::nullopt;
}

// Returns all of the XMP, adjusted so that it is true of the new file.
Buffer whole_xmp(const Source& source, int orientation, Way way) {
  const ByteView packet = source.metadata.xmp.view();
  const XmpFacts facts = read_xmp(packet);
  // Data after the picture in the old file does not follow it in the new one.
  Buffer kept = way == Way::convert && facts.container
                    ? filter_xmp(packet, {.rights = true, .source_type = true, .rest = true})
                    : Buffer::copy_of(packet);
  // If no tag rotates the picture, the XMP's statement is as true as before.
  const bool tagged = source.info.orientation != 1 && facts.orientation > 0;
  return tagged ? with_xmp_orientation(kept.view(), orientation) : std::move(kept);
}

}  // namespace

Buffer lasting_xmp(const Source& source, const Keep& keep) {
  if (keep.xmp || !keep.copyright || source.metadata.xmp.empty()) return {};
  return filter_xmp(source.metadata.xmp.view(), {.rights = true, .source_type = true});
}

std::optional<Resolution> untold_resolution(const Source& source) {
  if (!source.exif.resolution || source.metadata.resolution == source.exif.resolution) {
    return std::nullopt;
  }
  return source.exif.resolution;
}

OutputMetadata output_metadata(const Source& source, Format target, const Keep& keep,
                               int orientation, Way way, bool to_srgb) {
  const std::optional<Resolution> resolution = resolution_of(source);
  const bool own_place = codec(target).file.resolution;
  OutputMetadata carried{
      .exif = filter_exif(source.metadata.exif.view(), keep, orientation,
                          /*pixels_changed=*/true, own_place ? std::nullopt : resolution),
      .xmp = keep.xmp ? whole_xmp(source, orientation, way) : lasting_xmp(source, keep)};
  if (to_srgb) say_srgb(carried.exif);
  carried.blocks = {.exif = carried.exif.view(),
                    .xmp = carried.xmp.view(),
                    .iptc = keep.iptc ? source.metadata.iptc.view() : ByteView{}};
  // A PNG's own chunk is copied unchanged.
  const bool as_it_is = way == Way::encode && target == Format::png && source.metadata.resolution;
  if (own_place && !as_it_is) carried.blocks.resolution = resolution;
  const std::vector<std::string>& others = source.metadata.others;
  if (keep.xmp && std::ranges::find(others, "extended XMP") != others.end()) {
    carried.notes.emplace_back("the part of the XMP beyond 64 kB did not come along");
  }
  return carried;
}

Result<Buffer> with_metadata(Buffer bytes, Format target, const OutputMetadata& carried,
                             std::vector<std::string>& notes) {
  notes.insert(notes.end(), carried.notes.begin(), carried.notes.end());
  if (codec(target).file.embeds_metadata) return bytes;
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
  if (blocks.exif.empty() && blocks.xmp.empty() && blocks.iptc.empty() && !blocks.resolution) {
    return bytes;
  }
  Result<Buffer> inserted = insert_metadata(bytes.view(), target, blocks);
  if (inserted) return std::move(*inserted);
  if (inserted.error().code() == ErrorCode::unsupported) {
    notes.push_back(fmt::format("{} took no metadata along", info(target).name));
    return bytes;
  }
  return std::unexpected(std::move(inserted).error());
}

Result<Buffer> with_colour_chunks(const Source& source, Format target, Buffer encoded,
                                  bool new_colours) {
  if (target != Format::png) return encoded;
  const bool same = source.info.format == Format::png && !new_colours;
  if (!same) return tidy_png(encoded.view());
  return carry_png_colours(source.bytes, encoded.view(),
                           source.colours.implied ? PngProfile::original : PngProfile::encoded);
}

}  // namespace imgmill

#include "optimize/source/source.h"

#include <fmt/format.h>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "jpeg/reader.h"
#include "metadata/raw_file.h"
#include "optimize/source/implied_colours.h"
#include "svg/gzip.h"
#include "svg/reader.h"

namespace imgmill {
namespace {

// Returns the name of a common image format that is not supported.
std::string_view foreign_name(ByteView input) {
  using namespace std::string_view_literals;
  const std::string_view text = as_text(input.first(std::min<std::size_t>(input.size(), 512)));
  if (text.starts_with("\0\0\0\x0CjP  "sv)) return "JPEG 2000";
  if (text.starts_with("BM"sv)) return "BMP";
  if (text.starts_with("8BPS"sv)) return "Photoshop";
  if (text.starts_with("%PDF"sv)) return "PDF";
  return {};
}

/// Returns the SVG text in a gzip file.
Result<Buffer> unpacked(ByteView file, const Limits& limits) {
  const std::uint64_t most =
      std::min<std::uint64_t>(svg::ReadLimits().bytes, limits.max_decoded_bytes);
  IMGMILL_TRY(Buffer text, svg::gunzip(file, static_cast<std::size_t>(most)));
  if (!svg::looks_like_svg(text.view().first(std::min(text.size(), sniff_bytes)))) {
    return fail(ErrorCode::unsupported, "a gzip file with something else than an SVG in it",
                "unpack it first, and give what is inside");
  }
  return text;
}

std::string known_formats() {
  std::string list;
  for (const FormatInfo& row : formats()) {
    if (!list.empty()) list += ", ";
    list += row.name;
  }
  return list;
}

}  // namespace

bool is_srgb_picture(const Source& source) {
  const IccFacts& profile = source.colours.profile;
  return source.info.colour_space != "CMYK" && source.info.colour_space != "Lab" &&
         (profile.space.empty() || is_srgb(profile)) && !source.foreign_colours;
}

bool tells_colours(const Source& source, Format target) {
  return !source.foreign_colours ||
         (source.codec->file.code_points && target == source.info.format);
}

std::string foreign_reason(const Cicp& cicp) {
  return fmt::format("its colours (CICP {}/{}) would not survive", cicp.primaries, cicp.transfer);
}

std::optional<std::string> untouchable(const Source& source, const Keep& keep, Way way) {
  if (!source.codec->info.writable) {
    return fmt::format("{} is read, not written; choose a format with --format",
                       upper_name(source.info.format));
  }
  if (source.facts.sequence) {
    return fmt::format("an animated {} keeps its frames as they are", source.codec->info.name);
  }
  if (source.facts.more_channels) return "it holds channels that no decoder here gives";
  const std::vector<std::string> held = obstacles(source.inventory, source.info.format, keep, way);
  if (!held.empty()) {
    return fmt::format("it holds {}, which would be lost", fmt::join(held, ", "));
  }
  if (source.facts.pages_differ) return "its pages differ in size or kind";
  if (source.facts.more_inks) return std::string(more_inks_reason);
  if (source.facts.doubles)
    return "its samples are floating point of 64 bits, which is not written";
  if (source.info.colour_space == "Lab") return "its colours are in Lab, which is not written";
  if (source.facts.packed_jpeg) return "the JPEG that it was made from can be restored from it";
  if (!tells_colours(source, source.info.format)) return foreign_reason(*source.foreign_colours);
  return std::nullopt;
}

Result<void> within(const ImageInfo& info, const Limits& limits) {
  const std::uint64_t pixels = std::uint64_t{info.width} * info.height;
  if (info.frames > limits.max_frames) {
    return fail(ErrorCode::limit, fmt::format("{} frames, over the limit of {}",
                                              grouped(info.frames), grouped(limits.max_frames)));
  }
  if (pixels > limits.max_pixels || pixels * info.frames > limits.max_pixels) {
    return fail(
        ErrorCode::limit,
        fmt::format("{} x {} pixels{}, over the limit of {} megapixels", info.width, info.height,
                    info.frames > 1 ? fmt::format(" in {} frames", info.frames) : "",
                    limits.max_pixels / 1'000'000),
        "if the image is meant to be this large, raise the limit with --max-pixels");
  }
  // Checked separately, so that the product below cannot overflow.
  if (info.decoded_bytes() > limits.max_decoded_bytes) {
    return fail(ErrorCode::limit,
                fmt::format("{} once decoded, over the limit of {}",
                            human_size(info.decoded_bytes()), human_size(limits.max_decoded_bytes)),
                "if the image is meant to be this large, raise the limit with --max-pixels");
  }
  return {};
}

Result<Source> open_source(ByteView input, const Limits& limits) {
  if (input.empty()) {
    return fail(ErrorCode::bad_input, "the file is empty", "restore it from a copy");
  }
  if (input.size() > limits.max_input_bytes) {
    return fail(ErrorCode::limit,
                fmt::format("a file of {}, over the limit of {}", human_size(input.size()),
                            human_size(limits.max_input_bytes)),
                "raise the limit with --max-input");
  }
  if (const auto raw = camera_raw(input)) {
    return fail(
        ErrorCode::unsupported,
        fmt::format("this is a camera's {}, and what could be read of it is a preview", *raw),
        "develop it with a raw converter first; it was left as it is");
  }
  const std::optional<Format> format = sniff(input.first(std::min(input.size(), sniff_bytes)));
  if (!format) {
    const std::string_view name = foreign_name(input);
    return fail(
        name.empty() ? ErrorCode::bad_input : ErrorCode::unsupported,
        name.empty() ? "not an image that imgmill knows" : fmt::format("{} is not supported", name),
        fmt::format("it reads {}", known_formats()));
  }

  Source source;
  source.bytes = source.file = input;
  source.codec = &codec(*format);
  if (svg::looks_like_gzip(input)) {
    IMGMILL_TRY(source.own, unpacked(input, limits));
    source.bytes = input = source.own.view();
    source.gzipped = true;
  }
  IMGMILL_TRY(source.info, source.codec->probe(input));
  // A drawing has no inherent number of pixels.
  if (*format != Format::svg) IMGMILL_CHECK(within(source.info, limits));

  if (*format == Format::jpeg) {
    if (std::optional<Buffer> whole = jpeg::with_end_marker(input)) {
      source.own = *std::move(whole);
      source.bytes = input = source.own.view();
      source.end_marker_added = true;
    }
  }
  source.metadata = read_metadata(input, *format);
  source.facts = source.codec->facts(input, source.info);
  if (source.facts.profile) source.metadata.icc = *std::move(source.facts.profile);
  source.exif = read_exif(source.metadata.exif.view());
  if (source.codec->file.exif_turns && source.metadata.exif_turns) {
    source.info.orientation = source.exif.orientation;
  }
  find_colours(source);
  source.inventory = inventory_of(input, *format);
  return source;
}

Result<ImageInfo> inspect(ByteView input, const Limits& limits) {
  IMGMILL_TRY(Source source, open_source(input, limits));
  ImageInfo& info = source.info;
  const MetadataBlocks& blocks = source.metadata;
  if (!blocks.icc.empty()) info.metadata.emplace_back("icc");
  if (!blocks.exif.empty()) info.metadata.emplace_back("exif");
  if (source.exif.has_gps) info.metadata.emplace_back("gps");
  if (source.exif.has_thumbnail) info.metadata.emplace_back("thumbnail");
  if (!source.exif.copyright.empty() || !source.exif.artist.empty()) {
    info.metadata.emplace_back("copyright");
  }
  if (!blocks.xmp.empty()) info.metadata.emplace_back("xmp");
  if (!blocks.iptc.empty()) info.metadata.emplace_back("iptc");
  for (const std::string& other : blocks.others) info.metadata.push_back(other);
  for (const Holding& holding : source.inventory) {
    const Disposition fate = fate_of(holding.content, info.format, Keep{}, Way::encode);
    info.contents.push_back({.kind = name_of(holding.content),
                             .name = holding.name,
                             .bytes = holding.bytes.size(),
                             .holds = holding.holds,
                             .dropped = fate == Disposition::dropped || fate == Disposition::told,
                             .stands_in_the_way = fate == Disposition::neither});
  }
  return std::move(info);
}

}  // namespace imgmill

#include "optimize/source.h"

#include <fmt/format.h>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "codecs/heic.h"
#include "codecs/jxl.h"
#include "codecs/png_header.h"
#include "codecs/tiff.h"
#include "codecs/tiff_header.h"
#include "jpeg/reader.h"
#include "metadata/isobmff.h"
#include "metadata/jxl_boxes.h"
#include "metadata/raw_file.h"
#include "optimize/told_colours.h"
#include "svg/gzip.h"
#include "svg/reader.h"

namespace imgmill {
namespace {

// The name of a common image format that is not supported.
std::string_view foreign_name(ByteView input) {
  using namespace std::string_view_literals;
  const std::string_view text = as_text(input.first(std::min<std::size_t>(input.size(), 512)));
  if (text.starts_with("\0\0\0\x0CjP  "sv)) return "JPEG 2000";
  if (text.starts_with("BM"sv)) return "BMP";
  if (text.starts_with("8BPS"sv)) return "Photoshop";
  if (text.starts_with("%PDF"sv)) return "PDF";
  return {};
}

/// The SVG text in a gzip file.
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

void find_obstacles(Source& source) {
  switch (source.info.format) {
    case Format::png:
      if (const auto header = read_png_header(source.bytes))
        source.still_apart = header->still_apart;
      source.sequence = source.info.frames > 1 || source.still_apart;
      break;
    case Format::avif: {
      const AvifFacts facts = avif_facts(source.bytes);
      source.sequence = facts.sequence;
      break;
    }
    case Format::heic: {
      const AvifFacts facts = avif_facts(source.bytes);
      break;
    }
    case Format::jpegxl: {
      const JxlFacts facts = jxl_facts(source.bytes);
      source.sequence = facts.animation;
      source.more_channels = facts.more_channels;
      source.packed_jpeg = metadata::holds_jpeg(source.bytes);
      break;
    }
    case Format::tiff:
      source.pages_differ = tiff_pages_differ(source.bytes, source.info.frames);
      source.more_inks = read_tiff_channels(source.bytes).more_inks;
      source.doubles = read_tiff_channels(source.bytes).doubles;
      break;
    case Format::jpeg:
    case Format::webp:
    case Format::gif:
    case Format::svg:
      break;
  }
}

}  // namespace

bool is_srgb_picture(const Source& source) {
  const IccFacts& profile = source.colours.profile;
  return source.info.colour_space != "CMYK" && source.info.colour_space != "Lab" &&
         (profile.space.empty() || is_srgb(profile)) && !source.foreign_colours;
}

bool tells_colours(const Source& source, Format target) {
  return !source.foreign_colours || (source.info.format == Format::png && target == Format::png);
}

std::string foreign_reason(const Cicp& cicp) {
  return fmt::format("its colours (CICP {}/{}) would not survive", cicp.primaries, cicp.transfer);
}

std::optional<std::string> untouchable(const Source& source, const Keep& keep, Way way) {
  if (!source.codec->info.writable) {
    return fmt::format("{} is read, not written; choose a format with --format",
                       upper_name(source.info.format));
  }
  if (source.sequence) {
    return fmt::format("an animated {} keeps its frames as they are", source.codec->info.name);
  }
  if (source.more_channels) return "it holds channels that no decoder here gives";
  const std::vector<std::string> held = obstacles(source.inventory, source.info.format, keep, way);
  if (!held.empty()) {
    return fmt::format("it holds {}, which would be lost", fmt::join(held, ", "));
  }
  if (source.pages_differ) return "its pages differ in size or kind";
  if (source.more_inks) return std::string(more_inks_reason);
  if (source.doubles) return "its samples are floating point of 64 bits, which is not written";
  if (source.info.colour_space == "Lab") return "its colours are in Lab, which is not written";
  if (source.packed_jpeg) return "the JPEG that it was made from can be restored from it";
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
  // Formats whose profile is not stored in a container block.
  if (*format == Format::jpegxl) source.metadata.icc = jxl_facts(input).profile;
  if (*format == Format::heic) source.metadata.icc = heic_facts(input).profile;
  source.exif = read_exif(source.metadata.exif.view());
  // AVIF, HEIC and JPEG XL rotate pictures by properties of their own, which decoders apply; their
  // EXIF tag must be ignored (MIAF; ISO/IEC 18181-2). TIFF's tag is in its header.
  if (*format == Format::jpeg || *format == Format::png || *format == Format::webp) {
    if (source.metadata.exif_turns) source.info.orientation = source.exif.orientation;
  }
  find_colours(source);
  source.inventory = inventory_of(input, *format);
  find_obstacles(source);
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
    const Fate fate = fate_of(holding.content, info.format, Keep{}, Way::encode);
    info.contents.push_back({.kind = name_of(holding.content),
                             .name = holding.name,
                             .bytes = holding.bytes.size(),
                             .holds = holding.holds,
                             .dropped = fate == Fate::dropped || fate == Fate::told,
                             .stands_in_the_way = fate == Fate::neither});
  }
  return std::move(info);
}

}  // namespace imgmill

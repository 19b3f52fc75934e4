// The decision for one image: what may be done with it, which ways there are, and
// which of them gave the fewest bytes.
#include "imgmill/optimize.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/jpeg_coefficients.h"
#include "metadata/png_colours.h"
#include "optimize/render.h"
#include "optimize/source.h"

namespace imgmill {
namespace {

// A second generation of loss must pay: an output that is encoded anew has to
// be this much smaller than what can be had without touching the picture. It also
// makes repeated runs settle.
constexpr double worth_losing = 0.97;

// One way to get an output of the input's own format.
struct Candidate {
  Buffer bytes;
  Decision decision = Decision::kept;
  std::vector<std::string> notes;
  Extent extent;  // as stored in `bytes`
};

// Smallest first; among equals the one that changed least.
bool better(const Candidate& a, const Candidate& b) {
  if (a.bytes.size() != b.bytes.size()) return a.bytes.size() < b.bytes.size();
  return static_cast<int>(a.decision) > static_cast<int>(b.decision);
}

bool is_srgb_picture(const Source& source) {
  const IccFacts& profile = source.colours.profile;
  return source.info.colour_space != "CMYK" && source.info.colour_space != "Lab" &&
         (profile.space.empty() || is_srgb(profile)) && !source.colours.has_own_gamma() &&
         !source.foreign_colours;
}

// Colours must become sRGB because it was asked for, or because the profile that
// explains them is not to stay. What is sRGB already only loses its profile.
bool to_srgb(const Source& source, const ImageSettings& settings) {
  const bool profile = !source.colours.profile.space.empty();
  return settings.colour == ColourPolicy::to_srgb || (profile && !settings.keep.icc);
}

// The quality to write, no higher than what the input can be worth.
int quality_for(const Source& source, Format target, const ImageSettings& settings) {
  const int asked = settings.quality.of(target);
  if (target == Format::jpeg && source.info.format == Format::jpeg && source.info.quality) {
    return std::min(asked, *source.info.quality);
  }
  return asked;
}

bool wants_lossless(const Source& source, Format target, const ImageSettings& settings) {
  if (settings.lossless_for(target)) return true;
  // Somebody chose lossless for this picture; without a word to the contrary
  // it stays that way.
  const bool said = settings.quality.global || settings.quality.own(target);
  return !said && source.info.lossless && source.info.format == target;
}

RenderRequest request_for(const Source& source, Format target, const ImageSettings& settings) {
  RenderRequest request;
  request.target = target;
  request.to_srgb = to_srgb(source, settings);
  request.background = settings.background;
  request.encode = {.quality = quality_for(source, target, settings),
                    .lossless = info(target).lossless && wants_lossless(source, target, settings),
                    .effort = settings.effort};
  return request;
}

std::string described(const Cicp& cicp) {
  return fmt::format("its colours (CICP {}/{}) would not survive", cicp.primaries, cicp.transfer);
}

// Whether an encoding anew can say of its colours what the source says: PNG has them
// in a chunk that is carried over, the others' encoders know sRGB and profiles.
bool tells_colours(const Source& source, Format target) {
  return !source.foreign_colours || (source.info.format == Format::png && target == Format::png);
}

// Why the pixels must not be touched, or nothing.
std::optional<std::string> untouchable(const Source& source) {
  if (source.sequence) {
    return fmt::format("an animated {} keeps its frames as they are", source.codec->info.name);
  }
  if (source.extra_pictures) {
    return "it holds more than one picture (an HDR gain map or several views)";
  }
  if (source.pages_differ) return "its pages differ in size or kind";
  if (!tells_colours(source, source.info.format)) return described(*source.foreign_colours);
  return std::nullopt;
}

// ---- The same format, the same size -----------------------------------------

// The input less what the metadata policy takes away.
Result<Candidate> stripped(const Source& source, const Keep& keep) {
  // Pixels are not turned here, so the tag that turns them has to stay.
  Keep policy = keep;
  policy.orientation = true;
  const Buffer exif =
      filter_exif(source.metadata.exif.view(), policy, source.info.orientation, false);
  // A profile goes only where its absence changes nothing.
  policy.icc = keep.icc || !is_srgb_picture(source);

  Candidate candidate{.bytes = Buffer::copy_of(source.bytes),
                      .decision = Decision::kept,
                      .extent = {source.info.width, source.info.height}};
  Result<Rewritten> rewritten =
      rewrite_metadata(source.bytes, source.info.format, policy, exif.view());
  if (!rewritten) {
    if (rewritten.error().code() == ErrorCode::bad_input) {
      return std::unexpected(std::move(rewritten).error());
    }
    candidate.notes.push_back(fmt::format("metadata kept: {}", rewritten.error().message()));
    return candidate;
  }
  candidate.notes = std::move(rewritten->notes);
  if (rewritten->bytes.size() > source.bytes.size()) return candidate;
  if (!std::ranges::equal(rewritten->bytes.view(), source.bytes)) {
    candidate.bytes = std::move(rewritten->bytes);
    candidate.decision = Decision::stripped;
  }
  return candidate;
}

Result<Candidate> transcoded(const Candidate& base) {
  IMGMILL_TRY(Buffer bytes, transcode_jpeg(base.bytes.view()));
  return Candidate{.bytes = std::move(bytes),
                   .decision = Decision::transcoded,
                   .notes = base.notes,
                   .extent = base.extent};
}

// What may be said of the picture in a fresh encoding. Owns its EXIF block.
struct Carried {
  Buffer exif;
  NewMetadata blocks;
};

Carried carried_metadata(const Source& source, const Keep& keep, int orientation) {
  Carried carried{.exif = filter_exif(source.metadata.exif.view(), keep, orientation,
                                      /*pixels_changed=*/true)};
  carried.blocks = {.exif = carried.exif.view(),
                    .xmp = keep.xmp ? source.metadata.xmp.view() : ByteView{},
                    .iptc = keep.iptc ? source.metadata.iptc.view() : ByteView{}};
  return carried;
}

// Puts the metadata into a fresh encoding that has none.
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

// A fresh PNG says of its colours what the source says, if that is a PNG and they
// are the same.
Result<Buffer> png_with_colours(const Source& source, ByteView encoded, bool new_colours) {
  const bool same = source.info.format == Format::png && !new_colours;
  return same ? carry_png_colours(source.bytes, encoded) : tidy_png(encoded);
}

Result<Candidate> reencoded(const Source& source, const ImageSettings& settings) {
  const Format format = source.info.format;
  RenderRequest request = request_for(source, format, settings);
  const bool lossless = request.encode.lossless;
  // Without loss, pixels stay where they are and the tag says how to turn
  // them; TIFF's writer knows no tag.
  const bool turn = !lossless || format == Format::tiff;
  const int orientation = turn ? 1 : source.info.orientation;
  request.turn = turn ? Turn::upright : Turn::as_stored;
  request.extent = {source.info.width, source.info.height};
  if (turn) request.extent = upright(request.extent, source.info.orientation);
  request.prove = lossless;
  // The same pixels need the same profile to look the same.
  if (lossless && !is_srgb_picture(source)) request.to_srgb = false;

  Keep keep = settings.keep;
  keep.orientation = true;
  const Carried carried = carried_metadata(source, keep, orientation);
  request.encode.metadata = carried.blocks;

  IMGMILL_TRY(Rendered rendered, render(source, request));
  Candidate candidate{.decision = lossless ? Decision::transcoded : Decision::reencoded,
                      .notes = std::move(rendered.findings.notes),
                      .extent = request.extent};
  IMGMILL_TRY(candidate.bytes,
              with_metadata(std::move(rendered.bytes), format, carried.blocks, candidate.notes));
  if (format == Format::png) {
    IMGMILL_TRY(candidate.bytes,
                png_with_colours(source, candidate.bytes.view(), rendered.findings.new_colours));
  }
  return candidate;
}

// Adds `candidate` to the rivals of `best`.
void rival(Candidate& best, Candidate candidate) {
  if (better(candidate, best)) best = std::move(candidate);
}

Result<Candidate> smallest_jpeg(const Source& source, const ImageSettings& settings,
                                Candidate base) {
  const int asked = settings.quality.of(Format::jpeg);
  const bool coarse_already = source.info.quality && *source.info.quality <= asked;
  if (settings.lossless_for(Format::jpeg) || coarse_already) {
    IMGMILL_TRY(Candidate packed, transcoded(base));
    if (coarse_already && settings.compression == Compression::lossy && asked < 100) {
      packed.notes.push_back(
          fmt::format("already at quality {}, packed without loss", *source.info.quality));
    }
    rival(base, std::move(packed));
    return base;
  }
  IMGMILL_TRY(Candidate fresh, reencoded(source, settings));
  const auto pays = [&](const Candidate& other) {
    return static_cast<double>(fresh.bytes.size()) <
           worth_losing * static_cast<double>(other.bytes.size());
  };
  // Packing without loss seldom saves more than a tenth: only then is it asked.
  if (static_cast<double>(fresh.bytes.size()) < 0.8 * static_cast<double>(base.bytes.size())) {
    return fresh;
  }
  if (Result<Candidate> packed = transcoded(base)) rival(base, std::move(*packed));
  return pays(base) ? std::move(fresh) : std::move(base);
}

Result<Candidate> smallest_other(const Source& source, const ImageSettings& settings,
                                 Candidate base) {
  const Format format = source.info.format;
  const bool lossless = info(format).lossless && wants_lossless(source, format, settings);
  Result<Candidate> fresh = reencoded(source, settings);
  if (!fresh) {
    // The proof failed: then the input's own bytes are the answer.
    if (lossless && fresh.error().code() == ErrorCode::unsupported) return base;
    return std::unexpected(std::move(fresh).error());
  }
  if (lossless) {
    rival(base, std::move(*fresh));
    return base;
  }
  const bool pays = static_cast<double>(fresh->bytes.size()) <
                    worth_losing * static_cast<double>(base.bytes.size());
  return pays ? std::move(*fresh) : std::move(base);
}

Result<Optimized> same_format(const Source& source, const ImageSettings& settings) {
  IMGMILL_TRY(Candidate base, stripped(source, settings.keep));
  Candidate chosen;
  if (const auto reason = untouchable(source)) {
    base.notes.push_back(fmt::format("left alone: {}", *reason));
    chosen = std::move(base);
  } else if (source.info.format == Format::jpeg) {
    IMGMILL_TRY(chosen, smallest_jpeg(source, settings, std::move(base)));
  } else {
    IMGMILL_TRY(chosen, smallest_other(source, settings, std::move(base)));
  }

  return Optimized{.bytes = std::move(chosen.bytes),
                   .format = source.info.format,
                   .input_format = source.info.format,
                   .decision = chosen.decision,
                   .width = chosen.extent.width,
                   .height = chosen.extent.height,
                   .frames = source.info.frames,
                   .notes = std::move(chosen.notes)};
}

// ---- Another format, another size, other colours ------------------------------

// Whether all frames can go to `target`, one way or another.
bool holds_frames(const Source& source, const FormatInfo& target) {
  if (source.info.frames == 1) return true;
  const FormatInfo& from = source.codec->info;
  return (from.animation && target.animation) || (from.pages && target.pages);
}

Result<void> check_target(const Source& source, const FormatInfo& target, Extent extent,
                          const ImageSettings& settings) {
  if (std::max(extent.width, extent.height) > target.max_side) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} x {} pixels are too many for {}, which ends at {} a side",
                            extent.width, extent.height, target.name, target.max_side),
                fmt::format("make it smaller with --resize longest={}, or choose another format",
                            target.max_side));
  }
  if (source.pages_differ && target.format == Format::tiff) {
    return fail(ErrorCode::unsupported,
                "this TIFF cannot be changed: its pages differ in size or kind",
                "split it into its pages first, or keep it at its own size");
  }
  if (!holds_frames(source, target) && settings.animation == Animation::refuse) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} {} do not fit into {}", source.info.frames,
                            source.codec->info.pages ? "pages" : "frames", target.name),
                source.codec->info.pages
                    ? "write tiff, or only the first page with --first-frame"
                    : "write webp or gif, or only the first frame with --first-frame");
  }
  if (settings.compression == Compression::lossless && !target.lossless) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} cannot hold new pixels without loss", target.name),
                "choose png, webp or avif, or leave --lossless out");
  }
  if (source.info.format == Format::avif && source.sequence) {
    return fail(ErrorCode::unsupported,
                "this AVIF cannot be converted: it is a sequence, of which only one frame is read",
                "keep it as AVIF at its own size");
  }
  const bool to_srgb = settings.colour == ColourPolicy::to_srgb;
  if (source.foreign_colours && (to_srgb || !tells_colours(source, target.format))) {
    const std::string_view name = source.codec->info.name;
    return fail(
        ErrorCode::unsupported,
        fmt::format("this {} cannot be {}: {}", name, to_srgb ? "turned into sRGB" : "converted",
                    described(*source.foreign_colours)),
        source.info.format == Format::png ? "keep it as png, or give it a colour profile first"
                                          : fmt::format("keep it as {} at its own size", name));
  }
  return {};
}

Result<Optimized> converted(const Source& source, Format target, Extent extent,
                            const ImageSettings& settings) {
  const FormatInfo& row = info(target);
  IMGMILL_CHECK(check_target(source, row, extent, settings));
  RenderRequest request = request_for(source, target, settings);
  request.extent = extent;
  request.first_frame = !holds_frames(source, row);
  request.prove = settings.compression == Compression::lossless;
  // The same pixels need the same profile to look the same.
  if (request.prove) request.to_srgb = settings.colour == ColourPolicy::to_srgb;

  const Carried carried = carried_metadata(source, settings.keep, 1);
  request.encode.metadata = carried.blocks;

  Optimized out{.format = target,
                .input_format = source.info.format,
                .decision = Decision::reencoded,
                .width = extent.width,
                .height = extent.height};
  IMGMILL_TRY(Rendered rendered, render(source, request));
  out.notes = std::move(rendered.findings.notes);
  out.frames = rendered.frames;
  const bool new_colours = rendered.findings.new_colours;
  if (request.first_frame) {
    out.notes.push_back(fmt::format("only the first of {} {} was kept", source.info.frames,
                                    source.codec->info.pages ? "pages" : "frames"));
  }
  if (source.extra_pictures) {
    out.notes.emplace_back("the HDR gain map or further views did not come along");
  }
  IMGMILL_TRY(out.bytes,
              with_metadata(std::move(rendered.bytes), target, carried.blocks, out.notes));
  if (target == Format::png) {
    IMGMILL_TRY(out.bytes, png_with_colours(source, out.bytes.view(), new_colours));
  }
  return out;
}

}  // namespace

Result<Optimized> optimize(ByteView input, const ImageSettings& settings, const Limits& limits) {
  IMGMILL_CHECK(validate(settings));
  IMGMILL_TRY(const Source source, open_source(input, limits));
  const Format target = settings.output_format.value_or(source.info.format);
  const Extent whole = upright({source.info.width, source.info.height}, source.info.orientation);
  const Extent extent = resized(whole, settings.resize);
  if (extent.width > whole.width || extent.height > whole.height) {
    ImageInfo enlarged = source.info;
    enlarged.width = extent.width;
    enlarged.height = extent.height;
    IMGMILL_CHECK(within(enlarged, limits));
  }
  const bool new_colours = settings.colour == ColourPolicy::to_srgb && !is_srgb_picture(source) &&
                           (source.foreign_colours || !untouchable(source));
  try {
    if (target == source.info.format && extent == whole && !new_colours) {
      return same_format(source, settings);
    }
    return converted(source, target, extent, settings);
  } catch (const std::bad_alloc&) {
    return std::unexpected(engine_memory_error());
  }
}

}  // namespace imgmill

#include "optimize/same_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/jpeg.h"
#include "jpeg/encoder.h"
#include "metadata/jpeg_segments.h"
#include "optimize/account.h"
#include "optimize/implied_colours.h"
#include "optimize/output_metadata.h"
#include "optimize/render.h"
#include "optimize/requantise.h"
#include "optimize/request.h"
#include "png/optimizer.h"

namespace imgmill {
namespace {

// A second generation of loss must pay off: a re-encoded output must be this much smaller than the
// best result without touching the picture. This also makes repeated runs converge.
constexpr double worth_losing = 0.97;

// A target is measured against the input, which has already lost something if its format is lossy:
// each generation would be "as good" as the previous one, and worse than the first. An input that
// was made for about the same target shrinks by less than this when it is encoded for it again (see
// docs/adr/0011-targets.md for the measurements).
constexpr double worth_losing_again = 0.75;

// One candidate for an output in the input's own format.
struct Candidate {
  Buffer bytes;
  Decision decision = Decision::kept;
  std::vector<std::string> notes;
  Extent extent;  // as stored in `bytes`
  Judgement judgement{.score = 100};
};

// Smallest first; among equals the least altered one.
bool better(const Candidate& a, const Candidate& b) {
  if (a.bytes.size() != b.bytes.size()) return a.bytes.size() < b.bytes.size();
  return static_cast<int>(a.decision) > static_cast<int>(b.decision);
}

// How a JPEG whose tag says Adobe RGB states this in the output: by a profile, which every reader
// supports, or, if a small file would grow too large, by a tag again.
enum class AdobeRgb { profile, tag };

// The input without what the metadata policy removes.
Result<Candidate> stripped(const Source& source, const Keep& keep, AdobeRgb adobe) {
  // Pixels are not rotated here, so the orientation tag must stay.
  Keep policy = keep;
  policy.orientation = true;
  // If nothing may be moved, nothing can be inserted.
  const bool moves_nothing =
      !obstacles(source.inventory, source.info.format, keep, Way::repack).empty();
  if (moves_nothing) adobe = AdobeRgb::tag;
  const bool tag = adobe == AdobeRgb::tag && declares_adobe_rgb(source) && !policy.exif;
  const int orientation = source.info.orientation;
  const auto resolution = untold_resolution(source);
  const Buffer exif =
      tag ? exif_for_adobe_rgb(source.metadata.exif.view(), policy, orientation, resolution)
          : filter_exif(source.metadata.exif.view(), policy, orientation, false, resolution);
  const Buffer xmp = lasting_xmp(source, keep);
  // A profile is removed only if that does not change the picture.
  policy.icc = keep.icc || !is_srgb_picture(source);

  Candidate candidate{.bytes = Buffer::copy_of(source.bytes),
                      .decision = Decision::kept,
                      .extent = {source.info.width, source.info.height}};
  Result<Rewritten> rewritten =
      rewrite_metadata(source.bytes, source.info.format, policy, exif.view(), xmp.view());
  if (!rewritten) {
    if (rewritten.error().code() == ErrorCode::bad_input) {
      return std::unexpected(std::move(rewritten).error());
    }
    candidate.notes.push_back(fmt::format("metadata kept: {}", rewritten.error().message()));
    return candidate;
  }
  candidate.notes = std::move(rewritten->notes);
  const std::size_t size = rewritten->bytes.size();
  if (adobe == AdobeRgb::profile) {
    IMGMILL_TRY(rewritten->bytes, jpeg_with_colours(source, std::move(rewritten->bytes)));
  }
  if (size > source.bytes.size()) return candidate;
  if (!std::ranges::equal(rewritten->bytes.view(), source.bytes)) {
    candidate.bytes = std::move(rewritten->bytes);
    candidate.decision = Decision::stripped;
  }
  return candidate;
}

Buffer joined(ByteView one, ByteView other) {
  Buffer both = Buffer::uninitialised(one.size() + other.size());
  std::ranges::copy(one, both.data());
  std::ranges::copy(other, both.data() + one.size());
  return both;
}

// A JPEG rewritten from coefficients, with the bytes after the end of its base.
Buffer with_rest_of(const Candidate& base, Buffer bytes) {
  const ByteView rest = behind_jpeg(base.bytes.view());
  return rest.empty() ? std::move(bytes) : joined(bytes.view(), rest);
}

Result<Candidate> transcoded(const Candidate& base, Effort effort) {
  IMGMILL_TRY(Buffer bytes,
              jpeg::repack_jpeg(base.bytes.view(), jpeg_settings({.effort = effort}).effort));
  return Candidate{.bytes = with_rest_of(base, std::move(bytes)),
                   .decision = Decision::transcoded,
                   .notes = base.notes,
                   .extent = base.extent};
}

// The pixels of a PNG, compressed better; nothing if the file is odd in a way that only the
// engine's decoder tolerates.
Result<std::optional<Candidate>> repacked_png(const Source& source, const Candidate& base,
                                              const ImageSettings& settings) {
  Result<Buffer> bytes = png::optimize(base.bytes.view(), {.effort = settings.effort,
                                                           .clean_alpha = settings.clean_alpha,
                                                           .threads = engine_threads()});
  if (!bytes) return std::nullopt;
  IMGMILL_TRY(const bool same, shows_the_same(source, bytes->view(),
                                              settings.clean_alpha ? HiddenColours::ignore
                                                                   : HiddenColours::compare));
  if (!same) return std::nullopt;
  if (const ByteView rest = trailing_bytes(source, settings.keep); !rest.empty()) {
    *bytes = joined(bytes->view(), rest);
  }
  return Candidate{.bytes = *std::move(bytes),
                   .decision = Decision::transcoded,
                   .notes = base.notes,
                   .extent = base.extent};
}

// What may be lost: according to the rules; also from losslessly stored pictures; or in any case,
// because the file is too large otherwise.
enum class Loss { by_rule, allowed, necessary };

// Lossy sources lose again only by the rules of the aim.
void tell_of_loss(const Source& source, Loss loss, std::optional<Aim>& aim) {
  if (!aim) return;
  // A file that is too large must lose again, whatever it has already lost.
  aim->lost_before = !source.info.lossless && loss != Loss::necessary;
  aim->quality_before = source.info.quality;
  aim->size_before = source.bytes.size();
}

// A JPEG with requantised coefficients.
Result<Candidate> coarsened(const Source& source, const ImageSettings& settings,
                            const Candidate& base, RenderRequest request, Loss loss) {
  request.aim = aim_for(Format::jpeg, settings, {});
  tell_of_loss(source, loss, request.aim);
  IMGMILL_TRY(Rendered rendered, requantised(source, base.bytes.view(), request));
  return Candidate{.bytes = with_rest_of(base, std::move(rendered.bytes)),
                   .decision = Decision::reencoded,
                   .notes = base.notes,
                   .extent = base.extent,
                   .judgement = std::move(rendered.judgement)};
}

Result<Candidate> reencoded(const Source& source, const ImageSettings& settings,
                            const Candidate& base, Loss loss = Loss::by_rule) {
  const Format format = source.info.format;
  RenderRequest request = request_for(source, format, settings);
  if (may_requantise(source, request)) {
    return coarsened(source, settings, base, std::move(request), loss);
  }
  if (loss != Loss::by_rule) request.encode.lossless = false;
  const bool lossless = request.encode.lossless;
  // In a lossless encoding, pixels stay as stored and the tag gives the orientation.
  const bool turn = !lossless || !source.codec->file.writes_orientation;
  const int orientation = turn ? 1 : source.info.orientation;
  request.turn = turn ? Turn::upright : Turn::as_stored;
  request.extent = {source.info.width, source.info.height};
  if (turn) request.extent = upright(request.extent, source.info.orientation);
  request.prove = lossless;
  // Identical pixels need the same profile to look the same.
  if (lossless && !is_srgb_picture(source)) request.to_srgb = false;

  Keep keep = settings.keep;
  keep.orientation = true;
  const OutputMetadata carried =
      output_metadata(source, format, keep, orientation, Way::encode, request.to_srgb);
  request.encode.metadata = carried.blocks;
  if (!lossless) request.aim = aim_for(format, settings, carried.blocks);
  tell_of_loss(source, loss, request.aim);

  IMGMILL_TRY(Rendered rendered, render(source, request));
  Candidate candidate{.decision = lossless ? Decision::transcoded : Decision::reencoded,
                      .notes = std::move(rendered.findings.notes),
                      .extent = request.extent,
                      .judgement = std::move(rendered.judgement)};
  candidate.bytes = std::move(rendered.bytes);
  if (format == Format::png) {
    IMGMILL_TRY(candidate.bytes,
                png_with_colours(source, candidate.bytes.view(), rendered.findings.new_colours));
  }
  IMGMILL_TRY(candidate.bytes,
              with_metadata(std::move(candidate.bytes), format, carried, candidate.notes));
  IMGMILL_TRY(candidate.bytes,
              carry_unknown(source.bytes, std::move(candidate.bytes), format, settings.keep));
  return candidate;
}

// Replaces `best` by `candidate` if that is better.
void rival(Candidate& best, Candidate candidate) {
  if (better(candidate, best)) best = std::move(candidate);
}

Result<Candidate> smallest_jpeg(const Source& source, const ImageSettings& settings,
                                Candidate base) {
  const int asked = settings.quality.of(Format::jpeg);
  const bool coarse_already = source.info.quality && *source.info.quality <= asked;
  if (settings.lossless_for(Format::jpeg) || coarse_already) {
    IMGMILL_TRY(Candidate packed, transcoded(base, settings.effort));
    if (coarse_already && settings.compression == Compression::lossy && asked < 100) {
      packed.notes.push_back(
          fmt::format("already at quality {}, packed without loss", *source.info.quality));
    }
    rival(base, std::move(packed));
    return base;
  }
  IMGMILL_TRY(Candidate fresh, reencoded(source, settings, base));
  const auto pays = [&](const Candidate& other) {
    return static_cast<double>(fresh.bytes.size()) <
           worth_losing * static_cast<double>(other.bytes.size());
  };
  // Lossless packing seldom saves more than a tenth, so it is only tried then.
  if (static_cast<double>(fresh.bytes.size()) < 0.8 * static_cast<double>(base.bytes.size())) {
    return fresh;
  }
  if (Result<Candidate> packed = transcoded(base, settings.effort)) rival(base, std::move(*packed));
  return pays(base) ? std::move(fresh) : std::move(base);
}

bool fits(const Candidate& candidate, const ImageSettings& settings) {
  return !settings.max_bytes || candidate.bytes.size() <= *settings.max_bytes;
}

// Searches for the quality. `base` is the best result without touching the picture.
Result<Candidate> smallest_by_aim(const Source& source, const ImageSettings& settings,
                                  Candidate base) {
  const bool jpeg = source.info.format == Format::jpeg;
  const bool by_size_alone = !settings.target;
  if (by_size_alone) {
    // As good as fits: lossless if possible.
    if (jpeg) {
      if (Result<Candidate> packed = transcoded(base, settings.effort))
        rival(base, std::move(*packed));
    } else if (source.info.lossless && info(source.info.format).lossless) {
      ImageSettings exact = settings;
      exact.max_bytes.reset();
      exact.compression = Compression::lossless;
      if (Result<Candidate> packed = reencoded(source, exact, base))
        rival(base, std::move(*packed));
    }
    if (fits(base, settings)) return base;
  }
  Result<Candidate> fresh =
      reencoded(source, settings, base, fits(base, settings) ? Loss::allowed : Loss::necessary);
  if (!fresh && fresh.error().code() != ErrorCode::unsupported) {
    return std::unexpected(std::move(fresh).error());
  }
  const double worth = source.info.lossless ? worth_losing : worth_losing_again;
  const bool pays = fresh && static_cast<double>(fresh->bytes.size()) <
                                 worth * static_cast<double>(base.bytes.size());
  if (pays || (fresh && !fits(base, settings))) return *std::move(fresh);
  if (jpeg) {
    if (Result<Candidate> packed = transcoded(base, settings.effort))
      rival(base, std::move(*packed));
  }
  base.notes.push_back(fresh ? "encoded anew it would be little smaller"
                             : fmt::format("not encoded anew: {}", fresh.error().message()));
  return base;
}

Result<Candidate> smallest_other(const Source& source, const ImageSettings& settings,
                                 Candidate base) {
  const Format format = source.info.format;
  const bool lossless = info(format).lossless && wants_lossless(source, format, settings);
  if (lossless && format == Format::png && settings.colour == ColourPolicy::keep_profile) {
    auto repacked = repacked_png(source, base, settings);
    if (repacked && *repacked) {
      Candidate candidate = **std::move(repacked);
      rival(base, std::move(candidate));
      return base;
    }
  }
  Result<Candidate> fresh = reencoded(source, settings, base);
  if (!fresh) {
    // If the proof failed, keep the input's own bytes.
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

Result<Candidate> smallest(const Source& source, const ImageSettings& settings, AdobeRgb adobe) {
  IMGMILL_TRY(Candidate base, stripped(source, settings.keep, adobe));
  if (const auto reason = untouchable(source, settings.keep, way_of_encoding(source.info.format))) {
    base.notes.push_back(fmt::format("left alone: {}", *reason));
    return base;
  }
  if (aim_for(source.info.format, settings, {}) &&
      (!settings.target || !wants_lossless(source, source.info.format, settings))) {
    return smallest_by_aim(source, settings, std::move(base));
  }
  if (source.info.format == Format::jpeg) return smallest_jpeg(source, settings, std::move(base));
  return smallest_other(source, settings, std::move(base));
}

}  // namespace

Result<Optimized> same_format(const Source& source, const ImageSettings& settings) {
  IMGMILL_TRY(Candidate chosen, smallest(source, settings, AdobeRgb::profile));
  if (chosen.bytes.size() > source.bytes.size() && declares_adobe_rgb(source)) {
    IMGMILL_TRY(chosen, smallest(source, settings, AdobeRgb::tag));
  }

  if (settings.target) chosen.judgement.target = settings.target->score;
  return Optimized{.bytes = std::move(chosen.bytes),
                   .format = source.info.format,
                   .input_format = source.info.format,
                   .decision = chosen.decision,
                   .width = chosen.extent.width,
                   .height = chosen.extent.height,
                   .frames = source.info.frames,
                   .judgement = std::move(chosen.judgement),
                   .notes = std::move(chosen.notes)};
}

}  // namespace imgmill

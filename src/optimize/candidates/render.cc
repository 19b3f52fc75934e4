#include "optimize/candidates/render.h"

#include <fmt/format.h>

#include "base/try.h"
#include "codecs/engine.h"
#include "optimize/candidates/verify.h"
#include "optimize/source/damage.h"
#include "optimize/source/implied_colours.h"
#include "transform/framing.h"
#include "transform/scale.h"
#include "transform/timing.h"

namespace imgmill {
namespace {

/// How closely the pixels must match a full decode with exact sums.
enum class Scaling {
  exact,
  quick,  ///< occasionally one level off, if the encoder loses more than that
};

// Returns the layout, without its canvas, for the picture as stored.
Layout stored_layout(const Source& source, const RenderRequest& request) {
  const int orientation = request.turn == Turn::upright ? source.info.orientation : 1;
  const Layout& layout = request.layout;
  const Extent scaled = upright(layout.scaled, orientation);
  return {as_stored(layout.window, {source.info.width, source.info.height}, orientation), scaled,
          scaled};
}

// Scores are relative to the exact picture, and lossless output must be exact.
Scaling scaling_for(const Source& source, const RenderRequest& request) {
  const bool loses = !request.prove && !request.encode.lossless && !request.aim;
  const Extent whole{source.info.width, source.info.height};
  const Layout layout = stored_layout(source, request);
  const bool scales_whole = layout.window.extent == whole && layout.scaled != whole;
  return scales_whole && loses && source.info.format == Format::jpeg ? Scaling::quick
                                                                     : Scaling::exact;
}

// Decodes the used part of `source` at its new size, in stored orientation.
Result<Picture> scaled(const Source& source, const RenderRequest& request, Damage damage,
                       Scaling scaling) {
  const Layout layout = stored_layout(source, request);
  if (scaling == Scaling::quick && damage == Damage::refuse) {
    const ColourFacts& colours = source.colours;
    const Buffer& profile = colours.implied ? colours.made : source.metadata.icc;
    Result<Picture> picture =
        scaled_jpeg(source.bytes, profile.view(), layout.scaled, request.resize, DctScaling::some);
    if (picture || picture.error().code() != ErrorCode::unsupported) return picture;
  }
  ImageInfo info = source.info;
  if (request.first_frame) info.frames = 1;
  IMGMILL_TRY(Picture picture, decoded(source, info, {.damage = damage}));
  IMGMILL_TRY(picture, cropped(std::move(picture), layout.window));
  return scaled_to(std::move(picture), layout.scaled, request.resize);
}

Result<Picture> in_memory(Picture picture) {
  return with_engine(ErrorCode::bad_input, "the picture cannot be decoded", [&] {
    picture.image = picture.image.copy_memory();
    return picture;
  });
}

// The pixel pipeline: crop and resize as stored (stored_layout() translates the upright layout),
// then turn upright, convert channels and colours, fit depth and transparency, pad, and adapt the
// timing.
Result<Picture> prepared(const Source& source, const RenderRequest& request, Damage damage,
                         Scaling scaling, Findings& findings) {
  const FormatInfo& target = info(request.target);
  IMGMILL_TRY(Picture picture, scaled(source, request, damage, scaling));
  if (request.turn == Turn::upright) {
    IMGMILL_TRY(picture, turned_upright(std::move(picture), source.info.orientation));
  }
  const bool new_colours = request.to_srgb && !is_srgb_picture(source);
  IMGMILL_TRY(picture, with_channels_for(std::move(picture), target, new_colours, findings));
  IMGMILL_TRY(picture, with_colours_for(std::move(picture), source.colours, target, request.to_srgb,
                                        findings));
  IMGMILL_TRY(picture, fitted_to(std::move(picture), target, request.background, findings));
  IMGMILL_TRY(picture, padded(std::move(picture), request.layout.extent, request.background));
  return timed_for(std::move(picture), target, findings);
}

Error loss_error(const Codec& codec, std::string_view how) {
  return Error(ErrorCode::unsupported,
               fmt::format("{} cannot hold this picture without loss ({})", codec.info.name, how),
               "choose another format, or leave --lossless out");
}

Result<void> prove(const Picture& picture, ByteView bytes, Format format, bool clean_alpha) {
  const Codec& codec = imgmill::codec(format);
  IMGMILL_TRY(const ImageInfo info, codec.probe(bytes));
  IMGMILL_TRY(const Picture again, codec.decode(bytes, info, {}));
  const bool ignore = clean_alpha || !codec.file.hidden_colours;
  IMGMILL_TRY(const bool same,
              same_pixels(picture, again, ignore ? HiddenColours::ignore : HiddenColours::compare));
  if (same) return {};
  return std::unexpected(loss_error(codec, "the proof by decoding failed"));
}

Result<Rendered> attempt(const Source& source, const RenderRequest& request, Damage damage) {
  const Codec& codec = imgmill::codec(request.target);
  Rendered out;
  const Scaling scaling = scaling_for(source, request);
  IMGMILL_TRY(Picture picture, prepared(source, request, damage, scaling, out.findings));
  out.frames = picture.frames;
  if (!request.prove) {
    if (!request.encode.lossless) out.judgement.quality = request.encode.whole_quality();
    if (!request.aim && !request.measure) {
      IMGMILL_TRY(out.bytes, codec.encode(picture, request.encode));
      return out;
    }
    IMGMILL_TRY(picture, in_memory(std::move(picture)));  // read by encoders and the judge
    if (request.aim) {
      IMGMILL_TRY(SearchResult searched,
                  search_quality(std::move(picture), codec, request.encode, *request.aim));
      out.bytes = std::move(searched.bytes);
      out.judgement = std::move(searched.judgement);
      return out;
    }
    IMGMILL_TRY(out.bytes, codec.encode(picture, request.encode));
    if (scaling == Scaling::quick) {
      Findings known;
      IMGMILL_TRY(picture, prepared(source, request, damage, Scaling::exact, known));
      IMGMILL_TRY(picture, in_memory(std::move(picture)));
    }
    IMGMILL_TRY(out.judgement.score, score_of(picture, codec, out.bytes.view()));
    out.judgement.encodes = 1;
    return out;
  }
  if (out.findings.lost) return std::unexpected(loss_error(codec, *out.findings.lost));
  IMGMILL_TRY(picture, in_memory(std::move(picture)));  // read by the encoder, then by the proof
  IMGMILL_TRY(out.bytes, codec.encode(picture, request.encode));
  Result<void> proof = prove(picture, out.bytes.view(), request.target, request.encode.clean_alpha);
  if (!proof && codec.search != nullptr && codec.search->palette) {
    EncodeOptions plain = request.encode;
    plain.palette = PaletteUse::avoid;
    IMGMILL_TRY(out.bytes, codec.encode(picture, plain));
    proof = prove(picture, out.bytes.view(), request.target, request.encode.clean_alpha);
  }
  if (!proof) return std::unexpected(std::move(proof).error());
  out.judgement.score = 100;
  return out;
}

// Reads all pixels and discards them.
bool decodes(const Source& source) {
  const Result<Picture> picture = source.codec->decode(source.bytes, source.info, {});
  return picture && with_engine(ErrorCode::bad_input, "", [&] { return picture->image.avg(); });
}

}  // namespace

Result<bool> shows_the_same(const Source& source, ByteView bytes, HiddenColours hidden) {
  IMGMILL_TRY(const Picture before, source.codec->decode(source.bytes, source.info, {}));
  IMGMILL_TRY(const ImageInfo info, source.codec->probe(bytes));
  IMGMILL_TRY(const Picture after, source.codec->decode(bytes, info, {}));
  return same_pixels(before, after, hidden);
}

RenderRequest request_for(const Source& source, const FormatPlan& plan, bool lossless) {
  RenderRequest request{.target = plan.format,
                        .layout = plan.layout,
                        .resize = plan.resize,
                        .to_srgb = plan.to_srgb,
                        .background = plan.background,
                        .prove = plan.within ? lossless : plan.exact,
                        .measure = plan.measure,
                        .encode = {.quality = plan.quality,
                                   .lossless = lossless,
                                   .effort = plan.effort,
                                   .clean_alpha = plan.clean_alpha}};
  // Identical pixels look the same only with the same profile.
  if (request.prove)
    request.to_srgb = plan.within ? plan.to_srgb && is_srgb_picture(source) : plan.new_colours;
  return request;
}

Aim beside(Aim aim, const NewMetadata& metadata) {
  if (!aim.max_bytes) return aim;
  // The metadata blocks and their container overhead.
  const std::size_t blocks = metadata.exif.size() + metadata.xmp.size() + metadata.iptc.size();
  const std::uint64_t room = blocks == 0 ? 0 : blocks + blocks / 60'000 * 40 + 200;
  aim.max_bytes = *aim.max_bytes > room ? *aim.max_bytes - room : 1;
  return aim;
}

Result<Rendered> render(const Source& source, const RenderRequest& request) {
  Result<Rendered> first = attempt(source, request, Damage::refuse);
  if (first || first.error().code() != ErrorCode::bad_input) return first;

  // Either the input is damaged or the request failed.
  if (const std::optional<std::string> damage = source.codec->diagnose(source.bytes)) {
    if (!damage->empty()) return std::unexpected(damage_error(source.info.format, *damage));
    Result<Rendered> again = attempt(source, request, Damage::tolerate);
    if (again) again->findings.note("stray bytes in the file were ignored");
    return again;
  }
  if (!decodes(source)) {
    Error error = first.error();
    return std::unexpected(damage_error(source.info.format, error.message()));
  }
  return first;
}

}  // namespace imgmill

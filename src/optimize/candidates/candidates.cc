#include "optimize/candidates/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/jpeg.h"
#include "jpeg/encoder.h"
#include "metadata/jpeg_segments.h"
#include "optimize/candidates/output_metadata.h"
#include "optimize/candidates/render.h"
#include "optimize/candidates/requantise.h"
#include "optimize/source/account.h"
#include "optimize/source/implied_colours.h"
#include "png/optimizer.h"

namespace imgmill {
namespace {

// Returns `base` with other bytes.
Optimized remade(const Optimized& base, Buffer bytes, Decision decision) {
  Optimized out{base, base.format, base.input_format, std::move(bytes)};
  out.decision = decision;
  return out;
}

Buffer joined(ByteView one, ByteView other) {
  Buffer both = Buffer::uninitialised(one.size() + other.size());
  std::ranges::copy(one, both.data());
  std::ranges::copy(other, both.data() + one.size());
  return both;
}

// Appends to a JPEG rewritten from coefficients the bytes after the end of its base.
Buffer with_rest_of(const Optimized& base, Buffer bytes) {
  const ByteView rest = behind_jpeg(base.bytes.view());
  return rest.empty() ? std::move(bytes) : joined(bytes.view(), rest);
}

// Returns the pixels of a PNG, compressed better. Fails if the file is unusual in a way that only
// the engine's decoder tolerates.
Result<Buffer> repacked_png(const Source& source, const FormatPlan& plan, const Optimized& base) {
  IMGMILL_TRY(Buffer bytes, png::optimize(base.bytes.view(), {.effort = plan.effort,
                                                              .clean_alpha = plan.clean_alpha,
                                                              .threads = threads_per_image()}));
  IMGMILL_TRY(const bool same,
              shows_the_same(source, bytes.view(),
                             plan.clean_alpha ? HiddenColours::ignore : HiddenColours::compare));
  if (!same) return fail(ErrorCode::unsupported, "the PNG decodes to other pixels");
  const ByteView rest = trailing_bytes(source, plan.keep);
  return rest.empty() ? std::move(bytes) : joined(bytes.view(), rest);
}

// Decodes the picture and encodes it again.
Result<Optimized> rendered(const Source& source, const FormatPlan& plan, RenderRequest request) {
  const bool lossless = request.encode.lossless;
  // In a lossless encoding, pixels stay as stored and the tag gives the orientation.
  const bool turn = !lossless || !source.codec->file.writes_orientation;
  request.turn = turn ? Turn::upright : Turn::as_stored;
  if (!turn) request.layout = Layout::unchanged({source.info.width, source.info.height});

  Keep keep = plan.keep;
  keep.orientation = true;
  const OutputMetadata carried = output_metadata(
      source, plan.format, keep, turn ? 1 : source.info.orientation, Way::encode, request.to_srgb);
  request.encode.metadata = carried.blocks;
  if (request.aim) request.aim = beside(*std::move(request.aim), carried.blocks);

  IMGMILL_TRY(Rendered made, render(source, request));
  Optimized out{{.decision = lossless ? Decision::transcoded : Decision::reencoded,
                 .width = request.layout.extent.width,
                 .height = request.layout.extent.height,
                 .frames = source.info.frames,
                 .judgement = std::move(made.judgement),
                 .notes = std::move(made.findings.notes)},
                plan.format,
                source.info.format,
                {}};
  IMGMILL_TRY(out.bytes, with_colour_chunks(source, plan.format, std::move(made.bytes),
                                            made.findings.new_colours));
  IMGMILL_TRY(out.bytes, with_metadata(std::move(out.bytes), plan.format, carried, out.notes));
  IMGMILL_TRY(out.bytes, carry_unknown(source.bytes, std::move(out.bytes), plan.format, plan.keep));
  return out;
}

}  // namespace

bool smaller(const Optimized& a, const Optimized& b) {
  const auto key = [](const Optimized& made) {
    return std::tuple(made.bytes.size(), made.format, -static_cast<int>(made.decision));
  };
  return key(a) < key(b);
}

void rival(Optimized& best, Optimized candidate) {
  if (smaller(candidate, best)) best = std::move(candidate);
}

Result<Optimized> stripped(const Source& source, const FormatPlan& plan, AdobeRgb adobe) {
  const Keep& keep = plan.keep;
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

  Optimized out{{.decision = Decision::kept,
                 .width = source.info.width,
                 .height = source.info.height,
                 .frames = source.info.frames,
                 .judgement = {.score = 100}},
                source.info.format,
                source.info.format,
                Buffer::copy_of(source.bytes)};
  Result<Rewritten> rewritten =
      rewrite_metadata(source.bytes, source.info.format, policy, exif.view(), xmp.view());
  if (!rewritten) {
    if (rewritten.error().code() == ErrorCode::bad_input) {
      return std::unexpected(std::move(rewritten).error());
    }
    out.notes.push_back(fmt::format("metadata kept: {}", rewritten.error().message()));
    return out;
  }
  out.notes = std::move(rewritten->notes);
  const std::size_t size = rewritten->bytes.size();
  if (adobe == AdobeRgb::profile) {
    IMGMILL_TRY(rewritten->bytes, jpeg_with_colours(source, std::move(rewritten->bytes)));
  }
  if (size > source.bytes.size()) return out;
  if (!std::ranges::equal(rewritten->bytes.view(), source.bytes)) {
    out.bytes = std::move(rewritten->bytes);
    out.decision = Decision::stripped;
  }
  return out;
}

Result<Optimized> packed(const Source& source, const FormatPlan& plan, const Optimized& base) {
  if (plan.format == Format::jpeg) {
    IMGMILL_TRY(Buffer bytes, jpeg::repack_jpeg(base.bytes.view(),
                                                jpeg_settings({.effort = plan.effort}).effort));
    return remade(base, with_rest_of(base, std::move(bytes)), Decision::transcoded);
  }
  if (plan.format == Format::png && !plan.new_colours && !plan.aim) {
    Result<Buffer> bytes = repacked_png(source, plan, base);
    if (bytes) return remade(base, *std::move(bytes), Decision::transcoded);
  }
  return rendered(source, plan, request_for(source, plan, /*lossless=*/true));
}

Result<Optimized> encoded_again(const Source& source, const FormatPlan& plan, const Optimized& base,
                                Loss loss) {
  RenderRequest request = request_for(source, plan, /*lossless=*/false);
  request.aim = plan.aim;
  if (request.aim) {
    // A file that is too large must lose again, whatever it has already lost.
    request.aim->lost_before = !source.info.lossless && loss != Loss::necessary;
    request.aim->quality_before = source.info.quality;
    request.aim->size_before = source.bytes.size();
  }
  if (!may_requantise(source, request)) return rendered(source, plan, std::move(request));
  IMGMILL_TRY(Rendered coarser, requantised(source, base.bytes.view(), request));
  Optimized out = remade(base, with_rest_of(base, std::move(coarser.bytes)), Decision::reencoded);
  out.judgement = std::move(coarser.judgement);
  return out;
}

}  // namespace imgmill

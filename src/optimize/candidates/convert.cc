#include "optimize/candidates/convert.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/try.h"
#include "optimize/candidates/candidates.h"
#include "optimize/candidates/output_metadata.h"
#include "optimize/candidates/packed_jpeg.h"
#include "optimize/candidates/render.h"

namespace imgmill {
namespace {

// True if `target` can hold all frames, as animation or pages.
bool holds_frames(const Source& source, const FormatInfo& target) {
  if (source.info.frames == 1) return true;
  return source.codec->info.pages ? target.pages : target.animation;
}

Result<void> check_target(const Source& source, const FormatPlan& plan) {
  const FormatInfo& target = info(plan.format);
  if (!target.writable) {
    return fail(ErrorCode::unsupported,
                fmt::format("this picture cannot be changed as {}, which is read, not written",
                            target.name),
                "choose what it becomes with --format jpeg, webp, avif or jxl");
  }
  if (std::max(plan.layout.extent.width, plan.layout.extent.height) > target.max_side) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} x {} pixels are too many for {}, which ends at {} a side",
                            plan.layout.extent.width, plan.layout.extent.height, target.name,
                            target.max_side),
                fmt::format("make it smaller with --resize longest={}, or choose another format",
                            target.max_side));
  }
  if (source.facts.pages_differ && target.pages) {
    return fail(ErrorCode::unsupported,
                "this TIFF cannot be changed: its pages differ in size or kind",
                "split it into its pages first, or keep it at its own size");
  }
  if (!holds_frames(source, target) && !plan.first_frame) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} {} do not fit into {}", source.info.frames,
                            source.codec->info.pages ? "pages" : "frames", target.name),
                source.codec->info.pages
                    ? "write tiff, let it stay as it is with --animation keep, or take only the "
                      "first page with --first-frame"
                    : "write webp or gif, let it stay as it is with --animation keep, or take only "
                      "the first frame with --first-frame");
  }
  const std::vector<std::string> held =
      obstacles(source.inventory, source.info.format, plan.keep, Way::convert);
  if (!held.empty() && !plan.first_frame) {
    return fail(ErrorCode::unsupported,
                fmt::format("this {} holds {} besides its main picture, which would be lost",
                            source.codec->info.name, fmt::join(held, ", ")),
                "let it stay as it is with --animation keep, or take the main picture alone with "
                "--first-frame");
  }
  if (plan.exact && !target.lossless) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} cannot hold new pixels without loss", target.name),
                "choose png, webp or avif, or ask for less than lossless");
  }
  const bool unread = source.facts.sequence && !source.facts.still_apart;
  if (source.info.frames == 1 && unread && !plan.first_frame) {
    return fail(ErrorCode::unsupported,
                fmt::format("this {} cannot be converted: it is animated, and only one of its "
                            "frames is read",
                            source.codec->info.name),
                "keep it as it is, or take that frame with --first-frame");
  }
  if (source.facts.more_inks) {
    return fail(
        ErrorCode::unsupported,
        fmt::format("this {} cannot be changed: {}", source.codec->info.name, more_inks_reason),
        "keep it as it is, or let the program that made it merge them first");
  }
  if (source.foreign_colours && (plan.new_colours || !tells_colours(source, target.format))) {
    const std::string_view name = source.codec->info.name;
    return fail(ErrorCode::unsupported,
                fmt::format("this {} cannot be {}: {}", name,
                            plan.new_colours ? "turned into sRGB" : "converted",
                            foreign_reason(*source.foreign_colours)),
                source.codec->file.code_points
                    ? "keep it as png, or give it a colour profile first"
                    : fmt::format("keep it as {} at its own size", name));
  }
  return {};
}

Result<Optimized> rendered_as(const Source& source, const FormatPlan& plan,
                              std::optional<std::uint64_t> to_beat) {
  const FormatInfo& row = info(plan.format);
  RenderRequest request = request_for(source, plan, plan.lossless && row.lossless);
  request.first_frame = !holds_frames(source, row);
  const OutputMetadata carried =
      output_metadata(source, plan.format, plan.keep, 1, Way::convert, request.to_srgb);
  request.encode.metadata = carried.blocks;
  if (plan.aim) request.aim = beside(*plan.aim, carried.blocks);
  if (request.aim) request.aim->to_beat = to_beat;

  IMGMILL_TRY(Rendered rendered, render(source, request));
  Optimized out{{.decision = Decision::reencoded,
                 .width = plan.layout.extent.width,
                 .height = plan.layout.extent.height,
                 .frames = rendered.frames,
                 .judgement = std::move(rendered.judgement),
                 .notes = std::move(rendered.findings.notes)},
                plan.format,
                source.info.format,
                {}};
  out.judgement.target = plan.target;
  if (request.first_frame) {
    out.notes.push_back(fmt::format("only the first of {} {} was kept", source.info.frames,
                                    source.codec->info.pages ? "pages" : "frames"));
  }
  if (source.facts.more_channels) {
    out.notes.emplace_back("channels beside the picture did not come along");
  }
  if (source.facts.still_apart) {
    out.notes.emplace_back(
        "the still picture for programs that know no animation did not come along");
  }
  IMGMILL_TRY(out.bytes, with_colour_chunks(source, plan.format, std::move(rendered.bytes),
                                            rendered.findings.new_colours));
  IMGMILL_TRY(out.bytes, with_metadata(std::move(out.bytes), plan.format, carried, out.notes));
  return out;
}

}  // namespace

Result<Optimized> converted(const Source& source, const FormatPlan& plan,
                            std::optional<std::uint64_t> to_beat) {
  IMGMILL_CHECK(check_target(source, plan));
  if (!plan.packs_jpeg) return rendered_as(source, plan, to_beat);
  if (plan.lossless) {
    if (Result<Optimized> packed = packed_jpeg(source, plan)) return packed;
    return rendered_as(source, plan, to_beat);
  }
  // Close to the JPEG's own quality, a lossy encoding saves less than packing the JPEG losslessly.
  Result<Optimized> fresh = rendered_as(source, plan, to_beat);
  if (!fresh && fresh.error().code() != ErrorCode::unsupported) return fresh;
  Result<Optimized> packed = packed_jpeg(source, plan);
  if (!packed || (fresh && !smaller(*packed, *fresh))) return fresh;
  if (fresh) {
    packed->judgement.encodes = fresh->judgement.encodes;
    packed->judgement.probes = fresh->judgement.probes;
  }
  return packed;
}

}  // namespace imgmill

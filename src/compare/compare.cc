#include "imgmill/compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/scenes.h"
#include "compare/admission.h"
#include "compare/heat_map.h"
#include "compare/moments.h"
#include "optimize/plan/memory_need.h"
#include "optimize/source/damage.h"
#include "optimize/source/implied_colours.h"
#include "optimize/source/source.h"
#include "quality/judge.h"
#include "transform/transform.h"

namespace imgmill {
namespace {

Extent extent_of(const Source& source) {
  return upright({source.info.width, source.info.height}, source.info.orientation);
}

Result<void> comparable(const Source& original, const Source& other) {
  const Extent one = extent_of(original);
  const Extent two = extent_of(other);
  if (one != two) {
    return fail(ErrorCode::unsupported,
                fmt::format("the pictures differ in size: {} x {} and {} x {} pixels", one.width,
                            one.height, two.width, two.height),
                "bring one to the size of the other first, such as with imgmill optimize "
                "--resize, and compare with that");
  }
  return {};
}

Result<Picture> in_memory(const Source& source, Damage damage) {
  IMGMILL_TRY(Picture picture, decoded(source, source.info, {.damage = damage}));
  return with_engine(ErrorCode::bad_input, "the picture cannot be decoded", [&] {
    picture.image = picture.image.copy_memory();
    return picture;
  });
}

Result<Picture> seen(const Source& source, const char* step) {
  Result<Picture> picture =
      without_damage(source, [&](Damage damage) { return in_memory(source, damage); });
  if (picture) {
    Findings findings;  // unused: limits of the comparison are no loss of the file
    picture = with_channels_for(*std::move(picture), info(Format::png), false, findings);
  }
  if (!picture) return std::unexpected(std::move(picture).error().within(step));
  return turned_upright(*std::move(picture), source.info.orientation);
}

/// Returns one frame in 8-bit grey, on mid-grey where it is transparent.
Result<vips::VImage> grey_of(const Picture& picture, const ColourFacts& colours,
                             std::uint32_t frame) {
  Findings findings;
  IMGMILL_TRY(const Picture srgb,
              with_colours_for(picture, colours, info(Format::png), true, findings));
  return with_engine(ErrorCode::bad_input, "the picture cannot be decoded", [&] {
    const int height = static_cast<int>(picture.height());
    vips::VImage image =
        srgb.image.extract_area(0, static_cast<int>(frame) * height, srgb.image.width(), height);
    // sRGB first: flattening assumes 8-bit grey.
    image =
        image.colourspace(image.bands() < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB);
    if (image.has_alpha()) {
      std::vector<double> ground(static_cast<std::size_t>(image.bands()) - 1, 128.0);
      image = image.flatten(vips::VImage::option()->set("background", ground));
    }
    return image.colourspace(VIPS_INTERPRETATION_B_W)
        .extract_band(0)
        .cast(VIPS_FORMAT_UCHAR)
        .copy_memory();
  });
}

WorstTile worst_of(const Tile& tile) {
  return {tile.left, tile.top, tile.width, tile.height, tile.score};
}

Result<Source> open(ByteView bytes, const Limits& limits, const char* which) {
  Result<Source> source = open_source(bytes, limits);
  if (!source) return std::unexpected(std::move(source).error().within(which));
  return source;
}

std::string times(int plays) {
  return plays == 0 ? "for ever" : fmt::format("{} {}", plays, plays == 1 ? "time" : "times");
}

// Reports differences in timing, which a score of pictures does not cover.
Result<std::vector<std::string>> told_apart_by_time(const Picture& one, const Picture& other) {
  std::vector<std::string> notes;
  if (!moves(one) && !moves(other)) return notes;
  IMGMILL_TRY(const TimeLine first, time_line(one));
  IMGMILL_TRY(const TimeLine second, time_line(other));
  if (first.scenes.size() == 1 && second.scenes.size() == 1) return notes;
  if (!std::ranges::equal(first.scenes, second.scenes, {}, &Scene::end, &Scene::end)) {
    notes.push_back(fmt::format("the pictures change at other times: {} in {} ms, and {} in {} ms",
                                first.scenes.size(), first.length(), second.scenes.size(),
                                second.length()));
  }
  if (first.plays != second.plays) {
    notes.push_back(
        fmt::format("one plays {}, the other {}", times(first.plays), times(second.plays)));
  }
  return notes;
}

Result<Comparison> compared(const Source& original, const Source& other,
                            const CompareOptions& options) {
  IMGMILL_TRY(const Picture first, seen(original, "decoding the original"));
  Similarity found;
  std::optional<double> in_context;
  std::vector<std::string> notes;
  {
    IMGMILL_TRY(const Picture second, seen(other, "decoding the other"));
    IMGMILL_TRY(std::vector<std::size_t> sample, most_different(first, second, Judge::most_frames));
    IMGMILL_TRY(Judge judge, Judge::create(first, Context::none, sample));
    IMGMILL_TRY(found, judge.score(second, Detail::local));
    IMGMILL_TRY(notes, told_apart_by_time(first, second));
    if (lacks_scales(first.width(), first.height())) {
      IMGMILL_TRY(Judge wider, Judge::create(first, Context::mirrored, sample));
      IMGMILL_TRY(const Similarity mirrored, wider.score(second));
      in_context = mirrored.score;
    }
  }

  const Extent extent = extent_of(original);
  Comparison result{.score = found.score,
                    .in_context = in_context,
                    .verdict = verdict_of(in_context.value_or(found.score)),
                    .worst = worst_of(found.worst),
                    .frame = found.frame,
                    .width = extent.width,
                    .height = extent.height,
                    .frames = original.info.frames,
                    .original = {original.info.format, original.bytes.size()},
                    .other = {other.info.format, other.bytes.size()},
                    .notes = std::move(notes)};
  for (const Source* source : {&original, &other}) {
    if (source->foreign_colours) result.notes.push_back(foreign_reason(*source->foreign_colours));
  }
  if (options.map == HeatMap::yes) {
    IMGMILL_TRY(const vips::VImage grey, grey_of(first, original.colours, found.frame));
    IMGMILL_TRY(result.map, draw_heat_map({grey, found.local, result.worst, found.score}));
  }
  return result;
}

}  // namespace

Result<Comparison> compare(ByteView original, ByteView other, const CompareOptions& options,
                           const Limits& limits) {
  return compare_admitted(original, other, options, limits, {});
}

Result<Comparison> compare_admitted(ByteView original, ByteView other,
                                    const CompareOptions& options, const Limits& limits,
                                    const Admission& admission) {
  try {
    IMGMILL_TRY(const Source first, open(original, limits, "reading the original"));
    IMGMILL_TRY(const Source second, open(other, limits, "reading the other"));
    IMGMILL_CHECK(comparable(first, second));
    if (admission) IMGMILL_CHECK(admission(memory_need_of_comparison(first, second)));
    return compared(first, second, options);
  } catch (const std::bad_alloc&) {
    return std::unexpected(engine_memory_error());
  }
}

}  // namespace imgmill

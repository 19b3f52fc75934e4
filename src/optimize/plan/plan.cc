#include "optimize/plan/plan.h"

#include <algorithm>

#include "base/try.h"
#include "optimize/source/account.h"

namespace imgmill {
namespace {

// Colours must be converted to sRGB if that was requested, or if the profile that defines them is
// not kept. sRGB pictures only lose their profile. The colour chunks of a PNG are not metadata: in
// a PNG they stay.
bool to_srgb(const Source& source, Format target, const ImageSettings& settings) {
  const bool own_words = source.codec->file.code_points && target == source.info.format &&
                         source.metadata.icc.empty() && source.colours.implied;
  const bool profile = !source.colours.profile.space.empty() && !own_words;
  return settings.colour == ColourPolicy::to_srgb || (profile && !settings.keep.icc);
}

// True if the user set a quality for `target`.
bool quality_given(Format target, const ImageSettings& settings) {
  return settings.quality.global || settings.quality.own(target);
}

bool wants_lossless(const Source& source, Format target, const ImageSettings& settings) {
  if (settings.lossless_for(target)) return true;
  // The author chose lossless for this picture; it stays lossless unless the user says otherwise.
  const bool said =
      quality_given(target, settings) || (settings.target && !settings.target->spare_lossless);
  return !said && source.info.lossless && source.info.format == target;
}

std::optional<Aim> aim_for(Format target, const ImageSettings& settings) {
  if (!info(target).scored || (!settings.target && !settings.max_bytes)) return std::nullopt;
  // A size limit alone neither allows nor forbids loss; only an explicit setting does.
  const bool said = settings.target || quality_given(target, settings);
  if (settings.compression == Compression::lossless || (said && settings.lossless_for(target))) {
    return std::nullopt;
  }
  Aim aim;
  if (settings.target) aim.target = settings.target->score;
  if (quality_given(target, settings)) aim.most_quality = settings.quality.of(target);
  aim.max_bytes = settings.max_bytes;
  return aim;
}

// True if the file has more than a plain picture, which every format can hold.
bool holds_more(const Source& source, const Keep& keep) {
  return source.info.frames > 1 || source.facts.sequence ||
         !obstacles(source.inventory, source.info.format, keep, Way::convert).empty();
}

// True if the picture's colours change, and can.
bool changes_colours(const Source& source, const ImageSettings& settings) {
  return settings.colour == ColourPolicy::to_srgb && !is_srgb_picture(source) &&
         (source.foreign_colours || source.info.colour_space == "Lab" ||
          !untouchable(source, settings.keep, Way::convert));
}

// True if `source`, written according to `plan`, can be packed as the JPEG it is.
bool may_stay_jpeg(const Source& source, const FormatPlan& plan) {
  return source.info.format == Format::jpeg && plan.format == Format::jpegxl &&
         plan.layout == Layout::unchanged(whole_extent(source)) && !plan.new_colours &&
         obstacles(source.inventory, Format::jpeg, plan.keep, Way::repack).empty();
}

FormatPlan plan_for(const Source& source, Format format, const Layout& layout,
                    const ImageSettings& settings) {
  const bool own = format == source.info.format;
  FormatPlan plan{.format = format,
                  .layout = layout,
                  .within = own && layout == Layout::unchanged(whole_extent(source)) &&
                            !changes_colours(source, settings),
                  .lossless = wants_lossless(source, format, settings),
                  .exact = settings.compression == Compression::lossless ||
                           (settings.target && settings.target->score >= 100),
                  .aim = aim_for(format, settings),
                  .quality = static_cast<double>(settings.quality.of(format)),
                  .measure = settings.measure,
                  .to_srgb = to_srgb(source, format, settings),
                  .new_colours = settings.colour == ColourPolicy::to_srgb,
                  .resize = settings.resize,
                  .background = settings.background,
                  .clean_alpha = settings.clean_alpha,
                  .first_frame = settings.animation == Animation::first_frame,
                  .keep = settings.keep,
                  .effort = settings.effort,
                  .max_bytes = settings.max_bytes};
  if (settings.target) plan.target = settings.target->score;
  if (!plan.within) {
    if (plan.lossless && info(format).lossless) plan.aim.reset();
    plan.packs_jpeg = may_stay_jpeg(source, plan);
  } else {
    // A size limit alone does not say that a lossless picture stays lossless.
    if (plan.lossless && plan.target) plan.aim.reset();
    plan.left_alone = untouchable(source, settings.keep, way_of_encoding(format));
  }
  // The estimated quality of a JPEG input is on the same scale.
  if (own && source.info.quality) {
    const int asked = settings.quality.of(format);
    if (plan.within && !plan.aim && *source.info.quality <= asked) {
      if (settings.compression == Compression::lossy && asked < 100) {
        plan.coarse_already = source.info.quality;
      }
      plan.lossless = true;
    }
    plan.quality = std::min(asked, *source.info.quality);
  }
  return plan;
}

}  // namespace

Extent whole_extent(const Source& source) {
  return upright({source.info.width, source.info.height}, source.info.orientation);
}

Result<EncodePlan> resolve(const Source& source, const ImageSettings& settings) {
  const Format own = source.info.format;
  const Layout unchanged = Layout::unchanged(whole_extent(source));
  IMGMILL_TRY(const Layout layout, layout_of(whole_extent(source), settings.crop, settings.resize));
  EncodePlan plan{.layout = layout, .choose = settings.choose_format};
  if (!settings.choose_format) {
    plan.formats.push_back(
        plan_for(source, settings.output_format.value_or(own), layout, settings));
  } else {
    ImageSettings one = settings;
    if (!one.target && !one.max_bytes && one.compression == Compression::lossy) {
      one.target = Target{.spare_lossless = true};
    }
    for (const FormatInfo& row : formats()) {
      if (settings.allowed.contains(row.format)) {
        plan.formats.push_back(plan_for(source, row.format, layout, one));
      }
    }
  }
  if (settings.animation == Animation::keep && holds_more(source, settings.keep)) {
    plan.otherwise.push_back(plan_for(source, own, layout, settings));
    if (layout != unchanged) plan.otherwise.push_back(plan_for(source, own, unchanged, settings));
  }
  return plan;
}

}  // namespace imgmill

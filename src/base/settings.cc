#include "imgmill/settings.h"

#include <fmt/format.h>

#include <cmath>

#include "base/try.h"

namespace imgmill {

const std::optional<int>& Quality::own(Format format) const {
  switch (format) {
    case Format::jpeg:
      return jpeg;
    case Format::png:
      return png;
    case Format::webp:
      return webp;
    case Format::avif:
      return avif;
    case Format::gif:
      return gif;
    case Format::tiff:
      return tiff;
    case Format::jpegxl:
      return jxl;
    default:
      return global;
  }
}

std::optional<int>& Quality::own(Format format) {
  return const_cast<std::optional<int>&>(std::as_const(*this).own(format));
}

int Quality::of(Format format) const {
  if (const auto& number = own(format)) return *number;
  return global.value_or(info(format).default_quality);
}

bool ImageSettings::lossless_for(Format format) const {
  if (compression == Compression::lossless || !info(format).lossy) return true;
  if (target && info(format).scored) return target->score >= 100;
  return quality.of(format) >= 100;
}

namespace {

Result<void> check_quality(const std::optional<int>& number, std::string_view field) {
  if (number && (*number < 1 || *number > 100)) {
    return fail(ErrorCode::usage, fmt::format("quality.{} is {}", field, *number),
                "use a number from 1 (small) to 100 (lossless where the format can)");
  }
  return {};
}

Result<void> check_side(std::uint32_t side, std::string_view field) {
  if (side < 1 || side > 65535) {
    return fail(ErrorCode::usage, fmt::format("resize.{} is {}", field, side),
                "use a number of pixels from 1 to 65535");
  }
  return {};
}

Result<void> check_crop(const Crop& crop) {
  if (crop.trim && (*crop.trim < 0 || *crop.trim > 254)) {
    return fail(ErrorCode::usage, fmt::format("crop.trim is {}", *crop.trim),
                "use a number of levels from 0 (exactly one colour) to 254");
  }
  if (crop.trim && crop.area) {
    return fail(ErrorCode::usage, "trimming says what is cut off, and so does an area",
                "give one of them");
  }
  if (const auto& area = crop.area) {
    const double most = area->unit == CropArea::Unit::percent ? 100 : 1e6;
    const bool inside = area->left >= 0 && area->top >= 0 && area->width > 0 && area->height > 0 &&
                        area->left + area->width <= most && area->top + area->height <= most;
    if (!inside) {
      return fail(ErrorCode::usage, "crop.area does not lie within a picture",
                  "use sides above 0 and offsets from 0; percentages end at 100");
    }
  }
  if (const auto& aspect = crop.aspect) {
    const auto side = [](double value) { return value > 0 && value <= 10000; };
    if (!side(aspect->width) || !side(aspect->height)) {
      return fail(ErrorCode::usage, "crop.aspect is not a shape",
                  "use two numbers above 0, such as 16:9");
    }
  }
  const auto percent = [](double value) { return value >= 0 && value <= 100; };
  if (!percent(crop.position.x) || !percent(crop.position.y)) {
    return fail(ErrorCode::usage, "crop.position does not lie within a picture",
                "use percentages from 0 to 100");
  }
  return {};
}

Result<void> check_resize(const Resize& resize) {
  if (resize.fit != Fit::inside && resize.mode != ResizeMode::fit) {
    return fail(ErrorCode::usage, "how to fit is given, but no box to fit into",
                "give a width and a height: --resize fit=800x600 or \"mode\": \"fit\"");
  }
  if (resize.sharpen < 0 || resize.sharpen > 100) {
    return fail(ErrorCode::usage, fmt::format("resize.sharpen is {}", resize.sharpen),
                "use a number of percent from 0 (off) to 100");
  }
  switch (resize.mode) {
    case ResizeMode::none:
      return {};
    case ResizeMode::width:
      return check_side(resize.width, "width");
    case ResizeMode::height:
      return check_side(resize.height, "height");
    case ResizeMode::longest:
    case ResizeMode::shortest:
      return check_side(resize.size, "size");
    case ResizeMode::fit:
      IMGMILL_CHECK(check_side(resize.width, "width"));
      return check_side(resize.height, "height");
    case ResizeMode::percent:
      if (!std::isfinite(resize.percent) || resize.percent <= 0 || resize.percent > 10000) {
        return fail(ErrorCode::usage, fmt::format("resize.percent is {}", resize.percent),
                    "use a number above 0, at most 10000");
      }
      return {};
  }
  return {};
}

}  // namespace

Result<void> validate(const ImageSettings& settings) {
  IMGMILL_CHECK(check_quality(settings.quality.global, "global"));
  for (const FormatInfo& row : formats()) {
    IMGMILL_CHECK(check_quality(settings.quality.own(row.format), row.name));
  }
  bool number = settings.quality.global.has_value();
  for (const FormatInfo& row : formats()) {
    number = number || settings.quality.own(row.format).has_value();
  }
  if (settings.choose_format && number) {
    return fail(ErrorCode::usage,
                "a format cannot be chosen by quality numbers, which mean another thing in each",
                "give a target instead of quality");
  }
  if (const auto& target = settings.target) {
    if (!(target->score > 0) || target->score > 100) {
      return fail(ErrorCode::usage, fmt::format("target is {}", target->score),
                  "use a score above 0, at most 100 (80: alike side by side; 100: lossless)");
    }
    if (number || settings.compression == Compression::lossless) {
      return fail(ErrorCode::usage, "a target leaves no choice of quality or lossless",
                  "give one of target, quality and lossless");
    }
  }
  if (settings.max_bytes == 0U) {
    return fail(ErrorCode::usage, "max_bytes is 0", "use a number of bytes above 0");
  }
  if (settings.choose_format && settings.output_format) {
    return fail(ErrorCode::usage, "a format was given and was to be chosen as well",
                "give one of them");
  }
  for (const FormatInfo& row : formats()) {
    const bool asked = settings.output_format == row.format ||
                       (settings.choose_format && settings.allowed.contains(row.format));
    if (asked && !row.writable) {
      return fail(ErrorCode::usage, fmt::format("{} is read, not written", row.name),
                  "choose jpeg, webp, avif or another format that imgmill writes");
    }
  }
  if (settings.choose_format && settings.allowed.empty()) {
    return fail(ErrorCode::usage, "no format is allowed", "allow at least one");
  }
  IMGMILL_CHECK(check_crop(settings.crop));
  return check_resize(settings.resize);
}

}  // namespace imgmill

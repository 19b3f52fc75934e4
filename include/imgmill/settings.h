// Settings for optimizing an image.
#pragma once

#include <cstdint>
#include <optional>

#include "imgmill/error.h"
#include "imgmill/export.h"
#include "imgmill/format.h"

namespace imgmill {

/// Quality on each encoder's own scale, 1..100; 100 means lossless where the format supports it. A
/// format's own value takes precedence over `global`; if neither is set, the default in the
/// format's table row applies.
struct IMGMILL_API Quality {
  std::optional<int> global;
  std::optional<int> jpeg;
  std::optional<int> png;
  std::optional<int> webp;
  std::optional<int> avif;
  std::optional<int> gif;
  std::optional<int> tiff;
  std::optional<int> jxl;

  /// `global` for formats that are not written.
  [[nodiscard]] const std::optional<int>& own(Format format) const;
  [[nodiscard]] std::optional<int>& own(Format format);
  [[nodiscard]] int of(Format format) const;
  friend bool operator==(const Quality&, const Quality&) = default;
};

/// `lossless` guarantees identical pixels, verified by decoding.
enum class Compression { lossy, lossless };

enum class ResizeMode {
  none,
  width,     ///< `width` pixels wide
  height,    ///< `height` pixels high
  longest,   ///< the longer side becomes `size` pixels
  shortest,  ///< the shorter side becomes `size` pixels
  fit,       ///< fits inside `width` x `height`
  percent,   ///< `percent` of each side
};

enum class Enlarge { never, allow };

/// How a picture meets the box of ResizeMode::fit. All but `pad` give a picture that is smaller
/// than the box rather than enlarge it unasked; `cover` then keeps the shape of the box.
enum class Fit {
  inside,  ///< as large as fits into the box
  cover,   ///< fills the box; what protrudes is cut off, see Position
  fill,    ///< fills the box, distorted where the shapes differ
  pad,     ///< inside, on a canvas of the size of the box in ImageSettings::background
};

/// How a new pixel comes of the old ones around it.
enum class ResizeFilter {
  lanczos3,     ///< the sharpest that is true to photographs
  mitchell,     ///< softer, and hardly rings at edges (B = C = 1/3)
  catmull_rom,  ///< in between (B = 0, C = 1/2)
  box,          ///< the mean of what lies under the new pixel; exact for whole factors
  nearest,      ///< the old pixel under its centre: for pixel art
};

/// What is averaged: the numbers of the picture as they are coded, or the light they stand for.
enum class ResizeLight { coded, linear };

/// Sides are in pixels of the upright picture (orientation applied), 1..65535.
struct Resize {
  ResizeMode mode = ResizeMode::none;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t size = 0;
  double percent = 100;  ///< above 0, at most 10000
  Enlarge enlarge = Enlarge::never;
  Fit fit = Fit::inside;  ///< others need ResizeMode::fit
  ResizeFilter filter = ResizeFilter::lanczos3;
  ResizeLight light = ResizeLight::coded;
  /// Contrast that the finest detail gains, percent, 0..100; only of what is made smaller.
  int sharpen = 0;
  friend bool operator==(const Resize&, const Resize&) = default;
};

/// What is most important in a picture and therefore stays when some of it is cut off.
struct Position {
  enum class By {
    point,      ///< the point below, as near to the middle as possible
    attention,  ///< the part with the most skin, saturated colours and fine detail
    entropy,    ///< the part with the most information
    regions,    ///< what the file has marked (faces, focus: XMP regions); else as `attention`
  };
  By by = By::point;
  double x = 50;  ///< percent of the picture from the left, 0..100
  double y = 50;  ///< percent from the top
  friend bool operator==(const Position&, const Position&) = default;
};

/// A rectangle of the upright picture.
struct CropArea {
  enum class Unit { pixels, percent };
  double left = 0, top = 0;      ///< at least 0
  double width = 0, height = 0;  ///< above 0
  Unit unit = Unit::pixels;
  friend bool operator==(const CropArea&, const CropArea&) = default;
};

/// A shape: width : height, both above 0, at most 10000.
struct AspectRatio {
  double width = 1;
  double height = 1;
  friend bool operator==(const AspectRatio&, const AspectRatio&) = default;
};

/// What is cut off before a picture is resized, in the order of the members.
struct Crop {
  /// Borders of one colour; a pixel belongs to them if no channel differs by more than this,
  /// 0..254.
  std::optional<int> trim;
  std::optional<CropArea> area;
  std::optional<AspectRatio> aspect;
  Position position;  ///< for `aspect` and Fit::cover

  /// True if nothing is cut off but what Fit::cover asks for.
  [[nodiscard]] bool none() const { return !trim && !area && !aspect; }
  friend bool operator==(const Crop&, const Crop&) = default;
};

/// How much time to spend on a smaller file.
enum class Effort { fast, balanced, max };

/// Minimum score of an output: SSIMULACRA 2.1 of the written bytes, decoded again, against the
/// decoded, oriented and resized input.
struct Target {
  static constexpr double good = 70;               ///< hard to notice without a reference
  static constexpr double high = 80;               ///< no difference side by side
  static constexpr double excellent = 85;          ///< no difference when one replaces the other
  static constexpr double visually_lossless = 90;  ///< no difference in a flicker test

  double score = high;  ///< above 0, at most 100; 100: lossless
  /// Input known to be stored losslessly stays lossless within its own format.
  bool spare_lossless = false;
  friend bool operator==(const Target&, const Target&) = default;
};

/// Metadata that the output may carry. What is needed to display the picture correctly is kept by
/// default, and so is its author; everything else, above all location, is removed.
struct Keep {
  bool icc = true;          ///< colour profile; without it pixels are converted to sRGB
  bool orientation = true;  ///< the tag, if pixels are not rotated
  bool copyright = true;    ///< copyright and author
  bool exif = false;        ///< the whole EXIF block, including position and camera
  bool xmp = false;
  bool iptc = false;
  bool comment = false;  ///< free text

  [[nodiscard]] static Keep all() { return {true, true, true, true, true, true, true}; }
  [[nodiscard]] static Keep none() { return {false, false, false, false, false, false, false}; }
  friend bool operator==(const Keep&, const Keep&) = default;
};

enum class ColourPolicy { keep_profile, to_srgb };

/// What to do with an animation if the output format holds one frame only. `keep`: it stays an
/// animation in its own format (and at its own size if that format can only be passed through); a
/// note in the result says so. `keep` also refuses files with other content beside the main
/// picture.
enum class Animation { refuse, first_frame, keep };

/// 8 bits per channel, sRGB.
struct Colour {
  std::uint8_t red = 255;
  std::uint8_t green = 255;
  std::uint8_t blue = 255;
  friend bool operator==(const Colour&, const Colour&) = default;
};

struct IMGMILL_API ImageSettings {
  Quality quality;
  Compression compression = Compression::lossy;
  /// If set, the encoder's quality is searched for; `quality` must not be set.
  std::optional<Target> target;
  /// Maximum size of the output in bytes; above 0. Alone: the best quality that fits. With
  /// `target`: the target is missed if that is necessary.
  std::optional<std::uint64_t> max_bytes;
  /// Measure the score of lossy output even if nothing depends on it.
  bool measure = false;
  Crop crop;
  Resize resize;
  std::optional<Format> output_format;  ///< none: the input's own
  /// Instead of `output_format`: choose the format of `allowed` that gives the smallest file
  /// reaching `target` (or Target::high if neither target nor quality is set).
  bool choose_format = false;
  FormatSet allowed = {Format::jpeg, Format::png, Format::webp, Format::avif};
  Keep keep;
  Effort effort = Effort::balanced;
  ColourPolicy colour = ColourPolicy::keep_profile;
  Colour background;  ///< replaces transparency in formats without alpha, and surrounds Fit::pad
  /// Colours of fully transparent pixels may change if that saves bytes (PNG only); the visible
  /// picture stays the same.
  bool clean_alpha = false;
  Animation animation = Animation::refuse;

  /// True if `format` is to be written losslessly.
  [[nodiscard]] bool lossless_for(Format format) const;
  friend bool operator==(const ImageSettings&, const ImageSettings&) = default;
};

/// Checks ranges and contradictions. The message names the field by its JSON name and states what
/// is allowed.
[[nodiscard]] IMGMILL_API Result<void> validate(const ImageSettings& settings);

/// Upper bounds for an input. Checked from the header, before memory is allocated for pixels.
struct Limits {
  std::uint64_t max_pixels = 268'435'456;                    ///< width x height x frames
  std::uint64_t max_decoded_bytes = std::uint64_t{1} << 30;  ///< all pixels, decoded
  std::uint64_t max_input_bytes = std::uint64_t{1} << 30;    ///< size of the file
  std::uint32_t max_frames = 10'000;
  friend bool operator==(const Limits&, const Limits&) = default;
};

}  // namespace imgmill

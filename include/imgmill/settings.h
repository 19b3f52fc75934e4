// What is wanted of one image.
#pragma once

#include <cstdint>
#include <optional>

#include "imgmill/error.h"
#include "imgmill/export.h"
#include "imgmill/format.h"

namespace imgmill {

/// Quality on each encoder's own scale, 1..100; 100 means lossless where the
/// format can. A format's own number wins over `global`; where neither is set
/// the default of the format's row in the table applies.
struct IMGMILL_API Quality {
  std::optional<int> global;
  std::optional<int> jpeg;
  std::optional<int> png;
  std::optional<int> webp;
  std::optional<int> avif;
  std::optional<int> gif;
  std::optional<int> tiff;
  std::optional<int> jxl;

  /// Of a format that is not written: `global`.
  [[nodiscard]] const std::optional<int>& own(Format format) const;
  [[nodiscard]] std::optional<int>& own(Format format);
  [[nodiscard]] int of(Format format) const;
  friend bool operator==(const Quality&, const Quality&) = default;
};

/// Lossless promises identical pixels, and the promise is checked by decoding.
enum class Compression { lossy, lossless };

enum class ResizeMode {
  none,
  width,     ///< `width` pixels wide
  height,    ///< `height` pixels high
  longest,   ///< the longer side becomes `size` pixels
  shortest,  ///< the shorter side becomes `size` pixels
  fit,       ///< inside `width` x `height`
  percent,   ///< `percent` of each side
};

enum class Enlarge { never, allow };
enum class Aspect { keep, ignore };

/// Sides are in pixels of the upright picture (orientation applied), 1..65535.
struct Resize {
  ResizeMode mode = ResizeMode::none;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t size = 0;
  double percent = 100;  ///< above 0, at most 10000
  Enlarge enlarge = Enlarge::never;
  Aspect aspect = Aspect::keep;  ///< `ignore` only matters for `fit`
  friend bool operator==(const Resize&, const Resize&) = default;
};

/// How much time may go into fewer bytes.
enum class Effort { fast, balanced, max };

/// The score that an output has to reach: SSIMULACRA 2.1 of the written bytes, decoded
/// again, against the input as it was decoded, turned and resized.
struct Target {
  static constexpr double good = 70;               ///< hard to notice alone
  static constexpr double high = 80;               ///< alike side by side
  static constexpr double excellent = 85;          ///< alike when one replaces the other
  static constexpr double visually_lossless = 90;  ///< alike in a flicker test

  double score = high;  ///< above 0, at most 100; 100: without loss
  /// What is known to be stored without loss stays so within its own format.
  bool spare_lossless = false;
  friend bool operator==(const Target&, const Target&) = default;
};

/// Which metadata the output may carry. What shows the picture right is
/// kept by default, and who made it; everything else, location above all, goes.
struct Keep {
  bool icc = true;          ///< colour profile; without it pixels become sRGB
  bool orientation = true;  ///< the tag, where pixels are not turned
  bool copyright = true;    ///< copyright and author
  bool exif = false;        ///< the whole EXIF block, with position and camera
  bool xmp = false;
  bool iptc = false;
  bool comment = false;  ///< free text

  [[nodiscard]] static Keep all() { return {true, true, true, true, true, true, true}; }
  [[nodiscard]] static Keep none() { return {false, false, false, false, false, false, false}; }
  friend bool operator==(const Keep&, const Keep&) = default;
};

enum class ColourPolicy { keep_profile, to_srgb };

/// What becomes of an animation, or of several pictures, where the target format holds one only.
/// `keep`: all of it stays, in its own format and, where that can only be passed on whole, at its
/// own size; a note in the result says so.
enum class Animation { refuse, first_frame, keep };

/// 8 bits a channel, sRGB.
struct Colour {
  std::uint8_t red = 255;
  std::uint8_t green = 255;
  std::uint8_t blue = 255;
  friend bool operator==(const Colour&, const Colour&) = default;
};

struct IMGMILL_API ImageSettings {
  Quality quality;
  Compression compression = Compression::lossy;
  /// Where set, the encoder's quality is searched for; `quality` must not be set.
  std::optional<Target> target;
  /// The output may not be larger, bytes; above 0. Alone: as good as fits. With
  /// `target`: worse than that where it must be.
  std::optional<std::uint64_t> max_bytes;
  /// Find out the score of what was encoded with loss, also where nothing depends on it.
  bool measure = false;
  Resize resize;
  std::optional<Format> output_format;  ///< none: the input's own
  /// Instead of `output_format`: the one of `allowed` that gives the smallest file
  /// reaching `target` (or, with neither target nor quality, Target::high).
  bool choose_format = false;
  FormatSet allowed = {Format::jpeg, Format::png, Format::webp, Format::avif};
  Keep keep;
  Effort effort = Effort::balanced;
  ColourPolicy colour = ColourPolicy::keep_profile;
  Colour background;  ///< under transparency, where the format has none
  /// Colours that full transparency hides may change where that saves bytes (PNG only); what
  /// can be seen stays.
  bool clean_alpha = false;
  Animation animation = Animation::refuse;

  /// Whether `format` is to be written without loss.
  [[nodiscard]] bool lossless_for(Format format) const;
  friend bool operator==(const ImageSettings&, const ImageSettings&) = default;
};

/// Checks ranges and contradictions. The message names the field by its JSON
/// name and says what is allowed.
[[nodiscard]] IMGMILL_API Result<void> validate(const ImageSettings& settings);

/// What an input may ask for at most. Checked from the header, before
/// anything is allocated for pixels.
struct Limits {
  std::uint64_t max_pixels = 268'435'456;                    ///< width x height x frames
  std::uint64_t max_decoded_bytes = std::uint64_t{1} << 30;  ///< all pixels, decoded
  std::uint64_t max_input_bytes = std::uint64_t{1} << 30;    ///< size of the file
  std::uint32_t max_frames = 10'000;
  friend bool operator==(const Limits&, const Limits&) = default;
};

}  // namespace imgmill

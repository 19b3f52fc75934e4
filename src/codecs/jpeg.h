// JPEG: decoded by libjpeg-turbo and libvips, encoded by our own encoder.
#pragma once

#include <array>

#include "codecs/codec.h"
#include "jpeg/encoder.h"
#include "jpeg/reader.h"

namespace imgmill {

struct JpegCodec {
  static constexpr Format format = Format::jpeg;
  static constexpr FileTraits file_traits = {
      .repacks = true, .exif_turns = true, .resolution = true};
  // JPEG blurs the hard edges of drawings, which are several times as large as in any other format.
  // Photographs were larger than as AVIF or JPEG XL whenever both were tried.
  static constexpr ChoiceTraits choice_traits = {
      .lossless = {2},
      .drawing = {6, Preference::Condition::last},
      .photograph = {4, Preference::Condition::superseded}};
  /// Means over the 24 Kodak pictures and 13 CLIC 2025 photographs.
  static constexpr auto score_points = std::to_array<ScoreCurve::Point>({{10, 12.3},
                                                                         {30, 39.8},
                                                                         {50, 57.1},
                                                                         {65, 65.6},
                                                                         {75, 72.1},
                                                                         {82, 76.2},
                                                                         {88, 81.0},
                                                                         {93, 88.4},
                                                                         {97, 92.4},
                                                                         {100, 95.0}});
  static constexpr auto size_points = std::to_array<ScoreCurve::Point>(
      {{1, -2.073}, {8, -1.055}, {19, -0.193}, {26, 0}, {51, 0.546}, {71, 1.012}});
  // Around a quality of 80 a whole step is one point of score, and some 8% of the bytes.
  static constexpr SearchTraits search_traits = {.quality_step = 0.25,
                                                 .scores = ScoreCurve(score_points),
                                                 .sizes = ScoreCurve(size_points),
                                                 .sample = SampleUse::throughout,
                                                 .near_enough = 0.6,
                                                 .chooses_chroma = true,
                                                 .encodes_quickly = true};
  static constexpr MemoryTraits memory_traits = {
      .encode = {16.5, 31, 16.5}, .spared = 11, .beside_pixels = 0};

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static PictureEncoder encoder(const Picture& picture);
  static std::optional<std::string> diagnose(ByteView input);
};

/// Returns a picture of decoded samples with `profile` (which may be empty).
[[nodiscard]] Result<Picture> picture_of(const jpeg::Pixels& pixels, ByteView profile);

/// Returns what decode() would return for a file with these coefficients and this profile (which
/// may be empty), without making the file. Errors: unsupported, if jpeg::can_be_shown() is false.
[[nodiscard]] Result<Picture> shown_picture(std::shared_ptr<const jpeg::Picture> coefficients,
                                            ByteView profile);

/// Encodes `coefficients`, with the decoder output if it is known; a draft then has no bytes.
/// Errors: as jpeg::write_jpeg().
[[nodiscard]] Result<Encoding> encoding_of(jpeg::Picture coefficients, const EncodeOptions& options,
                                           ByteView profile);

/// Returns the encoder settings for `options`.
[[nodiscard]] jpeg::EncoderSettings jpeg_settings(const EncodeOptions& options);

}  // namespace imgmill

// PNG: header and animations read by our own code, pixels of still pictures read by libvips
// (libpng, zlib-ng), palettes by its libimagequant, written by src/png.
#pragma once

#include <array>

#include "codecs/codec.h"

namespace imgmill {

struct PngCodec {
  static constexpr Format format = Format::png;
  static constexpr FileTraits file_traits = {
      .repacks = true, .exif_turns = true, .resolution = true, .code_points = true};
  // A photograph as PNG is several times as large as in any other format.
  static constexpr ChoiceTraits choice_traits = {
      .lossless = {4}, .drawing = {3}, .photograph = {5, Preference::Condition::last}};
  /// Means over 8 Kodak pictures. There are only 256 colours: above 80 little changes.
  static constexpr auto score_points = std::to_array<ScoreCurve::Point>(
      {{10, 46.1}, {30, 57.8}, {50, 68.4}, {65, 73.8}, {80, 78}, {99, 82}});
  static constexpr auto size_points = std::to_array<ScoreCurve::Point>(
      {{2, -0.015}, {21, 0}, {36, 0.115}, {51, 0.237}, {71, 0.382}, {91, 0.556}});
  // In nearly all pictures a palette's 256 colours are exhausted below 90.
  static constexpr SearchTraits search_traits = {.highest_quality = 90,
                                                 .scores = ScoreCurve(score_points),
                                                 .sizes = ScoreCurve(size_points),
                                                 .palette = true};
  static constexpr MemoryTraits memory_traits = {.encode = {23, 19, 14}};

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static CodecFacts facts(ByteView input, const ImageInfo& info);
  static std::optional<std::string> diagnose(ByteView input);
};

}  // namespace imgmill

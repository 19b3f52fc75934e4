// WebP: read through libvips (libwebp); written through it as well, except opaque still pictures.
#pragma once

#include <array>

#include "codecs/codec.h"

namespace imgmill {

struct WebpCodec {
  static constexpr Format format = Format::webp;
  static constexpr FileTraits file_traits = {.exif_turns = true};
  static constexpr ChoiceTraits choice_traits = {
      .lossless = {3}, .drawing = {1}, .photograph = {3}};
  /// Means over eight Kodak pictures and the centres of eight photographs, as the sizes.
  static constexpr auto score_points = std::to_array<ScoreCurve::Point>({{20, 38.1},
                                                                         {40, 53.3},
                                                                         {60, 63.4},
                                                                         {75, 69.0},
                                                                         {82, 76.0},
                                                                         {88, 81.8},
                                                                         {93, 86.3},
                                                                         {97, 88.9},
                                                                         {100, 89.4}});
  static constexpr auto size_points = std::to_array<ScoreCurve::Point>(
      {{1, -1.527}, {13, -0.607}, {26, 0}, {61, 0.458}, {81, 0.831}});
  static constexpr SearchTraits search_traits = {.quality_step = 0.25,
                                                 .scores = ScoreCurve(score_points),
                                                 .sizes = ScoreCurve(size_points),
                                                 .sample = SampleUse::first_guess};
  // libwebp encodes pictures with transparency.
  static constexpr MemoryTraits memory_traits = {.encode = {6.9, 17.5, 30},
                                                 .transparent = EncodeMemory{15, 27, 30},
                                                 .moving = EncodeMemory{2.5, 27, 15},
                                                 .spared = 4.5,
                                                 .beside_pixels = 0};

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static std::optional<std::string> diagnose(ByteView input);
  static Result<void> check_whole(ByteView input);
};

}  // namespace imgmill

// AVIF through libvips (libheif, libaom).
#pragma once

#include <array>

#include "codecs/codec.h"

namespace imgmill {

struct AvifCodec {
  static constexpr Format format = Format::avif;
  static constexpr FileTraits file_traits = {.embeds_metadata = true};
  // Lossless AVIF is larger than PNG.
  static constexpr ChoiceTraits choice_traits = {
      .lossless = {}, .drawing = {4}, .photograph = {1, Preference::Condition::supersedes}};
  /// Means over six Kodak pictures and two photographs, as the sizes and the bias.
  static constexpr auto score_points = std::to_array<ScoreCurve::Point>(
      {{30, 37.72}, {45, 61.13}, {55, 71.14}, {65, 78.31}, {75, 84.14}, {85, 88.54}, {95, 94.02}});
  static constexpr auto size_points = std::to_array<ScoreCurve::Point>(
      {{6, -1.303}, {16, -0.409}, {26, 0}, {36, 0.391}, {46, 0.738}, {56, 1.131}, {71, 1.848}});
  static constexpr auto draft_bias = std::to_array<ScoreCurve::Point>(
      {{35, 2.82}, {59, 2.13}, {70, 1.19}, {77, 1.02}, {84, 0.52}, {88, 0.42}, {94, 0.14}});
  // A sample's scores deviated by up to 4 points at equal quality.
  static constexpr SearchTraits search_traits = {.scores = ScoreCurve(score_points),
                                                 .sizes = ScoreCurve(size_points),
                                                 .drafts_pay = true,
                                                 .draft_bias = draft_bias};
  // libaom's own memory does not grow with the picture.
  static constexpr MemoryTraits memory_traits = {
      .encode = {55, 64, 43}, .base = 75e6, .base_searched = 190e6, .base_of_pixel = 90};

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static CodecFacts facts(ByteView input, const ImageInfo& info);
  static std::optional<std::string> diagnose(ByteView input);
  /// libheif silently leaves a tile of a grid image black if it cannot decode it. Asked for such a
  /// tile as if it were the whole picture, it does report the error, and libaom checks all data: a
  /// tile's data has to end where its decoding does (AV1 bitstream specification, 8.2.5).
  static Result<void> check_whole(ByteView input);
};

}  // namespace imgmill

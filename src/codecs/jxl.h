// JPEG XL through libjxl.
#pragma once

#include <array>

#include "codecs/codec.h"

namespace imgmill {

struct JxlCodec {
  static constexpr Format format = Format::jpegxl;
  static constexpr ChoiceTraits choice_traits = {
      .lossless = {1}, .drawing = {2}, .photograph = {2, Preference::Condition::supersedes}};
  /// Means over seven Kodak pictures and four photographs, as the sizes and the bias.
  static constexpr auto score_points = std::to_array<ScoreCurve::Point>({{20, 30.19},
                                                                         {40, 49.30},
                                                                         {60, 63.60},
                                                                         {75, 72.86},
                                                                         {82, 77.81},
                                                                         {88, 83.29},
                                                                         {93, 88.05},
                                                                         {97, 91.81},
                                                                         {100, 94.79}});
  static constexpr auto size_points = std::to_array<ScoreCurve::Point>(
      {{1, -2.006}, {8, -0.889}, {19, -0.258}, {26, 0}, {41, 0.377}, {61, 0.710}, {81, 1.142}});
  static constexpr auto draft_bias = std::to_array<ScoreCurve::Point>(
      {{50, 0}, {61, 2.46}, {72, 0.81}, {78, -0.2}, {84, -0.27}, {92, -0.39}});
  static constexpr SearchTraits search_traits = {.scores = ScoreCurve(score_points),
                                                 .sizes = ScoreCurve(size_points),
                                                 .drafts_pay = true,
                                                 .draft_bias = draft_bias};
  static constexpr MemoryTraits memory_traits = {.encode = {48, 64, 95}};

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static CodecFacts facts(ByteView input, const ImageInfo& info);
  static std::optional<std::string> diagnose(ByteView input);
};

/// Converts a quality of 1..100 to libjxl's Butteraugli distance, 0..15. From 30 on it is the line
/// of libjxl's own command (cjxl -q, version 0.7: 0.1 at 100, 1 at 90). Below, where that one
/// leaves the library's range, it is a straight line.
[[nodiscard]] float jxl_distance(int quality);

}  // namespace imgmill

// JPEG XL through libjxl.
#pragma once

#include <array>

#include "codecs/codec.h"

namespace imgmill {

struct JxlCodec {
  static constexpr std::array<std::string_view, 1> extensions = {"jxl"};
  static constexpr FormatInfo format_info = {.format = Format::jpegxl,
                                             .name = "jxl",
                                             .mime_type = "image/jxl",
                                             .extensions = extensions,
                                             .lossy = true,
                                             .lossless = true,
                                             .alpha = true,
                                             .animation = false,
                                             .max_bits = 16,
                                             .max_side = 262'144,  // of level 5
                                             .default_quality = 80,
                                             .scored = true};
  static constexpr bool embeds_metadata = false;

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static std::optional<std::string> diagnose(ByteView input);
};

/// What a JPEG XL header says beyond its `ImageInfo`.
struct JxlFacts {
  Buffer profile;          ///< ICC, of the samples that decode() gives; empty: sRGB
  bool animation = false;  ///< only its first frame is read
  /// Channels that decode() leaves out: depth, masks, ...
  bool more_channels = false;
  /// Code points (ITU-T H.273) of colours for screens of high dynamic range, which no
  /// profile here explains; 0: none.
  int primaries = 0;
  int transfer = 0;
};

/// Damaged input gives what could be read. Thread-safe.
[[nodiscard]] JxlFacts jxl_facts(ByteView input);

/// libjxl's measure of loss for a quality of 1..100: a distance of Butteraugli, 0..15.
/// From 30 on it is the line that libjxl's own command uses (cjxl -q, version 0.7: 0.1 at
/// 100, 1 at 90); below, where that one leaves the range of the library, a straight line.
[[nodiscard]] float jxl_distance(int quality);

}  // namespace imgmill

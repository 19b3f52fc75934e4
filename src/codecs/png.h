// PNG: header and animations read by our own code, pixels of still pictures read by libvips
// (libpng, zlib-ng), palettes by its libimagequant, written by src/png.
#pragma once

#include <array>

#include "codecs/codec.h"

namespace imgmill {

struct PngCodec {
  static constexpr std::array<std::string_view, 2> extensions = {"png", "apng"};
  static constexpr FormatInfo format_info = {.format = Format::png,
                                             .name = "png",
                                             .mime_type = "image/png",
                                             .extensions = extensions,
                                             .lossy = true,
                                             .lossless = true,
                                             .alpha = true,
                                             .animation = false,
                                             .max_bits = 16,
                                             .max_side = 2147483647,
                                             .default_quality = 100,
                                             .scored = true};
  static constexpr bool embeds_metadata = false;

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static std::optional<std::string> diagnose(ByteView input);
};

}  // namespace imgmill

// WebP: read through libvips (libwebp); written through it as well, except opaque still pictures.
#pragma once

#include <array>

#include "codecs/codec.h"

namespace imgmill {

struct WebpCodec {
  static constexpr std::array<std::string_view, 1> extensions = {"webp"};
  static constexpr FormatInfo format_info = {.format = Format::webp,
                                             .name = "webp",
                                             .mime_type = "image/webp",
                                             .extensions = extensions,
                                             .lossy = true,
                                             .lossless = true,
                                             .alpha = true,
                                             .animation = true,
                                             .max_bits = 8,
                                             .max_side = 16383,
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

}  // namespace imgmill

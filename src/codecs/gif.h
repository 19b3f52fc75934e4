// GIF: read by our own code, written through libvips (cgif).
#pragma once

#include <array>

#include "codecs/codec.h"

namespace imgmill {

struct GifCodec {
  static constexpr std::array<std::string_view, 1> extensions = {"gif"};
  static constexpr FormatInfo format_info = {.format = Format::gif,
                                             .name = "gif",
                                             .mime_type = "image/gif",
                                             .extensions = extensions,
                                             .lossy = true,
                                             .lossless = true,
                                             .alpha = true,
                                             .animation = true,
                                             .profile = false,
                                             .max_bits = 8,
                                             .max_side = 65535,
                                             .default_quality = 100};
  static constexpr FileTraits file_traits = {.hidden_colours = false};
  static constexpr ChoiceTraits choice_traits = {.lossless = {6}, .drawing = {5}, .photograph = {}};

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static std::optional<std::string> diagnose(ByteView input);
};

}  // namespace imgmill

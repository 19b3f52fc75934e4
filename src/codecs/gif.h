// GIF: read by our own code, written through libvips (cgif).
#pragma once

#include "codecs/codec.h"

namespace imgmill {

struct GifCodec {
  static constexpr Format format = Format::gif;
  static constexpr FileTraits file_traits = {.hidden_colours = false};
  static constexpr ChoiceTraits choice_traits = {.lossless = {6}, .drawing = {5}, .photograph = {}};
  static constexpr MemoryTraits memory_traits = {.encode = {21, 21, 21},
                                                 .moving = EncodeMemory{5, 8, 8}};

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static std::optional<std::string> diagnose(ByteView input);
};

}  // namespace imgmill

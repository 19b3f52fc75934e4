// TIFF through libvips (libtiff).
#pragma once

#include "codecs/codec.h"

namespace imgmill {

struct TiffCodec {
  static constexpr Format format = Format::tiff;
  static constexpr FileTraits file_traits = {.writes_orientation = false, .resolution = true};
  static constexpr ChoiceTraits choice_traits = {.lossless = {5}, .drawing = {}, .photograph = {}};
  static constexpr MemoryTraits memory_traits = {.encode = {8, 14, 11}};

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static CodecFacts facts(ByteView input, const ImageInfo& info);
  static std::optional<std::string> diagnose(ByteView input);
  static Result<void> check_whole(ByteView input);
};

/// True if the pages of a file with `pages` pages differ in size, channels or depth and so cannot
/// form one picture. An unreadable page counts as equal to the first: decoding reports its error.
[[nodiscard]] bool tiff_pages_differ(ByteView input, std::uint32_t pages);

}  // namespace imgmill

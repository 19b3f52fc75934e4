// QOI, "The Quite OK Image Format" 1.0 (qoiformat.org): read and written by our own code.
#pragma once

#include "codecs/codec.h"

namespace imgmill {

/// Lossless, 8 bits, RGB or RGBA with straight alpha. Files are larger than as PNG, but decoded as
/// fast as they are read: games and embedded devices use them.
struct QoiCodec {
  static constexpr Format format = Format::qoi;
  static constexpr FileTraits file_traits = {.writes_orientation = false};
  static constexpr MemoryTraits memory_traits = {.encode = {0, 0, 9}, .beside_pixels = 0};

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  /// Decodes eagerly. Anything but exactly the pixels of the header and the end marker is damage.
  /// Alpha values in a picture with three channels mean nothing.
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  /// Always without loss, with the shortest chunk for each pixel.
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  /// Tells linear light by its code points. Such files stay as they are within the format, and are
  /// converted to sRGB when their picture changes.
  static CodecFacts facts(ByteView input, const ImageInfo& info);
  static std::optional<std::string> diagnose(ByteView input);
};

}  // namespace imgmill

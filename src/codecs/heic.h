// HEIC through libheif (libde265): read only.
#pragma once

#include "codecs/codec.h"

namespace imgmill {

/// Still pictures of phones: HEVC in HEIF. Encoders are slow and encumbered by patents, and every
/// format that imgmill writes has more readers.
struct HeicCodec {
  static constexpr Format format = Format::heic;

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  /// Returns the picture upright: the file's rotations and crops are applied. Pixels are decoded
  /// eagerly, not when they are read.
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static CodecFacts facts(ByteView input, const ImageInfo& info);
  static std::optional<std::string> diagnose(ByteView input);
};

/// Loads everything that libheif loads on first use, before a sandbox forbids it. Thread-safe.
void start_heic();

}  // namespace imgmill

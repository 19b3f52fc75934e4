// AVIF through libvips (libheif, libaom).
#pragma once

#include <array>
#include <string>

#include "codecs/codec.h"

namespace imgmill {

struct AvifCodec {
  static constexpr std::array<std::string_view, 1> extensions = {"avif"};
  static constexpr FormatInfo format_info = {.format = Format::avif,
                                             .name = "avif",
                                             .mime_type = "image/avif",
                                             .extensions = extensions,
                                             .lossy = true,
                                             .lossless = true,
                                             .alpha = true,
                                             .animation = false,
                                             .max_bits = 12,
                                             .max_side = 16384,
                                             .default_quality = 50,
                                             .scored = true};
  static constexpr bool embeds_metadata = true;

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static std::optional<std::string> diagnose(ByteView input);
};

/// Returns what is wrong with the tiles of an AVIF grid image, as a message; empty if nothing is,
/// or there are no tiles. libheif silently leaves a tile black if it cannot decode it. Asked for
/// such a tile as if it were the whole picture, it does report the error, and libaom checks all
/// data: a tile's data has to end where its decoding does (AV1 bitstream specification, 8.2.5).
/// Thread-safe.
[[nodiscard]] std::string avif_damage(ByteView input);

}  // namespace imgmill

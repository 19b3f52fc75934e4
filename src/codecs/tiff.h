// TIFF through libvips (libtiff).
#pragma once

#include <array>

#include "codecs/codec.h"

namespace imgmill {

struct TiffCodec {
  static constexpr std::array<std::string_view, 2> extensions = {"tif", "tiff"};
  static constexpr FormatInfo format_info = {.format = Format::tiff,
                                             .name = "tiff",
                                             .mime_type = "image/tiff",
                                             .extensions = extensions,
                                             .lossy = true,
                                             .lossless = true,
                                             .alpha = true,
                                             .animation = false,
                                             .pages = true,
                                             .max_bits = 32,
                                             .max_side = 2147483647,
                                             .default_quality = 100};
  static constexpr bool embeds_metadata = false;

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static std::optional<std::string> diagnose(ByteView input);
};

/// Whether the pages of a file with `pages` of them differ in size, channels or depth,
/// so that they cannot be one picture. A page that cannot be read counts as like
/// the first: decoding tells what is wrong with it.
[[nodiscard]] bool tiff_pages_differ(ByteView input, std::uint32_t pages);

/// Whether the engine was built to unpack the TIFF's data at all: it opens files of which it can
/// read nothing but the header. Limits have been checked. Errors: unsupported. Thread-safe.
[[nodiscard]] Result<void> check_compression(ByteView input);

}  // namespace imgmill

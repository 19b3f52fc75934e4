// The contract of an image format, and the table of all of them.
#pragma once

#include <concepts>
#include <span>

#include "codecs/picture.h"
#include "imgmill/error.h"
#include "imgmill/format.h"
#include "imgmill/optimize.h"
#include "imgmill/settings.h"

namespace imgmill {

/// How to encode one picture.
struct EncodeOptions {
  int quality = 80;       ///< 1..100, on the format's own scale
  bool lossless = false;  ///< the pixels must come back as they are
  Effort effort = Effort::balanced;
};

/// One format. The functions know bytes and pixels, neither files nor metadata
/// policy; limits have been checked by the caller from what `probe` said.
struct Codec {
  FormatInfo info;
  bool (*matches)(ByteView header);
  Result<ImageInfo> (*probe)(ByteView input);
  /// The whole image, all frames, as stored (orientation not applied). Lazy:
  /// damage may come to light only when the pixels are used.
  Result<Picture> (*decode)(ByteView input, const ImageInfo& info, Access access);
  Result<Buffer> (*encode)(const Picture& picture, const EncodeOptions& options);
};

/// What a type must offer to become a row of the table.
template <typename C>
concept CodecLike = requires(ByteView bytes, const ImageInfo& info, const Picture& picture,
                             const EncodeOptions& options, Access access) {
  { C::format_info } -> std::convertible_to<FormatInfo>;
  { C::matches(bytes) } -> std::same_as<bool>;
  { C::probe(bytes) } -> std::same_as<Result<ImageInfo>>;
  { C::decode(bytes, info, access) } -> std::same_as<Result<Picture>>;
  { C::encode(picture, options) } -> std::same_as<Result<Buffer>>;
};

template <CodecLike C>
consteval Codec codec_row() {
  return {C::format_info, C::matches, C::probe, C::decode, C::encode};
}

/// All codecs, in the order of `Format`.
[[nodiscard]] std::span<const Codec> codecs();
[[nodiscard]] const Codec& codec(Format format);

}  // namespace imgmill

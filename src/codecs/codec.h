// The contract of an image format, and the table of all of them.
#pragma once

#include <cmath>
#include <concepts>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/try.h"
#include "codecs/picture.h"
#include "imgmill/error.h"
#include "imgmill/format.h"
#include "imgmill/optimize.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill {

/// Whether a lossless PNG may be written with a palette when its colours fit.
enum class PaletteUse { allow, avoid };

/// Whether an encoding is to be used, or only to tell how good one would be: then it may be
/// larger, or have no bytes where it is known what they would show, as long as it is quicker and
/// scores alike.
enum class Draft { no, yes };

/// How to encode one picture.
struct EncodeOptions {
  /// 1..100, on the format's own scale. Encoders that know whole numbers only take the nearest.
  double quality = 80;
  bool lossless = false;  ///< the pixels must come back as they are
  Effort effort = Effort::balanced;
  PaletteUse palette = PaletteUse::allow;
  Draft draft = Draft::no;
  double dither = 1;  ///< share of a palette's error that neighbours make up for, 0..1 (PNG)
  /// Whether chroma loses half of its resolution (JPEG); nothing: as the encoder thinks best.
  std::optional<bool> halve_chroma;
  bool clean_alpha = false;  ///< colours that full transparency hides need not come back (PNG)
  /// Blocks to embed; only codecs whose `embeds_metadata` is set look at them,
  /// because their files cannot be amended afterwards.
  NewMetadata metadata;

  [[nodiscard]] int whole_quality() const { return static_cast<int>(std::lround(quality)); }
};

/// An encoded picture, and what is known about it.
struct Encoding {
  Buffer bytes;  ///< none while there is `write`
  /// What decoders show of the bytes, where the encoder knows that to the bit.
  std::optional<Picture> shown{};
  /// Beside `shown`: makes the bytes, and makes sure that they hold it. Most of what a search tries
  /// is never written. Errors: internal.
  std::function<Result<Buffer>()> write{};

  /// Makes the bytes where there are none yet. Errors: as `write`.
  [[nodiscard]] Result<void> finish() {
    if (!write) return {};
    Result<Buffer> made = write();
    if (!made) return std::unexpected(std::move(made).error());
    bytes = *std::move(made);
    write = nullptr;
    return {};
  }
};

/// Encodes one picture, as often as asked. Not to be used by two threads at once.
using PictureEncoder = std::function<Result<Encoding>(const EncodeOptions& options)>;

/// What to do about data that a decoder can guess its way around.
enum class Damage { refuse, tolerate };

/// How to decode one file.
struct DecodeOptions {
  Access access = Access::sequential;
  Damage damage = Damage::refuse;
  /// The picture may come out smaller by up to this factor (at least 1) where
  /// the format can do that cheaply; it is then resized the rest of the way.
  double shrink = 1;
};

/// One format. The functions know bytes and pixels, neither files nor metadata
/// policy; limits have been checked by the caller from what `probe` said.
struct Codec {
  FormatInfo info;
  bool embeds_metadata;
  bool (*matches)(ByteView header);
  Result<ImageInfo> (*probe)(ByteView input);
  /// The whole image, all frames, as stored (orientation not applied). Lazy:
  /// damage may come to light only when the pixels are used.
  Result<Picture> (*decode)(ByteView input, const ImageInfo& info, const DecodeOptions& options);
  Result<Buffer> (*encode)(const Picture& picture, const EncodeOptions& options);
  /// For a picture that is encoded more than once: what all its encodings share is done only once.
  /// The bytes are those of `encode`. Keeps the picture, which is in memory.
  PictureEncoder (*encoder)(const Picture& picture);
  /// Why `decode` or its pixels failed, found out slowly but surely, without
  /// the engine. Nothing: this codec cannot tell. Empty: there is no damage worth
  /// speaking of, decode with Damage::tolerate.
  std::optional<std::string> (*diagnose)(ByteView input);
};

/// What a type must offer to become a row of the table.
template <typename C>
concept CodecLike = requires(ByteView bytes, const ImageInfo& info, const Picture& picture,
                             const EncodeOptions& encode, const DecodeOptions& decode) {
  { C::format_info } -> std::convertible_to<FormatInfo>;
  { C::embeds_metadata } -> std::convertible_to<bool>;
  { C::matches(bytes) } -> std::same_as<bool>;
  { C::probe(bytes) } -> std::same_as<Result<ImageInfo>>;
  { C::decode(bytes, info, decode) } -> std::same_as<Result<Picture>>;
  { C::encode(picture, encode) } -> std::same_as<Result<Buffer>>;
  { C::diagnose(bytes) } -> std::same_as<std::optional<std::string>>;
};

template <CodecLike C>
PictureEncoder encoder_of(const Picture& picture) {
  if constexpr (requires { C::encoder(picture); }) {
    return C::encoder(picture);
  } else {
    return [picture](const EncodeOptions& options) -> Result<Encoding> {
      IMGMILL_TRY(Buffer bytes, C::encode(picture, options));
      return Encoding{std::move(bytes)};
    };
  }
}

template <CodecLike C>
consteval Codec codec_row() {
  return {C::format_info, C::embeds_metadata, C::matches,    C::probe,
          C::decode,      C::encode,          encoder_of<C>, C::diagnose};
}

/// All codecs, in the order of `Format`.
[[nodiscard]] std::span<const Codec> codecs();
[[nodiscard]] const Codec& codec(Format format);

}  // namespace imgmill

// The interface of an image format, and the table of all formats.
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

/// Selects whether a lossless PNG may be written with a palette if its colours fit.
enum class PaletteUse { allow, avoid };

/// Selects whether an encoding will be used, or only indicates the quality of the real one. A draft
/// may be larger, or have no bytes if its decoder output is known, as long as it is faster and
/// scores the same.
enum class Draft { no, yes };

/// Options for encoding one picture.
struct EncodeOptions {
  /// 1..100, on the format's own scale. Encoders that take integers only use the nearest.
  double quality = 80;
  bool lossless = false;  ///< the pixels must survive a round trip unchanged
  Effort effort = Effort::balanced;
  PaletteUse palette = PaletteUse::allow;
  Draft draft = Draft::no;
  double dither = 1;  ///< share of the quantization error to diffuse, 0..1 (PNG)
  /// True to subsample chroma by 2 in both directions (JPEG); none: the encoder decides.
  std::optional<bool> halve_chroma;
  bool clean_alpha = false;  ///< colours of fully transparent pixels need not be kept (PNG)
  /// Blocks to embed. Used only by codecs with `embeds_metadata`, whose files cannot be amended
  /// afterwards.
  NewMetadata metadata;

  [[nodiscard]] int whole_quality() const { return static_cast<int>(std::lround(quality)); }
};

/// An encoded picture, with its decoder output if known.
struct Encoding {
  Buffer bytes;  ///< empty as long as `write` is set
  /// The decoder output, if the encoder knows it bit for bit.
  std::optional<Picture> shown{};
  /// Set together with `shown`: makes the bytes and verifies that they decode to it. Most encodings
  /// of a search are never written. Errors: internal.
  std::function<Result<Buffer>()> write{};

  /// Makes the bytes if there are none yet. Errors: as `write`.
  [[nodiscard]] Result<void> finish() {
    if (!write) return {};
    Result<Buffer> made = write();
    if (!made) return std::unexpected(std::move(made).error());
    bytes = *std::move(made);
    write = nullptr;
    return {};
  }
};

/// Encodes one picture, any number of times. Not thread-safe.
using PictureEncoder = std::function<Result<Encoding>(const EncodeOptions& options)>;

/// What to do about damaged data that a decoder can conceal.
enum class Damage { refuse, tolerate };

/// Options for decoding one file.
struct DecodeOptions {
  Access access = Access::sequential;
  Damage damage = Damage::refuse;
};

/// The functions of one format. They handle bytes and pixels, not files or metadata policy. The
/// caller has checked limits against the result of `probe`.
struct Codec {
  FormatInfo info;
  bool embeds_metadata;
  bool (*matches)(ByteView header);
  Result<ImageInfo> (*probe)(ByteView input);
  /// Decodes the whole image, all frames, as stored (orientation not applied). Lazy: damage may be
  /// detected only when the pixels are used.
  Result<Picture> (*decode)(ByteView input, const ImageInfo& info, const DecodeOptions& options);
  Result<Buffer> (*encode)(const Picture& picture, const EncodeOptions& options);
  /// Returns an encoder for a picture that is encoded more than once; work common to all its
  /// encodings is done once. The bytes are those of `encode`. Keeps the picture, which is in
  /// memory.
  PictureEncoder (*encoder)(const Picture& picture);
  /// Returns why `decode` or its pixels failed, found slowly but reliably, without the engine.
  /// None: this codec cannot tell. Empty: there is no damage worth reporting; decode with
  /// Damage::tolerate.
  std::optional<std::string> (*diagnose)(ByteView input);
};

/// Requirements on a type for a row of the table.
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

/// Returns all codecs, in the order of `Format`.
[[nodiscard]] std::span<const Codec> codecs();
[[nodiscard]] const Codec& codec(Format format);

}  // namespace imgmill

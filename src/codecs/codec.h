// The interface of an image format, and the table of all formats.
#pragma once

#include <cmath>
#include <concepts>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/format_table.h"
#include "base/try.h"
#include "codecs/code_points.h"
#include "codecs/picture.h"
#include "codecs/traits.h"
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
  /// Blocks to embed. Used only by formats with `FileTraits::embeds_metadata`, whose files cannot
  /// be amended afterwards.
  NewMetadata metadata;

  [[nodiscard]] int whole_quality() const { return static_cast<int>(std::lround(quality)); }
};

/// An encoded picture. If an encoder knows the decoder output bit for bit, its bytes are made only
/// when they are asked for: most encodings of a search are never written.
class Encoding {
 public:
  /// Makes the bytes, and verifies that they decode to what is shown. Errors: internal.
  using Writer = std::function<Result<Buffer>()>;

  explicit Encoding(Buffer bytes) : bytes_(std::move(bytes)) {}
  Encoding(Picture shown, Writer write) : shown_(std::move(shown)), write_(std::move(write)) {}

  /// The decoder output, if known.
  [[nodiscard]] const std::optional<Picture>& shown() const { return shown_; }
  void forget_shown() { shown_.reset(); }
  [[nodiscard]] bool written() const { return !write_; }
  /// Drops what is kept to make the bytes, if they are not made yet: it is encoded again for that.
  void encode_later(std::function<Result<Encoding>()> again) {
    if (!write_) return;
    shown_.reset();
    write_ = [] { return Buffer(); };
    again_ = std::move(again);
  }
  /// Encodes again, if that is to be done, so that the encoder is no longer needed for the bytes.
  /// Errors: the encoder's.
  [[nodiscard]] Result<void> settle() {
    if (!again_) return {};
    IMGMILL_TRY(Encoding encoding, again_());
    *this = std::move(encoding);
    return {};
  }
  /// Valid as long as the encoding. Errors: the writer's.
  [[nodiscard]] Result<ByteView> bytes() {
    IMGMILL_CHECK(finish());
    return bytes_.view();
  }
  /// Errors: the writer's.
  [[nodiscard]] Result<Buffer> take() && {
    IMGMILL_CHECK(finish());
    return std::move(bytes_);
  }

 private:
  Result<void> finish() {
    IMGMILL_CHECK(settle());
    if (!write_) return {};
    IMGMILL_TRY(bytes_, write_());
    write_ = nullptr;
    return {};
  }

  Buffer bytes_;
  std::optional<Picture> shown_;
  Writer write_;
  std::function<Result<Encoding>()> again_;
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

/// Facts about a file beyond the picture that `decode` returns: mostly what decoding would lose.
struct CodecFacts {
  bool more_channels = false;  ///< channels besides the picture that no decoder here returns
  bool sequence = false;       ///< an animation that cannot be written, and perhaps not even read,
                               ///< here
  bool still_apart = false;    ///< a still picture besides the animation that is not part of it
  bool packed_jpeg = false;    ///< a JPEG can be restored from it
  bool pages_differ = false;   ///< pages of several sizes or kinds
  bool doubles = false;        ///< 64-bit floating point, read with 32 bits
  bool more_inks = false;      ///< channels besides cyan, magenta, yellow and black
  /// ICC, which may be empty, of formats that do not store it in a block of the container.
  std::optional<Buffer> profile{};
  std::optional<Cicp> code_points{};  ///< the colours, if there is no profile; none: sRGB
};

/// The functions of one format. They handle bytes and pixels, not files or metadata policy. The
/// caller has checked limits against the result of `probe`.
struct Codec {
  FormatInfo info;
  FileTraits file;
  ChoiceTraits choice;
  MemoryTraits memory;
  const SearchTraits* search;  ///< set if `info.scored`
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
  /// May scan the whole file. Damaged input gives what could be read.
  CodecFacts (*facts)(ByteView input, const ImageInfo& info);
  /// Returns why `decode` or its pixels failed, found slowly but reliably, without the engine.
  /// None: this codec cannot tell. Empty: there is no damage worth reporting; decode with
  /// Damage::tolerate.
  std::optional<std::string> (*diagnose)(ByteView input);
  /// Looks for damage that `decode` fills with black, with earlier pixels or with whatever the
  /// broken bits happen to mean, but not for damage that it reports. Called once per input, before
  /// any processing. Limits have been checked. Takes about as much time as decoding and no more
  /// memory; no time for formats whose decoders check. Errors: bad_input; unsupported (the decoder
  /// opens files that it cannot unpack). Undetectable damage:
  /// docs/adr/0027-what-counts-as-damage.md. Thread-safe.
  Result<void> (*check_whole)(ByteView input);
};

/// Returns the error for damaged data: `how` it is damaged, with advice.
[[nodiscard]] Error damage_error(Format format, std::string_view how);

/// Requirements on a type for a row of the table.
template <typename C>
concept CodecLike = requires(ByteView bytes, const ImageInfo& info, const Picture& picture,
                             const EncodeOptions& encode, const DecodeOptions& decode) {
  { C::format } -> std::convertible_to<Format>;
  { C::matches(bytes) } -> std::same_as<bool>;
  { C::probe(bytes) } -> std::same_as<Result<ImageInfo>>;
  { C::decode(bytes, info, decode) } -> std::same_as<Result<Picture>>;
  { C::encode(picture, encode) } -> std::same_as<Result<Buffer>>;
  { C::diagnose(bytes) } -> std::same_as<std::optional<std::string>>;
};

template <CodecLike C>
CodecFacts facts_of(ByteView input, const ImageInfo& info) {
  if constexpr (requires { C::facts(input, info); }) {
    return C::facts(input, info);
  } else {
    return {};
  }
}

template <CodecLike C>
Result<void> check_whole_of(ByteView input) {
  if constexpr (requires { C::check_whole(input); }) {
    return C::check_whole(input);
  } else {
    return {};
  }
}

template <CodecLike C>
PictureEncoder encoder_of(const Picture& picture) {
  if constexpr (requires { C::encoder(picture); }) {
    return C::encoder(picture);
  } else {
    return [picture](const EncodeOptions& options) -> Result<Encoding> {
      IMGMILL_TRY(Buffer bytes, C::encode(picture, options));
      return Encoding(std::move(bytes));
    };
  }
}

/// Traits, `facts`, `encoder` and `check_whole` are optional members; a format that is `scored`
/// needs `search_traits`.
template <CodecLike C>
consteval Codec codec_row() {
  Codec row{.info = format_table[static_cast<std::size_t>(C::format)],
            .file = {},
            .choice = {},
            .memory = {},
            .search = nullptr,
            .matches = C::matches,
            .probe = C::probe,
            .decode = C::decode,
            .encode = C::encode,
            .encoder = encoder_of<C>,
            .facts = facts_of<C>,
            .diagnose = C::diagnose,
            .check_whole = check_whole_of<C>};
  if constexpr (requires { C::file_traits; }) row.file = C::file_traits;
  if constexpr (requires { C::choice_traits; }) row.choice = C::choice_traits;
  if constexpr (requires { C::memory_traits; }) row.memory = C::memory_traits;
  if constexpr (format_table[static_cast<std::size_t>(C::format)].scored)
    row.search = &C::search_traits;
  return row;
}

/// Returns all codecs, in the order of `Format`.
[[nodiscard]] std::span<const Codec> codecs();
[[nodiscard]] const Codec& codec(Format format);

}  // namespace imgmill

// JPEG: decoded by libjpeg-turbo and libvips, encoded by our own encoder.
#pragma once

#include <array>

#include "codecs/codec.h"
#include "jpeg/encoder.h"
#include "jpeg/reader.h"

namespace imgmill {

struct JpegCodec {
  static constexpr std::array<std::string_view, 4> extensions = {"jpg", "jpeg", "jpe", "jfif"};
  static constexpr FormatInfo format_info = {.format = Format::jpeg,
                                             .name = "jpeg",
                                             .mime_type = "image/jpeg",
                                             .extensions = extensions,
                                             .lossy = true,
                                             .lossless = false,
                                             .alpha = false,
                                             .animation = false,
                                             .max_bits = 8,
                                             .max_side = 65535,
                                             .default_quality = 80,
                                             .scored = true};
  static constexpr bool embeds_metadata = false;

  static bool matches(ByteView header);
  static Result<ImageInfo> probe(ByteView input);
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static PictureEncoder encoder(const Picture& picture);
  static std::optional<std::string> diagnose(ByteView input);
};

/// Returns the unquantized coefficients of a grey or RGB picture of 8 bits, with its profile.
/// Errors: unsupported (other kinds of pixels), bad_input (they cannot be read).
[[nodiscard]] Result<jpeg::Picture> coefficients_of(const Picture& picture);

/// A picture of decoded samples, which it takes over, with `profile` (which may be empty).
[[nodiscard]] Result<Picture> picture_of(const jpeg::Pixels& pixels, ByteView profile);

/// What decode() gives of a file with these coefficients and this profile (which may be empty),
/// without the file. Errors: unsupported, where jpeg::can_be_shown() says no.
[[nodiscard]] Result<Picture> shown_picture(const jpeg::Picture& coefficients, ByteView profile);

/// Encodes `coefficients`, with the decoder output where it is known; a draft then has no bytes.
/// Errors: as jpeg::write_jpeg().
[[nodiscard]] Result<Encoding> encoding_of(jpeg::Picture coefficients, const EncodeOptions& options,
                                           ByteView profile);

/// Returns the encoder settings for `options`.
[[nodiscard]] jpeg::EncoderSettings jpeg_settings(const EncodeOptions& options);

}  // namespace imgmill

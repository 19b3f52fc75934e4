// SVG: parsed with expat, rendered by librsvg through the engine.
#pragma once

#include "codecs/codec.h"

namespace imgmill {

/// Drawings. They are optimized as text (src/svg, optimize/candidates/drawing.h) and rasterized
/// only for comparison; pixels are never converted to SVG.
struct SvgCodec {
  static constexpr Format format = Format::svg;

  /// Also matches gzip; only code that may unpack untrusted data looks at its contents.
  static bool matches(ByteView header);
  /// The size comes from the root's width and height at 96 pixels per inch, or its viewBox, or is
  /// 300 x 150, as in browsers.
  static Result<ImageInfo> probe(ByteView input);
  /// Renders at the size of `info`. Errors: unsupported (it has text, and there are no fonts inside
  /// a sandbox).
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static std::optional<std::string> diagnose(ByteView input);
};

/// Renders the drawing in `bytes` as RGBA in memory, its longer side close to `longest` pixels
/// (1..4096). Nothing outside the bytes is loaded. `bytes` must not contain text. Errors: bad_input
/// (it cannot be drawn, or has no size); limit; unsupported (this engine has no SVG support).
/// Thread-safe.
[[nodiscard]] Result<Picture> drawn(ByteView bytes, std::uint32_t longest);

}  // namespace imgmill

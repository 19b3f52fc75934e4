// SVG: read with expat, drawn by librsvg through the engine.
#pragma once

#include <array>

#include "codecs/codec.h"

namespace imgmill {

/// Drawings. They are made smaller as text (src/svg, optimize/drawing.h) and turned into pixels
/// only to look at them; pixels never become one.
struct SvgCodec {
  static constexpr std::array<std::string_view, 2> extensions = {"svg", "svgz"};
  static constexpr FormatInfo format_info = {.format = Format::svg,
                                             .name = "svg",
                                             .mime_type = "image/svg+xml",
                                             .extensions = extensions,
                                             .writable = false,
                                             .lossless = true,
                                             .alpha = true,
                                             .profile = false};
  static constexpr bool embeds_metadata = false;

  /// gzip, too: what is inside is for those to find out who may unpack unknown bytes.
  static bool matches(ByteView header);
  /// The size is that of the root's width and height, 96 pixels an inch, or of its viewBox, or
  /// 300 x 150, as a browser has it.
  static Result<ImageInfo> probe(ByteView input);
  /// At the size that `info` says. Errors: unsupported: it has text, for which there are no fonts
  /// inside a sandbox.
  static Result<Picture> decode(ByteView input, const ImageInfo& info,
                                const DecodeOptions& options);
  static Result<Buffer> encode(const Picture& picture, const EncodeOptions& options);
  static std::optional<std::string> diagnose(ByteView input);
};

/// The drawing in `bytes` as RGBA, its longer side near `longest` pixels (1..4096), in memory.
/// Nothing outside the bytes is loaded. `bytes` must have no text. Errors: bad_input: it cannot
/// be drawn, or has no size; limit; unsupported: this engine draws no SVG. Thread-safe.
[[nodiscard]] Result<Picture> drawn(ByteView bytes, std::uint32_t longest);

}  // namespace imgmill

// Optimization of a single image: bytes in, bytes out.
#pragma once

#include <filesystem>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/export.h"
#include "imgmill/result.h"
#include "imgmill/settings.h"

namespace imgmill {

/// Makes one image as small as the settings allow.
///
/// `input` is a whole file of any format in `formats()`, recognized by its content. If the output
/// format is the input's, the result is never larger than `input` unless a larger picture was
/// requested. Pure: uses no files and no environment; the same input, settings and version give the
/// same bytes.
///
/// Errors: bad_input (damaged, or not an image), limit, unsupported, usage, internal. Thread-safe;
/// uses one thread.
[[nodiscard]] IMGMILL_API Result<Optimized> optimize(ByteView input,
                                                     const ImageSettings& settings = {},
                                                     const Limits& limits = {});

/// One piece of a file, and whether it is kept by default.
struct ContentPiece {
  std::string_view kind;    ///< "picture", "exif", "auxiliary picture", "unknown", ...; static
  std::string name;         ///< for display: "the HDR gain map", "chunk 'vpAg'"
  std::uint64_t bytes = 0;  ///< size; 0: scattered over the file, or not counted
  PrivateData holds;
  bool dropped = false;            ///< removed unless `Keep` says otherwise
  bool stands_in_the_way = false;  ///< prevents the picture from being re-encoded
};

/// Header data of an image. Nothing is decoded.
struct ImageInfo {
  Format format = Format::jpeg;
  std::uint32_t width = 0;   ///< as stored, before orientation, pixels
  std::uint32_t height = 0;  ///< of one frame
  std::uint32_t frames = 1;
  int bits = 8;      ///< per channel
  int channels = 3;  ///< including alpha
  bool alpha = false;
  bool palette = false;
  bool lossless = false;               ///< the pixels are known to be stored losslessly
  int loop = 0;                        ///< how often an animation plays; 0: forever
  int orientation = 1;                 ///< EXIF, 1..8
  std::string colour_space;            ///< "sRGB", "grey", "CMYK", "Lab", ...
  std::string profile;                 ///< name of the embedded ICC profile; empty: none
  std::optional<int> quality;          ///< of a JPEG, estimated from its tables, 1..100
  bool progressive = false;            ///< JPEG scans, PNG or GIF interlacing
  std::vector<std::string> metadata;   ///< other metadata present: "exif", "gps", "xmp", ...
  std::vector<ContentPiece> contents;  ///< set by inspect(): everything the file holds

  /// Returns the size of all pixels of all frames once decoded.
  [[nodiscard]] std::uint64_t decoded_bytes() const {
    return std::uint64_t{width} * height * frames * static_cast<unsigned>(channels) *
           (bits > 8 ? (bits > 16 ? 4U : 2U) : 1U);
  }
};

/// Reads the header of `input`. Errors: as `optimize`. Thread-safe.
[[nodiscard]] IMGMILL_API Result<ImageInfo> inspect(ByteView input, const Limits& limits = {});

/// Reads `input`, optimizes it and replaces `output` atomically: a crash leaves either the old file
/// or the new one, never a partial one. `output` may be `input` as long as the format stays the
/// same (usage otherwise). If `settings` name no format, the extension of `output` chooses one,
/// unless it equals the extension of `input`. With `ImageSettings::choose_format` the result goes
/// next to `output`, under its name with the extension of the chosen format, and `optimized_path`
/// names it; an unrelated file of that name is not replaced (environment). Permissions, timestamps,
/// extended attributes and access control lists are carried over.
/// Errors: as `optimize`, and environment. Thread-safe for different outputs.
[[nodiscard]] IMGMILL_API Result<OptimizationResult> optimize_file(
    const std::filesystem::path& input, const std::filesystem::path& output,
    const ImageSettings& settings = {}, const Limits& limits = {});

}  // namespace imgmill

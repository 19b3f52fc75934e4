// One image: bytes in, bytes out.
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
/// `input` is a whole file of any format in `formats()`, recognised by its
/// content. Where the output format is the input's, the result is never bigger
/// than `input` unless a larger picture was asked for. Pure: touches no files
/// and no environment; the same input, settings and version give the same bytes.
///
/// Errors: bad_input (damaged, or not an image), limit, unsupported, usage,
/// internal. Thread-safe; uses one thread.
[[nodiscard]] IMGMILL_API Result<Optimized> optimize(ByteView input,
                                                     const ImageSettings& settings = {},
                                                     const Limits& limits = {});

/// One piece of a file, and what becomes of it by default.
struct ContentPiece {
  std::string_view kind;    ///< "picture", "exif", "auxiliary picture", "unknown", ...; static
  std::string name;         ///< for people: "the HDR gain map", "chunk 'vpAg'"
  std::uint64_t bytes = 0;  ///< that it takes; 0: it is spread, or not counted
  PrivateData holds;
  bool dropped = false;            ///< goes, unless `Keep` says otherwise
  bool stands_in_the_way = false;  ///< keeps the picture from being encoded anew
};

/// What the header of an image says. Nothing is decoded.
struct ImageInfo {
  Format format = Format::jpeg;
  std::uint32_t width = 0;   ///< as stored, before orientation, pixels
  std::uint32_t height = 0;  ///< of one frame
  std::uint32_t frames = 1;
  int bits = 8;      ///< per channel
  int channels = 3;  ///< with alpha
  bool alpha = false;
  bool palette = false;
  bool lossless = false;               ///< the pixels are known to be stored without loss
  int loop = 0;                        ///< times an animation plays; 0 = for ever
  int orientation = 1;                 ///< EXIF, 1..8
  std::string colour_space;            ///< "sRGB", "grey", "CMYK", "Lab", ...
  std::string profile;                 ///< name of the embedded ICC profile; empty: none
  std::optional<int> quality;          ///< of a JPEG, estimated from its tables, 1..100
  bool progressive = false;            ///< JPEG scans, PNG or GIF interlacing
  std::vector<std::string> metadata;   ///< what else is there: "exif", "gps", "xmp", ...
  std::vector<ContentPiece> contents;  ///< by inspect(): all that the file holds

  /// Bytes of all pixels of all frames once decoded.
  [[nodiscard]] std::uint64_t decoded_bytes() const {
    return std::uint64_t{width} * height * frames * static_cast<unsigned>(channels) *
           (bits > 8 ? (bits > 16 ? 4U : 2U) : 1U);
  }
};

/// Reads the header of `input`. Errors as `optimize`. Thread-safe.
[[nodiscard]] IMGMILL_API Result<ImageInfo> inspect(ByteView input, const Limits& limits = {});

/// Reads `input`, optimizes it and puts the result at `output` in one step:
/// a crash leaves the old file there or the new one, never half of one.
/// `output` may be `input`, as long as the format stays (usage otherwise). Where `settings` ask
/// for no format, the extension of `output` does, unless it is that of `input`. With
/// `ImageSettings::choose_format` the result goes beside `output`, under its name with the
/// extension of the format that was chosen, and `optimized_path` says which that is; something
/// else that has that name already is not replaced (environment). Permissions, time stamps,
/// extended attributes and access control lists are carried over.
/// Errors: as `optimize`, and environment. Thread-safe for different outputs.
[[nodiscard]] IMGMILL_API Result<OptimizationResult> optimize_file(
    const std::filesystem::path& input, const std::filesystem::path& output,
    const ImageSettings& settings = {}, const Limits& limits = {});

}  // namespace imgmill

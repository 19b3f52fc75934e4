// The table of image formats.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "imgmill/buffer.h"
#include "imgmill/export.h"

namespace imgmill {

enum class Format : std::uint8_t { jpeg, png, webp, avif, gif, tiff, jpegxl, heic, svg, qoi };

/// A set of formats.
class FormatSet {
 public:
  constexpr FormatSet() = default;
  constexpr FormatSet(std::initializer_list<Format> formats) {
    for (const Format format : formats) insert(format);
  }
  constexpr void insert(Format format) { bits_ |= bit(format); }
  constexpr void erase(Format format) { bits_ &= ~bit(format); }
  [[nodiscard]] constexpr bool contains(Format format) const { return (bits_ & bit(format)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(FormatSet, FormatSet) = default;

 private:
  static constexpr std::uint32_t bit(Format format) {
    return std::uint32_t{1} << static_cast<unsigned>(format);
  }
  std::uint32_t bits_ = 0;
};

/// Name and capabilities of a format. Everything that depends on the set of formats (detection,
/// help, validation, the test matrix) is derived from these rows.
struct FormatInfo {
  Format format;
  std::string_view name;                         ///< lower case, as on the command line
  std::string_view mime_type;                    ///< the registered type
  std::span<const std::string_view> extensions;  ///< lower case, without dot, usual one first
  bool writable = true;                          ///< false: input only
  bool lossy = false;                            ///< has a quality scale
  bool lossless = false;                         ///< can store pixels exactly
  bool grey = false;                             ///< supports greyscale, with a grey profile
  bool alpha = false;                            ///< supports transparency
  bool animation = false;                        ///< imgmill can write animations
  bool pages = false;              ///< supports several pages, as in a scanned document
  bool profile = true;             ///< can carry an ICC profile
  int max_bits = 8;                ///< bits per channel that imgmill writes
  std::uint32_t max_side = 65535;  ///< longest side in pixels
  int default_quality = 80;        ///< 1..100; 100 means lossless where supported
  bool scored = false;             ///< imgmill can search for the quality that reaches a target
};

/// Returns all formats, in enumeration order. Valid for the lifetime of the program.
[[nodiscard]] IMGMILL_API std::span<const FormatInfo> formats();
[[nodiscard]] IMGMILL_API const FormatInfo& info(Format format);

/// Finds a format by name ("jpeg") or extension ("jpg"); ignores case.
[[nodiscard]] IMGMILL_API std::optional<Format> format_named(std::string_view name);

/// Number of leading bytes that `sniff` can use; fewer are fine.
inline constexpr std::size_t sniff_bytes = 4096;

/// Detects the format from the first bytes of a file; the file name plays no role.
[[nodiscard]] IMGMILL_API std::optional<Format> sniff(ByteView header);

}  // namespace imgmill

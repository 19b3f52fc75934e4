// The image formats, each one row of a table.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "imgmill/buffer.h"
#include "imgmill/export.h"

namespace imgmill {

enum class Format : std::uint8_t { jpeg, png, webp, avif, gif, tiff, jpegxl, heic, svg };

/// Some of the formats.
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

/// What a format is called and what it can hold. Everything that depends on
/// the set of formats (detection, help, validation, the test matrix) is derived
/// from these rows.
struct FormatInfo {
  Format format;
  std::string_view name;                         ///< lower case, as on the command line
  std::string_view mime_type;                    ///< the registered type
  std::span<const std::string_view> extensions;  ///< lower case, without dot, the usual one first
  bool writable = true;                          ///< false: input only
  bool lossy = false;                            ///< has a quality scale
  bool lossless = false;                         ///< can hold pixels exactly
  bool alpha = false;                            ///< can hold transparency
  bool animation = false;                        ///< imgmill can write several frames
  bool pages = false;                            ///< several pages, as in a scanned document
  bool profile = true;                           ///< can carry an ICC profile
  int max_bits = 8;                              ///< bits per channel that imgmill writes
  std::uint32_t max_side = 65535;                ///< longest side in pixels
  int default_quality = 80;                      ///< 1..100; 100 means lossless where possible
  bool scored = false;                           ///< a quality can be searched for a target
};

/// All formats, in the order of the enumeration. Valid for ever.
[[nodiscard]] IMGMILL_API std::span<const FormatInfo> formats();
[[nodiscard]] IMGMILL_API const FormatInfo& info(Format format);

/// By name ("jpeg") or extension ("jpg"), in any case.
[[nodiscard]] IMGMILL_API std::optional<Format> format_named(std::string_view name);

/// How many bytes of a file `sniff` wants to see; fewer are fine.
inline constexpr std::size_t sniff_bytes = 4096;

/// What the first bytes of a file say it is, whatever it is called.
[[nodiscard]] IMGMILL_API std::optional<Format> sniff(ByteView header);

}  // namespace imgmill

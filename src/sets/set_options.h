// Which variants a set has of each picture, and how they are told to a page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/error.h"
#include "imgmill/format.h"

namespace imgmill {

/// The element of a snippet.
enum class HtmlElement {
  picture,  ///< all formats; the browser chooses
  img,      ///< the most widely supported format
};

struct SetOptions {
  static constexpr std::size_t most_widths = 32;
  static constexpr std::size_t most_densities = 8;
  static constexpr std::uint32_t widest = 65535;

  std::vector<std::uint32_t> widths;  ///< in CSS pixels, 1..widest, ascending
  /// Device pixels per CSS pixel, above 0, at most 10, ascending: all widths are multiplied by
  /// each. Empty: widths are device pixels.
  std::vector<double> densities;
  std::vector<Format> formats;  ///< writable, each once; in this order in the manifest
  std::string name;             ///< see VariantNames; empty: VariantNames::usual
  std::optional<HtmlElement> html;
  std::string sizes = "100vw";  ///< of the snippet
  std::string base;             ///< in front of all paths in snippets, such as "/images/"
};

/// Checks ranges and contradictions. Errors: usage.
[[nodiscard]] Result<void> validate(const SetOptions& options);

/// All widths in device pixels, ascending, each once. `options` are valid.
[[nodiscard]] std::vector<std::uint32_t> device_widths(const SetOptions& options);

/// Those of `widths` that a picture of this width is made in: none is enlarged, and if some are too
/// wide, the narrowest of them stands for the picture's own width.
[[nodiscard]] std::vector<std::uint32_t> widths_for(const std::vector<std::uint32_t>& widths,
                                                    std::uint32_t own);

/// True if snippets tell variants apart by density (`2x`) instead of width (`600w`): there is one
/// width in CSS pixels.
[[nodiscard]] bool by_density(const SetOptions& options);

}  // namespace imgmill

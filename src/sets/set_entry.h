// All that a page has to know about one picture and its variants.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/error.h"
#include "imgmill/format.h"
#include "imgmill/placeholder.h"

namespace imgmill {

/// One file of a set.
struct Variant {
  std::string path;  ///< below the output folder
  Format format = Format::jpeg;
  std::uint32_t width = 0;   ///< pixels
  std::uint32_t height = 0;  ///< of one frame
  std::uint64_t bytes = 0;
  std::optional<double> score;  ///< against the resized original; none: not measured
};

struct SetEntry {
  std::string source;        ///< path below its input folder, or its name
  std::uint32_t width = 0;   ///< of the upright original, pixels
  std::uint32_t height = 0;  ///< of one frame
  std::string thumb_hash;
  std::optional<Colour> dominant;  ///< none: nothing is opaque
  std::string data_uri;            ///< a tiny picture
  /// In the order of SetOptions::formats, of each format the narrowest first.
  std::vector<Variant> variants;
  std::string html;  ///< empty: none was asked for
};

/// One line of JSON, as in docs/json.md.
[[nodiscard]] std::string to_json(const SetEntry& entry);

/// The manifest; `entries` are what to_json() gives, by their sources.
[[nodiscard]] std::string manifest_of(const std::map<std::string, std::string>& entries);

}  // namespace imgmill

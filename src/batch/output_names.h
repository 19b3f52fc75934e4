// Names the outputs in a folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "imgmill/error.h"
#include "imgmill/format.h"

namespace imgmill {

/// Derives the name of an output from that of its input. Immutable.
class OutputNames {
 public:
  OutputNames() = default;
  /// `pattern` as in PlanRequest::name; a trailing ".{ext}" is allowed but redundant. Errors:
  /// usage, with the allowed patterns.
  [[nodiscard]] static Result<OutputNames> parse(std::string_view pattern);

  /// `wanted`: the format of the output; nullopt: that of the input. SVG always stays SVG.
  [[nodiscard]] std::string name_for(std::string_view input, std::optional<Format> wanted) const;

 private:
  std::string pattern_;  ///< without an extension; empty: "{name}"
};

}  // namespace imgmill

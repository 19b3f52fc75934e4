// How the outputs of a folder are called.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "imgmill/error.h"
#include "imgmill/format.h"

namespace imgmill {

/// Makes an output's name of an input's. Immutable.
class OutputNames {
 public:
  OutputNames() = default;
  /// `pattern` as in PlanRequest::name; a ".{ext}" at its end says what is added anyway. Errors:
  /// usage, with what may be written.
  [[nodiscard]] static Result<OutputNames> parse(std::string_view pattern);

  /// `wanted`: the format of the output; none: that of the input. A drawing stays one.
  [[nodiscard]] std::string name_for(std::string_view input, std::optional<Format> wanted) const;

 private:
  std::string pattern_;  ///< without an extension; empty: "{name}"
};

}  // namespace imgmill

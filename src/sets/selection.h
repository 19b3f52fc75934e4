// Which variants of a picture are worth having.
#pragma once

#include <cstdint>
#include <vector>

namespace imgmill {

/// Width and size of one variant.
struct VariantSize {
  std::uint32_t width = 0;
  std::uint64_t bytes = 0;
};

enum class Worth {
  kept,
  same_width,  ///< an earlier one has this width
  no_smaller,  ///< it takes as many bytes as the next wider one that is kept, or more
};

/// Judges the variants of one format, in any order.
[[nodiscard]] std::vector<Worth> worth_of(const std::vector<VariantSize>& variants);

}  // namespace imgmill

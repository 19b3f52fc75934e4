#include "sets/selection.h"

#include <algorithm>
#include <numeric>

namespace imgmill {

std::vector<Worth> worth_of(const std::vector<VariantSize>& variants) {
  std::vector<std::size_t> widest_first(variants.size());
  std::iota(widest_first.begin(), widest_first.end(), std::size_t{0});
  std::ranges::stable_sort(widest_first, std::ranges::greater(),
                           [&](std::size_t i) { return variants[i].width; });
  std::vector<Worth> worth(variants.size(), Worth::kept);
  const VariantSize* previous = nullptr;
  const VariantSize* wider = nullptr;  // the last one kept
  for (const std::size_t i : widest_first) {
    const VariantSize& variant = variants[i];
    if (previous != nullptr && variant.width == previous->width) {
      worth[i] = Worth::same_width;
    } else if (wider != nullptr && variant.bytes >= wider->bytes) {
      worth[i] = Worth::no_smaller;
    } else {
      wider = &variant;
    }
    previous = &variant;
  }
  return worth;
}

}  // namespace imgmill

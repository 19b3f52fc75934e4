// Work that is being done for one job and is wanted by another.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "pipeline/job.h"

namespace imgmill {

/// Inputs of the same bytes with the same settings: a file and a link to it, or copies. The first
/// is worked on, and the others wait for what comes of it. Thread-safe.
class SameWork {
 public:
  /// Whether `loaded` is the first of its kind, whose end() must follow. Else it is taken, and
  /// given back by that end().
  [[nodiscard]] bool begin(LoadedJob& loaded);
  /// Those that have come meanwhile.
  [[nodiscard]] std::vector<LoadedJob> end(const ContentHash& content, const ContentHash& recipe);

 private:
  using Key = std::array<std::uint64_t, 4>;  ///< both hashes
  static Key key_of(const ContentHash& content, const ContentHash& recipe) {
    return {content.high, content.low, recipe.high, recipe.low};
  }

  std::mutex mutex_;
  std::map<Key, std::vector<LoadedJob>> under_way_;
};

/// `waiter` with the output that its twin has got. Throws std::bad_alloc.
[[nodiscard]] ProcessedJob twin_of(const ProcessedJob& done, LoadedJob waiter);

}  // namespace imgmill

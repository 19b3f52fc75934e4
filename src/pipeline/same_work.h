// Sharing of work between jobs with identical input and settings.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "pipeline/job.h"

namespace imgmill {

/// Inputs with the same bytes and the same settings: a file and a link to it, or copies. The first
/// one is processed, and the others wait for its result. Thread-safe.
class SameWork {
 public:
  /// Returns true if `loaded` is the first of its kind; end() must follow. Otherwise takes
  /// ownership of it, and that end() returns it.
  [[nodiscard]] bool begin(LoadedJob& loaded);
  /// Returns the jobs that have arrived in the meantime.
  [[nodiscard]] std::vector<LoadedJob> end(const ContentHash& content, const ContentHash& recipe);

 private:
  using Key = std::array<std::uint64_t, 4>;  ///< both hashes
  static Key key_of(const ContentHash& content, const ContentHash& recipe) {
    return {content.high, content.low, recipe.high, recipe.low};
  }

  std::mutex mutex_;
  std::map<Key, std::vector<LoadedJob>> under_way_;
};

/// `waiter` with the output of its twin. Throws std::bad_alloc.
[[nodiscard]] ProcessedJob twin_of(const ProcessedJob& done, LoadedJob waiter);

}  // namespace imgmill

// The cache and the journal of one batch.
#pragma once

#include <memory>
#include <vector>

#include "imgmill/batch.h"
#include "pipeline/result_store.h"

namespace imgmill {

/// Opens what the options name. A store that cannot be used is left out with a warning: the batch
/// works without it.
class Stores {
 public:
  explicit Stores(const BatchOptions& options);

  [[nodiscard]] ResultStore memory() const { return {cache_.get(), journal_.get()}; }
  [[nodiscard]] const std::vector<Error>& warnings() const { return warnings_; }
  /// Closes both stores. Call it when every task has its result and nobody uses memory() any more.
  /// Returns their problems, for the user.
  [[nodiscard]] std::vector<Error> finish(const BatchSummary& summary);

 private:
  std::vector<Error> warnings_;
  std::filesystem::path cache_folder_;
  std::unique_ptr<Cache> cache_;
  std::unique_ptr<Journal> journal_;
};

}  // namespace imgmill

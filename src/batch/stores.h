// The cache and the journal of one batch.
#pragma once

#include <memory>
#include <vector>

#include "imgmill/batch.h"
#include "pipeline/result_store.h"

namespace imgmill {

/// Opens what the options name. What cannot be used is left out and told: without it
/// a batch does its work all the same.
class Stores {
 public:
  explicit Stores(const BatchOptions& options);

  [[nodiscard]] ResultStore memory() const { return {cache_.get(), journal_.get()}; }
  [[nodiscard]] const std::vector<Error>& warnings() const { return warnings_; }
  /// When everything has its result and nobody uses memory() any more: closes both. What went wrong
  /// with them, for the user.
  [[nodiscard]] std::vector<Error> finish(const BatchSummary& summary);

 private:
  std::vector<Error> warnings_;
  std::filesystem::path cache_folder_;
  std::unique_ptr<Cache> cache_;
  std::unique_ptr<Journal> journal_;
};

}  // namespace imgmill

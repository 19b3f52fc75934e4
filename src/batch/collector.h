// Collects the results of a batch.
#pragma once

#include <chrono>
#include <exception>
#include <mutex>
#include <stop_token>

#include "imgmill/batch.h"
#include "pipeline/pipeline.h"

namespace imgmill {

/// Counts results and passes everything to the batch's observer, one call at a time. An exception
/// from the observer stops the batch and is rethrown by finish(). Thread-safe.
class Collector final : public PipelineObserver {
 public:
  /// `stop_batch` is asked to stop on the first failure (OnFailure::stop), when the observer
  /// throws, and after `most_in_a_row` consecutive images that could not be read or written because
  /// of the machine (0: never).
  Collector(BatchObserver& observer, OnFailure on_failure, std::uint32_t most_in_a_row,
            std::stop_source stop_batch)
      : observer_(observer),
        on_failure_(on_failure),
        most_in_a_row_(most_in_a_row),
        stop_batch_(std::move(stop_batch)) {}

  void on_planned(std::uint64_t tasks, bool complete);
  void on_started(const ImageTask& task) override;
  void on_result(OptimizationResult result) override;
  /// Reports a failure caused by the output folder, found before any work.
  void on_place_failure(OptimizationResult result);
  void on_warning(const Error& warning);
  void on_left_out(const LeftOut& left_out);
  void on_copied(const CopiedFile& file);

  /// Returns the counts and times so far; the caller fills in `busy` and `stopped`.
  [[nodiscard]] BatchSummary finish();

 private:
  void count(const OptimizationResult& result);
  void judge(const OptimizationResult& result, bool by_machine);
  template <typename Call>
  void tell(Call call);

  BatchObserver& observer_;
  const OnFailure on_failure_;
  const std::uint32_t most_in_a_row_;
  std::uint32_t in_a_row_ = 0;
  std::stop_source stop_batch_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  BatchSummary summary_;
  std::exception_ptr thrown_;
};

}  // namespace imgmill

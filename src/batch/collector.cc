#include "batch/collector.h"

namespace imgmill {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

/// With the mutex held.
template <typename Call>
void Collector::tell(Call call) {
  try {
    call();
  } catch (...) {
    if (!thrown_) thrown_ = std::current_exception();
    stop_batch_.request_stop();
  }
}

void Collector::on_planned(std::uint64_t tasks, bool complete) {
  const std::lock_guard lock(mutex_);
  tell([&] { observer_.on_planned(tasks, complete); });
}

void Collector::on_started(const ImageTask& task) {
  const std::lock_guard lock(mutex_);
  tell([&] { observer_.on_started(task); });
}

void Collector::on_result(OptimizationResult result) {
  const std::lock_guard lock(mutex_);
  tell([&] {
    count(result);
    observer_.on_result(result);
  });
  const bool failed = result.error && result.error->code() != ErrorCode::cancelled;
  if (failed && on_failure_ == OnFailure::stop) stop_batch_.request_stop();
}

void Collector::count(const OptimizationResult& result) {
  ++summary_.tasks;
  if (result.error) {
    const ErrorCode code = result.error->code();
    ++(code == ErrorCode::cancelled ? summary_.cancelled : summary_.failed);
    if (code == ErrorCode::fault) ++summary_.quarantined;
    return;
  }
  ++summary_.succeeded;
  if (result.decision == Decision::skipped) {
    ++summary_.skipped;
    return;
  }
  if (result.decision == Decision::planned) return;
  if (result.decision == Decision::kept) ++summary_.kept;
  if (summary_.first_output.count() == 0) {
    summary_.first_output = duration_cast<microseconds>(steady_clock::now() - start_);
  }
  summary_.bytes_before += result.original_size;
  summary_.bytes_after += result.optimized_size;
  if (result.format) {
    FormatSummary& format = summary_.by_format[*result.format];
    ++format.images;
    format.bytes_before += result.original_size;
    format.bytes_after += result.optimized_size;
  }
}

BatchSummary Collector::finish() {
  const std::lock_guard lock(mutex_);
  if (thrown_) std::rethrow_exception(thrown_);
  summary_.elapsed = duration_cast<microseconds>(steady_clock::now() - start_);
  return summary_;
}

}  // namespace imgmill

#include "batch/collector.h"

#include <fmt/core.h>

namespace imgmill {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

/// The mutex must be held.
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
  judge(result, (result.stage == Stage::read || result.stage == Stage::write) && result.error &&
                    result.error->code() == ErrorCode::environment);
}

void Collector::on_place_failure(OptimizationResult result) {
  const std::lock_guard lock(mutex_);
  tell([&] {
    count(result);
    observer_.on_result(result);
  });
  judge(result, true);
}

void Collector::on_warning(const Error& warning) {
  const std::lock_guard lock(mutex_);
  tell([&] { observer_.on_warning(warning); });
}

void Collector::on_left_out(const LeftOut& left_out) {
  const std::lock_guard lock(mutex_);
  tell([&] {
    summary_.left_out.add(left_out);
    observer_.on_left_out(left_out);
  });
}

void Collector::on_copied(const CopiedFile& file) {
  const std::lock_guard lock(mutex_);
  tell([&] {
    summary_.copied.add(file);
    observer_.on_copied(file);
  });
  const bool stops = file.error && on_failure_ == OnFailure::stop;
  if (stops) stop_batch_.request_stop();
}

/// Decides whether the batch continues. The mutex must be held.
void Collector::judge(const OptimizationResult& result, bool by_machine) {
  const bool failed = result.error && result.error->code() != ErrorCode::cancelled;
  if (failed && on_failure_ == OnFailure::stop) stop_batch_.request_stop();
  if (result.success() && result.stage == Stage::write) in_a_row_ = 0;
  if (!by_machine || most_in_a_row_ == 0 || ++in_a_row_ < most_in_a_row_) return;
  if (stop_batch_.stop_requested()) return;
  summary_.stop_reason =
      Error(ErrorCode::environment,
            fmt::format("stopped, because {} images in a row could not be read or written; the "
                        "last one: {}",
                        in_a_row_, result.error->message()),
            result.error->advice());
  stop_batch_.request_stop();
}

void Collector::count(const OptimizationResult& result) {
  summary_.add(result);
  const bool an_output = result.success() && result.decision != Decision::skipped &&
                         result.decision != Decision::planned;
  if (an_output && summary_.first_output.count() == 0) {
    summary_.first_output = duration_cast<microseconds>(steady_clock::now() - start_);
  }
}

BatchSummary Collector::finish() {
  const std::lock_guard lock(mutex_);
  if (thrown_) std::rethrow_exception(thrown_);
  summary_.elapsed = duration_cast<microseconds>(steady_clock::now() - start_);
  return summary_;
}

}  // namespace imgmill

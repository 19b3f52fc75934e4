// Telling what happens while a batch runs.
#pragma once

#include <memory>

#include "imgmill/batch.h"
#include "options/options.h"
#include "terminal/screen.h"

namespace imgmill::cli {

/// Told what happens as BatchObserver says, and at the end the sums.
class Reporter : public BatchObserver {
 public:
  /// Ctrl-C was pressed. Called from another thread.
  virtual void on_interrupt() = 0;
  /// After the last result.
  virtual void finish(const BatchSummary& summary, bool interrupted) = 0;
};

/// The reporter for these wishes and this terminal: a bar, plain lines, JSON
/// events or log records. `screen` outlives it.
[[nodiscard]] std::unique_ptr<Reporter> make_reporter(const OutputOptions& output, Screen& screen);

}  // namespace imgmill::cli

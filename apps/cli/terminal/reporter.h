// Reports the progress of a running batch.
#pragma once

#include <memory>

#include "imgmill/batch.h"
#include "options/options.h"
#include "terminal/screen.h"

namespace imgmill::cli {

/// A BatchObserver that also reports the summary at the end.
class Reporter : public BatchObserver {
 public:
  /// Ctrl-C was pressed. Called from another thread.
  virtual void on_interrupt() = 0;
  /// Called after the last result.
  virtual void finish(const BatchSummary& summary, bool interrupted) = 0;
};

/// Makes the reporter for these options and this terminal: a bar, plain lines, JSON events or log
/// records. `screen` must outlive it.
[[nodiscard]] std::unique_ptr<Reporter> make_reporter(const OutputOptions& output, Screen& screen);

}  // namespace imgmill::cli

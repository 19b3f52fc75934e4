// A report file about a batch, written while it runs.
#pragma once

#include <filesystem>
#include <memory>

#include "imgmill/batch.h"

namespace imgmill {

/// JSON ({"version", "settings", "results": [...], "summary"}) or CSV, by the file's
/// extension. Results stand in task order whatever order they finish in. The
/// report appears under its name only when it is complete.
class ReportWriter : public BatchObserver {
 public:
  /// Errors: usage (unknown extension), environment (cannot be written).
  [[nodiscard]] static Result<std::unique_ptr<ReportWriter>> create(
      const std::filesystem::path& file, const ImageSettings& settings);
  /// Completes the report. Errors: environment.
  [[nodiscard]] virtual Result<void> finish(const BatchSummary& summary) = 0;
};

}  // namespace imgmill

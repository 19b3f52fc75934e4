// Creates an ImageOptimizer with a custom executor, for tests and tools.
#pragma once

#include <memory>

#include "executor/executor.h"
#include "imgmill/batch.h"

namespace imgmill {

struct ImageOptimizerAccess {
  [[nodiscard]] static ImageOptimizer with(std::unique_ptr<Executor> executor);
};

}  // namespace imgmill

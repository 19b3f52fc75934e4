// The process stage in worker processes.
#pragma once

#include <filesystem>
#include <memory>

#include "executor/executor.h"
#include "imgmill/isolation.h"
#include "pool/process_pool.h"

namespace imgmill {

/// Works on images in a pool of processes. An image whose worker crashes or breaks the
/// rules is tried once more in a fresh one where that can help; then its result is
/// ErrorCode::fault. `options.isolation` is not looked at.
/// When the decision is `kept`, the output has no bytes: the input's are meant.
class ProcessExecutor : public Executor {
 public:
  /// Errors: environment.
  [[nodiscard]] static Result<std::unique_ptr<ProcessExecutor>> create(
      const OptimizerOptions& options);

  /// See `imgmill::compare`. Errors: also environment, fault. Thread-safe.
  [[nodiscard]] virtual Result<Comparison> compare(ByteView original, ByteView other,
                                                   const CompareOptions& options,
                                                   const Limits& limits) = 0;

  [[nodiscard]] virtual ProcessPool& pool() = 0;
};

}  // namespace imgmill

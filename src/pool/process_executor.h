// An executor that processes images in worker processes.
#pragma once

#include <filesystem>
#include <memory>

#include "executor/executor.h"
#include "imgmill/isolation.h"
#include "pool/process_pool.h"

namespace imgmill {

/// Processes images in a pool of worker processes. If a worker crashes or violates the protocol,
/// the image is tried once more in another one if that can help; after that the result is
/// ErrorCode::fault. Ignores `options.isolation`. If the decision is `kept`, the output has no
/// bytes: those of the input are meant.
class ProcessExecutor : public Executor {
 public:
  /// Errors: environment.
  [[nodiscard]] static Result<std::unique_ptr<ProcessExecutor>> create(
      const OptimizerOptions& options);

  /// See `imgmill::compare`. Errors: also environment, fault. Thread-safe.
  [[nodiscard]] virtual Result<Comparison> compare(ByteView original, ByteView other,
                                                   const CompareOptions& options,
                                                   const Limits& limits) = 0;

  /// See `placeholder_of`. Errors: also environment, fault. Thread-safe.
  [[nodiscard]] virtual Result<Placeholder> placeholder(ByteView input, const Limits& limits) = 0;

  [[nodiscard]] virtual ProcessPool& pool() = 0;
};

}  // namespace imgmill

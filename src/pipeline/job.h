// What travels through the pipeline.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/batch.h"
#include "pipeline/byte_budget.h"
#include "platform/file.h"
#include "store/content_hash.h"

namespace imgmill {

/// A task that has been found sound.
struct Job {
  std::uint64_t index = 0;
  ImageTask task;
  std::uint64_t size = 0;  ///< bytes, when it was looked at
  std::optional<Format> input_format;
  std::vector<std::string> notes;
  /// What the output depends on besides the input; see Cache.
  ContentHash recipe;
  /// The settings leave their own outputs alone.
  bool idempotent = true;
  /// What to do with a file that is where the output goes and must not be replaced.
  enum class Existing {
    none,          ///< there was none
    must_be_ours,  ///< done if it is known to be what would be written; else it stands in the way
    compare,       ///< the same, and where that is not known, find out by doing the work
  };
  Existing existing = Existing::none;

  /// Input and output are one path: the original is to be replaced.
  [[nodiscard]] bool in_place() const {
    return task.input_path.native() == task.output_path.native();
  }
};

/// A job with its input's bytes.
struct LoadedJob {
  Job job;
  ByteBudget::Permit permit;  ///< for the bytes below
  FileContents input;
  ContentHash content;  ///< of the input, where there is a memory
  std::chrono::microseconds elapsed{0};
};

/// A job with its output's bytes; the input's too where they are the output.
struct ProcessedJob {
  Job job;
  ByteBudget::Permit permit;
  FileContents input;
  Optimized output;
  ContentHash content;  ///< of the input, where there is a memory
  bool cached = false;  ///< the output is from the cache
  bool shared = false;  ///< the output is another job's of this batch, with the same input
  std::chrono::microseconds elapsed{0};

  [[nodiscard]] ByteView bytes() const {
    return output.decision == Decision::kept ? input.bytes.view() : output.bytes.view();
  }
};

/// The result of a job that got as far as `stage`.
[[nodiscard]] OptimizationResult result_of(const Job& job, Stage stage);
[[nodiscard]] OptimizationResult failed(const Job& job, Stage stage, Error error,
                                        std::chrono::microseconds elapsed = {});
[[nodiscard]] OptimizationResult cancelled(const Job& job, Stage stage);

}  // namespace imgmill

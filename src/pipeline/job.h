// The data that passes through the pipeline.
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

/// A validated task.
struct Job {
  std::uint64_t index = 0;
  ImageTask task;
  std::uint64_t size = 0;  ///< bytes, as of validation
  std::optional<Format> input_format;
  std::vector<std::string> notes;
  /// Hash of everything the output depends on besides the input; see Cache.
  ContentHash recipe;
  /// Applying the settings to their own output leaves it unchanged.
  bool idempotent = true;
  /// What to do about an existing file at the output path that must not be replaced.
  enum class Existing {
    none,          ///< there was no such file
    must_be_ours,  ///< done if it is known to be the expected output; otherwise an error
    compare,       ///< as above, but if unknown, process the image and compare
  };
  Existing existing = Existing::none;

  /// Input and output are the same path: the original is to be replaced.
  [[nodiscard]] bool in_place() const {
    return task.input_path.native() == task.output_path.native();
  }
};

/// A job with the bytes of its input.
struct LoadedJob {
  Job job;
  ByteBudget::Permit permit;  ///< for the bytes below
  FileContents input;
  ContentHash content;  ///< of the input, if there is a cache or journal
  std::chrono::microseconds elapsed{0};
};

/// A job with the bytes of its output, and those of its input if they are the output.
struct ProcessedJob {
  Job job;
  ByteBudget::Permit permit;
  FileContents input;
  Optimized output;
  ContentHash content;  ///< of the input, if there is a cache or journal
  bool cached = false;  ///< the output comes from the cache
  bool shared = false;  ///< the output comes from another job of this batch with the same input
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

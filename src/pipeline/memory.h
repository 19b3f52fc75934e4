// The pipeline's access to the results of earlier runs.
#pragma once

#include <optional>

#include "pipeline/job.h"
#include "store/cache.h"
#include "store/journal.h"

namespace imgmill {

struct ProcessedJob;

/// Either pointer may be null. Both objects must outlive this.
struct Memory {
  Cache* cache = nullptr;
  Journal* journal = nullptr;

  explicit operator bool() const { return cache != nullptr || journal != nullptr; }
};

/// A result that is known without processing the image.
[[nodiscard]] OptimizationResult result_of(const Job& job, Stage stage, const KnownResult& known);

/// The error for an existing output that must not be replaced.
[[nodiscard]] Error output_exists(const std::filesystem::path& output);

/// What is known about an input once its content has been read.
struct Recalled {
  /// Set if nothing is left to do: the job is done or has failed.
  std::optional<OptimizationResult> result;
  /// Set if the output is known and only has to be written.
  std::optional<ProcessedJob> processed;
};

/// Hashes the input and looks it up. `loaded` is moved from if the output is known. `write`:
/// outputs are to be written, so their bytes are needed. Throws std::bad_alloc; `loaded` is then
/// unchanged.
[[nodiscard]] Recalled recall(LoadedJob& loaded, const Memory& memory, bool write);

/// Metadata of `path` if it holds exactly these bytes.
[[nodiscard]] std::optional<FileFacts> facts_if_holding(const std::filesystem::path& path,
                                                        ByteView bytes);

/// The output's content hash and the outcome for the input.
[[nodiscard]] KnownResult known_result(const ProcessedJob& processed);

/// An output file and who wrote it.
struct OutputFile {
  FileFacts facts;
  Cache::Writer writer = Cache::Writer::ours;
};

/// Records that a task is done. `output`: empty if no file was written.
void remember(const ProcessedJob& processed, const KnownResult& known,
              const std::optional<OutputFile>& output, const Memory& memory);

}  // namespace imgmill

// What earlier runs know, asked and told by the pipeline.
#pragma once

#include <optional>

#include "pipeline/job.h"
#include "store/cache.h"
#include "store/journal.h"

namespace imgmill {

struct ProcessedJob;

/// Either may be null. Both outlive whoever has this.
struct Memory {
  Cache* cache = nullptr;
  Journal* journal = nullptr;

  explicit operator bool() const { return cache != nullptr || journal != nullptr; }
};

/// A result that is known without doing the work.
[[nodiscard]] OptimizationResult result_of(const Job& job, Stage stage, const KnownResult& known);

/// The error for an output that is there and must not be replaced.
[[nodiscard]] Error output_exists(const std::filesystem::path& output);

/// What the content of an input tells, once it is read.
struct Recalled {
  /// All is done, or cannot be: nothing is left to do.
  std::optional<OptimizationResult> result;
  /// The output is known and only has to be written.
  std::optional<ProcessedJob> processed;
};

/// Hashes the input and looks it up. `loaded` is moved from where the output is known.
/// `write`: outputs are to be written, so their bytes matter. Throws std::bad_alloc;
/// `loaded` is then as it was.
[[nodiscard]] Recalled recall(LoadedJob& loaded, const Memory& memory, bool write);

/// The facts of `path`, if it holds just these bytes.
[[nodiscard]] std::optional<FileFacts> facts_if_holding(const std::filesystem::path& path,
                                                        ByteView bytes);

/// What the output's content is and what became of the input.
[[nodiscard]] KnownResult known_result(const ProcessedJob& processed);

/// An output, and who has put it there.
struct OutputFile {
  FileFacts facts;
  Cache::Writer writer = Cache::Writer::ours;
};

/// Remembers that a task is done. `output`: nothing when there is no new one.
void remember(const ProcessedJob& processed, const KnownResult& known,
              const std::optional<OutputFile>& output, const Memory& memory);

}  // namespace imgmill

#include "pipeline/result_store.h"

#include <fmt/core.h>

#include "base/file_names.h"
#include "base/text.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// Metadata of `path` if it has `size` bytes with the hash `wanted`.
std::optional<FileFacts> facts_if(const fs::path& path, std::uint64_t size,
                                  const ContentHash& wanted) {
  const Result<std::optional<FileFacts>> facts = facts_of(path);
  if (!facts || !*facts || (*facts)->kind != FileKind::regular || (*facts)->size != size) {
    return std::nullopt;
  }
  const Result<FileContents> there = read_file(path, size);
  if (!there || content_hash(there->bytes.view()) != wanted) return std::nullopt;
  return there->facts;
}

OptimizationResult in_the_way(const LoadedJob& loaded) {
  return failed(loaded.job, Stage::validate, output_exists(loaded.job.task.output_path),
                loaded.elapsed);
}

/// The cached output, ready to be written. Nothing if its bytes are gone.
std::optional<ProcessedJob> output_from(Cache& cache, LoadedJob& loaded, const KnownResult& known) {
  ProcessedJob processed;
  processed.output = {known, known.format, known.input_format, {}};
  if (known.decision != Decision::kept) {
    std::optional<Buffer> bytes = cache.bytes_of(loaded.content, loaded.job.recipe, known);
    if (!bytes) return std::nullopt;
    processed.output.bytes = *std::move(bytes);
  }
  if (known.decision != Decision::kept) loaded.input.bytes = {};
  processed.input = std::move(loaded.input);
  processed.permit = std::move(loaded.permit);
  processed.permit.resize(processed.bytes().size());
  processed.content = loaded.content;
  processed.cached = true;
  processed.elapsed = loaded.elapsed;
  processed.job = std::move(loaded.job);
  return processed;
}

/// Detects an original that an earlier run replaced without being able to record the result.
std::optional<OptimizationResult> replaced_before(const LoadedJob& loaded,
                                                  const ResultStore& memory) {
  if (memory.journal == nullptr || !loaded.job.in_place()) return std::nullopt;
  const fs::path& file = loaded.job.task.input_path;
  const auto record = memory.journal->replaced(file, loaded.content);
  if (!record) return std::nullopt;
  const FileFacts& facts = loaded.input.facts;
  memory.journal->record(file, facts, facts, *record, true);
  if (memory.cache != nullptr) {
    memory.cache->remember_file(file, facts, loaded.content, Cache::Writer::anybody);
  }
  OptimizationResult result = result_of(loaded.job, Stage::read, record->result);
  result.original_size = record->original_size;
  result.resumed = true;
  result.elapsed = loaded.elapsed;
  return result;
}

}  // namespace

OptimizationResult result_of(const Job& job, Stage stage, const KnownResult& known) {
  OptimizationResult result = result_of(job, stage);
  result.optimized_size = known.size;
  result.input_format = known.input_format;
  result.format = known.format;
  result.adopt(known);
  return result;
}

Error output_exists(const fs::path& output) {
  return Error(ErrorCode::environment,
               fmt::format("the output '{}' exists already", printable(output)),
               "--overwrite replaces existing outputs, --skip-existing leaves them");
}

Recalled recall(LoadedJob& loaded, const ResultStore& memory, bool write) {
  Recalled recalled;
  if (!memory) return recalled;
  Job& job = loaded.job;
  loaded.content = content_hash(loaded.input.bytes.view());
  if (write) {
    recalled.result = replaced_before(loaded, memory);
    if (recalled.result) return recalled;
  }
  std::optional<KnownResult> known;
  if (memory.cache != nullptr) {
    memory.cache->remember_file(job.task.input_path, loaded.input.facts, loaded.content,
                                Cache::Writer::anybody);
    known = memory.cache->find(loaded.content, job.recipe);
  }
  if (!known) {
    if (write && job.existing == Job::Existing::must_be_ours) recalled.result = in_the_way(loaded);
    return recalled;
  }
  job.task.output_path = output_path_for(job.task.output_path, *job.task.settings, known->format);
  const auto finished = [&] {
    OptimizationResult result = result_of(job, Stage::read, *known);
    result.cached = true;
    result.elapsed = loaded.elapsed;
    return result;
  };
  if (!write) {
    recalled.result = finished();
    return recalled;
  }
  if (!job.in_place()) {
    const fs::path& output = job.task.output_path;
    if (const auto facts = facts_if(output, known->size, known->output)) {
      memory.cache->remember_file(output, *facts, known->output, Cache::Writer::anybody);
      if (memory.journal != nullptr) {
        memory.journal->record(output, loaded.input.facts, *facts, {*known, job.size}, false);
      }
      recalled.result = finished();
      return recalled;
    }
    if (job.existing != Job::Existing::none) {
      recalled.result = in_the_way(loaded);
      return recalled;
    }
  }
  recalled.processed = output_from(*memory.cache, loaded, *known);
  return recalled;
}

std::optional<FileFacts> facts_if_holding(const fs::path& path, ByteView bytes) {
  return facts_if(path, bytes.size(), content_hash(bytes));
}

KnownResult known_result(const ProcessedJob& processed) {
  const Optimized& output = processed.output;
  KnownResult known{output, output.format, output.input_format};
  known.size = processed.bytes().size();
  known.output =
      output.decision == Decision::kept ? processed.content : content_hash(processed.bytes());
  return known;
}

void remember(const ProcessedJob& processed, const KnownResult& known,
              const std::optional<OutputFile>& output, const ResultStore& memory) {
  const Job& job = processed.job;
  if (memory.cache != nullptr) {
    if (!processed.cached && !processed.shared) {
      memory.cache->remember(processed.content, job.recipe, known, processed.bytes(),
                             job.idempotent);
    }
    if (output) {
      memory.cache->remember_file(job.task.output_path, output->facts, known.output,
                                  output->writer);
    }
  }
  if (memory.journal == nullptr) return;
  // An original that was kept is its own output.
  const bool untouched = job.in_place() && known.decision == Decision::kept;
  if (output || untouched) {
    memory.journal->record(job.task.output_path, processed.input.facts,
                           output ? output->facts : processed.input.facts, {known, job.size},
                           job.in_place());
  }
}

}  // namespace imgmill

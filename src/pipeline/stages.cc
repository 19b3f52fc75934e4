#include "pipeline/stages.h"

#include <fmt/core.h>

#include <exception>
#include <new>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "store/backup.h"
#include "store/output_file.h"

namespace imgmill {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

/// Runs `step` and adds its duration to `elapsed`. Exceptions become errors, since one bad image
/// must not end the batch.
template <typename Step>
std::invoke_result_t<Step> guarded(microseconds& elapsed, Step step) {
  const auto start = steady_clock::now();
  auto outcome = [&]() -> std::invoke_result_t<Step> {
    try {
      return step();
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::environment, "there was not enough memory for this image",
                  "use fewer jobs (--jobs), or lower limits");
    } catch (const std::exception& exception) {
      return fail(ErrorCode::internal,
                  fmt::format("unexpected: {}", printable(std::string_view(exception.what()))),
                  "please report this with the image");
    } catch (...) {
      return fail(ErrorCode::internal, "an unknown exception", "please report this with the image");
    }
  }();
  elapsed += duration_cast<microseconds>(steady_clock::now() - start);
  return outcome;
}

std::unexpected<Error> stopped() {
  return fail(ErrorCode::cancelled, "stopped before it was done", "run again for the rest");
}

enum class Written { yes, left_alone };
struct WriteOutcome {
  Written written = Written::yes;
  std::vector<std::string> notes;
  std::optional<OutputFile> output;
};

std::optional<OutputFile> placed_by_us(const std::optional<FileFacts>& facts) {
  if (!facts) return std::nullopt;
  return OutputFile{*facts, Cache::Writer::ours};
}

Result<WriteOutcome> replace_original(const ProcessedJob& processed, const WritePolicy& policy,
                                      const KnownResult& known) {
  if (processed.output.decision == Decision::kept) return WriteOutcome{};
  InPlaceRequest request{
      processed.job.task.input_path, processed.bytes(), processed.input.facts, {}, {}};
  Journal* const journal = policy.memory.journal;
  if (policy.backup_folder) {
    request.backup = backup_path(*policy.backup_folder, request.file);
    if (journal != nullptr) journal->clean(request.backup->parent_path());
  }
  request.before_replacing = [&]() -> Result<void> {
    if (policy.backup_folder) {
      IMGMILL_CHECK(note_backup(*policy.backup_folder, request.file, known.output));
    }
    if (journal == nullptr) return {};
    return journal->intend(request.file, request.source, known);
  };
  IMGMILL_TRY(Replaced replaced, replace_in_place(request));
  return WriteOutcome{Written::yes, std::move(replaced.notes), placed_by_us(replaced.facts)};
}

Result<WriteOutcome> put_output(const ProcessedJob& processed, const WritePolicy& policy) {
  const auto& target = processed.job.task.output_path;
  const Replace replace =
      policy.existing == ExistingOutput::overwrite ? Replace::yes : Replace::never;
  if (processed.job.existing == Job::Existing::compare) {
    const auto facts = facts_if_holding(target, processed.bytes());
    if (!facts) return std::unexpected(output_exists(target));
    return WriteOutcome{Written::yes, {}, OutputFile{*facts, Cache::Writer::anybody}};
  }
  IMGMILL_TRY(Placed placed, write_output({target, processed.bytes(), processed.input.facts,
                                           replace, processed.job.task.input_path}));
  if (placed == Committed::placed) {
    return WriteOutcome{Written::yes, std::move(placed.notes), placed_by_us(placed.facts)};
  }
  if (policy.existing == ExistingOutput::skip) return WriteOutcome{Written::left_alone, {}, {}};
  // If the format was chosen automatically, the name was not known before: an earlier run may have
  // got this far without being able to record it.
  if (const auto facts = facts_if_holding(target, processed.bytes())) {
    return WriteOutcome{Written::yes, {}, OutputFile{*facts, Cache::Writer::anybody}};
  }
  if (processed.job.task.settings->choose_format) return std::unexpected(output_exists(target));
  return fail(ErrorCode::environment,
              fmt::format("the output '{}' has come to exist meanwhile", printable(target)),
              "--overwrite replaces existing outputs, --skip-existing leaves them");
}

}  // namespace

OptimizationResult result_of(const Job& job, Stage stage) {
  OptimizationResult result;
  result.index = job.index;
  result.original_path = job.task.input_path;
  result.optimized_path = job.task.output_path;
  result.original_size = job.size;
  result.stage = stage;
  result.input_format = job.input_format;
  result.notes = job.notes;
  return result;
}

OptimizationResult failed(const Job& job, Stage stage, Error error, microseconds elapsed) {
  OptimizationResult result = result_of(job, stage);
  result.error = std::move(error);
  result.elapsed = elapsed;
  return result;
}

OptimizationResult cancelled(const Job& job, Stage stage) {
  return failed(job, stage, stopped().error());
}

Result<LoadedJob> read_stage(Job& job, ByteBudget& budget, Executor& executor, const Limits& limits,
                             std::stop_token stop) {
  LoadedJob loaded;
  // Waiting for the budget is not counted in `elapsed`.
  std::optional<ByteBudget::Permit> permit = budget.acquire(job.size, stop);
  if (!permit || stop.stop_requested()) return stopped();
  loaded.permit = std::move(*permit);
  auto input = guarded(loaded.elapsed, [&] {
    return read_file(job.task.input_path, limits.max_input_bytes,
                     [&](std::size_t size) { return executor.input_buffer(size); });
  });
  if (!input) return std::unexpected(std::move(input).error());
  loaded.input = *std::move(input);
  loaded.permit.resize(loaded.input.bytes.size());
  job.size = loaded.input.bytes.size();
  loaded.job = std::move(job);
  return loaded;
}

Result<ProcessedJob> process_stage(LoadedJob& loaded, Executor& executor, const Limits& limits,
                                   std::size_t images_left, std::stop_token stop,
                                   std::stop_token unwanted) {
  if (stop.stop_requested()) return stopped();
  ProcessedJob processed;
  auto output = guarded(loaded.elapsed, [&] {
    return executor.process(
        {loaded.input.bytes.view(), *loaded.job.task.settings, limits, images_left, unwanted},
        stop);
  });
  if (!output) return std::unexpected(std::move(output).error());
  processed.output = *std::move(output);
  processed.content = loaded.content;
  processed.input.facts = loaded.input.facts;
  if (processed.output.decision == Decision::kept) {
    processed.output.bytes = {};
    processed.input.bytes = std::move(loaded.input.bytes);
  } else {
    loaded.input.bytes = {};
  }
  processed.permit = std::move(loaded.permit);
  processed.permit.resize(processed.bytes().size());
  processed.elapsed = loaded.elapsed;
  processed.job = std::move(loaded.job);
  ImageTask& task = processed.job.task;
  task.output_path = output_path_for(task.output_path, *task.settings, processed.output.format);
  return processed;
}

OptimizationResult write_stage(ProcessedJob& processed, const WritePolicy& policy) {
  const Job& job = processed.job;
  const Optimized& output = processed.output;
  KnownResult known;
  const auto outcome = guarded(processed.elapsed, [&]() -> Result<WriteOutcome> {
    if (policy.memory || policy.backup_folder) known = known_result(processed);
    if (!policy.write) return WriteOutcome{};
    return job.in_place() ? replace_original(processed, policy, known)
                          : put_output(processed, policy);
  });
  OptimizationResult result = result_of(job, Stage::write);
  result.elapsed = processed.elapsed;
  result.input_format = output.input_format;
  result.decision = output.decision;
  if (!outcome) {
    result.error = outcome.error();
    return result;
  }
  result.optimized_size = processed.bytes().size();
  result.format = output.format;
  result.adopt(output);
  result.notes.insert(result.notes.end(), outcome->notes.begin(), outcome->notes.end());
  result.cached = processed.cached;
  if (processed.shared) {
    result.notes.emplace_back("the same bytes as another input, worked on once");
  }
  if (outcome->written == Written::left_alone) {
    result.decision = Decision::skipped;
  } else if (policy.memory) {
    // The output is in place; failing to record it only costs work in a later run.
    const Result<void> remembered = guarded(processed.elapsed, [&]() -> Result<void> {
      remember(processed, known, outcome->output, policy.memory);
      return {};
    });
    if (!remembered) {
      result.notes.push_back(fmt::format("done, but not remembered for another run: {}",
                                         remembered.error().message()));
    }
  }
  return result;
}

}  // namespace imgmill

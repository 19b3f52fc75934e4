// Batch processing: planning, validation, the pipeline and its summary.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "imgmill/compare.h"
#include "imgmill/error.h"
#include "imgmill/export.h"
#include "imgmill/isolation.h"
#include "imgmill/left_out.h"
#include "imgmill/placeholder.h"
#include "imgmill/result.h"
#include "imgmill/settings.h"

namespace imgmill {

/// One input, its planned output and the settings between them. Tasks of a folder share one
/// settings object. If both paths are spelled alike, the original is replaced; if they differ but
/// lead to the same file, the task is refused.
struct ImageTask {
  std::filesystem::path input_path;
  std::filesystem::path output_path;
  std::shared_ptr<const ImageSettings> settings;
};

/// An input for which no task could be made, with the reason.
struct PlanFailure {
  std::filesystem::path input_path;
  std::filesystem::path output_path;  ///< may be empty
  Error error;
};

using PlannedTask = std::expected<ImageTask, PlanFailure>;

/// Source of a batch's tasks, read one at a time so that memory does not grow with their number.
/// Used by one thread at a time.
class IMGMILL_API TaskSource {
 public:
  virtual ~TaskSource() = default;
  /// Returns the next task, or nothing at the end.
  [[nodiscard]] virtual std::optional<PlannedTask> next() = 0;
  /// From now on, next() reports to `listener` every file it passes without returning a task.
  virtual void on_left_out(std::function<void(const LeftOut&)> /*listener*/) {}
  /// The input that the file at `output` is, if it is one of any task: then it must not be replaced
  /// by another one's output. From any thread, at any time.
  [[nodiscard]] virtual std::optional<std::filesystem::path> input_at(
      const std::filesystem::path& /*output*/) const {
    return std::nullopt;
  }
  /// When there are no more tasks: patterns that were asked for and have matched nothing.
  [[nodiscard]] virtual std::vector<std::string> idle_patterns() const { return {}; }
};

/// What happens to a task whose output is its input, however the paths are spelled.
enum class Originals { replace, refuse };

/// Returns a source for an existing list of tasks. If a task's settings name no format, the
/// extension of its output chooses one, unless it equals the input's extension.
[[nodiscard]] IMGMILL_API std::unique_ptr<TaskSource> tasks_from(
    std::vector<ImageTask> tasks, Originals originals = Originals::replace);

/// A walk over files and folders.
struct PlanRequest {
  /// Files and folders, processed in this order. Folders are walked recursively in name order.
  /// Files and folders whose names begin with a dot are skipped unless listed here.
  std::vector<std::filesystem::path> inputs;
  /// A folder, created if missing. The tree below each input folder is kept; with several inputs,
  /// each gets a folder of its own name. With a single input file, `output` is the output file, and
  /// its extension chooses the format if the settings name none. Ignored if `in_place`.
  std::filesystem::path output;
  bool in_place = false;
  bool all_files = false;     ///< also look inside files without an image extension
  bool follow_links = false;  ///< follow links to folders
  /// Patterns in .gitignore syntax, matched against names or paths below an input folder. Excluded
  /// files are skipped; if there are include patterns, only files that match one are taken.
  std::vector<std::string> exclude_patterns;
  std::vector<std::string> include_patterns;
  /// Template for output names: text with "{name}" (the input's name without its extension) and
  /// "{from}" (the input's extension). The output extension is appended. Empty means "{name}".
  std::string name;
  /// Copy all other files of the tree to the output folder, including hidden and excluded ones.
  bool copy_others = false;
  /// Folders not to walk into, such as the backup folder. The output folder is always skipped.
  std::vector<std::filesystem::path> exclude;
  std::shared_ptr<const ImageSettings> settings;
  /// Gives each input settings of its own, in place of `settings`; may be null. Called from several
  /// threads. An error is that of the input. Inputs with equal settings should share one object.
  std::function<Result<std::shared_ptr<const ImageSettings>>(const std::filesystem::path& input)>
      settings_for;
  /// Somebody has asked for the inputs' own format, where the settings ask for none: the extension
  /// of an output file must not say another one.
  bool own_format = false;
};

/// Plans lazily while the batch runs. If two inputs would write the same file (also if their names
/// differ only in case), the later one fails with an error that names both. Folders are walked in
/// byte order of their names.
/// Errors: usage (the request contradicts itself).
[[nodiscard]] IMGMILL_API Result<std::unique_ptr<TaskSource>> plan(PlanRequest request);

enum class ExistingOutput { refuse, overwrite, skip };
enum class Pipelining { on, off };
enum class OnFailure { go_on, stop };
/// What a requested stop does to images that are in work: they are finished, or, where they are in
/// worker processes, ended and reported as cancelled.
enum class OnStop { finish_images, end_images };
/// `check` does all the work and writes no output; results say what would come out.
enum class DryRun { no, yes, check };

/// Cache of earlier results, so that no work is done twice. An unchanged input whose output still
/// exists gets its result at once. A moved or renamed input is recognized by its content. An output
/// of an earlier run that comes in as an input is kept as it is. Several processes may share a
/// cache.
struct CacheOptions {
  std::filesystem::path folder;                      ///< created if missing
  std::uint64_t max_bytes = std::uint64_t{5} << 30;  ///< least recently used entries go first
};

/// Record of a batch's progress, so that it can resume after a crash.
struct JournalOptions {
  std::filesystem::path folder;  ///< created if missing; one file per unfinished batch
  /// Everything that identifies the batch: inputs, output, settings.
  std::string batch;
  /// Resumes an unfinished run of the same batch: finished outputs that still exist are not made
  /// again. Replaced originals are never replaced twice, with or without this.
  bool resume = false;
};

struct BatchOptions {
  int jobs = 0;  ///< images in progress at once; 0: chosen from the number of cores
  Pipelining pipeline = Pipelining::on;
  std::size_t queue_capacity = 50;                       ///< entries per queue
  std::uint64_t byte_budget = std::uint64_t{512} << 20;  ///< bytes held by all queues together
  ExistingOutput existing = ExistingOutput::refuse;
  OnFailure on_failure = OnFailure::go_on;
  OnStop on_stop = OnStop::finish_images;
  DryRun dry_run = DryRun::no;
  std::optional<CacheOptions> cache;      ///< none: no cache
  std::optional<JournalOptions> journal;  ///< none: the batch cannot be resumed
  /// The batch stops after this many consecutive images that could not be read or written because
  /// of the machine (full disk, lost permission, unmounted folder); 0: it never does.
  std::uint32_t max_environment_failures = 20;
  /// In place: each original is first saved below this folder under its full path ("photos/a.jpg"
  /// becomes "BACKUP/photos/a.jpg"). An existing backup is never overwritten; the task fails
  /// instead.
  std::optional<std::filesystem::path> backup_dir;
  Limits limits;
};

/// Receives events of a running batch. Calls are serialized but come from threads of the batch;
/// they should return quickly.
class IMGMILL_API BatchObserver {
 public:
  virtual ~BatchObserver() = default;
  /// `tasks` are known so far; `complete` once the number is final.
  virtual void on_planned(std::uint64_t /*tasks*/, bool /*complete*/) {}
  /// Work on an image begins.
  virtual void on_started(const ImageTask& /*task*/) {}
  /// A task has finished. Called in order of completion.
  virtual void on_result(const OptimizationResult& /*result*/) {}
  /// Something in a folder is neither processed nor copied.
  virtual void on_left_out(const LeftOut& /*left_out*/) {}
  /// A file other than an image was copied or could not be; with DryRun::yes, would be copied.
  virtual void on_copied(const CopiedFile& /*file*/) {}
  /// A problem that affects no image, such as an unusable cache.
  virtual void on_warning(const Error& /*warning*/) {}
};

struct FormatSummary {
  std::uint64_t images = 0;
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;
};

struct StageTimes {
  std::chrono::microseconds plan{0}, validate{0}, read{0}, process{0}, write{0};
};

/// Peak number of entries in each queue of the pipeline. A full queue after a stage means that the
/// next stage is the bottleneck.
struct QueueDepths {
  std::size_t to_read = 0, to_process = 0, to_write = 0;
};

/// Scores of a batch's outputs, as far as they were measured. Lossless images (score 100) are not
/// counted, nor are skipped and failed ones.
struct IMGMILL_API ScoreSummary {
  std::uint64_t images = 0;  ///< lossy images that were scored
  double lowest = 100;       ///< score; valid if `images` is above 0
  /// Input of the image with that score; on ties, the first in task order.
  std::filesystem::path lowest_path;
  std::uint64_t lowest_index = 0;  ///< index of its task in the batch, from 0
  double sum = 0;                  ///< of all scores
  std::uint64_t unscored = 0;      ///< lossy images without a score
  std::uint64_t below_target = 0;  ///< of `images`: those below their target
  std::uint64_t encoded = 0;       ///< images whose encodings were scored, now or in an earlier run
  std::uint64_t encodes = 0;       ///< full encodings of those

  /// Adds one result.
  void add(const OptimizationResult& result);
  [[nodiscard]] double mean() const {
    return images == 0 ? 100 : sum / static_cast<double>(images);
  }
  [[nodiscard]] double encodes_per_image() const {
    return encoded == 0 ? 0 : static_cast<double>(encodes) / static_cast<double>(encoded);
  }
};

/// Images that still hold private data that should have been removed but cannot be removed here.
struct IMGMILL_API PrivateSummary {
  std::uint64_t images = 0;  ///< with any of these
  std::uint64_t position = 0;
  std::uint64_t serial = 0;
  std::uint64_t thumbnail = 0;
  std::uint64_t comment = 0;

  void add(const PrivateData& left);
};

struct IMGMILL_API BatchSummary {
  std::uint64_t tasks = 0;  ///< results delivered, including failed and skipped tasks
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t quarantined = 0;  ///< of `failed`: ErrorCode::fault
  std::uint64_t cancelled = 0;    ///< not done because the batch stopped
  std::uint64_t skipped = 0;
  std::uint64_t cached = 0;        ///< of `succeeded`: known from an earlier run
  std::uint64_t resumed = 0;       ///< of `succeeded`: done by the run that this one resumes
  std::uint64_t kept = 0;          ///< succeeded, with the input's bytes as output
  std::uint64_t bytes_before = 0;  ///< of images that succeeded and were not skipped
  std::uint64_t bytes_after = 0;
  std::map<Format, FormatSummary> by_format;  ///< by output format
  ScoreSummary scores;
  PrivateSummary private_left;
  LeftOutSummary left_out;
  std::vector<std::string> idle_patterns;  ///< that matched nothing, as they were written
  CopySummary copied;
  std::chrono::microseconds elapsed{0};
  std::chrono::microseconds first_output{0};  ///< from the start to the first output file
  StageTimes busy;                            ///< summed over threads
  QueueDepths queues;
  bool stopped = false;  ///< by the stop token or OnFailure::stop
  /// Why the batch stopped by itself (max_environment_failures).
  std::optional<Error> stop_reason;
  std::optional<PoolMetrics> pool;  ///< with Isolation::process; counted since the pool started

  /// Adds one result: all fields but the times and those about the batch as a whole.
  void add(const OptimizationResult& result);
};

/// Main entry point for applications. Construct once, use for many images.
class IMGMILL_API ImageOptimizer {
 public:
  /// Uses threads of this process; `jobs` as in OptimizerOptions.
  explicit ImageOptimizer(int jobs = 0);
  /// Errors: environment (worker processes cannot be started).
  [[nodiscard]] static Result<ImageOptimizer> create(const OptimizerOptions& options);
  ~ImageOptimizer();
  ImageOptimizer(ImageOptimizer&&) noexcept;
  ImageOptimizer& operator=(ImageOptimizer&&) noexcept;

  /// See `imgmill::optimize`. With Isolation::process also returns environment, and fault if the
  /// worker died while processing the image. Thread-safe.
  [[nodiscard]] Result<Optimized> optimize(ByteView input, const ImageSettings& settings = {},
                                           const Limits& limits = {});

  /// Runs a batch to its end. Never throws because of a bad image: each task gets exactly one
  /// result, good or bad. On a stop request, pending writes finish, the remaining tasks are
  /// reported as cancelled, and the source is not read further.
  /// Thread-safe: concurrent batches and optimize() calls share the workers and take turns.
  [[nodiscard]] BatchSummary run(TaskSource& tasks, const BatchOptions& options,
                                 BatchObserver& observer, std::stop_token stop = {});

  /// See `imgmill::compare`. With Isolation::process also returns environment, and fault if the
  /// worker died while processing the images. Thread-safe.
  [[nodiscard]] Result<Comparison> compare(ByteView original, ByteView other,
                                           const CompareOptions& options = {},
                                           const Limits& limits = {});

  /// See `placeholder_of`. With Isolation::process also returns environment, and fault if the
  /// worker died while processing the image. Thread-safe.
  [[nodiscard]] Result<Placeholder> placeholder(ByteView input, const Limits& limits = {});

  /// Returns the maximum number of images in progress at once. Thread-safe.
  [[nodiscard]] int width() const;
  /// Set with Isolation::process only. Thread-safe.
  [[nodiscard]] std::optional<PoolMetrics> pool_metrics() const;

 private:
  friend struct ImageOptimizerAccess;  // for the project's own tests and tools
  class Impl;
  explicit ImageOptimizer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace imgmill

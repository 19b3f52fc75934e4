// Many images: plan, validate, pipeline, collect.
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
#include "imgmill/result.h"
#include "imgmill/settings.h"

namespace imgmill {

/// One input, one planned output and what to do in between. Tasks of a folder
/// share one settings object. Where both paths are spelled alike, the original is
/// replaced; where they only lead to one file, the task is refused.
struct ImageTask {
  std::filesystem::path input_path;
  std::filesystem::path output_path;
  std::shared_ptr<const ImageSettings> settings;
};

/// An input for which no task could be made, and why.
struct PlanFailure {
  std::filesystem::path input_path;
  std::filesystem::path output_path;  ///< may be empty
  Error error;
};

using PlannedTask = std::expected<ImageTask, PlanFailure>;

/// Where a batch gets its tasks from, one at a time, so that a million of them
/// need no more memory than a thousand. Used by one thread at a time.
class IMGMILL_API TaskSource {
 public:
  virtual ~TaskSource() = default;
  /// The next task, or nothing when there are no more.
  [[nodiscard]] virtual std::optional<PlannedTask> next() = 0;
  /// From now on next() tells `listener` of each file that it comes by and gives no task for.
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

/// What is done with a task whose output is its input, however both are spelled.
enum class Originals { replace, refuse };

/// Tasks that are there already. Where a task's settings ask for no format, the extension of its
/// output does, unless it is that of its input.
[[nodiscard]] IMGMILL_API std::unique_ptr<TaskSource> tasks_from(
    std::vector<ImageTask> tasks, Originals originals = Originals::replace);

/// A walk over files and folders.
struct PlanRequest {
  /// Files, folders (walked recursively, by name), in the order they are done. Files and folders
  /// whose names begin with a dot are left out, unless they are named here.
  std::vector<std::filesystem::path> inputs;
  /// A folder (made when missing; the tree below each input folder is kept, in a folder of
  /// its name where there are several inputs), or with a single input file, the output file; its
  /// extension is the format, where the settings ask for none. Ignored when `in_place`.
  std::filesystem::path output;
  bool in_place = false;
  bool all_files = false;     ///< take files without an image extension and look inside
  bool follow_links = false;  ///< walk into linked folders
  /// Patterns as in .gitignore, with names or with paths below an input folder, of what is left
  /// out; and, where there are any, of the only files that are not.
  std::vector<std::string> exclude_patterns;
  std::vector<std::string> include_patterns;
  /// How outputs are named: text with "{name}" (the input's, without its extension) and "{from}"
  /// (the input's extension), to which the extension is added; empty: "{name}".
  std::string name;
  /// Copies of all other files of the tree go into the output folder, also of hidden and of
  /// excluded ones.
  bool copy_others = false;
  /// Folders that are not walked into, such as that of the backups. The output
  /// folder never is.
  std::vector<std::filesystem::path> exclude;
  std::shared_ptr<const ImageSettings> settings;
  /// Somebody has asked for the inputs' own format, where the settings ask for none: the extension
  /// of an output file must not say another one.
  bool own_format = false;
};

/// Plans lazily while the batch runs. Two inputs that would write one file (also
/// when their names differ only in case) are an error for the later one, naming
/// both. Folders are walked in byte order of their names.
/// Errors: usage, when the request contradicts itself.
[[nodiscard]] IMGMILL_API Result<std::unique_ptr<TaskSource>> plan(PlanRequest request);

enum class ExistingOutput { refuse, overwrite, skip };
enum class Pipelining { on, off };
enum class OnFailure { go_on, stop };
/// What a requested stop does to images that are in work: they are finished, or, where they are in
/// worker processes, ended and reported as cancelled.
enum class OnStop { finish_images, end_images };
/// `check` does all the work and writes no output; results say what would come out.
enum class DryRun { no, yes, check };

/// Where results of earlier runs are kept, so that nothing is worked on twice. An
/// unchanged input whose output is there has its result at once; one that was moved
/// or renamed is recognised by its content, and so is an output of an earlier run
/// that comes in again: it is kept as it is. Processes may share a cache.
struct CacheOptions {
  std::filesystem::path folder;                      ///< made when missing
  std::uint64_t max_bytes = std::uint64_t{5} << 30;  ///< what was not used longest goes first
};

/// Where a batch writes down what it has done, so that it can go on after a crash.
struct JournalOptions {
  std::filesystem::path folder;  ///< made when missing; one file for each unfinished batch
  /// Everything that makes two runs the same batch: inputs, output, settings.
  std::string batch;
  /// Goes on with an unfinished run of the same batch: what is done and still there is
  /// not done again. Originals that were replaced are never replaced twice anyway.
  bool resume = false;
};

struct BatchOptions {
  int jobs = 0;  ///< images in work at once; 0: chosen from the cores
  Pipelining pipeline = Pipelining::on;
  std::size_t queue_capacity = 50;                       ///< entries of each queue
  std::uint64_t byte_budget = std::uint64_t{512} << 20;  ///< bytes held by the queues
  ExistingOutput existing = ExistingOutput::refuse;
  OnFailure on_failure = OnFailure::go_on;
  OnStop on_stop = OnStop::finish_images;
  DryRun dry_run = DryRun::no;
  std::optional<CacheOptions> cache;      ///< none: nothing is remembered
  std::optional<JournalOptions> journal;  ///< none: nothing can be resumed
  /// So many images in a row that could not be read or written because of the machine
  /// (full disk, lost permission, unmounted folder) stop the batch; 0: nothing does.
  std::uint32_t max_environment_failures = 20;
  /// In place: each original is first put below this folder under its whole path
  /// ("photos/a.jpg" becomes "BACKUP/photos/a.jpg"). A backup that is there
  /// already is never overwritten; that is an error of the task.
  std::optional<std::filesystem::path> backup_dir;
  Limits limits;
};

/// What happens, as it happens. Calls come one at a time, from threads of the
/// batch; they should return soon.
class IMGMILL_API BatchObserver {
 public:
  virtual ~BatchObserver() = default;
  /// `tasks` are known by now; `complete` when there will be no more.
  virtual void on_planned(std::uint64_t /*tasks*/, bool /*complete*/) {}
  /// An image goes into work.
  virtual void on_started(const ImageTask& /*task*/) {}
  /// A task is done, in the order in which they finish.
  virtual void on_result(const OptimizationResult& /*result*/) {}
  /// Something in a folder is neither worked on nor copied.
  virtual void on_left_out(const LeftOut& /*left_out*/) {}
  /// A file beside the images was copied, or could not be; with DryRun::yes, would be.
  virtual void on_copied(const CopiedFile& /*file*/) {}
  /// Something is amiss that costs no image, such as a cache that cannot be used.
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

/// The most entries that were in each queue of the pipeline at once. A full queue
/// behind a stage says that the next stage is the slow one.
struct QueueDepths {
  std::size_t to_read = 0, to_process = 0, to_write = 0;
};

/// How good the outputs of a batch are, as far as that was measured. Images that lost
/// nothing (score 100) do not count, nor do those that were skipped or failed.
struct IMGMILL_API ScoreSummary {
  std::uint64_t images = 0;  ///< that lost something and were scored
  double lowest = 100;       ///< score; meaningful where `images` is above 0
  /// Input of the image with that score; of several the first in the order of tasks.
  std::filesystem::path lowest_path;
  std::uint64_t lowest_index = 0;  ///< place of its task in the batch, from 0
  double sum = 0;                  ///< of the scores
  std::uint64_t unscored = 0;      ///< images that lost something nobody measured
  std::uint64_t below_target = 0;  ///< of `images`: under the target they had
  std::uint64_t encoded = 0;  ///< images for which encodings were judged, now or in an earlier run
  std::uint64_t encodes = 0;  ///< whole encodings of those

  /// Counts one result.
  void add(const OptimizationResult& result);
  [[nodiscard]] double mean() const {
    return images == 0 ? 100 : sum / static_cast<double>(images);
  }
  [[nodiscard]] double encodes_per_image() const {
    return encoded == 0 ? 0 : static_cast<double>(encodes) / static_cast<double>(encoded);
  }
};

/// Images that still hold what should have gone, because nothing here can take it out of them.
struct IMGMILL_API PrivateSummary {
  std::uint64_t images = 0;  ///< with any of these
  std::uint64_t position = 0;
  std::uint64_t serial = 0;
  std::uint64_t thumbnail = 0;
  std::uint64_t comment = 0;

  void add(const PrivateData& left);
};

struct IMGMILL_API BatchSummary {
  std::uint64_t tasks = 0;  ///< results given, failures and skipped ones among them
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t quarantined = 0;  ///< of the failed: ErrorCode::fault
  std::uint64_t cancelled = 0;    ///< not done because the batch was stopped
  std::uint64_t skipped = 0;
  std::uint64_t cached = 0;        ///< of the succeeded: known from an earlier run
  std::uint64_t resumed = 0;       ///< of the succeeded: done by the run that this one goes on with
  std::uint64_t kept = 0;          ///< succeeded with the input's bytes
  std::uint64_t bytes_before = 0;  ///< of the images that succeeded and were not skipped
  std::uint64_t bytes_after = 0;
  std::map<Format, FormatSummary> by_format;  ///< by output format
  ScoreSummary scores;
  PrivateSummary private_left;
  LeftOutSummary left_out;
  std::vector<std::string> idle_patterns;  ///< that matched nothing, as they were written
  CopySummary copied;
  std::chrono::microseconds elapsed{0};
  std::chrono::microseconds first_output{0};  ///< from the start to the first written file
  StageTimes busy;                            ///< summed over threads
  QueueDepths queues;
  bool stopped = false;  ///< by the stop token or OnFailure::stop
  /// Why the batch has stopped itself (max_environment_failures).
  std::optional<Error> stop_reason;
  std::optional<PoolMetrics> pool;  ///< with Isolation::process, since its start

  /// Counts one result: everything but the times and what is about the whole batch.
  void add(const OptimizationResult& result);
};

/// The facade an application holds. Construct once, use for many images.
class IMGMILL_API ImageOptimizer {
 public:
  /// Works in threads of this process; `jobs` as in OptimizerOptions.
  explicit ImageOptimizer(int jobs = 0);
  /// Errors: environment: worker processes cannot be started.
  [[nodiscard]] static Result<ImageOptimizer> create(const OptimizerOptions& options);
  ~ImageOptimizer();
  ImageOptimizer(ImageOptimizer&&) noexcept;
  ImageOptimizer& operator=(ImageOptimizer&&) noexcept;

  /// See `imgmill::optimize`; with Isolation::process also environment, and fault where
  /// the worker died over the image. Thread-safe.
  [[nodiscard]] Result<Optimized> optimize(ByteView input, const ImageSettings& settings = {},
                                           const Limits& limits = {});

  /// Runs a batch to its end. Never throws for a bad image: each task gets
  /// one result, good or bad. A requested stop lets what is being written
  /// finish; the rest is reported as cancelled while the source is not read on.
  /// Thread-safe: batches that run at the same time, and images of optimize() between
  /// them, share the workers and take turns.
  [[nodiscard]] BatchSummary run(TaskSource& tasks, const BatchOptions& options,
                                 BatchObserver& observer, std::stop_token stop = {});

  /// See `imgmill::compare`; with Isolation::process also environment, and fault where the
  /// worker died over the images. Thread-safe.
  [[nodiscard]] Result<Comparison> compare(ByteView original, ByteView other,
                                           const CompareOptions& options = {},
                                           const Limits& limits = {});

  /// Images in work at once, at most. Thread-safe.
  [[nodiscard]] int width() const;
  /// With Isolation::process. Thread-safe.
  [[nodiscard]] std::optional<PoolMetrics> pool_metrics() const;

 private:
  friend struct ImageOptimizerAccess;  // for the project's own tests and tools
  class Impl;
  explicit ImageOptimizer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace imgmill

#include "server/jobs/runner.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "platform/thread.h"
#include "server/jobs/jobs_change.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

/// How long an idle run waits for the next upload before it gives its place to another job.
constexpr std::chrono::milliseconds patience_for_uploads{300};
constexpr int rows_at_once = 256;

struct Try {
  std::uint32_t index = 0;
  std::uint32_t attempt = 0;
};

/// Parses the image and try from an output's name; see output_file_name().
std::optional<Try> try_of(const fs::path& output) {
  const std::string name = output.filename().native();
  const char* const end = name.data() + name.size();
  Try found;
  const auto [dash, error] = std::from_chars(name.data(), end, found.index);
  if (error != std::errc() || dash == end || *dash != '-') return std::nullopt;
  if (std::from_chars(dash + 1, end, found.attempt).ec != std::errc()) return std::nullopt;
  return found;
}

}  // namespace

/// Supplies the waiting images of a job, as long as there are any.
class Runner::Tasks final : public TaskSource {
 public:
  Tasks(Jobs& jobs, const Roots& roots, JobPtr job)
      : jobs_(jobs), roots_(roots), job_(std::move(job)), record_(jobs.view(*job_).record) {
    if (!record_.planning) return;
    PlanRequest request;
    request.inputs = {job_->source};
    request.in_place = true;  // the names of outputs are decided here
    auto walk = plan(std::move(request));
    if (!walk) return;
    walk_ = *std::move(walk);
    walk_->on_left_out([this](const LeftOut& left_out) { left_out_.add(left_out); });
  }

  std::optional<PlannedTask> next() override {
    while (walk_) {
      const std::optional<PlannedTask> found = walk_->next();
      if (!found) {
        walk_.reset();
        if (const auto ended = jobs_.end_planning(job_, left_out_.kinds); !ended) {
          return give_up(ended.error());
        }
        break;
      }
      if (auto task = from_walk(*found)) return task;
    }
    while (!trouble_) {
      if (at_ == rows_.size() && !fetch()) break;
      const ImageRow& row = rows_[at_++];
      next_index_ = row.index + 1;
      if (const auto looked = look_again(row); !looked) return give_up(looked.error());
      return task_for(row);
    }
    return std::nullopt;
  }

  [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }

 private:
  std::nullopt_t give_up(const Error& error) {
    trouble_ = error;
    walk_.reset();
    return std::nullopt;
  }

  /// Returns nothing for a known image: it is taken from the waiting ones.
  std::optional<PlannedTask> from_walk(const PlannedTask& found) {
    const fs::path& path = found ? found->input_path : found.error().input_path;
    ImageRow row;
    row.name = path.lexically_relative(job_->source).native();
    std::optional<Error> problem;
    if (!found) problem = found.error().error;
    // The file must lie in the allowed folders after all links are resolved.
    if (!problem) {
      const Result<fs::path> real = roots_.resolve(path);
      if (!real) problem = real.error();
    }
    if (const auto facts = facts_of(path); facts && *facts) {
      row.original_size = (*facts)->size;
      row.identity = identity_of(**facts);
    }
    const auto added = jobs_.add_images(job_, {row});
    if (!added) return give_up(added.error());
    if (added->empty()) return std::nullopt;
    next_index_ = added->front().index + 1;
    if (problem) return failure(added->front(), *std::move(problem));
    return task_for(added->front());
  }

  /// Fetches more waiting images. Returns false if there is nothing left to do for now.
  bool fetch() {
    if (!jobs_.wait_for_image(*job_, next_index_, patience_for_uploads)) return false;
    auto rows = jobs_.waiting_from(*job_, next_index_, rows_at_once);
    if (!rows) {
      give_up(rows.error());
      return false;
    }
    at_ = 0;
    rows_ = *std::move(rows);
    return !rows_.empty();
  }

  /// Identifies the file again: the file read now is the one that may be replaced, not the one of
  /// an earlier try.
  Result<void> look_again(const ImageRow& row) {
    if (row.attempt == 0 || row.replaced || job_->kind == SourceKind::uploads) return {};
    const auto facts = facts_of(job_->source / fs::path(row.name));
    if (!facts || !*facts || identity_of(**facts) == row.identity) return {};
    return jobs_.image_found(job_, row.index, row.attempt, **facts);
  }

  [[nodiscard]] PlannedTask task_for(const ImageRow& row) const {
    std::shared_ptr<const ImageSettings> settings;
    if (row.settings.empty()) {
      if (!job_->settings) return failure(row, job_->settings.error());
      settings = *job_->settings;
    } else {
      auto own = job_settings(row.settings);
      if (!own) return failure(row, std::move(own).error());
      settings = std::make_shared<const ImageSettings>(*std::move(own));
    }
    fs::path input = job_->kind == SourceKind::uploads ? job_->folder / "in" : job_->source;
    input /= fs::path(original_name(job_->kind, row));
    // The file there is an output by now, so read the backup.
    if (row.replaced) input = put_away(*job_, record_, row).value_or(std::move(input));
    return ImageTask{std::move(input), output_path(row), std::move(settings)};
  }
  [[nodiscard]] PlannedTask failure(const ImageRow& row, Error why) const {
    return std::unexpected(PlanFailure{row.name, output_path(row), std::move(why)});
  }
  [[nodiscard]] fs::path output_path(const ImageRow& row) const {
    return job_->folder / "out" / output_file_name(row.index, row.attempt);
  }

  Jobs& jobs_;
  const Roots& roots_;
  const JobPtr job_;
  const JobRecord record_;  ///< at the start of the run
  std::unique_ptr<TaskSource> walk_;
  LeftOutSummary left_out_;
  std::vector<ImageRow> rows_;
  std::size_t at_ = 0;
  std::uint32_t next_index_ = 0;
  std::optional<Error> trouble_;
};

/// Reports the progress of images to the jobs.
class Runner::Watcher final : public BatchObserver {
 public:
  Watcher(Jobs& jobs, JobPtr job, std::stop_source& stop)
      : jobs_(jobs), job_(std::move(job)), stop_(stop) {}

  void on_started(const ImageTask& task) override {
    if (const auto which = try_of(task.output_path)) {
      note(jobs_.image_started(job_, which->index, which->attempt));
    }
  }
  void on_result(const OptimizationResult& result) override {
    if (const auto which = try_of(result.optimized_path)) {
      note(jobs_.image_ended(job_, which->index, which->attempt, result));
    }
  }
  [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }

 private:
  void note(const Result<void>& stored) {
    if (stored) return;
    if (!trouble_) trouble_ = stored.error();
    stop_.request_stop();
  }

  Jobs& jobs_;
  const JobPtr job_;
  std::stop_source& stop_;
  std::optional<Error> trouble_;
};

Runner::Runner(Jobs& jobs, ImageOptimizer& optimizer, const Roots& roots, BatchOptions batch)
    : jobs_(jobs), optimizer_(optimizer), roots_(roots), batch_([&] {
        batch.existing = ExistingOutput::overwrite;
        // A cancelled job ends its images at once, so that neither the user nor the next job waits.
        batch.on_stop = OnStop::end_images;
        batch.byte_budget /= static_cast<std::uint64_t>(std::max(1, jobs.limits().at_work));
        return std::move(batch);
      }()) {
  for (int i = 0; i < std::max(1, jobs.limits().at_work); ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) {
      name_this_thread("imgmill-job");
      while (const JobPtr job = jobs_.begin_run(stop)) run(job);
    });
  }
}

void Runner::stop() { threads_.clear(); }

RunTotals Runner::totals() const {
  const std::lock_guard lock(mutex_);
  return totals_;
}

void Runner::run(const JobPtr& job) {
  std::optional<Error> trouble;
  try {
    // The run ends when the job is stopped and when its results cannot be stored.
    std::stop_source stop;
    const std::stop_callback asked(jobs_.run_of(*job), [&] { stop.request_stop(); });
    Tasks tasks(jobs_, roots_, job);
    Watcher watcher(jobs_, job, stop);
    const BatchSummary summary = optimizer_.run(tasks, batch_, watcher, stop.get_token());
    count(summary);
    trouble = summary.stop_reason;
    if (watcher.trouble()) trouble = watcher.trouble();
    if (tasks.trouble()) trouble = tasks.trouble();
  } catch (const std::exception& exception) {
    trouble = Error(ErrorCode::environment, exception.what(), "try again");
  }
  jobs_.end_run(job, trouble);
}

void Runner::count(const BatchSummary& summary) {
  const std::lock_guard lock(mutex_);
  totals_.images += summary.tasks;
  totals_.failed += summary.failed;
  totals_.kept += summary.kept;
  totals_.bytes_before += summary.bytes_before;
  totals_.bytes_after += summary.bytes_after;
  totals_.busy.plan += summary.busy.plan;
  totals_.busy.validate += summary.busy.validate;
  totals_.busy.read += summary.busy.read;
  totals_.busy.process += summary.busy.process;
  totals_.busy.write += summary.busy.write;
  const auto raise = [](std::size_t& most, std::size_t other) { most = std::max(most, other); };
  raise(totals_.queues.to_read, summary.queues.to_read);
  raise(totals_.queues.to_process, summary.queues.to_process);
  raise(totals_.queues.to_write, summary.queues.to_write);
}

}  // namespace imgmill::server

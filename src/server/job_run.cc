// The part of Jobs that works: at most a few jobs at once, each as a batch.
#include <charconv>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "platform/thread.h"
#include "server/jobs_entry.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// A run with nothing to do waits so long for the next upload before it gives its place to
/// another job.
constexpr milliseconds patience_for_uploads{300};
constexpr int rows_at_once = 256;

/// The index that an output's name stands for.
std::optional<std::uint32_t> index_of(const fs::path& output) {
  const std::string name = output.filename().native();
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error != std::errc() || end == name.data()) return std::nullopt;
  return index;
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  if (what.empty()) return;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

/// The images of a job that wait, as long as there are any.
class Jobs::Tasks final : public TaskSource {
 public:
  Tasks(Jobs& jobs, std::shared_ptr<Entry> entry) : jobs_(jobs), entry_(std::move(entry)) {
    if (!entry_->record.planning) return;
    PlanRequest request;
    request.inputs = {entry_->record.folder};
    request.in_place = true;  // where outputs go is decided here
    auto walk = plan(std::move(request));
    if (walk) walk_ = *std::move(walk);
  }

  std::optional<PlannedTask> next() override {
    while (walk_) {
      const std::optional<PlannedTask> found = walk_->next();
      if (!found) {
        end_walk();
        break;
      }
      if (auto task = from_walk(*found)) return task;
    }
    for (;;) {
      if (at_ == rows_.size() && !fetch()) return std::nullopt;
      const ImageRow& row = rows_[at_++];
      next_index_ = row.index + 1;
      return task_for(row);
    }
  }

  [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }

 private:
  void end_walk() {
    walk_.reset();
    const std::lock_guard lock(jobs_.mutex_);
    entry_->record.planning = false;
    jobs_.save(*entry_);
  }

  /// Nothing for an image that is known and has its outcome.
  std::optional<PlannedTask> from_walk(const PlannedTask& found) {
    const fs::path& path = found ? found->input_path : found.error().input_path;
    ImageRow row;
    row.name = path.lexically_relative(entry_->record.folder).native();
    std::optional<Error> problem;
    if (!found) problem = found.error().error;
    // The file that is meant must lie in the folders the user has allowed, links or not.
    if (!problem) {
      const Result<fs::path> real = jobs_.roots_.resolve(path);
      if (!real) problem = real.error();
    }
    if (const auto facts = facts_of(path); facts && *facts) {
      row.original_size = (*facts)->size;
      row.identity = identity_of(**facts);
    }
    const std::lock_guard lock(jobs_.mutex_);
    if (entry_->next_index >= jobs_.options_.limits.max_job_files) {
      trouble_ = Error(ErrorCode::limit, "the folder holds more images than this server takes",
                       "divide it into several jobs");
      walk_.reset();
      return std::nullopt;
    }
    row.index = entry_->next_index;
    row.sequence = entry_->sequence + 1;
    const Result<bool> added = jobs_.store_->add(entry_->record.key, row);
    if (!added) {
      give_up(added.error());
      return std::nullopt;
    }
    if (!*added) return std::nullopt;  // found by an earlier walk: comes with those that wait
    ++entry_->next_index;
    ++entry_->sequence;
    entry_->tally.add(row);
    jobs_.touch(*entry_);
    next_index_ = row.index + 1;
    if (!problem) return PlannedTask(task(row, entry_->settings));
    return std::unexpected(PlanFailure{path, output_path(row), *std::move(problem)});
  }

  /// False when there is nothing left to do for now.
  bool fetch() {
    rows_.clear();
    at_ = 0;
    std::unique_lock lock(jobs_.mutex_);
    const auto there = [&] {
      return jobs_.stopping_ || entry_->stop.stop_requested() || entry_->next_index > next_index_ ||
             entry_->record.complete;
    };
    if (!jobs_.changed_.wait_for(lock, patience_for_uploads, there)) return false;
    if (jobs_.stopping_ || entry_->stop.stop_requested()) return false;
    auto rows = jobs_.store_->waiting_from(entry_->record.key, next_index_, rows_at_once);
    if (!rows) {
      give_up(rows.error());
      return false;
    }
    rows_ = *std::move(rows);
    return !rows_.empty();
  }

  void give_up(const Error& error) {
    trouble_ = error;
    walk_.reset();
    entry_->stop.request_stop();
  }

  PlannedTask task_for(ImageRow row) {
    if (!row.settings.empty()) {
      auto own = job_settings(row.settings);
      if (!own) {
        return std::unexpected(PlanFailure{row.name, output_path(row), std::move(own).error()});
      }
      return task(row, std::make_shared<const ImageSettings>(*std::move(own)));
    }
    return task(row, entry_->settings);
  }

  [[nodiscard]] fs::path output_path(const ImageRow& row) const {
    return entry_->folder / "out" / std::to_string(row.index);
  }
  [[nodiscard]] ImageTask task(const ImageRow& row,
                               std::shared_ptr<const ImageSettings> settings) const {
    const bool uploaded = entry_->record.kind == SourceKind::uploads;
    return {uploaded ? entry_->folder / "in" / input_name(row.index)
                     : entry_->record.folder / fs::path(row.name),
            output_path(row), std::move(settings)};
  }

  Jobs& jobs_;
  const std::shared_ptr<Entry> entry_;
  std::unique_ptr<TaskSource> walk_;
  std::vector<ImageRow> rows_;
  std::size_t at_ = 0;
  std::uint32_t next_index_ = 0;
  std::optional<Error> trouble_;
};

/// Writes down what happens to the images.
class Jobs::Watcher final : public BatchObserver {
 public:
  Watcher(Jobs& jobs, std::shared_ptr<Entry> entry) : jobs_(jobs), entry_(std::move(entry)) {}

  void on_started(const ImageTask& task) override {
    const auto index = index_of(task.output_path);
    if (!index) return;
    const std::lock_guard lock(jobs_.mutex_);
    const auto set = jobs_.store_->set_state(entry_->record.key, *index, ImageState::working,
                                             entry_->sequence + 1);
    if (!set) return note(set.error());
    ++entry_->sequence;
    --entry_->tally.count[static_cast<std::size_t>(ImageState::waiting)];
    ++entry_->tally.count[static_cast<std::size_t>(ImageState::working)];
    jobs_.touch(*entry_);
  }

  void on_result(const OptimizationResult& result) override {
    const auto index = index_of(result.optimized_path);
    if (!index) return;
    const std::lock_guard lock(jobs_.mutex_);
    if (entry_->removed) return;
    auto found = jobs_.store_->image(entry_->record.key, *index);
    if (!found) return note(found.error());
    if (!*found) return;
    ImageRow before = **found;
    ImageRow row = **std::move(found);
    take(result, row);
    if (row.state == ImageState::waiting && before.state == ImageState::cancelled) return;
    row.sequence = entry_->sequence + 1;
    if (const auto updated = jobs_.store_->update(entry_->record.key, row); !updated) {
      return note(updated.error());
    }
    ++entry_->sequence;
    count(before, row);
    jobs_.touch(*entry_);
  }

  [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }

 private:
  void note(const Error& error) {
    if (!trouble_) trouble_ = error;
    entry_->stop.request_stop();
  }

  /// What has become of the image, with the lock.
  void take(const OptimizationResult& result, ImageRow& row) {
    row.optimized_size = 0;
    row.score.reset();
    row.output_name.clear();
    row.stored.clear();
    if (result.error && result.error->code() == ErrorCode::cancelled) {
      // Not done: by the user's wish, or because the server ends.
      const bool wished = entry_->record.state == JobState::cancelled;
      row.state = wished ? ImageState::cancelled : ImageState::waiting;
      row.outcome.clear();
      return;
    }
    if (result.original_size > 0) row.original_size = result.original_size;
    if (result.error) {
      row.state = ImageState::failed;
      row.outcome = outcome_text(named(result, row.name));
      return;
    }
    row.state = result.decision == Decision::kept ? ImageState::kept : ImageState::done;
    row.optimized_size = result.optimized_size;
    row.stored = result.optimized_path.filename().native();
    row.score = result.judgement.score;
    row.output_name = jobs_.output_name_for(*entry_, row, result.format.value_or(Format::jpeg));
    row.outcome = outcome_text(named(result, row.name));
  }

  /// The same with the user's name for the file where there was that of the workspace.
  static OptimizationResult named(OptimizationResult result, const std::string& name) {
    const auto renamed = [&](std::string text) {
      replace_all(text, printable(result.original_path), printable(name));
      return text;
    };
    for (std::string& note : result.notes) note = renamed(std::move(note));
    if (result.error) {
      Error told(result.error->code(), renamed(result.error->message()),
                 renamed(result.error->advice()));
      result.error = std::move(told);
    }
    return result;
  }

  void count(const ImageRow& before, const ImageRow& after) {
    const bool open = before.state == ImageState::waiting || before.state == ImageState::working;
    if (!open) {
      // What had an outcome and gets another one: seldom enough to count all again.
      if (const auto counted = jobs_.count_anew(*entry_); !counted) note(counted.error());
      return;
    }
    --entry_->tally.count[static_cast<std::size_t>(before.state)];
    entry_->tally.bytes_known -= before.original_size;
    entry_->tally.add(after);
  }

  Jobs& jobs_;
  const std::shared_ptr<Entry> entry_;
  std::optional<Error> trouble_;
};

void Jobs::start_runners() {
  for (int i = 0; i < std::max(1, options_.limits.at_work); ++i) {
    runners_.emplace_back([this](const std::stop_token& stop) {
      name_this_thread("imgmill-job");
      work(stop);
    });
  }
}

void Jobs::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ready_.clear();
    for (const auto& [id, entry] : jobs_) {
      JobRecord& record = entry->record;
      if (record.state == JobState::receiving || record.state == JobState::running) {
        record.state = JobState::interrupted;
        save(*entry);
      }
      entry->stop.request_stop();
    }
    changed_.notify_all();
  }
  runners_.clear();
}

void Jobs::work(const std::stop_token& stop) {
  for (;;) {
    std::shared_ptr<Entry> entry;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return stopping_ || !ready_.empty(); });
      if (stopping_ || stop.stop_requested()) return;
      entry = ready_.front();
      ready_.pop_front();
      entry->queued = false;
      entry->at_work = Clock::now();
      entry->stop = std::stop_source();
      touch(*entry);
    }
    run(entry);
  }
}

void Jobs::run(const std::shared_ptr<Entry>& entry) {
  std::optional<Error> trouble;
  try {
    Tasks tasks(*this, entry);
    Watcher watcher(*this, entry);
    BatchOptions options = options_.batch;
    options.existing = ExistingOutput::overwrite;
    options.byte_budget /= static_cast<std::uint64_t>(std::max(1, options_.limits.at_work));
    std::stop_token stop;
    {
      const std::lock_guard lock(mutex_);
      stop = entry->stop.get_token();
    }
    const BatchSummary summary = optimizer_.run(tasks, options, watcher, stop);
    trouble = summary.stop_reason;
    if (watcher.trouble()) trouble = watcher.trouble();
    if (tasks.trouble()) trouble = tasks.trouble();
    const std::lock_guard lock(mutex_);
    counts_.images += summary.tasks;
    counts_.failed += summary.failed;
    counts_.kept += summary.kept;
    counts_.bytes_before += summary.bytes_before;
    counts_.bytes_after += summary.bytes_after;
    counts_.busy.plan += summary.busy.plan;
    counts_.busy.validate += summary.busy.validate;
    counts_.busy.read += summary.busy.read;
    counts_.busy.process += summary.busy.process;
    counts_.busy.write += summary.busy.write;
    counts_.queues.to_read = std::max(counts_.queues.to_read, summary.queues.to_read);
    counts_.queues.to_process = std::max(counts_.queues.to_process, summary.queues.to_process);
    counts_.queues.to_write = std::max(counts_.queues.to_write, summary.queues.to_write);
  } catch (const std::exception& exception) {
    trouble = Error(ErrorCode::environment, exception.what(), "try again");
  }
  after_run(entry, trouble);
}

void Jobs::after_run(const std::shared_ptr<Entry>& entry, const std::optional<Error>& trouble) {
  bool removed = false;
  {
    const std::lock_guard lock(mutex_);
    JobRecord& record = entry->record;
    record.elapsed_ms +=
        std::chrono::duration_cast<milliseconds>(Clock::now() - *entry->at_work).count();
    entry->at_work.reset();
    removed = entry->removed;
    const Tally& tally = entry->tally;
    const bool open = tally.of(ImageState::waiting) + tally.of(ImageState::working) > 0;
    if (record.state == JobState::cancelled) {
      record.finished_ms = unix_ms();
    } else if (record.state == JobState::receiving || record.state == JobState::running) {
      if (trouble) {
        record.state = JobState::interrupted;
      } else if (open || record.planning) {
        queue(entry);
      } else if (record.complete) {
        record.state = JobState::done;
        record.finished_ms = unix_ms();
      }
    }
    save(*entry);
  }
  if (!removed) return;
  std::error_code error;
  fs::remove_all(entry->folder, error);
}

}  // namespace imgmill::server

#include "watch/watcher.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <thread>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "batch/collision.h"
#include "platform/thread.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// Files of one batch: enough to keep all workers busy, few enough that a change made meanwhile
/// does not wait long.
constexpr std::size_t most_together = 1024;

class Given final : public TaskSource {
 public:
  explicit Given(std::vector<PlannedTask> tasks) : tasks_(std::move(tasks)) {}
  std::optional<PlannedTask> next() override {
    if (next_ == tasks_.size()) return std::nullopt;
    return std::move(tasks_[next_++]);
  }

 private:
  std::vector<PlannedTask> tasks_;
  std::size_t next_ = 0;
};

bool same_state(const FileFacts& a, const FileFacts& b) {
  return a.unchanged_since(b) && a.changed.tv_sec == b.changed.tv_sec &&
         a.changed.tv_nsec == b.changed.tv_nsec;
}

bool is_there(const fs::path& file) {
  const Result<std::optional<FileFacts>> facts = facts_of(file);
  return !facts || *facts;
}

/// One name for a folder, there already or not; without a final '/'.
std::string place_of(const fs::path& folder) {
  std::error_code error;
  std::string place = fs::weakly_canonical(fs::absolute(folder, error), error).native();
  while (place.size() > 1 && place.ends_with('/')) place.pop_back();
  return place;
}

/// Outputs that lie among the inputs would be inputs of the next change.
Result<void> check_places(const PlanRequest& request) {
  std::string output = place_of(request.output);
  if (!output.ends_with('/')) output += '/';
  for (const fs::path& input : request.inputs) {
    const Result<std::optional<FileFacts>> facts = facts_of(input);
    if (!facts) return std::unexpected(facts.error());
    if (!*facts || (*facts)->kind != FileKind::folder) {
      return fail(ErrorCode::usage, fmt::format("'{}' is no folder to watch", printable(input)),
                  "name folders; for files write: imgmill optimize");
    }
    if (!(place_of(input) + '/').starts_with(output)) continue;
    return fail(ErrorCode::usage,
                fmt::format("the input '{}' lies in the output folder '{}'", printable(input),
                            printable(request.output)),
                "choose an output folder that holds no inputs; it may lie in one of them");
  }
  return {};
}

}  // namespace

/// Passes results on, and back to the watcher.
class Watcher::Results : public BatchObserver {
 public:
  explicit Results(Watcher& watcher) : watcher_(watcher) {}
  void on_started(const ImageTask& task) override { watcher_.observer_.on_started(task); }
  void on_warning(const Error& warning) override { watcher_.observer_.on_warning(warning); }
  void on_result(const OptimizationResult& result) override { watcher_.on_result(result); }

 private:
  Watcher& watcher_;
};

Result<std::unique_ptr<Watcher>> Watcher::create(ImageOptimizer& optimizer,
                                                 FolderEventSource& events, WatchRequest request,
                                                 WatchObserver& observer) {
  IMGMILL_CHECK(check_places(request.plan));
  IMGMILL_TRY(TreeNames names, TreeNames::of(request.plan));
  std::string identity = place_of(request.plan.output);
  for (const fs::path& input : request.plan.inputs) identity += '\0' + place_of(input);
  std::string note;
  IMGMILL_TRY(std::unique_ptr<MadeOutputs> made,
              MadeOutputs::open(request.made_folder, identity, note));
  if (!note.empty()) observer.on_warning(Error(ErrorCode::environment, std::move(note)));
  return std::unique_ptr<Watcher>(new Watcher(optimizer, events, std::move(request),
                                              std::move(names), std::move(made), observer));
}

Watcher::Watcher(ImageOptimizer& optimizer, FolderEventSource& events, WatchRequest request,
                 TreeNames names, std::unique_ptr<MadeOutputs> made, WatchObserver& observer)
    : optimizer_(optimizer),
      events_(events),
      request_(std::move(request)),
      names_(std::move(names)),
      made_(std::move(made)),
      observer_(observer),
      tree_(events, names_.roots(), names_.not_walked()),
      settling_(request_.quiet),
      roots_left_(names_.roots().size()) {}

Result<BatchSummary> Watcher::run(const std::stop_token& stop) {
  const auto start = std::chrono::steady_clock::now();
  IMGMILL_TRY(const std::vector<TreeChange> found, tree_.scan());
  for (const fs::path& file : request_.depends_on) IMGMILL_CHECK(tree_.add_file(file));
  hear(found);
  // What went while nobody watched.
  for (const std::string& root : names_.roots()) gone_below_.push_back(root);
  {
    const std::jthread listener([this](const std::stop_token& end) {
      name_this_thread("imgmill-watch");
      listen(end);
    });
    for (;;) {
      const std::vector<Settling::Settled> files = wait_for_work(stop);
      if (files.empty()) break;
      work_on(files, stop);
    }
  }
  summary_.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  if (failure_) return std::unexpected(*failure_);
  return summary_;
}

void Watcher::listen(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { events_.wake(); });
  while (!stop.stop_requested()) {
    const Result<std::vector<TreeChange>> changes = tree_.wait();
    if (changes) {
      hear(*changes);
      continue;
    }
    const std::lock_guard lock(mutex_);
    failure_ = changes.error();
    ++heard_;
    changed_.notify_all();
    return;
  }
}

void Watcher::hear(const std::vector<TreeChange>& changes) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  for (const TreeChange& change : changes) {
    switch (change.kind) {
      case TreeChange::Kind::writing:
        settling_.writing(change.path);
        break;
      case TreeChange::Kind::complete:
        settling_.complete(change.path, now);
        break;
      case TreeChange::Kind::gone_below:
        gone_below_.push_back(change.path);
        break;
      case TreeChange::Kind::root_gone:
        if (--roots_left_ == 0) {
          failure_ = Error(ErrorCode::environment,
                           fmt::format("the folder '{}' is gone", printable(change.path)),
                           "make it again and start anew");
        }
        break;
    }
  }
  ++heard_;
  changed_.notify_all();
}

/// Files that have settled; none when it is over. Meanwhile removes what was made of folders that
/// are gone.
std::vector<Settling::Settled> Watcher::wait_for_work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (stop.stop_requested() || failure_) return {};
    std::vector<Settling::Settled> files =
        settling_.take(std::chrono::steady_clock::now(), most_together);
    if (!files.empty()) return files;
    const std::optional<Settling::Time> next = settling_.next();
    if (!next && !gone_below_.empty()) {
      // Last, so that what was moved is known under its new name.
      std::vector<std::string> folders;
      folders.swap(gone_below_);
      lock.unlock();
      for (const std::string& folder : folders) {
        for (const MadeOutputs::Made& made :
             made_->made_below(folder.empty() ? fs::path(".") : fs::path(folder))) {
          if (!is_there(made.input)) remove_output(made);
        }
        std::erase_if(done_, [&](const auto& file) {
          return file.first.starts_with(folder) && !is_there(file.first);
        });
      }
      observer_.on_up_to_date(done_.size());
      lock.lock();
      continue;
    }
    const auto news = [&, seen = heard_] { return heard_ != seen; };
    if (next) {
      changed_.wait_until(lock, stop, *next, news);
    } else {
      changed_.wait(lock, stop, news);
    }
  }
}

bool Watcher::depends_on(const fs::path& file) const {
  std::error_code error;
  return std::ranges::any_of(request_.depends_on, [&](const fs::path& other) {
    return fs::absolute(file, error).lexically_normal() ==
           fs::absolute(other, error).lexically_normal();
  });
}

void Watcher::work_on(const std::vector<Settling::Settled>& files, const std::stop_token& stop) {
  std::vector<PlannedTask> own;
  std::vector<PlannedTask> others;
  for (const Settling::Settled& file : files) {
    if (depends_on(file.path)) {
      reload();
      continue;
    }
    if (!file.facts) {
      done_.erase(file.path.native());
      remove_made_of(file.path);
      continue;
    }
    const auto done = done_.find(file.path.native());
    if (done != done_.end() && same_state(done->second, *file.facts)) continue;
    std::optional<PlannedTask> planned = names_.task_for(file.path);
    if (!planned) continue;
    done_[file.path.native()] = *file.facts;
    std::optional<Error> conflict;
    const bool ours = *planned && may_replace(**planned, conflict);
    if (conflict) {
      planned =
          std::unexpected(PlanFailure{file.path, (*planned)->output_path, *std::move(conflict)});
    }
    (ours ? own : others).push_back(*std::move(planned));
  }
  run_batch(std::move(own), ExistingOutput::overwrite, stop);
  run_batch(std::move(others), request_.batch.existing, stop);
}

/// Nothing but imgmill's own outputs is where the task's may go. `conflict`: one of another input
/// is.
bool Watcher::may_replace(const ImageTask& task, std::optional<Error>& conflict) {
  const std::string name = task.input_path.filename().native();
  for (const fs::path& path : possible_output_paths(task.output_path, *task.settings, name)) {
    const std::optional<MadeOutputs::Made> made = made_->at(path);
    if (!made) {
      if (is_there(path)) return false;
      continue;
    }
    std::error_code error;
    const bool other = made->input != fs::absolute(task.input_path, error).lexically_normal();
    if (other && is_there(made->input)) {
      conflict = output_collision(made->input, task.input_path, path, Naming::by_pattern);
      return false;
    }
    if (!made->unchanged && is_there(path)) return false;
  }
  return true;
}

void Watcher::run_batch(std::vector<PlannedTask> tasks, ExistingOutput existing,
                        const std::stop_token& stop) {
  if (tasks.empty()) return;
  BatchOptions options = request_.batch;
  options.existing = existing;
  Given source(std::move(tasks));
  Results results(*this);
  const BatchSummary summary = optimizer_.run(source, options, results, stop);
  if (summary.pool) summary_.pool = summary.pool;
}

void Watcher::on_result(const OptimizationResult& result) {
  summary_.add(result);
  observer_.on_result(result);
  if (!result.success()) return;
  if (result.decision == Decision::skipped || request_.batch.dry_run != DryRun::no) return;
  if (request_.remove) {
    // What was made of it before under another name, in another format.
    for (const MadeOutputs::Made& made : made_->made_of(result.original_path)) {
      std::error_code error;
      if (made.output != fs::absolute(result.optimized_path, error).lexically_normal()) {
        remove_output(made);
      }
    }
  }
  const Result<std::optional<FileFacts>> facts = facts_of(result.optimized_path, Links::show);
  if (facts && *facts) made_->record(result.original_path, result.optimized_path, **facts);
}

void Watcher::remove_made_of(const fs::path& input) {
  for (const MadeOutputs::Made& made : made_->made_of(input)) remove_output(made);
}

void Watcher::remove_output(const MadeOutputs::Made& made) {
  if (!request_.remove) return;
  std::error_code error;
  if (made.unchanged && fs::remove(made.output, error)) {
    observer_.on_removed(made.output);
    // Folders that imgmill made for it go with their last file.
    const fs::path top = fs::absolute(request_.plan.output / "", error).lexically_normal();
    fs::path out = made.output.parent_path();
    fs::path in = made.input.parent_path();
    while (out.native().starts_with(top.native()) && !is_there(in) && ::rmdir(out.c_str()) == 0) {
      out = out.parent_path();
      in = in.parent_path();
    }
  } else if (is_there(made.output)) {
    observer_.on_warning(
        Error(ErrorCode::environment,
              fmt::format("'{}' was not removed: it is not as imgmill has written it",
                          printable(made.output)),
              "remove it yourself if it is not wanted"));
  }
  made_->forget(made.output);
}

void Watcher::reload() {
  if (!request_.reload) return;
  Result<PlanRequest> plan = request_.reload();
  Result<TreeNames> names = plan ? TreeNames::of(*std::move(plan)) : std::unexpected(plan.error());
  if (!names) {
    observer_.on_warning(std::move(names).error().within("the settings stay as they were"));
    return;
  }
  names_ = *std::move(names);
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  for (const auto& [path, facts] : done_) settling_.complete(path, now);
  done_.clear();
  gone_below_.emplace_back(names_.roots().front());
}

}  // namespace imgmill

#include "server/jobs/jobs.h"

#include <algorithm>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "server/jobs/jobs_change.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Applies `event` to the job and updates its times. Returns nothing if the event is not allowed.
std::optional<JobStep> apply(JobView& job, JobEvent event) {
  const std::optional<JobStep> taken = step({job.record.state, job.queue_state}, event);
  if (!taken) return taken;
  const bool was_at_work = job.queue_state == QueueState::at_work;
  job.record.state = taken->next.state;
  job.queue_state = taken->next.queue_state;
  if (!was_at_work && job.queue_state == QueueState::at_work) job.at_work = Clock::now();
  if (was_at_work && job.queue_state != QueueState::at_work) {
    job.record.elapsed_ms = job.elapsed_ms();
    job.at_work.reset();
  }
  if (taken->finishes) job.record.finished_ms = unix_ms();
  if (!job.ended()) job.record.finished_ms = 0;
  return taken;
}

}  // namespace

std::int64_t unix_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

FileIdentity identity_of(const FileFacts& facts) {
  return {static_cast<std::uint64_t>(facts.device), static_cast<std::uint64_t>(facts.inode),
          facts.modified.tv_sec, facts.modified.tv_nsec};
}

bool Jobs::Change::happens(JobEvent event) {
  const std::optional<JobStep> taken = apply(next, event);
  stops_run = stops_run || (taken && taken->stops_run);
  return taken.has_value();
}

Result<void> Jobs::Change::put(const ImageRow& before, ImageRow& after) {
  after.sequence = ++next.sequence;
  IMGMILL_CHECK(rows.update(next.record.key, after));
  return next.tally.change(before, after) ? Result<void>() : count_anew();
}

Result<void> Jobs::Change::put_all(std::vector<ImageState> from, ImageEvent event) {
  IMGMILL_TRY(const std::uint64_t count,
              rows.step_all(next.record.key, std::move(from), event, next.sequence));
  next.sequence += count;
  return count == 0 ? Result<void>() : count_anew();
}

Result<void> Jobs::Change::count_anew() {
  IMGMILL_TRY(JobRows::Summary summary, rows.summary(next.record.key));
  next.tally = summary.tally;
  next.next_index = std::max(next.next_index, summary.next_index);
  next.sequence = std::max(next.sequence, summary.sequence);
  return {};
}

Result<std::unique_ptr<Jobs>> Jobs::open(const fs::path& folder, const JobLimits& limits,
                                         const Roots& roots) {
  IMGMILL_TRY(Workspace workspace, Workspace::take(folder));
  std::optional<fs::path> aside;
  auto store = JobStore::open(workspace.list_of_jobs());
  if (store && !*store) {
    IMGMILL_TRY(aside, workspace.put_aside());
    store = JobStore::open(workspace.list_of_jobs());
  }
  if (!store && store.error().message().contains("locked")) {
    return fail(ErrorCode::environment,
                "another imgmill serve uses the workspace '" + printable(folder) + "'",
                "end that one, or choose another folder with --workspace");
  }
  if (!store) return std::unexpected(std::move(store).error());
  if (!*store) {
    return fail(ErrorCode::environment, "no list of jobs can be made in the workspace",
                "check its disk, or choose another folder with --workspace");
  }
  IMGMILL_TRY(const std::vector<JobRecord> records,
              (*store)->read([](JobRows& rows) { return rows.jobs(); }));
  if (!workspace.marked()) {
    std::vector<std::string> ids;
    for (const JobRecord& record : records) ids.push_back(record.id);
    IMGMILL_CHECK(workspace.adopt(ids));
  }
  std::unique_ptr<Jobs> jobs(new Jobs(limits, roots, std::move(workspace), *std::move(store)));
  if (aside) {
    jobs->notes_.push_back("the list of jobs was damaged; it was moved to '" + printable(*aside) +
                           "', with the files of its jobs, and begun anew");
  }
  for (const JobRecord& record : records) IMGMILL_CHECK(jobs->take_up(record));
  return jobs;
}

JobPtr Jobs::make_job(const JobRecord& record) const {
  const auto job = std::make_shared<Job>();
  job->key = record.key;
  job->id = record.id;
  job->kind = record.kind;
  job->source = record.folder;
  job->folder = workspace_.job(record.id);
  if (auto settings = job_settings(record.settings_text)) {
    job->settings = std::make_shared<const ImageSettings>(*std::move(settings));
  } else {
    job->settings = fail(ErrorCode::usage,
                         "the settings of the job cannot be read: " + settings.error().message(),
                         "try again (retry) with other settings");
  }
  job->now.record = record;
  return job;
}

/// Takes over a job of an earlier server. An error affects that job only.
Result<void> Jobs::take_up(const JobRecord& record) {
  const JobPtr job = make_job(record);
  if (record.state == JobState::removed) {
    if (const auto gone = finish_removal(*job); !gone) notes_.push_back(gone.error().message());
    return {};
  }
  if (const auto made = workspace_.make_job(record.id); !made) {
    notes_.push_back("a job cannot be used: " + made.error().message());
  }
  open_originals(*job);
  Result<void> stored = change(job, [](Change& change) -> Result<void> {
    IMGMILL_CHECK(change.count_anew());
    change.happens(JobEvent::server_ended);
    if (change.next.tally.of(ImageState::working) == 0) return {};
    const bool cancelled = change.next.record.state == JobState::cancelled;
    return change.put_all({ImageState::working},
                          cancelled ? ImageEvent::given_up : ImageEvent::given_back);
  });
  if (!stored) return stored;
  // Remove uploads that were cut short.
  std::error_code error;
  for (const auto& file : fs::directory_iterator(job->folder / "in", error)) {
    if (file.path().filename().native().starts_with('.')) fs::remove(file.path(), error);
  }
  jobs_.emplace(job->id, job);
  return {};
}

void Jobs::open_originals(Job& job) {
  const fs::path folder = job.kind == SourceKind::folder ? job.source : job.folder / "in";
  if (Result<FolderHandle> handle = FolderHandle::open(folder)) {
    job.originals = *std::move(handle);
  }
}

Result<void> Jobs::finish_removal(const Job& job) {
  IMGMILL_CHECK(workspace_.remove_job(job.id));
  return store_->write([&](JobRows& rows) { return rows.remove(job.key); });
}

// ---- Looking ---------------------------------------------------------------------------

std::vector<JobView> Jobs::list() const {
  std::vector<JobView> views;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, job] : jobs_) views.push_back(job->now);
  }
  std::ranges::sort(views, std::greater(), [](const JobView& view) { return view.record.key; });
  return views;
}

Answer<JobPtr> Jobs::job(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return no_such_job();
  return found->second;
}

JobView Jobs::view(const Job& job) const {
  const std::lock_guard lock(mutex_);
  return job.now;
}

Answer<JobView> Jobs::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return no_such_job();
  return found->second->now;
}

std::uint64_t Jobs::version_of(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? 0 : found->second->now.version;
}

JobCounts Jobs::counts() const {
  const std::lock_guard lock(mutex_);
  JobCounts counts;
  counts.created = created_;
  counts.waiting = ready_.size();
  for (const auto& [id, job] : jobs_) {
    ++counts.states[static_cast<std::size_t>(job->now.record.state)];
    if (job->now.queue_state == QueueState::at_work) ++counts.at_work;
  }
  return counts;
}

void Jobs::show(const JobPtr& job, JobView next, bool stops_run) {
  const std::lock_guard lock(mutex_);
  if (next.queue_state == QueueState::at_work && job->now.queue_state != QueueState::at_work)
    job->run = std::stop_source();
  next.version = job->now.version + 1;
  job->now = std::move(next);
  if (stops_run) job->run.request_stop();
  const auto queued = std::ranges::find(ready_, job);
  if (job->now.queue_state != QueueState::queued && queued != ready_.end()) ready_.erase(queued);
  if (job->now.queue_state == QueueState::queued && queued == ready_.end()) ready_.push_back(job);
  changed_.notify_all();
}

// ---- Runs ------------------------------------------------------------------------------

void Jobs::happen(const JobPtr& job, JobEvent event) {
  const Result<void> stored = change(job, [&](Change& change) -> Result<void> {
    change.happens(event);
    return {};
  });
  if (stored) return;
  const std::lock_guard changing(job->changing);
  JobView next = view(*job);
  const std::optional<JobStep> taken = apply(next, event);
  if (taken) show(job, std::move(next), taken->stops_run);
}

void Jobs::stop() {
  std::vector<JobPtr> jobs;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [id, job] : jobs_) {
      // A finished job is stored as finished already.
      if (job->now.queue_state != QueueState::none || !job->now.ended()) jobs.push_back(job);
    }
    changed_.notify_all();
  }
  for (const JobPtr& job : jobs) happen(job, JobEvent::server_ended);
}

JobPtr Jobs::begin_run(const std::stop_token& stop) {
  for (;;) {
    JobPtr job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return stopping_ || !ready_.empty(); });
      if (stopping_ || stop.stop_requested()) return nullptr;
      job = std::move(ready_.front());
      ready_.pop_front();
    }
    // Another request may have changed the job in the meantime.
    const std::lock_guard changing(job->changing);
    JobView next = view(*job);
    if (!apply(next, JobEvent::begun)) continue;
    show(job, std::move(next), false);
    return job;
  }
}

void Jobs::end_run(const JobPtr& job, const std::optional<Error>& trouble) {
  const Result<void> stored = change(job, [&](Change& change) -> Result<void> {
    const JobRecord& record = change.next.record;
    const bool wanted = record.state != JobState::cancelled && record.state != JobState::removed;
    // Every started image has its result by now, unless the store failed.
    if (change.next.tally.of(ImageState::working) > 0) {
      IMGMILL_CHECK(change.put_all({ImageState::working},
                                   wanted ? ImageEvent::given_back : ImageEvent::given_up));
    }
    if (!wanted && change.next.tally.of(ImageState::waiting) > 0) {
      IMGMILL_CHECK(change.put_all({ImageState::waiting}, ImageEvent::given_up));
    }
    const bool open = change.next.tally.of(ImageState::waiting) > 0 || record.planning;
    change.happens(trouble ? JobEvent::run_broken : open ? JobEvent::run_open : JobEvent::run_done);
    return {};
  });
  if (!stored) {
    // If this cannot be stored, the row still says "running", which the next server turns into
    // "interrupted" as well.
    const std::lock_guard changing(job->changing);
    JobView next = view(*job);
    if (apply(next, JobEvent::run_broken)) show(job, std::move(next), false);
  }
  // Files that cannot be removed now are left to the next server.
  if (view(*job).record.state == JobState::removed) static_cast<void>(finish_removal(*job));
}

std::stop_token Jobs::run_of(const Job& job) const {
  const std::lock_guard lock(mutex_);
  return job.run.get_token();
}

bool Jobs::wait_for_image(const Job& job, std::uint32_t index, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  const auto ending = [&] { return stopping_ || job.run.stop_requested(); };
  const bool something = changed_.wait_for(lock, patience, [&] {
    return ending() || job.now.next_index > index || job.now.record.state != JobState::receiving;
  });
  return something && !ending();
}

Result<void> Jobs::end_planning(const JobPtr& job,
                                const std::map<std::string, std::uint64_t>& left_out) {
  return change(job, [&](Change& change) -> Result<void> {
    change.next.record.planning = false;
    change.next.record.left_out = left_out;
    return {};
  });
}

}  // namespace imgmill::server

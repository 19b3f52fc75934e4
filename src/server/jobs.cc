#include "server/jobs.h"

#include <algorithm>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "server/guard.h"
#include "server/jobs_entry.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t id_letters = 12;
constexpr std::size_t longest_job_name = 200;

std::unexpected<Response> no(Refusal why, std::string_view message, std::string_view advice) {
  return std::unexpected(refusal(why, message, advice));
}

std::unexpected<Response> no(const Error& error) { return std::unexpected(refusal(error)); }

std::unexpected<Response> no_such_job() {
  return no(Refusal::not_found, "there is no such job", "GET /api/jobs lists those there are");
}

Result<void> make_private_folder(const fs::path& folder) {
  IMGMILL_CHECK(make_folders(folder));
  std::error_code error;
  fs::permissions(folder, fs::perms::owner_all, error);
  if (error) {
    return fail(ErrorCode::environment, "cannot make '" + printable(folder) + "' private",
                "choose another workspace");
  }
  return {};
}

std::string name_for_job(const NewJob& job) {
  std::string name = printable(job.name);
  if (name.empty() && job.kind == SourceKind::folder) name = printable(job.folder.filename());
  if (name.empty()) name = "images";
  if (name.size() > longest_job_name) name = printable(name.substr(0, longest_job_name));
  return name;
}

Answer<fs::path> folder_in(const fs::path& wanted, const Roots& roots) {
  const Result<fs::path> folder = roots.resolve(wanted);
  if (!folder) {
    const bool outside = folder.error().code() == ErrorCode::usage;
    return std::unexpected(refusal(outside ? Refusal::forbidden_path : Refusal::not_found,
                                   folder.error().message(), folder.error().advice()));
  }
  std::error_code error;
  if (!fs::is_directory(*folder, error)) {
    return no(Refusal::bad_request, "'" + printable(*folder) + "' is not a folder",
              "name the folder that holds the images");
  }
  return *folder;
}

/// The folder need not lie in the roots as long as each of the files does.
Answer<fs::path> folder_of_files(const NewJob& job, const Roots& roots) {
  if (job.files->empty()) {
    return no(Refusal::bad_request, "the list of files is empty",
              "leave it out for all images of the folder");
  }
  for (const fs::path& file : *job.files) {
    const fs::path plain = file.lexically_normal();
    const bool below = plain == file && file.is_relative() && !file.empty() &&
                       *file.begin() != ".." && *file.begin() != "." && file.has_filename();
    if (!below) {
      return no(Refusal::bad_request, "'" + printable(file) + "' is not the name of a file below",
                "write names from the folder on, without . and ..");
    }
    // What is not there any more is told as that image's failure.
    const Result<fs::path> real = roots.resolve(job.folder / file);
    if (!real && real.error().code() == ErrorCode::usage) {
      return no(Refusal::forbidden_path, real.error().message(), real.error().advice());
    }
  }
  std::error_code error;
  fs::path folder = fs::canonical(job.folder, error);
  if (error || !fs::is_directory(folder, error)) {
    return no(Refusal::not_found, "'" + printable(job.folder) + "' cannot be opened",
              "name the folder that holds the images");
  }
  return folder;
}

}  // namespace

Json job_json(const JobView& job) {
  const JobRecord& record = job.record;
  const Tally& tally = job.tally;
  Json json;
  json["id"] = record.id;
  json["name"] = record.name;
  json["state"] = name_of(record.state);
  if (record.kind == SourceKind::uploads) {
    json["source"] = {{"kind", "uploads"}};
  } else {
    json["source"] = {{"kind", "folder"}, {"path", printable(record.folder)}, {"recursive", true}};
  }
  json["settings"] = Json::parse(record.settings_text, nullptr, false);
  json["created_ms"] = record.created_ms;
  json["finished_ms"] = record.finished_ms > 0 ? Json(record.finished_ms) : Json(nullptr);
  json["images"] = tally.images();
  Json& counts = json["counts"] = Json::object();
  for (std::size_t i = 0; i < image_states; ++i) {
    counts[std::string(name_of(static_cast<ImageState>(i)))] = tally.count[i];
  }
  json["bytes_before"] = tally.bytes_before;
  json["bytes_after"] = tally.bytes_after;
  const bool scored = tally.scored > 0;
  json["lowest_score"] = scored ? Json(tally.lowest_score) : Json(nullptr);
  json["mean_score"] =
      scored ? Json(tally.score_sum / static_cast<double>(tally.scored)) : Json(nullptr);
  json["remaining_ms"] = job.remaining_ms ? Json(*job.remaining_ms) : Json(nullptr);
  json["elapsed_ms"] = job.elapsed_ms;
  json["planning"] = record.planning;
  json["written"] =
      record.written.empty() ? Json(nullptr) : Json::parse(record.written, nullptr, false);
  return json;
}

Result<std::unique_ptr<Jobs>> Jobs::open(JobsOptions options, ImageOptimizer& optimizer,
                                         const Roots& roots) {
  IMGMILL_CHECK(make_private_folder(options.workspace));
  IMGMILL_CHECK(make_private_folder(options.workspace / "jobs"));
  auto store = JobStore::open(options.workspace / "jobs.sqlite");
  if (!store) {
    if (store.error().message().contains("locked")) {
      return fail(ErrorCode::environment,
                  "another imgmill serve uses the workspace '" + printable(options.workspace) + "'",
                  "end that one, or choose another folder with --workspace");
    }
    return std::unexpected(std::move(store).error());
  }
  std::unique_ptr<Jobs> jobs(new Jobs(std::move(options), optimizer, roots, *std::move(store)));
  IMGMILL_CHECK(jobs->load());
  jobs->start_runners();
  return jobs;
}

Jobs::~Jobs() { stop(); }

fs::path Jobs::folder_of(const JobRecord& record) const {
  return options_.workspace / "jobs" / record.id;
}

Result<std::shared_ptr<Jobs::Entry>> Jobs::entry_for(JobRecord record) {
  auto entry = std::make_shared<Entry>();
  IMGMILL_TRY(ImageSettings settings, job_settings(record.settings_text));
  entry->settings = std::make_shared<const ImageSettings>(std::move(settings));
  entry->folder = folder_of(record);
  for (const char* part : {"in", "out", "cache"}) {
    IMGMILL_CHECK(make_folders(entry->folder / part));
  }
  const fs::path originals =
      record.kind == SourceKind::folder ? record.folder : entry->folder / "in";
  if (Result<FolderHandle> handle = FolderHandle::open(originals)) {
    entry->originals = *std::move(handle);
  } else if (record.kind == SourceKind::uploads) {
    return std::unexpected(std::move(handle).error());
  }
  entry->record = std::move(record);
  return entry;
}

Result<void> Jobs::load() {
  IMGMILL_TRY(std::vector<JobRecord> records, store_->jobs());
  for (JobRecord& record : records) {
    IMGMILL_TRY(const std::shared_ptr<Entry> entry, entry_for(std::move(record)));
    JobRecord& job = entry->record;
    IMGMILL_CHECK(count_anew(*entry));
    if (job.state == JobState::receiving || job.state == JobState::running) {
      job.state = JobState::interrupted;
      IMGMILL_CHECK(store_->update(job));
    }
    if (entry->tally.of(ImageState::working) > 0) {
      // What was at work has left nothing behind.
      IMGMILL_TRY(const std::uint64_t count,
                  store_->set_states(job.key, ImageState::working, ImageState::working,
                                     ImageState::waiting, entry->sequence));
      entry->sequence += count;
      IMGMILL_CHECK(count_anew(*entry));
    }
    // Uploads that were cut short.
    std::error_code error;
    for (const auto& file : fs::directory_iterator(entry->folder / "in", error)) {
      if (file.path().filename().native().starts_with('.')) fs::remove(file.path(), error);
    }
    jobs_.emplace(job.id, entry);
  }
  // Folders of jobs that were being removed.
  std::error_code error;
  for (const auto& folder : fs::directory_iterator(options_.workspace / "jobs", error)) {
    if (!jobs_.contains(folder.path().filename().native())) fs::remove_all(folder.path(), error);
  }
  return {};
}

Result<void> Jobs::count_anew(Entry& entry) {
  IMGMILL_TRY(JobStore::Summary summary, store_->summary(entry.record.key));
  entry.tally = summary.tally;
  entry.next_index = std::max(entry.next_index, summary.next_index);
  entry.sequence = std::max(entry.sequence, summary.sequence);
  ++entry.version;
  return {};
}

std::shared_ptr<Jobs::Entry> Jobs::known(std::string_view id) {
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : found->second;
}

JobView Jobs::view_of(const Entry& entry) const {
  JobView view{entry.record, entry.tally, entry.sequence, entry.version, entry.record.elapsed_ms,
               std::nullopt};
  if (!entry.at_work) return view;
  view.elapsed_ms +=
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - *entry.at_work).count();
  const Tally& tally = entry.tally;
  const std::uint64_t open = tally.of(ImageState::waiting) + tally.of(ImageState::working);
  // One image says nothing, and what failed took no time.
  const bool known_soon = entry.record.planning || tally.bytes_before == 0 ||
                          tally.of(ImageState::done) + tally.of(ImageState::kept) < 3;
  if (view.ended() || open == 0 || known_soon) return view;
  view.remaining_ms =
      static_cast<std::int64_t>(static_cast<double>(view.elapsed_ms) *
                                static_cast<double>(tally.bytes_known - tally.bytes_finished) /
                                static_cast<double>(tally.bytes_finished));
  return view;
}

void Jobs::touch(Entry& entry) { ++entry.version; }

/// What cannot be saved is still right in memory; the run that is at work will find the
/// disk full, too, and say so.
void Jobs::save(Entry& entry) {
  touch(entry);
  if (entry.removed) return;
  if (!store_->update(entry.record)) entry.stop.request_stop();
}

void Jobs::queue(const std::shared_ptr<Entry>& entry) {
  // A run that is at work sees for itself what has come to wait.
  if (!entry->at_work && !entry->queued && !entry->removed) {
    entry->queued = true;
    ready_.push_back(entry);
  }
  changed_.notify_all();
}

std::vector<JobView> Jobs::list() {
  const std::lock_guard lock(mutex_);
  std::vector<JobView> views;
  for (const auto& [id, entry] : jobs_) views.push_back(view_of(*entry));
  std::ranges::sort(views, std::greater(), [](const JobView& view) { return view.record.key; });
  return views;
}

Answer<JobView> Jobs::find(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  return view_of(*entry);
}

std::uint64_t Jobs::version_of(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  return entry ? entry->version : 0;
}

Answer<JobView> Jobs::create(const NewJob& job) {
  if (const auto settings = job_settings(job.settings_text); !settings) {
    return std::unexpected(refusal(settings.error(), Refusal::bad_settings));
  }
  JobRecord record;
  record.kind = job.kind;
  record.settings_text = job.settings_text;
  record.name = name_for_job(job);
  record.created_ms = unix_ms();
  if (job.kind == SourceKind::folder) {
    auto folder = job.files ? folder_of_files(job, roots_) : folder_in(job.folder, roots_);
    if (!folder) return std::unexpected(std::move(folder).error());
    record.folder = *folder;
    record.state = JobState::running;
    record.planning = !job.files;
    record.complete = true;
  }
  const std::lock_guard lock(mutex_);
  if (stopping_) return no(Refusal::shutting_down, "the server is ending", "start it again");
  if (jobs_.size() >= options_.limits.max_jobs) {
    return no(Refusal::limit, "there are too many jobs in the workspace",
              "delete some that are no longer needed");
  }
  record.id = random_name(id_letters);
  auto entry = entry_for(std::move(record));
  if (!entry) return no(entry.error());
  if (const auto added = store_->add((*entry)->record); !added) return no(added.error());
  if (job.files) {
    if (const auto added = add_files(**entry, *job.files); !added) {
      static_cast<void>(store_->remove((*entry)->record));
      return no(added.error());
    }
  }
  jobs_.emplace((*entry)->record.id, *entry);
  ++counts_.jobs;
  if (job.kind == SourceKind::folder) queue(*entry);
  return view_of(**entry);
}

Result<void> Jobs::add_files(Entry& entry, const std::vector<fs::path>& files) {
  for (const fs::path& file : files) {
    if (entry.next_index >= options_.limits.max_job_files) {
      return fail(ErrorCode::limit, "these are more files than this server takes",
                  "divide them into several jobs");
    }
    ImageRow row;
    row.name = file.native();
    if (const auto facts = facts_of(entry.record.folder / file); facts && *facts) {
      row.original_size = (*facts)->size;
      row.identity = identity_of(**facts);
    }
    row.index = entry.next_index;
    row.sequence = entry.sequence + 1;
    IMGMILL_TRY(const bool added, store_->add(entry.record.key, row));
    if (!added) continue;  // named twice
    ++entry.next_index;
    ++entry.sequence;
    entry.tally.add(row);
  }
  return {};
}

Answer<JobView> Jobs::complete(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  if (entry->record.state == JobState::receiving) {
    entry->record.complete = true;
    entry->record.state = JobState::running;
    save(*entry);
    queue(entry);  // also when there is nothing to do: then it is done
  }
  return view_of(*entry);
}

Answer<JobView> Jobs::cancel(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  if (entry->record.state == JobState::done || entry->record.state == JobState::cancelled) {
    return view_of(*entry);
  }
  entry->record.state = JobState::cancelled;
  entry->record.complete = true;
  entry->stop.request_stop();
  const auto count = store_->set_states(entry->record.key, ImageState::waiting, ImageState::waiting,
                                        ImageState::cancelled, entry->sequence);
  if (!count) return no(count.error());
  entry->sequence += *count;
  if (const auto counted = count_anew(*entry); !counted) return no(counted.error());
  if (!entry->at_work) entry->record.finished_ms = unix_ms();
  save(*entry);
  changed_.notify_all();
  return view_of(*entry);
}

Answer<JobView> Jobs::retry(std::string_view id,
                            const std::optional<std::vector<std::uint32_t>>& indices,
                            const std::optional<std::string>& settings_text) {
  if (settings_text) {
    if (const auto settings = job_settings(*settings_text); !settings) {
      return std::unexpected(refusal(settings.error(), Refusal::bad_settings));
    }
  }
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  const std::int64_t key = entry->record.key;
  const auto again = [&](ImageRow row) -> Result<void> {
    row.state = ImageState::waiting;
    row.sequence = ++entry->sequence;
    if (settings_text) row.settings = *settings_text;
    return store_->update(key, row);
  };
  if (indices) {
    for (const std::uint32_t index : *indices) {
      const auto row = store_->image(key, index);
      if (!row) return no(row.error());
      if (!*row) return no(Refusal::not_found, "there is no such image in the job", "");
      if ((*row)->state == ImageState::working) continue;
      if (const auto done = again(**row); !done) return no(done.error());
    }
  } else if (settings_text) {
    for (std::uint32_t from = 0;;) {
      const auto rows = store_->from_index(key, from, 500);
      if (!rows) return no(rows.error());
      if (rows->empty()) break;
      for (const ImageRow& row : *rows) {
        from = row.index + 1;
        if (row.state != ImageState::failed && row.state != ImageState::cancelled) continue;
        if (const auto done = again(row); !done) return no(done.error());
      }
    }
  } else {
    const auto count = store_->set_states(key, ImageState::failed, ImageState::cancelled,
                                          ImageState::waiting, entry->sequence);
    if (!count) return no(count.error());
    entry->sequence += *count;
  }
  if (const auto counted = count_anew(*entry); !counted) return no(counted.error());
  JobRecord& record = entry->record;
  const bool to_do = entry->tally.of(ImageState::waiting) > 0 || record.planning;
  const bool interrupted = record.state == JobState::interrupted;
  if (record.state != JobState::receiving && (to_do || interrupted)) {
    record.state = JobState::running;
    record.complete = true;
    record.finished_ms = 0;
  }
  save(*entry);
  if (to_do || interrupted) queue(entry);
  return view_of(*entry);
}

Answer<void> Jobs::remove(std::string_view id) {
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    entry = known(id);
    if (!entry) return no_such_job();
    if (const auto removed = store_->remove(entry->record); !removed) return no(removed.error());
    entry->removed = true;
    entry->stop.request_stop();
    jobs_.erase(jobs_.find(id));
    std::erase(ready_, entry);
    ++entry->version;
    changed_.notify_all();
    // The run that is at work removes the files when it has ended.
    if (entry->at_work) return {};
  }
  std::error_code error;
  fs::remove_all(entry->folder, error);
  return {};
}

Answer<void> Jobs::note_written(std::string_view id, const std::string& json) {
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  entry->record.written = json;
  save(*entry);
  return {};
}

WorkCounts Jobs::counts() {
  const std::lock_guard lock(mutex_);
  WorkCounts counts = counts_;
  for (const auto& [id, entry] : jobs_) {
    ++counts.states[entry->record.state];
    if (entry->at_work) ++counts.at_work;
  }
  counts.waiting = ready_.size();
  return counts;
}

}  // namespace imgmill::server

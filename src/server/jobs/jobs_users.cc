// Jobs: actions of users.
#include <algorithm>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "server/http/guard.h"
#include "server/jobs/jobs_change.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t id_letters = 12;
constexpr std::size_t longest_job_name = 200;
constexpr int rows_at_once = 500;

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
    return std::unexpected(api_error(outside ? ApiError::forbidden_path : ApiError::not_found,
                                     folder.error().message(), folder.error().advice()));
  }
  std::error_code error;
  if (!fs::is_directory(*folder, error)) {
    return no(ApiError::bad_request, "'" + printable(*folder) + "' is not a folder",
              "name the folder that holds the images");
  }
  return *folder;
}

/// Returns the folder of a job with named files. It need not lie in the roots as long as each of
/// the files does.
Answer<fs::path> folder_of_files(const NewJob& job, const Roots& roots) {
  if (job.files->empty()) {
    return no(ApiError::bad_request, "the list of files is empty",
              "leave it out for all images of the folder");
  }
  for (const fs::path& file : *job.files) {
    const fs::path plain = file.lexically_normal();
    const bool below = plain == file && file.is_relative() && !file.empty() &&
                       *file.begin() != ".." && *file.begin() != "." && file.has_filename();
    if (!below) {
      return no(ApiError::bad_request, "'" + printable(file) + "' is not the name of a file below",
                "write names from the folder on, without . and ..");
    }
    // A file that is gone is reported as that image's failure.
    const Result<fs::path> real = roots.resolve(job.folder / file);
    if (!real && real.error().code() == ErrorCode::usage) {
      return no(ApiError::forbidden_path, real.error().message(), real.error().advice());
    }
  }
  std::error_code error;
  fs::path folder = fs::canonical(job.folder, error);
  if (error || !fs::is_directory(folder, error)) {
    return no(ApiError::not_found, "'" + printable(job.folder) + "' cannot be opened",
              "name the folder that holds the images");
  }
  return folder;
}

/// Makes rows for the named images of a folder.
std::vector<ImageRow> rows_of(const fs::path& folder, const std::vector<fs::path>& files) {
  std::vector<ImageRow> rows;
  for (const fs::path& file : files) {
    ImageRow& row = rows.emplace_back();
    row.name = file.native();
    if (const auto facts = facts_of(folder / file); facts && *facts) {
      row.original_size = (*facts)->size;
      row.identity = identity_of(**facts);
    }
  }
  return rows;
}

std::optional<Response> refused_settings(const std::string& text) {
  const auto settings = job_settings(text);
  if (settings) return std::nullopt;
  return api_error(settings.error(), ApiError::bad_settings);
}

}  // namespace

Answer<JobView> Jobs::create(const NewJob& wanted) {
  if (auto refused = refused_settings(wanted.settings_text)) {
    return std::unexpected(*std::move(refused));
  }
  JobRecord record;
  record.kind = wanted.kind;
  record.settings_text = wanted.settings_text;
  record.name = name_for_job(wanted);
  record.created_ms = unix_ms();
  if (wanted.kind == SourceKind::folder) {
    auto folder = wanted.files ? folder_of_files(wanted, roots_) : folder_in(wanted.folder, roots_);
    if (!folder) return std::unexpected(std::move(folder).error());
    record.folder = *folder;
    record.state = JobState::running;
    record.planning = !wanted.files;
  }
  record.id = random_name(id_letters);
  const std::lock_guard creating(creating_);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return no(ApiError::shutting_down, "the server is ending", "start it again");
    if (jobs_.size() >= limits_.max_jobs) {
      return no(ApiError::limit, "there are too many jobs in the workspace",
                "delete some that are no longer needed");
    }
  }
  JobView made;
  // The row comes first, so that no folder exists without a row.
  const Result<void> stored = store_->write([&](JobRows& rows) -> Result<void> {
    IMGMILL_CHECK(rows.add(record));
    made.record = record;
    Change change{made, rows};
    if (wanted.files) {
      IMGMILL_CHECK(add_rows(change, rows_of(record.folder, *wanted.files)));
    }
    made = std::move(change.next);
    return {};
  });
  if (!stored) return no(stored.error());
  const JobPtr job = make_job(record);
  if (const auto folder = workspace_.make_job(record.id); !folder) {
    static_cast<void>(finish_removal(*job));
    return no(folder.error());
  }
  open_originals(*job);
  if (record.state == JobState::running) made.queue_state = QueueState::queued;
  {
    const std::lock_guard lock(mutex_);
    jobs_.emplace(job->id, job);
    ++created_;
  }
  show(job, made, false);
  return made;
}

Answer<JobView> Jobs::complete(std::string_view id) {
  auto job = this->job(id);
  if (!job) return std::unexpected(std::move(job).error());
  return change(*job, [](Change& change) -> Answer<JobView> {
    change.happens(JobEvent::completed);
    return change.next;
  });
}

Answer<JobView> Jobs::cancel(std::string_view id) {
  auto job = this->job(id);
  if (!job) return std::unexpected(std::move(job).error());
  return change(*job, [](Change& change) -> Answer<JobView> {
    if (change.happens(JobEvent::cancelled)) {
      const auto put = change.put_all({ImageState::waiting}, ImageEvent::cancelled);
      if (!put) return no(put.error());
    }
    return change.next;
  });
}

Answer<JobView> Jobs::retry(std::string_view id,
                            const std::optional<std::vector<std::uint32_t>>& indices,
                            const std::optional<std::string>& settings_text) {
  if (settings_text) {
    if (auto refused = refused_settings(*settings_text)) {
      return std::unexpected(*std::move(refused));
    }
  }
  auto job = this->job(id);
  if (!job) return std::unexpected(std::move(job).error());
  return change(*job, [&](Change& change) -> Answer<JobView> {
    const std::int64_t key = (*job)->key;
    // Images that a cancelled run still holds come back without a result.
    const bool in_hand = change.next.record.state == JobState::cancelled;
    const auto again = [&](const ImageRow& before) -> Result<void> {
      const bool comes_back = in_hand && before.state == ImageState::working;
      const std::optional<ImageState> to =
          step(before.state, comes_back ? ImageEvent::given_back : ImageEvent::retried);
      if (!to) return {};  // being processed
      ImageRow row = before;
      row.state = *to;
      ++row.attempt;
      if (settings_text) row.settings = *settings_text;
      return change.put(before, row);
    };
    if (indices) {
      for (const std::uint32_t index : *indices) {
        const auto row = change.rows.image(key, index);
        if (!row) return no(row.error());
        if (!*row) return no_such_image();
        if (const auto done = again(**row); !done) return no(done.error());
      }
    } else if (settings_text) {
      for (std::uint32_t from = 0;;) {
        const auto rows = change.rows.from_index(key, from, rows_at_once);
        if (!rows) return no(rows.error());
        if (rows->empty()) break;
        for (const ImageRow& row : *rows) {
          from = row.index + 1;
          if (row.state == ImageState::done || row.state == ImageState::kept) continue;
          if (row.state == ImageState::waiting) continue;
          if (const auto done = again(row); !done) return no(done.error());
        }
      }
    } else {
      const auto put =
          change.put_all({ImageState::failed, ImageState::cancelled}, ImageEvent::retried);
      if (!put) return no(put.error());
    }
    const JobRecord& record = change.next.record;
    const bool to_do = change.next.tally.of(ImageState::waiting) > 0 || record.planning;
    if (to_do || record.state == JobState::interrupted) change.happens(JobEvent::retried);
    return change.next;
  });
}

Answer<void> Jobs::remove(std::string_view id) {
  auto job = this->job(id);
  if (!job) return std::unexpected(std::move(job).error());
  bool at_work = false;
  auto removed = change(*job, [&](Change& change) -> Answer<void> {
    if (!change.happens(JobEvent::removed)) return no_such_job();
    at_work = change.next.queue_state == QueueState::at_work;
    return {};
  });
  if (!removed) return removed;
  {
    const std::lock_guard lock(mutex_);
    jobs_.erase((*job)->id);
  }
  // A current run removes the files when it ends. Files that cannot be removed now are left to the
  // next server.
  if (!at_work) static_cast<void>(finish_removal(**job));
  return {};
}

Answer<void> Jobs::note_backup(std::string_view id, const fs::path& folder) {
  auto job = this->job(id);
  if (!job) return std::unexpected(std::move(job).error());
  return change(*job, [&](Change& change) -> Answer<void> {
    change.next.record.backup = folder;
    return {};
  });
}

Answer<void> Jobs::note_written(std::string_view id, const Written& written) {
  auto job = this->job(id);
  if (!job) return std::unexpected(std::move(job).error());
  return change(*job, [&](Change& change) -> Answer<void> {
    change.next.record.written = written;
    return {};
  });
}

Answer<void> Jobs::note_replaced(std::string_view id, std::uint32_t index) {
  auto job = this->job(id);
  if (!job) return std::unexpected(std::move(job).error());
  return change(*job, [&](Change& change) -> Answer<void> {
    const auto row = change.rows.image((*job)->key, index);
    if (!row) return no(row.error());
    if (!*row) return no_such_image();
    ImageRow after = **row;
    after.replaced = true;
    if (const auto put = change.put(**row, after); !put) return no(put.error());
    return {};
  });
}

}  // namespace imgmill::server

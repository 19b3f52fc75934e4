// Jobs: operations on single images.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "platform/atomic_file.h"
#include "platform/io_error.h"
#include "server/jobs/jobs_change.h"
#include "store/backup.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  if (what.empty()) return;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

/// Returns the result with the user's file name instead of the one in the workspace.
OptimizationResult named(OptimizationResult result, const std::string& name) {
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

ImageEvent event_of(const OptimizationResult& result, bool wanted) {
  if (result.error && result.error->code() == ErrorCode::cancelled) {
    return wanted ? ImageEvent::given_back : ImageEvent::given_up;
  }
  if (result.error) return ImageEvent::failed;
  return result.decision == Decision::kept ? ImageEvent::was_kept : ImageEvent::became_smaller;
}

std::string output_name_for(JobRows& rows, std::int64_t job, const ImageRow& row, Format format) {
  std::string name = name_for(row.name, format);
  const auto taken = rows.output_taken(job, name, row.index);
  // "a.png" and "a.tif" may both become "a.webp".
  if (!taken || !*taken) return name;
  return row.name + "." + std::string(info(format).extensions.front());
}

/// Copies the result into the image's columns; `result` is not a cancellation.
void take(const OptimizationResult& result, JobRows& rows, std::int64_t job, ImageRow& row) {
  row.optimized_size = 0;
  row.score.reset();
  row.output_name.clear();
  row.stored.clear();
  if (result.original_size > 0) row.original_size = result.original_size;
  row.outcome = outcome_text(named(result, row.name));
  if (result.error) return;
  row.optimized_size = result.optimized_size;
  row.stored = result.optimized_path.filename().native();
  row.score = result.judgement.score;
  row.output_name = output_name_for(rows, job, row, result.format.value_or(Format::jpeg));
}

template <typename T>
Answer<T> told(Result<T> read) {
  if (!read) return no(read.error());
  return *std::move(read);
}

}  // namespace

std::string original_name(SourceKind kind, const ImageRow& row) {
  return kind == SourceKind::uploads ? std::to_string(row.index) : row.name;
}

std::optional<fs::path> put_away(const Job& job, const JobRecord& record, const ImageRow& row) {
  if (job.kind != SourceKind::folder || record.backup.empty()) return std::nullopt;
  const fs::path kept = backup_path(record.backup, job.source / fs::path(row.name));
  std::error_code error;
  return fs::is_regular_file(kept, error) ? std::optional(kept) : std::nullopt;
}

/// Adds the images that are new, with the next numbers, within a change; returns them.
Result<std::vector<ImageRow>> Jobs::add_rows(Change& change, std::vector<ImageRow> images) const {
  std::vector<ImageRow> added;
  for (ImageRow& row : images) {
    if (change.next.next_index >= limits_.max_job_files) {
      return fail(ErrorCode::limit, "these are more images than this server takes",
                  "divide them into several jobs");
    }
    row.index = change.next.next_index;
    row.sequence = change.next.sequence + 1;
    IMGMILL_TRY(const bool is_new, change.rows.add(change.next.record.key, row));
    if (!is_new) continue;
    ++change.next.next_index;
    ++change.next.sequence;
    change.next.tally.add(row);
    added.push_back(std::move(row));
  }
  return added;
}

Result<std::vector<ImageRow>> Jobs::add_images(const JobPtr& job, std::vector<ImageRow> images) {
  return change(job, [&](Change& change) { return add_rows(change, std::move(images)); });
}

Answer<std::uint32_t> Jobs::add_upload(const JobPtr& job, const std::string& name,
                                       std::uint64_t size, const fs::path& file) {
  fs::path place;
  auto index = change(job, [&](Change& change) -> Answer<std::uint32_t> {
    if (!change.happens(JobEvent::image_came)) {
      return no(ApiError::conflict, "the job takes no more files", "create another job");
    }
    ImageRow row;
    row.name = name;
    row.original_size = size;
    const auto added = add_rows(change, {row});
    if (!added) return no(added.error());
    if (added->empty()) {
      return no(ApiError::conflict, "the job has a file named '" + printable(name) + "' already",
                "send it under another name");
    }
    // Done before the row is stored, so that every stored row has its file.
    place = job->folder / "in" / std::to_string(added->front().index);
    if (::rename(file.c_str(), place.c_str()) != 0) return no(io_error(errno, "write", place));
    return added->front().index;
  });
  if (!index) ::unlink(place.empty() ? file.c_str() : place.c_str());
  return index;
}

Result<std::vector<ImageRow>> Jobs::waiting_from(const Job& job, std::uint32_t index, int limit) {
  return look(
      job, [&](JobRows& rows, std::int64_t key) { return rows.waiting_from(key, index, limit); });
}

Answer<std::vector<ImageRow>> Jobs::changed_after(std::string_view id, std::uint64_t sequence,
                                                  int limit) {
  const auto job = this->job(id);
  if (!job) return no_such_job();
  return told(look(**job, [&](JobRows& rows, std::int64_t key) {
    return rows.changed_after(key, sequence, limit);
  }));
}

Answer<std::vector<ImageRow>> Jobs::from_index(std::string_view id, std::uint32_t index,
                                               int limit) {
  const auto job = this->job(id);
  if (!job) return no_such_job();
  return told(look(
      **job, [&](JobRows& rows, std::int64_t key) { return rows.from_index(key, index, limit); }));
}

Answer<ImageRow> Jobs::image(std::string_view id, std::uint32_t index) {
  const auto job = this->job(id);
  if (!job) return no_such_job();
  auto row = look(**job, [&](JobRows& rows, std::int64_t key) { return rows.image(key, index); });
  if (!row) return no(row.error());
  if (!*row) return no_such_image();
  return **std::move(row);
}

Result<void> Jobs::image_found(const JobPtr& job, std::uint32_t index, std::uint32_t attempt,
                               const FileFacts& facts) {
  return change(job, [&](Change& change) -> Result<void> {
    IMGMILL_TRY(const std::optional<ImageRow> before, change.rows.image(job->key, index));
    if (!before || before->attempt != attempt) return {};
    ImageRow row = *before;
    row.original_size = facts.size;
    row.identity = identity_of(facts);
    return change.put(*before, row);
  });
}

Result<void> Jobs::image_started(const JobPtr& job, std::uint32_t index, std::uint32_t attempt) {
  return change(job, [&](Change& change) -> Result<void> {
    IMGMILL_TRY(const std::optional<ImageRow> before, change.rows.image(job->key, index));
    if (!before || before->attempt != attempt) return {};
    const std::optional<ImageState> to = step(before->state, ImageEvent::started);
    if (!to) return {};  // cancelled in the meantime
    ImageRow row = *before;
    row.state = *to;
    return change.put(*before, row);
  });
}

Result<void> Jobs::image_ended(const JobPtr& job, std::uint32_t index, std::uint32_t attempt,
                               const OptimizationResult& result) {
  std::string needless = result.optimized_path.filename().native();
  Result<void> ended = change(job, [&](Change& change) -> Result<void> {
    IMGMILL_TRY(const std::optional<ImageRow> before, change.rows.image(job->key, index));
    if (!before || before->attempt != attempt) return {};
    const JobState state = change.next.record.state;
    const bool wanted = state != JobState::cancelled && state != JobState::removed;
    const ImageEvent event = event_of(result, wanted);
    const std::optional<ImageState> to = step(before->state, event);
    if (!to && before->stored == needless) needless.clear();
    if (!to) return {};
    ImageRow row = *before;
    row.state = *to;
    if (has_outcome(*to) && event != ImageEvent::given_up) take(result, change.rows, job->key, row);
    if (row.stored != before->stored) needless = before->stored;
    return change.put(*before, row);
  });
  // Remove the output that no row names any more: this one, or the previous one.
  std::error_code error;
  if (ended && !needless.empty()) fs::remove(job->folder / "out" / needless, error);
  return ended;
}

Answer<ImageRow> Jobs::replace_output(std::string_view id, std::uint32_t index, ByteView bytes,
                                      const OptimizationResult& result,
                                      const std::string& settings_text) {
  const auto found = job(id);
  if (!found) return no_such_job();
  const JobPtr& job = *found;
  std::string needless;
  auto replaced = change(job, [&](Change& change) -> Answer<ImageRow> {
    const auto before = change.rows.image(job->key, index);
    if (!before) return no(before.error());
    if (!*before) return no_such_image();
    const std::optional<ImageState> to =
        step((*before)->state, result.decision == Decision::kept ? ImageEvent::replaced_by_own
                                                                 : ImageEvent::replaced);
    if (!to) return no(ApiError::conflict, "the image is being worked on", "wait until it is done");
    ImageRow row = **before;
    row.state = *to;
    ++row.attempt;
    row.settings = settings_text;
    OptimizationResult placed = result;
    placed.optimized_path = job->folder / "out" / output_file_name(index, row.attempt);
    placed.optimized_size = bytes.size();
    const auto put = [&]() -> Result<void> {
      IMGMILL_TRY(AtomicFile file, AtomicFile::create(placed.optimized_path));
      IMGMILL_CHECK(file.write(bytes));
      IMGMILL_CHECK(file.commit(Replace::yes));
      take(placed, change.rows, job->key, row);
      return change.put(**before, row);
    };
    if (const auto done = put(); !done) return no(done.error());
    needless = (*before)->stored;
    return row;
  });
  std::error_code error;
  if (replaced && !needless.empty()) fs::remove(job->folder / "out" / needless, error);
  return replaced;
}

std::string output_file_name(std::uint32_t index, std::uint32_t attempt) {
  return std::to_string(index) + "-" + std::to_string(attempt);
}

Answer<OpenFile> Jobs::open_original(std::string_view id, const ImageRow& row) const {
  auto found = job(id);
  if (!found) return std::unexpected(std::move(found).error());
  const Job& job = **found;
  if (!job.originals) {
    return no(ApiError::not_found, "the folder of this job is no longer there",
              "put it back where it was");
  }
  if (const auto kept = put_away(job, view(job).record, row)) {
    if (auto file = open_file(*kept)) return *std::move(file);
  }
  auto file = job.originals->open_file(original_name(job.kind, row));
  if (!file) return no(ApiError::not_found, file.error().message(), file.error().advice());
  return *std::move(file);
}

Answer<OpenFile> Jobs::open_output(std::string_view id, const ImageRow& row) const {
  auto found = job(id);
  if (!found) return std::unexpected(std::move(found).error());
  if (row.stored.empty()) {
    return no(ApiError::not_found, "the image has no output",
              row.state == ImageState::failed ? "its error says why" : "wait until it is done");
  }
  auto file = open_file((*found)->folder / "out" / row.stored);
  if (!file) return no(ApiError::not_found, file.error().message(), file.error().advice());
  return *std::move(file);
}

Answer<std::shared_ptr<const ImageSettings>> Jobs::settings_of(std::string_view id,
                                                               const ImageRow& row) const {
  if (!row.settings.empty()) {
    auto own = job_settings(row.settings);
    if (!own) return no(own.error());
    return std::make_shared<const ImageSettings>(*std::move(own));
  }
  auto found = job(id);
  if (!found) return std::unexpected(std::move(found).error());
  if (!(*found)->settings) return no((*found)->settings.error());
  return *(*found)->settings;
}

Answer<fs::path> Jobs::cache_folder(std::string_view id) const {
  auto found = job(id);
  if (!found) return std::unexpected(std::move(found).error());
  return (*found)->folder / "cache";
}

}  // namespace imgmill::server

// The part of Jobs that is about uploads and about single images.
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "platform/atomic_file.h"
#include "platform/io_error.h"
#include "server/jobs_entry.h"
#include "store/backup.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

std::unexpected<Response> no(Refusal why, std::string_view message, std::string_view advice) {
  return std::unexpected(refusal(why, message, advice));
}
std::unexpected<Response> no(const Error& error) { return std::unexpected(refusal(error)); }
std::unexpected<Response> no_such_job() {
  return no(Refusal::not_found, "there is no such job", "GET /api/jobs lists those there are");
}
std::unexpected<Response> no_such_image() {
  return no(Refusal::not_found, "there is no such image in the job",
            "GET /api/jobs/ID/images lists those there are");
}
std::unexpected<Response> name_taken(std::string_view name) {
  return no(Refusal::conflict, "the job has a file named '" + printable(name) + "' already",
            "send it under another name");
}

}  // namespace

Jobs::Upload::Upload(Upload&& other) noexcept
    : jobs_(std::exchange(other.jobs_, nullptr)),
      entry_(std::move(other.entry_)),
      file_(std::move(other.file_)),
      path_(std::move(other.path_)),
      name_(std::move(other.name_)),
      size_(other.size_) {}

Jobs::Upload::~Upload() { abandon(); }

void Jobs::Upload::abandon() {
  if (jobs_ == nullptr) return;
  ::unlink(path_.c_str());
  const std::lock_guard lock(jobs_->mutex_);
  entry_->bytes_coming -= size_;
  jobs_ = nullptr;
}

Answer<void> Jobs::Upload::write(ByteView bytes) {
  const JobLimits& limits = jobs_->options_.limits;
  if (size_ + bytes.size() > limits.max_upload_bytes) {
    return no(Refusal::too_large, "the file is larger than this server takes",
              "see limits in GET /api/info");
  }
  {
    const std::lock_guard lock(jobs_->mutex_);
    Entry& entry = *entry_;
    if (entry.removed || entry.record.state != JobState::receiving) {
      return no(Refusal::conflict, "the job takes no more files", "create another job");
    }
    if (entry.tally.bytes_known + entry.bytes_coming + bytes.size() > limits.max_job_bytes) {
      return no(Refusal::too_large, "the files of this job are larger than this server takes",
                "divide them into several jobs");
    }
    entry.bytes_coming += bytes.size();
    size_ += bytes.size();
  }
  while (!bytes.empty()) {
    const ssize_t put = ::write(file_.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return no(io_error(errno, "write", path_));
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

Answer<Jobs::Upload> Jobs::begin_upload(std::string_view id, std::string_view name,
                                        std::uint64_t bytes) {
  if (const auto checked = check_name(name); !checked) {
    return std::unexpected(refusal(checked.error(), Refusal::bad_request));
  }
  Upload upload;
  std::string temporary;
  {
    const std::lock_guard lock(mutex_);
    const auto entry = known(id);
    if (!entry) return no_such_job();
    if (entry->record.state != JobState::receiving) {
      return no(Refusal::conflict, "the job takes no more files", "create another job");
    }
    const JobLimits& limits = options_.limits;
    if (bytes > limits.max_upload_bytes) {
      return no(Refusal::too_large, "the file is larger than this server takes",
                "see limits in GET /api/info");
    }
    if (entry->tally.bytes_known + entry->bytes_coming + bytes > limits.max_job_bytes) {
      return no(Refusal::too_large, "the files of this job are larger than this server takes",
                "divide them into several jobs");
    }
    if (entry->next_index >= limits.max_job_files) {
      return no(Refusal::too_large, "the job has as many files as this server takes",
                "divide them into several jobs");
    }
    const auto taken = store_->has_name(entry->record.key, name);
    if (!taken) return no(taken.error());
    if (*taken) return name_taken(name);
    temporary = ".part-" + std::to_string(entry->uploads++);
    upload.entry_ = entry;
  }
  auto file = upload.entry_->originals->create_file(temporary);
  if (!file) return no(file.error());
  upload.jobs_ = this;
  upload.file_ = *std::move(file);
  upload.path_ = upload.entry_->folder / "in" / temporary;
  upload.name_ = name;
  return upload;
}

Answer<std::uint32_t> Jobs::finish_upload(Upload upload) {
  if (upload.size_ == 0) {
    return no(Refusal::bad_request, "the file is empty", "send the bytes of an image");
  }
  const std::shared_ptr<Entry> entry = upload.entry_;
  const std::lock_guard lock(mutex_);
  if (entry->removed || entry->record.state != JobState::receiving) {
    // The lock is held, so that the rest is done by hand.
    ::unlink(upload.path_.c_str());
    entry->bytes_coming -= upload.size_;
    upload.jobs_ = nullptr;
    return no(Refusal::conflict, "the job takes no more files", "create another job");
  }
  ImageRow row;
  row.index = entry->next_index;
  row.name = upload.name_;
  row.sequence = entry->sequence + 1;
  row.original_size = upload.size_;
  upload.jobs_ = nullptr;
  entry->bytes_coming -= upload.size_;
  const fs::path place = entry->folder / "in" / input_name(row.index);
  if (::rename(upload.path_.c_str(), place.c_str()) != 0) {
    const int why = errno;
    ::unlink(upload.path_.c_str());
    return no(io_error(why, "write", place));
  }
  const Result<bool> added = store_->add(entry->record.key, row);
  if (!added || !*added) {
    ::unlink(place.c_str());
    if (!added) return no(added.error());
    return name_taken(row.name);
  }
  ++entry->next_index;
  ++entry->sequence;
  entry->tally.add(row);
  touch(*entry);
  queue(entry);
  return row.index;
}

Answer<std::vector<ImageRow>> Jobs::changed_after(std::string_view id, std::uint64_t sequence,
                                                  int limit) {
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  auto rows = store_->changed_after(entry->record.key, sequence, limit);
  if (!rows) return no(rows.error());
  return *std::move(rows);
}

Answer<std::vector<ImageRow>> Jobs::from_index(std::string_view id, std::uint32_t index,
                                               int limit) {
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  auto rows = store_->from_index(entry->record.key, index, limit);
  if (!rows) return no(rows.error());
  return *std::move(rows);
}

Answer<ImageRow> Jobs::image(std::string_view id, std::uint32_t index) {
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  auto row = store_->image(entry->record.key, index);
  if (!row) return no(row.error());
  if (!*row) return no_such_image();
  return **std::move(row);
}

/// Where the original is now that its output has taken its place, if it was put away.
std::optional<fs::path> Jobs::replaced_original(const Entry& entry, const ImageRow& row) {
  std::string written;
  {
    const std::lock_guard lock(mutex_);
    written = entry.record.written;
  }
  const Json json = Json::parse(written, nullptr, false);
  if (!json.is_object() || !json["backup"].is_string()) return std::nullopt;
  return backup_path(json["backup"].get<std::string>(), entry.record.folder / fs::path(row.name));
}

Answer<OpenFile> Jobs::open_original(std::string_view id, const ImageRow& row) {
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    entry = known(id);
  }
  if (!entry) return no_such_job();
  if (!entry->originals) {
    return no(Refusal::not_found, "the folder of this job is no longer there",
              "put it back where it was");
  }
  if (const auto kept = replaced_original(*entry, row)) {
    auto file = open_file(*kept);
    if (file) return *std::move(file);
  }
  const bool uploaded = entry->record.kind == SourceKind::uploads;
  auto file = entry->originals->open_file(uploaded ? input_name(row.index) : row.name);
  if (!file) {
    return no(Refusal::not_found, file.error().message(), file.error().advice());
  }
  return *std::move(file);
}

Answer<OpenFile> Jobs::open_output(std::string_view id, const ImageRow& row) {
  fs::path folder;
  {
    const std::lock_guard lock(mutex_);
    const auto entry = known(id);
    if (!entry) return no_such_job();
    folder = entry->folder / "out";
  }
  if (row.stored.empty()) {
    return no(Refusal::not_found, "the image has no output",
              row.state == ImageState::failed ? "its error says why" : "wait until it is done");
  }
  auto file = open_file(folder / row.stored);
  if (!file) return no(Refusal::not_found, file.error().message(), file.error().advice());
  return *std::move(file);
}

Answer<fs::path> Jobs::cache_folder(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  return entry->folder / "cache";
}

Answer<std::shared_ptr<const ImageSettings>> Jobs::settings_of(std::string_view id,
                                                               const ImageRow& row) {
  if (!row.settings.empty()) {
    auto own = job_settings(row.settings);
    if (!own) return no(own.error());
    return std::make_shared<const ImageSettings>(*std::move(own));
  }
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  return entry->settings;
}

std::string Jobs::output_name_for(Entry& entry, const ImageRow& row, Format format) {
  std::string name = name_for(row.name, format);
  const auto taken = store_->output_taken(entry.record.key, name, row.index);
  // "a.png" and "a.tif" may both want to be "a.webp".
  if (!taken || !*taken) return name;
  return row.name + "." + std::string(info(format).extensions.front());
}

Answer<ImageRow> Jobs::replace_output(std::string_view id, std::uint32_t index, ByteView bytes,
                                      const OptimizationResult& result,
                                      const std::string& settings_text) {
  const std::lock_guard lock(mutex_);
  const auto entry = known(id);
  if (!entry) return no_such_job();
  const std::int64_t key = entry->record.key;
  auto found = store_->image(key, index);
  if (!found) return no(found.error());
  if (!*found) return no_such_image();
  ImageRow row = **std::move(found);
  if (row.state == ImageState::waiting || row.state == ImageState::working) {
    return no(Refusal::conflict, "the image is being worked on", "wait until it is done");
  }
  std::string stored = std::to_string(index) + "-chosen";
  const auto put = [&]() -> Result<void> {
    IMGMILL_TRY(AtomicFile file, AtomicFile::create(entry->folder / "out" / stored));
    IMGMILL_CHECK(file.write(bytes));
    IMGMILL_CHECK(file.commit(Replace::yes));
    return {};
  };
  if (const auto done = put(); !done) return no(done.error());
  row.state = result.decision == Decision::kept ? ImageState::kept : ImageState::done;
  row.sequence = ++entry->sequence;
  row.optimized_size = bytes.size();
  row.stored = std::move(stored);
  row.score = result.judgement.score;
  row.output_name = output_name_for(*entry, row, result.format.value_or(Format::jpeg));
  row.outcome = outcome_text(result);
  row.settings = settings_text;
  if (const auto updated = store_->update(key, row); !updated) return no(updated.error());
  if (const auto counted = count_anew(*entry); !counted) return no(counted.error());
  return row;
}

}  // namespace imgmill::server

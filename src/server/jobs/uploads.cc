#include "server/jobs/uploads.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "platform/io_error.h"
#include "server/jobs/jobs_change.h"

namespace imgmill::server {

Uploads::Upload::Upload(Upload&& other) noexcept
    : uploads_(std::exchange(other.uploads_, nullptr)),
      job_(std::move(other.job_)),
      file_(std::move(other.file_)),
      path_(std::move(other.path_)),
      name_(std::move(other.name_)),
      size_(other.size_) {}

Uploads::Upload::~Upload() {
  if (uploads_ == nullptr) return;
  if (!path_.empty()) ::unlink(path_.c_str());
  give_back();
}

/// Releases the count of an upload that has become an image or is gone.
void Uploads::Upload::give_back() {
  Uploads& uploads = *std::exchange(uploads_, nullptr);
  const std::lock_guard lock(uploads.mutex_);
  const auto found = uploads.coming_.find(job_->id);
  found->second.bytes -= size_;
  if (--found->second.files == 0) uploads.coming_.erase(found);
}

Answer<void> Uploads::count(const Job& job, std::uint64_t bytes, std::uint64_t files) {
  const JobView view = jobs_.view(job);
  if (view.record.state != JobState::receiving) {
    return no(ApiError::conflict, "the job takes no more files", "create another job");
  }
  const JobLimits& limits = jobs_.limits();
  const std::lock_guard lock(mutex_);
  const auto found = coming_.find(job.id);
  const Coming coming = found == coming_.end() ? Coming() : found->second;
  if (view.tally.bytes_known + coming.bytes + bytes > limits.max_job_bytes) {
    return no(ApiError::too_large, "the files of this job are larger than this server takes",
              "divide them into several jobs");
  }
  if (view.next_index + coming.files + files > limits.max_job_files) {
    return no(ApiError::too_large, "the job has as many files as this server takes",
              "divide them into several jobs");
  }
  coming_[job.id] = {coming.bytes + bytes, coming.files + files};
  return {};
}

Answer<Uploads::Upload> Uploads::begin(std::string_view id, std::string_view name,
                                       std::uint64_t bytes) {
  if (const auto checked = check_name(name); !checked) {
    return std::unexpected(api_error(checked.error(), ApiError::bad_request));
  }
  auto job = jobs_.job(id);
  if (!job) return std::unexpected(std::move(job).error());
  if (bytes > jobs_.limits().max_upload_bytes) {
    return no(ApiError::too_large, "the file is larger than this server takes",
              "see limits in GET /api/info");
  }
  // Check the whole size against the limits; the bytes themselves are counted as they arrive.
  if (auto counted = count(**job, bytes, 1); !counted) {
    return std::unexpected(std::move(counted).error());
  }
  Upload upload(*this, *job);
  upload.name_ = name;
  std::string temporary;
  {
    const std::lock_guard lock(mutex_);
    coming_[(*job)->id].bytes -= bytes;
    temporary = ".part-" + std::to_string(number_++);
  }
  if (!(*job)->originals) {
    return no(ApiError::internal, "the job's folder cannot be used", "create another job");
  }
  auto file = (*job)->originals->create_file(temporary);
  if (!file) return no(file.error());
  upload.file_ = *std::move(file);
  upload.path_ = (*job)->folder / "in" / temporary;
  return upload;
}

Answer<void> Uploads::Upload::write(ByteView bytes) {
  if (size_ + bytes.size() > uploads_->jobs_.limits().max_upload_bytes) {
    return no(ApiError::too_large, "the file is larger than this server takes",
              "see limits in GET /api/info");
  }
  if (auto counted = uploads_->count(*job_, bytes.size(), 0); !counted) return counted;
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t put = ::write(file_.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return no(io_error(errno, "write", path_));
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

Answer<std::uint32_t> Uploads::Upload::finish() {
  close();
  if (size_ == 0)
    return no(ApiError::bad_request, "the file is empty", "send the bytes of an image");
  auto index = uploads_->jobs_.add_upload(job_, name_, size_, path_);
  path_.clear();  // the file has been renamed or is gone
  give_back();
  return index;
}

}  // namespace imgmill::server

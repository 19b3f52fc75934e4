// Uploads in progress.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "server/jobs/jobs.h"

namespace imgmill::server {

/// Holds uploads until they are complete, and enforces a job's limits while they arrive.
/// Thread-safe; its lock guards only its own counts.
class Uploads {
  struct Coming {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
  };

 public:
  explicit Uploads(Jobs& jobs) : jobs_(jobs) {}
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;

  /// An upload in progress. Its file is deleted unless finish() succeeds. `Uploads` must outlive
  /// it.
  class Upload {
   public:
    Upload(Upload&& other) noexcept;
    Upload& operator=(Upload&&) = delete;
    ~Upload();
    /// Errors, as responses: too large, disk full, the job accepts no more.
    [[nodiscard]] Answer<void> write(ByteView bytes);
    /// Closes the file; no more bytes may be written.
    void close() { file_.reset(); }
    /// Makes the upload an image of its job; returns the image's index. Waits for the disk.
    [[nodiscard]] Answer<std::uint32_t> finish();

   private:
    friend class Uploads;
    Upload(Uploads& uploads, JobPtr job) : uploads_(&uploads), job_(std::move(job)) {}
    void give_back();

    Uploads* uploads_;
    JobPtr job_;
    FileDescriptor file_;
    std::filesystem::path path_;
    std::string name_;
    std::uint64_t size_ = 0;
  };
  /// `name` is as sent by the client; `bytes` is the size, if known.
  [[nodiscard]] Answer<Upload> begin(std::string_view id, std::string_view name,
                                     std::uint64_t bytes);

 private:
  /// Counts more bytes and files, if the job's limits allow them.
  [[nodiscard]] Answer<void> count(const Job& job, std::uint64_t bytes, std::uint64_t files);

  Jobs& jobs_;
  std::mutex mutex_;
  std::map<std::string, Coming> coming_;  ///< by job
  std::uint64_t number_ = 0;              ///< number of the next temporary file
};

}  // namespace imgmill::server

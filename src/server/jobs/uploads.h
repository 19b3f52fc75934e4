// Files on their way into jobs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "server/jobs/jobs.h"

namespace imgmill::server {

/// RequestBody uploads until they are whole, and sees to it that they do not become more than a job
/// may have. Thread-safe; its lock is held over nothing but its own counts.
class Uploads {
  struct Coming {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
  };

 public:
  explicit Uploads(Jobs& jobs) : jobs_(jobs) {}
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;

  /// A file on its way in. Goes away unless it is finished. `Uploads` outlives it.
  class Upload {
   public:
    Upload(Upload&& other) noexcept;
    Upload& operator=(Upload&&) = delete;
    ~Upload();
    /// Errors: what to answer: too large, disk full, the job takes no more.
    [[nodiscard]] Answer<void> write(ByteView bytes);
    /// No more bytes come: its descriptor is given back.
    void close() { file_.reset(); }
    /// It becomes an image of its job; the image's index. Waits for the disk.
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
  /// `name` as it was sent; `bytes` where the size is known.
  [[nodiscard]] Answer<Upload> begin(std::string_view id, std::string_view name,
                                     std::uint64_t bytes);

 private:
  /// Counts more bytes and files, if the job may have them.
  [[nodiscard]] Answer<void> count(const Job& job, std::uint64_t bytes, std::uint64_t files);

  Jobs& jobs_;
  std::mutex mutex_;
  std::map<std::string, Coming> coming_;  ///< by job
  std::uint64_t number_ = 0;              ///< of the next temporary file
};

}  // namespace imgmill::server

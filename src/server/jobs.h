// The jobs of a workspace: what they are, and the work on them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include "imgmill/batch.h"
#include "platform/beneath.h"
#include "server/http.h"
#include "server/job.h"
#include "server/job_store.h"
#include "server/names.h"

namespace imgmill::server {

/// A value, or what to answer instead.
template <typename T>
using Answer = std::expected<T, Response>;

struct JobLimits {
  std::uint64_t max_upload_bytes = std::uint64_t{1} << 30;  ///< of one file
  std::uint64_t max_job_bytes = std::uint64_t{64} << 30;    ///< of all uploads of a job
  std::uint32_t max_job_files = 200'000;
  std::uint32_t max_jobs = 200;  ///< in the workspace
  int at_work = 2;               ///< jobs; others wait for their turn
};

struct JobsOptions {
  std::filesystem::path workspace;
  JobLimits limits;
  BatchOptions batch;  ///< jobs, limits of images
};

/// A job as it is right now.
struct JobView {
  JobRecord record;
  Tally tally;
  std::uint64_t sequence = 0;  ///< the highest of its images
  std::uint64_t version = 0;   ///< raised by every change of anything
  std::int64_t elapsed_ms = 0;
  std::optional<std::int64_t> remaining_ms;

  [[nodiscard]] bool ended() const {
    return record.state != JobState::receiving && record.state != JobState::running;
  }
};
/// A Job of the API.
[[nodiscard]] Json job_json(const JobView& job);

struct NewJob {
  SourceKind kind = SourceKind::uploads;
  std::filesystem::path folder;
  /// Of a local job: only these, relative to the folder. None: all images of the folder.
  std::optional<std::vector<std::filesystem::path>> files;
  std::string name;
  std::string settings_text = "{}";
};

/// Times and counts of all runs since the server started, for /metrics.
struct WorkCounts {
  std::uint64_t jobs = 0, images = 0, failed = 0, kept = 0;
  std::uint64_t bytes_before = 0, bytes_after = 0;
  StageTimes busy;
  QueueDepths queues;
  std::map<JobState, std::uint64_t> states;
  std::uint64_t at_work = 0, waiting = 0;
};

/// Thread-safe. One server a workspace.
class Jobs {
  struct Entry;

 public:
  /// Takes up the jobs of the workspace; those that were at work are interrupted.
  /// `optimizer` and `roots` outlive this. Errors: environment.
  [[nodiscard]] static Result<std::unique_ptr<Jobs>> open(JobsOptions options,
                                                          ImageOptimizer& optimizer,
                                                          const Roots& roots);
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;
  ~Jobs();
  /// Ends the work after what is being written; jobs at work become interrupted.
  void stop();

  [[nodiscard]] std::vector<JobView> list();  ///< newest first
  [[nodiscard]] Answer<JobView> find(std::string_view id);
  /// Raised by every change of the job; 0: there is none.
  [[nodiscard]] std::uint64_t version_of(std::string_view id);
  [[nodiscard]] Answer<JobView> create(const NewJob& job);
  [[nodiscard]] Answer<JobView> complete(std::string_view id);
  [[nodiscard]] Answer<JobView> cancel(std::string_view id);
  /// Failed and cancelled images go again, or those in `indices`; with settings of their
  /// own where `settings_text` is given.
  [[nodiscard]] Answer<JobView> retry(std::string_view id,
                                      const std::optional<std::vector<std::uint32_t>>& indices,
                                      const std::optional<std::string>& settings_text);
  [[nodiscard]] Answer<void> remove(std::string_view id);
  [[nodiscard]] Answer<void> note_written(std::string_view id, const std::string& json);

  // ---- Uploads -----------------------------------------------------------------

  /// A file on its way in. Goes away unless it is finished.
  class Upload {
   public:
    Upload(Upload&& other) noexcept;
    Upload& operator=(Upload&&) = delete;
    ~Upload();
    /// Errors: what to answer: too large, disk full.
    [[nodiscard]] Answer<void> write(ByteView bytes);

   private:
    friend class Jobs;
    Upload() = default;
    void abandon();
    Jobs* jobs_ = nullptr;
    std::shared_ptr<Entry> entry_;
    FileDescriptor file_;
    std::filesystem::path path_;
    std::string name_;
    std::uint64_t size_ = 0;
  };
  /// `name` as it was sent; `bytes` where the size is known.
  [[nodiscard]] Answer<Upload> begin_upload(std::string_view id, std::string_view name,
                                            std::uint64_t bytes);
  /// The image's index.
  [[nodiscard]] Answer<std::uint32_t> finish_upload(Upload upload);

  // ---- Images ------------------------------------------------------------------

  [[nodiscard]] Answer<std::vector<ImageRow>> changed_after(std::string_view id,
                                                            std::uint64_t sequence, int limit);
  [[nodiscard]] Answer<std::vector<ImageRow>> from_index(std::string_view id, std::uint32_t index,
                                                         int limit);
  [[nodiscard]] Answer<ImageRow> image(std::string_view id, std::uint32_t index);
  [[nodiscard]] Answer<OpenFile> open_original(std::string_view id, const ImageRow& row);
  [[nodiscard]] Answer<OpenFile> open_output(std::string_view id, const ImageRow& row);
  /// Where things that can be made again are kept for this job; the folder is there.
  [[nodiscard]] Answer<std::filesystem::path> cache_folder(std::string_view id);
  [[nodiscard]] Answer<std::shared_ptr<const ImageSettings>> settings_of(std::string_view id,
                                                                         const ImageRow& row);
  /// Makes `bytes` the output of an image, as `result` tells. Not while it is at work.
  [[nodiscard]] Answer<ImageRow> replace_output(std::string_view id, std::uint32_t index,
                                                ByteView bytes, const OptimizationResult& result,
                                                const std::string& settings_text);

  [[nodiscard]] WorkCounts counts();
  [[nodiscard]] const JobLimits& limits() const { return options_.limits; }

 private:
  class Tasks;
  class Watcher;

  Jobs(JobsOptions options, ImageOptimizer& optimizer, const Roots& roots,
       std::unique_ptr<JobStore> store)
      : options_(std::move(options)),
        optimizer_(optimizer),
        roots_(roots),
        store_(std::move(store)) {}
  [[nodiscard]] Result<void> load();
  [[nodiscard]] Result<std::shared_ptr<Entry>> entry_for(JobRecord record);
  void start_runners();
  void work(const std::stop_token& stop);
  void run(const std::shared_ptr<Entry>& entry);
  void after_run(const std::shared_ptr<Entry>& entry, const std::optional<Error>& trouble);

  // With the mutex held.
  [[nodiscard]] std::shared_ptr<Entry> known(std::string_view id);
  [[nodiscard]] JobView view_of(const Entry& entry) const;
  void save(Entry& entry);
  void touch(Entry& entry);
  void queue(const std::shared_ptr<Entry>& entry);
  [[nodiscard]] Result<void> add_files(Entry& entry,
                                       const std::vector<std::filesystem::path>& files);
  [[nodiscard]] Result<void> count_anew(Entry& entry);
  [[nodiscard]] std::string output_name_for(Entry& entry, const ImageRow& row, Format format);

  [[nodiscard]] std::optional<std::filesystem::path> replaced_original(const Entry& entry,
                                                                       const ImageRow& row);
  [[nodiscard]] std::filesystem::path folder_of(const JobRecord& record) const;

  const JobsOptions options_;
  ImageOptimizer& optimizer_;
  const Roots& roots_;
  const std::unique_ptr<JobStore> store_;

  std::mutex mutex_;
  std::condition_variable_any changed_;  ///< uploads, cancellations, jobs that are ready
  std::map<std::string, std::shared_ptr<Entry>, std::less<>> jobs_;
  std::deque<std::shared_ptr<Entry>> ready_;
  bool stopping_ = false;
  WorkCounts counts_;
  std::vector<std::jthread> runners_;  ///< last: they use all of the above
};

}  // namespace imgmill::server

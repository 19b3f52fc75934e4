// The jobs of a workspace: what they are, and every change of them.
#pragma once

#include <condition_variable>
#include <deque>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "imgmill/batch.h"
#include "platform/beneath.h"
#include "server/http/http.h"
#include "server/jobs/job.h"
#include "server/jobs/job_store.h"
#include "server/jobs/names.h"
#include "server/jobs/workspace.h"

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

struct NewJob {
  SourceKind kind = SourceKind::uploads;
  std::filesystem::path folder;
  /// Of a local job: only these, relative to the folder. None: all images of the folder.
  std::optional<std::vector<std::filesystem::path>> files;
  std::string name;
  std::string settings_text = "{}";
};

/// One job of the workspace, as long as anybody holds it. What is not guarded never changes.
struct Job {
  std::int64_t key = 0;
  std::string id;
  SourceKind kind = SourceKind::uploads;
  std::filesystem::path source;           ///< the folder of a local job
  std::filesystem::path folder;           ///< in the workspace
  std::optional<FolderHandle> originals;  ///< nothing where their folder is gone
  /// Why not, where those that were stored can no longer be read.
  Result<std::shared_ptr<const ImageSettings>> settings;

  /// Whoever changes the job holds this from reading what it was to having stored what it is.
  std::mutex changing;
  JobView now;  ///< guarded by the mutex of Jobs; only who holds `changing` writes it
  std::stop_source run{std::nostopstate};  ///< of the run at work; guarded by the mutex of Jobs
};
using JobPtr = std::shared_ptr<Job>;

/// How many jobs are in which state, for /metrics.
struct JobCounts {
  std::uint64_t created = 0;  ///< since the server started
  std::array<std::uint64_t, job_states> states{};
  std::uint64_t at_work = 0, waiting = 0;
};

/// Every change of a job goes one way: what it becomes is worked out from what it is
/// (job_state_machine.h), stored, and then shown, so that what is shown is stored. Changes of one
/// job come one after another, each under the job's own lock. Looking takes another lock, which is
/// never held over a file or the store. Thread-safe. One server a workspace.
class Jobs {
 public:
  /// RequestBody up the jobs of the workspace; those that were at work are interrupted. `roots`
  /// outlives this. Errors: usage (the folder is somebody else's), environment.
  [[nodiscard]] static Result<std::unique_ptr<Jobs>> open(const std::filesystem::path& workspace,
                                                          const JobLimits& limits,
                                                          const Roots& roots);
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;
  /// Jobs that are not finished become interrupted, their runs are asked to end.
  void stop();
  /// What whoever started the server should hear, a sentence each.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  [[nodiscard]] const JobLimits& limits() const { return limits_; }

  // ---- Looking: waits for nothing --------------------------------------------------

  [[nodiscard]] std::vector<JobView> list() const;  ///< newest first
  [[nodiscard]] Answer<JobView> find(std::string_view id) const;
  [[nodiscard]] Answer<JobPtr> job(std::string_view id) const;
  [[nodiscard]] JobView view(const Job& job) const;
  /// Raised by every change of the job; 0: there is none.
  [[nodiscard]] std::uint64_t version_of(std::string_view id) const;
  [[nodiscard]] JobCounts counts() const;

  // ---- What users do: waits for the disk ---------------------------------------------

  [[nodiscard]] Answer<JobView> create(const NewJob& job);
  [[nodiscard]] Answer<JobView> complete(std::string_view id);
  [[nodiscard]] Answer<JobView> cancel(std::string_view id);
  /// Failed and cancelled images go again, or those in `indices`; with settings of their
  /// own where `settings_text` is given.
  [[nodiscard]] Answer<JobView> retry(std::string_view id,
                                      const std::optional<std::vector<std::uint32_t>>& indices,
                                      const std::optional<std::string>& settings_text);
  [[nodiscard]] Answer<void> remove(std::string_view id);
  /// An upload that lies at `file` becomes the next image of the job.
  [[nodiscard]] Answer<std::uint32_t> add_upload(const JobPtr& job, const std::string& name,
                                                 std::uint64_t size,
                                                 const std::filesystem::path& file);
  /// Makes `bytes` the output of an image, as `result` tells. Not while it is at work.
  [[nodiscard]] Answer<ImageRow> replace_output(std::string_view id, std::uint32_t index,
                                                ByteView bytes, const OptimizationResult& result,
                                                const std::string& settings_text);
  /// Originals are about to be put there before they are replaced.
  [[nodiscard]] Answer<void> note_backup(std::string_view id, const std::filesystem::path& folder);
  [[nodiscard]] Answer<void> note_replaced(std::string_view id, std::uint32_t index);
  [[nodiscard]] Answer<void> note_written(std::string_view id, const Written& written);

  // ---- Images: waits for the disk ----------------------------------------------------

  [[nodiscard]] Answer<std::vector<ImageRow>> changed_after(std::string_view id,
                                                            std::uint64_t sequence, int limit);
  [[nodiscard]] Answer<std::vector<ImageRow>> from_index(std::string_view id, std::uint32_t index,
                                                         int limit);
  [[nodiscard]] Answer<ImageRow> image(std::string_view id, std::uint32_t index);
  [[nodiscard]] Answer<OpenFile> open_original(std::string_view id, const ImageRow& row) const;
  [[nodiscard]] Answer<OpenFile> open_output(std::string_view id, const ImageRow& row) const;
  /// An image's own settings, or else the job's.
  [[nodiscard]] Answer<std::shared_ptr<const ImageSettings>> settings_of(std::string_view id,
                                                                         const ImageRow& row) const;
  /// Where things that can be made again are kept for this job; the folder is there.
  [[nodiscard]] Answer<std::filesystem::path> cache_folder(std::string_view id) const;

  // ---- For the runner ----------------------------------------------------------------

  /// The next job whose turn has come, which is then at work; nothing when there is to be no
  /// other one. Waits. Each that is given is given to end_run().
  [[nodiscard]] JobPtr begin_run(const std::stop_token& stop);
  void end_run(const JobPtr& job, const std::optional<Error>& trouble);
  [[nodiscard]] std::stop_token run_of(const Job& job) const;
  /// Waits until the job has an image with this index, or gets no more, or shall end. False when
  /// nothing of that has come about in time, and when the run shall end.
  [[nodiscard]] bool wait_for_image(const Job& job, std::uint32_t index,
                                    std::chrono::milliseconds patience);
  /// Images found in the job's folder, or named: numbered, and stored where they are not known
  /// by name. Which of them are new. Errors: limit, environment.
  [[nodiscard]] Result<std::vector<ImageRow>> add_images(const JobPtr& job,
                                                         std::vector<ImageRow> images);
  /// The folder has been walked; `left_out` is what it has beside its images.
  [[nodiscard]] Result<void> end_planning(const JobPtr& job,
                                          const std::map<std::string, std::uint64_t>& left_out);
  [[nodiscard]] Result<std::vector<ImageRow>> waiting_from(const Job& job, std::uint32_t index,
                                                           int limit);
  /// The original of a local image is another file than it was.
  [[nodiscard]] Result<void> image_found(const JobPtr& job, std::uint32_t index,
                                         std::uint32_t attempt, const FileFacts& facts);
  [[nodiscard]] Result<void> image_started(const JobPtr& job, std::uint32_t index,
                                           std::uint32_t attempt);
  [[nodiscard]] Result<void> image_ended(const JobPtr& job, std::uint32_t index,
                                         std::uint32_t attempt, const OptimizationResult& result);

 private:
  struct Change;

  Jobs(const JobLimits& limits, const Roots& roots, Workspace workspace,
       std::unique_ptr<JobStore> store)
      : limits_(limits),
        roots_(roots),
        workspace_(std::move(workspace)),
        store_(std::move(store)) {}
  [[nodiscard]] Result<void> take_up(const JobRecord& record);
  static void open_originals(Job& job);
  [[nodiscard]] Result<std::vector<ImageRow>> add_rows(Change& change,
                                                       std::vector<ImageRow> images) const;
  [[nodiscard]] JobPtr make_job(const JobRecord& record) const;
  template <typename Body>
  [[nodiscard]] auto change(const JobPtr& job, Body body);
  template <typename Body>
  [[nodiscard]] auto look(const Job& job, Body body);
  /// Where it cannot be stored, it still happens: what is stored then says less, not more.
  void happen(const JobPtr& job, JobEvent event);
  void show(const JobPtr& job, JobView next, bool stops_run);
  /// The files first: a row that is there says that there may be some.
  [[nodiscard]] Result<void> finish_removal(const Job& job);

  const JobLimits limits_;
  const Roots& roots_;
  const Workspace workspace_;
  const std::unique_ptr<JobStore> store_;
  std::vector<std::string> notes_;

  std::mutex creating_;  ///< one job at a time is made
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, JobPtr, std::less<>> jobs_;
  std::deque<JobPtr> ready_;  ///< those whose turn is `queued`
  std::uint64_t created_ = 0;
  bool stopping_ = false;
};

/// The output's file of one try at an image.
[[nodiscard]] std::string output_file_name(std::uint32_t index, std::uint32_t attempt);
/// The file of an image's original, as seen from the folder of originals.
[[nodiscard]] std::string original_name(SourceKind kind, const ImageRow& row);
/// The original of an image of a local job that was put away before it was replaced.
[[nodiscard]] std::optional<std::filesystem::path> put_away(const Job& job, const JobRecord& record,
                                                            const ImageRow& row);

}  // namespace imgmill::server

// The jobs of a workspace, and every change to them.
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

/// A value, or the response to send instead.
template <typename T>
using Answer = std::expected<T, Response>;

struct JobLimits {
  std::uint64_t max_upload_bytes = std::uint64_t{1} << 30;  ///< for one file
  std::uint64_t max_job_bytes = std::uint64_t{64} << 30;    ///< for all uploads of a job
  std::uint32_t max_job_files = 200'000;
  std::uint32_t max_jobs = 200;  ///< jobs in the workspace
  int at_work = 2;               ///< jobs at work at once; others are queued
};

struct NewJob {
  SourceKind kind = SourceKind::uploads;
  std::filesystem::path folder;
  /// For a local job: only these files, relative to the folder; without a value, all images of the
  /// folder.
  std::optional<std::vector<std::filesystem::path>> files;
  std::string name;
  std::string settings_text = "{}";
};

/// One job of the workspace, alive while anyone holds it. Unguarded members never change.
struct Job {
  std::int64_t key = 0;
  std::string id;
  SourceKind kind = SourceKind::uploads;
  std::filesystem::path source;           ///< the source folder of a local job
  std::filesystem::path folder;           ///< the job's, in the workspace
  std::optional<FolderHandle> originals;  ///< empty if their folder is gone
  /// An error if the stored settings can no longer be read.
  Result<std::shared_ptr<const ImageSettings>> settings;

  /// Held during a change, from reading the old state to having stored the new one.
  std::mutex changing;
  JobView now;  ///< guarded by the mutex of Jobs; written only while holding `changing`
  std::stop_source run{std::nostopstate};  ///< stops the current run; guarded by the mutex of Jobs
};
using JobPtr = std::shared_ptr<Job>;

/// Number of jobs in each state, for /metrics.
struct JobCounts {
  std::uint64_t created = 0;  ///< since the server started
  std::array<std::uint64_t, job_states> states{};
  std::uint64_t at_work = 0, waiting = 0;
};

/// All jobs of a workspace. Every change takes the same path: the new state is computed from the
/// old one (job_state_machine.h), stored, and only then made visible, so that visible state is
/// always stored. Changes to one job are serialized by the job's own lock. Reads take another lock,
/// which is never held during file or store access. Thread-safe. A workspace has one server.
class Jobs {
 public:
  /// Loads the jobs of the workspace; those that were at work become interrupted. `roots` must
  /// outlive this object. Errors: usage (the folder is not ours), environment.
  [[nodiscard]] static Result<std::unique_ptr<Jobs>> open(const std::filesystem::path& workspace,
                                                          const JobLimits& limits,
                                                          const Roots& roots);
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;
  /// Marks unfinished jobs as interrupted and asks their runs to end.
  void stop();
  /// Notes for the person who started the server, one sentence each.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  [[nodiscard]] const JobLimits& limits() const { return limits_; }

  // ---- Reading: never waits --------------------------------------------------------

  [[nodiscard]] std::vector<JobView> list() const;  ///< newest first
  [[nodiscard]] Answer<JobView> find(std::string_view id) const;
  [[nodiscard]] Answer<JobPtr> job(std::string_view id) const;
  [[nodiscard]] JobView view(const Job& job) const;
  /// Incremented by every change of the job; 0 if there is no such job.
  [[nodiscard]] std::uint64_t version_of(std::string_view id) const;
  [[nodiscard]] JobCounts counts() const;

  // ---- Actions of users: these wait for the disk -------------------------------------

  [[nodiscard]] Answer<JobView> create(const NewJob& job);
  [[nodiscard]] Answer<JobView> complete(std::string_view id);
  [[nodiscard]] Answer<JobView> cancel(std::string_view id);
  /// Retries the failed and cancelled images, or those in `indices`; `settings_text`, if given,
  /// becomes their own settings.
  [[nodiscard]] Answer<JobView> retry(std::string_view id,
                                      const std::optional<std::vector<std::uint32_t>>& indices,
                                      const std::optional<std::string>& settings_text);
  [[nodiscard]] Answer<void> remove(std::string_view id);
  /// Adds the upload at `file` as the next image of the job.
  [[nodiscard]] Answer<std::uint32_t> add_upload(const JobPtr& job, const std::string& name,
                                                 std::uint64_t size,
                                                 const std::filesystem::path& file);
  /// Makes `bytes`, described by `result`, the output of an image. Refused while the image is being
  /// processed.
  [[nodiscard]] Answer<ImageRow> replace_output(std::string_view id, std::uint32_t index,
                                                ByteView bytes, const OptimizationResult& result,
                                                const std::string& settings_text);
  /// Records the folder to which originals are about to be backed up before they are replaced.
  [[nodiscard]] Answer<void> note_backup(std::string_view id, const std::filesystem::path& folder);
  [[nodiscard]] Answer<void> note_replaced(std::string_view id, std::uint32_t index);
  [[nodiscard]] Answer<void> note_written(std::string_view id, const Written& written);

  // ---- Images: these wait for the disk -----------------------------------------------

  [[nodiscard]] Answer<std::vector<ImageRow>> changed_after(std::string_view id,
                                                            std::uint64_t sequence, int limit);
  [[nodiscard]] Answer<std::vector<ImageRow>> from_index(std::string_view id, std::uint32_t index,
                                                         int limit);
  [[nodiscard]] Answer<ImageRow> image(std::string_view id, std::uint32_t index);
  [[nodiscard]] Answer<OpenFile> open_original(std::string_view id, const ImageRow& row) const;
  [[nodiscard]] Answer<OpenFile> open_output(std::string_view id, const ImageRow& row) const;
  /// Returns the image's own settings, or else the job's.
  [[nodiscard]] Answer<std::shared_ptr<const ImageSettings>> settings_of(std::string_view id,
                                                                         const ImageRow& row) const;
  /// Returns the existing folder for this job's reproducible files.
  [[nodiscard]] Answer<std::filesystem::path> cache_folder(std::string_view id) const;

  // ---- For the runner ----------------------------------------------------------------

  /// Waits for the next queued job, marks it as at work and returns it; null after a stop. Each job
  /// returned must be passed to end_run().
  [[nodiscard]] JobPtr begin_run(const std::stop_token& stop);
  void end_run(const JobPtr& job, const std::optional<Error>& trouble);
  [[nodiscard]] std::stop_token run_of(const Job& job) const;
  /// Waits until the job has an image with this index, or gets no more images, or must end. Returns
  /// false on a timeout and if the run must end.
  [[nodiscard]] bool wait_for_image(const Job& job, std::uint32_t index,
                                    std::chrono::milliseconds patience);
  /// Numbers and stores images found in the job's folder, or named by the user, unless their names
  /// are known already. Returns the new ones. Errors: limit, environment.
  [[nodiscard]] Result<std::vector<ImageRow>> add_images(const JobPtr& job,
                                                         std::vector<ImageRow> images);
  /// Called when the folder has been walked; `left_out` counts the files that are not images.
  [[nodiscard]] Result<void> end_planning(const JobPtr& job,
                                          const std::map<std::string, std::uint64_t>& left_out);
  [[nodiscard]] Result<std::vector<ImageRow>> waiting_from(const Job& job, std::uint32_t index,
                                                           int limit);
  /// Records that the original of a local image is now a different file.
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
  /// Applies the event even if it cannot be stored: the stored state is then behind, never ahead.
  void happen(const JobPtr& job, JobEvent event);
  void show(const JobPtr& job, JobView next, bool stops_run);
  /// Removes the files before the row: as long as the row exists, there may be files.
  [[nodiscard]] Result<void> finish_removal(const Job& job);

  const JobLimits limits_;
  const Roots& roots_;
  const Workspace workspace_;
  const std::unique_ptr<JobStore> store_;
  std::vector<std::string> notes_;

  std::mutex creating_;  ///< serializes the creation of jobs
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, JobPtr, std::less<>> jobs_;
  std::deque<JobPtr> ready_;  ///< jobs in the state `queued`
  std::uint64_t created_ = 0;
  bool stopping_ = false;
};

/// Returns the name of the output file of one try at an image.
[[nodiscard]] std::string output_file_name(std::uint32_t index, std::uint32_t attempt);
/// Returns the path of an image's original, relative to the folder of originals.
[[nodiscard]] std::string original_name(SourceKind kind, const ImageRow& row);
/// Returns the backup of a local image's original that was replaced.
[[nodiscard]] std::optional<std::filesystem::path> put_away(const Job& job, const JobRecord& record,
                                                            const ImageRow& row);

}  // namespace imgmill::server

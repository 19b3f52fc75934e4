// The progress of a batch on disk, so that it can be resumed after any interruption.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "imgmill/error.h"
#include "platform/file.h"
#include "store/content_hash.h"
#include "store/group_writer.h"
#include "store/known_result.h"

namespace imgmill {

/// yes: continue an earlier, unfinished run of the same batch.
enum class Resume { no, yes };

/// One file (SQLite) per batch, in one folder; the batch's identity is its name. Used by one
/// process at a time. Thread-safe.
class Journal {
 public:
  /// `batch` is everything that makes two runs the same batch: inputs, output, settings, version.
  /// Resume::no discards earlier records, except for originals that an unfinished run has replaced,
  /// since they must not be processed a second time. Errors: environment, also when another process
  /// is working on the same batch.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder,
                                                             std::string_view batch, Resume resume,
                                                             std::string& note);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  /// Writes everything pending. Removes the file after finish(), unless originals were replaced:
  /// then it is kept for a while, so that resuming a batch that had finished does nothing instead
  /// of processing files twice.
  ~Journal();

  struct Record {
    KnownResult result;
    std::uint64_t original_size = 0;  ///< bytes
  };

  /// True if there are records from an earlier run.
  [[nodiscard]] bool resumes() const { return resumes_; }

  // Lookup. Errors count as a miss. A task is identified by its output.

  /// The record of the task, if input and output are unchanged since.
  [[nodiscard]] std::optional<Record> done(const std::filesystem::path& output,
                                           const FileFacts& input_facts,
                                           const FileFacts& output_facts);
  /// In place: the record, if `content` is what the earlier run was about to write there.
  [[nodiscard]] std::optional<Record> replaced(const std::filesystem::path& file,
                                               const ContentHash& content);

  // Recording.

  /// In place: records what is about to replace an original; returns once the record survives a
  /// power failure. Errors: environment; in that case do not replace anything.
  [[nodiscard]] Result<void> intend(const std::filesystem::path& file, const FileFacts& input_facts,
                                    const KnownResult& result);
  /// Records that the task is done. Written later; lost if the process is killed first.
  void record(const std::filesystem::path& output, const FileFacts& input_facts,
              const FileFacts& output_facts, const Record& record, bool in_place);
  /// Marks the batch as complete: there is nothing to resume.
  void finish() { finished_ = true; }

  /// Removes temporary files left in `folder` by dead processes of this batch. Checks each folder
  /// only once.
  void clean(const std::filesystem::path& folder);

  /// Blocks until everything is written. For tests.
  void flush() { writer_->flush(); }

 private:
  Journal(Database database, std::filesystem::path file, bool resumes, std::set<int> dead);

  const std::filesystem::path file_;
  const AbsoluteNames names_;
  const bool resumes_;
  const std::set<int> dead_processes_;
  bool finished_ = false;
  std::atomic<bool> replaces_{false};  ///< originals were replaced
  std::mutex cleaned_mutex_;
  std::set<std::string> cleaned_;
  std::unique_ptr<GroupWriter> writer_;
};

}  // namespace imgmill

// What a batch has done so far, so that it can go on after anything.
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

/// Whether an earlier, unfinished run of the same batch counts.
enum class Resume { no, yes };

/// A file (SQLite) for each batch, in one folder; the batch's identity is its name.
/// Held by one process at a time. Thread-safe.
class Journal {
 public:
  /// `batch` is everything that makes two runs the same batch: inputs, output,
  /// settings, version. With Resume::no what was recorded is forgotten, but for
  /// originals that an unfinished run has replaced: what is done to them must not be
  /// done again.
  /// Errors: environment, also when another process works on the same batch.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder,
                                                             std::string_view batch, Resume resume,
                                                             std::string& note);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  /// Writes what waits. After finish() the file is removed; where originals were
  /// replaced it stays a while, so that resuming a batch that had ended after all
  /// does nothing instead of doing it twice.
  ~Journal();

  struct Record {
    KnownResult result;
    std::uint64_t original_size = 0;  ///< bytes
  };

  /// Whether there is anything from an earlier run.
  [[nodiscard]] bool resumes() const { return resumes_; }

  // Looking up. Failures count as not knowing. A task is known by its output.

  /// The task as it was done, when input and output are as it left them.
  [[nodiscard]] std::optional<Record> done(const std::filesystem::path& output,
                                           const FileFacts& input_facts,
                                           const FileFacts& output_facts);
  /// In place: whether `content` is what the earlier run was about to put there.
  [[nodiscard]] std::optional<Record> replaced(const std::filesystem::path& file,
                                               const ContentHash& content);

  // Recording.

  /// In place: says what an original is about to be replaced by; returns when that
  /// outlives a power cut. Errors: environment; then nothing must be replaced.
  [[nodiscard]] Result<void> intend(const std::filesystem::path& file, const FileFacts& input_facts,
                                    const KnownResult& result);
  /// The task is done. Written later; lost when the process is killed before.
  void record(const std::filesystem::path& output, const FileFacts& input_facts,
              const FileFacts& output_facts, const Record& record, bool in_place);
  /// The batch ended and nothing is left to do: there is nothing to resume.
  void finish() { finished_ = true; }

  /// Removes the temporary files that dead processes of this batch have left in
  /// `folder`. Looks at each folder once.
  void clean(const std::filesystem::path& folder);

  /// Waits until all is written. For tests.
  void flush() { writer_->flush(); }

 private:
  Journal(Database database, std::filesystem::path file, bool resumes, std::set<int> dead);

  const std::filesystem::path file_;
  const AbsoluteNames names_;
  const bool resumes_;
  const std::set<int> dead_processes_;
  bool finished_ = false;
  std::atomic<bool> replaces_{false};  ///< originals
  std::mutex cleaned_mutex_;
  std::set<std::string> cleaned_;
  std::unique_ptr<GroupWriter> writer_;
};

}  // namespace imgmill

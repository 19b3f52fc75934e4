// Checks whether tasks are worth starting, many at once, before any work is done.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "imgmill/batch.h"
#include "pipeline/job.h"
#include "pipeline/result_store.h"
#include "platform/file.h"

namespace imgmill {

/// Number of tasks that are validated together.
inline constexpr std::size_t validation_chunk = 50;

/// The findings about one task.
struct Verdict {
  enum class Kind { go, skip, bad, done };
  Kind kind = Kind::go;
  std::optional<Error> error;     ///< set exactly if `bad`
  std::uint64_t size = 0;         ///< of the input, bytes
  std::uint64_t output_size = 0;  ///< of the existing output, if `skip`
  std::optional<Format> format;   ///< as detected from the content of the input
  std::vector<std::string> notes;
  /// Which of the possible outputs is meant, if `skip` or `done`; nullopt: the planned one.
  std::optional<std::filesystem::path> output_path;
  bool place_failed = false;  ///< `bad` because of the output folder
  ContentHash recipe;         ///< see Job
  bool idempotent = true;
  Job::Existing existing = Job::Existing::none;
  /// Set exactly if `done`: the result of an earlier run.
  std::optional<KnownResult> known;
  bool resumed = false;  ///< if `done`: by the run that this one resumes
};

struct ValidationRules {
  ExistingOutput existing = ExistingOutput::refuse;
  Limits limits;
  bool write = true;  ///< if false, existing outputs do not matter
  bool resume = false;
  ResultStore memory;
  const TaskSource* tasks = nullptr;  ///< knows all inputs; may be null
};

/// Validates tasks in place: a fixed team of threads, including the caller, claims indexes with one
/// atomic counter and writes verdicts into slots that the caller provides. Nothing is copied or
/// queued per task.
class Validator {
 public:
  /// `threads` work on a chunk; at least 1. Throws std::system_error.
  Validator(ValidationRules rules, int threads);
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;
  ~Validator();

  /// Gives each task one verdict. `verdicts` must be as long as `tasks`. Call from one thread at a
  /// time. Never throws; bad tasks get bad verdicts.
  void validate(std::span<const ImageTask> tasks, std::span<Verdict> verdicts);

 private:
  /// What a thread remembers between tasks: the last output folder.
  struct LastFolder {
    std::string folder;
    bool known = false;
    bool exists = false;
    std::optional<Error> error;
  };

  void help(const std::stop_token& stop);
  void work(LastFolder& last_folder);
  [[nodiscard]] Verdict verdict_on(const ImageTask& task, LastFolder& last_folder);
  [[nodiscard]] Result<void> judge(const ImageTask& task, LastFolder& last_folder,
                                   Verdict& verdict);
  [[nodiscard]] Result<void> judge_settings(const ImageTask& task, Verdict& verdict);
  [[nodiscard]] Result<bool> done_already(const ImageTask& task, Verdict& verdict) const;
  [[nodiscard]] Result<bool> done_already(const ImageTask& task, const FileFacts& input,
                                          const std::filesystem::path& path,
                                          Verdict& verdict) const;
  [[nodiscard]] Result<void> judge_output(const ImageTask& task, const FileFacts& input,
                                          LastFolder& last_folder, Verdict& verdict);

  const ValidationRules rules_;
  LastFolder last_folder_;  ///< the caller's

  std::mutex settings_mutex_;
  struct JudgedSettings {
    std::shared_ptr<const ImageSettings> held;  ///< keeps the address from being reused
    std::optional<Error> error;
    ContentHash recipe;
  };
  std::map<const ImageSettings*, JudgedSettings> settings_;  ///< by address

  std::mutex mutex_;
  std::condition_variable_any chunk_ready_;
  std::condition_variable chunk_done_;
  std::uint64_t generation_ = 0;
  std::size_t helpers_busy_ = 0;
  std::span<const ImageTask> tasks_;
  std::span<Verdict> verdicts_;
  std::atomic<std::size_t> next_{0};
  std::vector<std::jthread> helpers_;  ///< last: they use all of the above
};

}  // namespace imgmill

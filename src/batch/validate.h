// Is this task worth starting? Asked of many at once, before any work is done.
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
#include "pipeline/memory.h"
#include "platform/file.h"

namespace imgmill {

/// How many tasks are validated together.
inline constexpr std::size_t validation_chunk = 50;

/// What was found out about one task.
struct Verdict {
  enum class Kind { go, skip, bad, done };
  Kind kind = Kind::go;
  std::optional<Error> error;     ///< exactly when `bad`
  std::uint64_t size = 0;         ///< of the input, bytes
  std::uint64_t output_size = 0;  ///< of the output that is there, when `skip`
  std::optional<Format> format;   ///< what the input's content is
  std::vector<std::string> notes;
  /// Which of the possible outputs is meant, when `skip` or `done`; none: the planned one.
  std::optional<std::filesystem::path> output_path;
  bool place_failed = false;  ///< `bad` because of the output's folder
  ContentHash recipe;         ///< see Job
  bool idempotent = true;
  Job::Existing existing = Job::Existing::none;
  /// Exactly when `done`: what an earlier run knows of it.
  std::optional<KnownResult> known;
  bool resumed = false;  ///< when `done`: by the run that this one goes on with
};

struct ValidationRules {
  ExistingOutput existing = ExistingOutput::refuse;
  Limits limits;
  bool write = true;  ///< otherwise it does not matter what is where the output goes
  bool resume = false;
  Memory memory;
  const TaskSource* tasks = nullptr;  ///< knows all inputs; may be nobody
};

/// Validates tasks where they lie: a fixed team of threads (the caller among
/// them) claims indexes with one atomic counter and writes verdicts into slots
/// that the caller provides. No task is copied and none becomes a job of its own.
class Validator {
 public:
  /// `threads` work on a chunk; at least 1. Throws std::system_error.
  Validator(ValidationRules rules, int threads);
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;
  ~Validator();

  /// Gives each task one verdict. `verdicts` is as long as `tasks`. From one
  /// thread at a time. Never throws; bad tasks have bad verdicts.
  void validate(std::span<const ImageTask> tasks, std::span<Verdict> verdicts);

 private:
  /// What a thread remembers between tasks: the output folder it saw last.
  struct Memory {
    std::string folder;
    bool known = false;
    bool exists = false;
    std::optional<Error> error;
  };

  void help(const std::stop_token& stop);
  void work(Memory& memory);
  [[nodiscard]] Verdict verdict_on(const ImageTask& task, Memory& memory);
  [[nodiscard]] Result<void> judge(const ImageTask& task, Memory& memory, Verdict& verdict);
  [[nodiscard]] Result<void> judge_settings(const ImageTask& task, Verdict& verdict);
  [[nodiscard]] Result<bool> done_already(const ImageTask& task, Verdict& verdict) const;
  [[nodiscard]] Result<bool> done_already(const ImageTask& task, const FileFacts& input,
                                          const std::filesystem::path& path,
                                          Verdict& verdict) const;
  [[nodiscard]] Result<void> judge_output(const ImageTask& task, const FileFacts& input,
                                          Memory& memory, Verdict& verdict);

  const ValidationRules rules_;
  Memory memory_;  ///< the caller's

  std::mutex settings_mutex_;
  struct JudgedSettings {
    std::shared_ptr<const ImageSettings> held;  ///< so that no other object gets its address
    std::optional<Error> error;
    ContentHash recipe;
  };
  std::map<const ImageSettings*, JudgedSettings> settings_;  ///< by object

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

// The client side of the fork server: starts and kills workers, and knows how each of them ended.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "platform/channel.h"
#include "pool/orders.h"

namespace imgmill {

/// How a worker process ended.
struct Ending {
  int status = 0;        ///< as returned by waitpid()
  bool stopped = false;  ///< it was sent SIGSTOP, and then killed
  bool lost = false;     ///< the fork server died, and its workers with it
};

/// A newly started worker.
struct Spawned {
  std::uint64_t id = 0;
  Channel channel;
  FileDescriptor standard_error;  ///< read end of a pipe, non-blocking
};

/// Thread-safe.
class Launcher {
 public:
  /// Runs `program` and waits until its engine is loaded. Errors: environment (the program cannot
  /// be run or has another version; the message includes its standard error), those of
  /// Sandbox::prepare.
  [[nodiscard]] static Result<std::unique_ptr<Launcher>> start(const std::filesystem::path& program,
                                                               const PoolSettings& settings);
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;
  /// Kills all workers.
  ~Launcher();

  /// Errors: environment.
  [[nodiscard]] Result<Spawned> spawn();
  /// Kills a worker immediately. Does nothing if it has already ended.
  void kill(std::uint64_t id);
  /// Waits for the worker to end and returns how it did. Nothing if it is still running after
  /// `patience`.
  [[nodiscard]] std::optional<Ending> ending(std::uint64_t id, std::chrono::milliseconds patience);
  /// Drops the record of a worker that is no longer needed.
  void forget(std::uint64_t id);

  /// True if the fork server is still running.
  [[nodiscard]] bool alive() const;
  /// The average time from requesting a worker until its process runs.
  [[nodiscard]] std::chrono::microseconds mean_spawn_time() const;
  /// The process id of a worker while it runs; otherwise 0.
  [[nodiscard]] pid_t process_of(std::uint64_t id) const;

 private:
  struct Worker {
    std::chrono::steady_clock::time_point asked;
    pid_t process = 0;
    bool stopped = false;
    std::optional<Ending> ending;
  };

  Launcher(pid_t process, Channel control);
  void listen();

  const pid_t process_;
  Channel control_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Worker> workers_;
  std::uint64_t next_id_ = 1;
  std::chrono::microseconds spawn_time_{0};  // sum over all spawned workers
  std::int64_t spawned_ = 0;
  bool alive_ = true;
  std::jthread listener_;
};

/// The path of `imgmill-worker`: beside this program or library, or where it is installed relative
/// to them. Errors: environment.
[[nodiscard]] Result<std::filesystem::path> find_worker_program();

}  // namespace imgmill

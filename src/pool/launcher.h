// The fork server as its owner sees it: starts workers, ends them, and knows how
// each of them ended.
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

/// How a worker process came to its end.
struct Ending {
  int status = 0;        ///< as waitpid() has it
  bool stopped = false;  ///< somebody sent it SIGSTOP, and then it was ended
  bool lost = false;     ///< the fork server died, and its workers with it
};

/// A worker that has just been started.
struct Spawned {
  std::uint64_t id = 0;
  Channel channel;
  FileDescriptor standard_error;  ///< a pipe's end, never waits
};

/// Thread-safe.
class Launcher {
 public:
  /// Runs `program` and waits until its engine is loaded. Errors: environment (it cannot
  /// be run, or is not of this version; what it said is in the message), those of
  /// Sandbox::prepare.
  [[nodiscard]] static Result<std::unique_ptr<Launcher>> start(const std::filesystem::path& program,
                                                               const PoolSettings& settings);
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;
  /// Ends all workers.
  ~Launcher();

  /// Errors: environment.
  [[nodiscard]] Result<Spawned> spawn();
  /// Ends a worker at once. Does nothing when it has ended already.
  void kill(std::uint64_t id);
  /// How the worker ended; waits for that. Nothing when it is still there after `patience`.
  [[nodiscard]] std::optional<Ending> ending(std::uint64_t id, std::chrono::milliseconds patience);
  /// Nobody is going to ask about this worker any more.
  void forget(std::uint64_t id);

  /// Whether the fork server is still there.
  [[nodiscard]] bool alive() const;
  /// From asking for a worker to its process running, on average.
  [[nodiscard]] std::chrono::microseconds mean_spawn_time() const;
  /// The process of a worker, once it runs; 0 before and afterwards.
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
  std::chrono::microseconds spawn_time_{0};  // of all that were spawned
  std::int64_t spawned_ = 0;
  bool alive_ = true;
  std::jthread listener_;
};

/// Where `imgmill-worker` lies: beside this program or library, or where it is
/// installed relative to them. Errors: environment.
[[nodiscard]] Result<std::filesystem::path> find_worker_program();

}  // namespace imgmill

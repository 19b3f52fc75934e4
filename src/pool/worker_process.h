// A worker process as seen from the parent. Nothing it sends is trusted.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "executor/executor.h"
#include "platform/progress_deadline.h"
#include "platform/shared_memory.h"
#include "pool/launcher.h"
#include "pool/message.h"
#include "pool/orders.h"

namespace imgmill {

/// A failure of the worker, not just of an image.
struct Fault {
  std::string kind;  ///< for metrics: "signal", "exit", "timeout", "cpu", "violation", "protocol"
  std::string what;  ///< for users, such as "crashed (SIGSEGV)"
  std::string said;  ///< the end of its standard error, on one line; often empty
  /// The image is not to blame: the worker was killed from outside or lost.
  bool blameless = false;
  /// It was killed with SIGKILL, for example by the kernel's out-of-memory killer.
  bool killed = false;
  /// The same image may succeed in another worker.
  bool worth_another_try = true;
};

/// The worker has not started: judging by the header, the image needs this many bytes, more than
/// granted.
struct MemoryNeed {
  std::uint64_t bytes = 0;
};

/// The outcome for an image in a worker: done, not started, failed with an error, or a fault, after
/// which the worker must not be used again.
using Outcome = std::variant<Optimized, MemoryNeed, Error, Fault>;
using CompareOutcome = std::variant<Comparison, MemoryNeed, Error, Fault>;
using SketchOutcome = std::variant<Placeholder, MemoryNeed, Error, Fault>;

/// The resources granted to an order.
struct Grant {
  int threads = 1;           ///< for the engine
  std::uint64_t memory = 0;  ///< bytes
};

/// The CPU time that `work` may use, where `timeout` is meant for an average image: more for large
/// files and pictures, since the cost per pixel adds up, and for higher effort. `memory`, the bytes
/// that the picture needs, indicates its size. At least `timeout`.
[[nodiscard]] std::chrono::seconds allowance_for(const Work& work, std::uint64_t memory,
                                                 std::chrono::seconds timeout);

/// Used by one thread at a time; several workers may be used at once.
class WorkerProcess {
 public:
  using Clock = std::chrono::steady_clock;

  /// Requests a process without waiting for it. Errors: environment.
  [[nodiscard]] static Result<std::unique_ptr<WorkerProcess>> start(
      std::shared_ptr<Launcher> launcher);
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  /// Kills the process.
  ~WorkerProcess();

  /// Waits until it is sandboxed and warmed up. Returns a fault if it does not get that far.
  [[nodiscard]] std::variant<std::monostate, Error, Fault> wait_until_ready(
      Clock::time_point deadline);
  /// True if wait_until_ready() would not block.
  [[nodiscard]] bool has_spoken() const;
  /// True if a ready, idle worker has died.
  [[nodiscard]] bool gone() const { return ready_ && heard_something(); }
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] const SandboxReport& sandbox() const { return sandbox_; }
  [[nodiscard]] std::chrono::microseconds warm_up_time() const { return warm_up_time_; }

  /// Processes one image; `input` holds work.input.
  [[nodiscard]] Outcome process(const Work& work, const SharedMemory& input, const Grant& grant,
                                std::chrono::seconds timeout);

  /// Compares two images, stored consecutively in `both`. `order` holds the parameters; its
  /// cpu_seconds is ignored.
  [[nodiscard]] CompareOutcome compare(CompareOrder order, const SharedMemory& both,
                                       std::chrono::seconds timeout);

  /// Makes the placeholder of the image that `input` holds; cpu_seconds of the order is ignored.
  [[nodiscard]] SketchOutcome sketch(SketchOrder order, const SharedMemory& input,
                                     std::chrono::seconds timeout);

  /// Ends it, whatever it does; who waits for it hears of its death. Thread-safe.
  void kill() { launcher_->kill(id_); }

  /// Images that were given to it.
  [[nodiscard]] std::uint64_t images() const { return images_; }
  [[nodiscard]] pid_t process_id() const { return launcher_->process_of(id_); }

 private:
  WorkerProcess(std::shared_ptr<Launcher> launcher, Spawned spawned)
      : launcher_(std::move(launcher)),
        id_(spawned.id),
        channel_(std::move(spawned.channel)),
        standard_error_(std::move(spawned.standard_error)) {}

  [[nodiscard]] std::variant<Packet, Fault> receive(Clock::time_point deadline,
                                                    std::chrono::seconds timeout);
  [[nodiscard]] std::variant<Message, Fault> hear_message(Clock::time_point deadline,
                                                          std::chrono::seconds timeout);
  /// Sends an order that may use `memory` bytes, and returns the first answer to it.
  [[nodiscard]] std::variant<Message, MemoryNeed, Error, Fault> ask(
      Message request, const SharedMemory& input, MessageKind expected, std::uint64_t memory,
      Clock::time_point deadline, std::chrono::seconds timeout);
  /// Receives the bytes that belong to an answer; its value is their number.
  [[nodiscard]] std::variant<Buffer, Error, Fault> take_bytes(const Message& answer,
                                                              Clock::time_point deadline,
                                                              std::chrono::seconds timeout);
  [[nodiscard]] Outcome take_output(const Message& done, const Work& work,
                                    Clock::time_point deadline, std::chrono::seconds timeout);
  [[nodiscard]] bool heard_something() const;
  /// Call before an order: starts the clock and discards earlier standard error output.
  void begin(std::chrono::seconds allowance, int threads);
  void read_standard_error();
  /// Kills the process and returns `fault` with its standard error.
  [[nodiscard]] Fault end(Fault fault);
  [[nodiscard]] Fault broke_the_rules(std::string how);
  [[nodiscard]] Fault why_it_is_gone();

  std::shared_ptr<Launcher> launcher_;
  std::uint64_t id_;
  Channel channel_;
  FileDescriptor standard_error_;
  std::string said_;
  std::optional<ProgressDeadline> patience_;  ///< for the current image
  SandboxReport sandbox_;
  std::chrono::microseconds warm_up_time_{0};
  std::uint64_t images_ = 0;
  bool ready_ = false;
};

}  // namespace imgmill

// One worker as this process sees it. Nothing it says is trusted.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "executor/executor.h"
#include "platform/patience.h"
#include "platform/shared_memory.h"
#include "pool/launcher.h"
#include "pool/message.h"
#include "pool/orders.h"

namespace imgmill {

/// A worker has failed, not just an image.
struct Fault {
  std::string kind;  ///< for counting: "signal", "exit", "timeout", "cpu", "violation", "protocol"
  std::string what;  ///< for people, such as "crashed (SIGSEGV)"
  std::string said;  ///< the end of its standard error, on one line; often empty
  /// The image is not to blame: somebody shot the worker, or it was never well.
  bool blameless = false;
  /// Somebody ended it without a word (SIGKILL), such as the kernel that is out of memory.
  bool killed = false;
  /// Whether the same may go well in another worker.
  bool worth_another_try = true;
};

/// The worker has not begun: the header asks for so many bytes of memory, more than were granted.
struct MemoryNeed {
  std::uint64_t bytes = 0;
};

/// What became of an image in a worker: done, not begun, refused with an error, or the worker
/// is not to be used again.
using Outcome = std::variant<Optimized, MemoryNeed, Error, Fault>;
using CompareOutcome = std::variant<Comparison, MemoryNeed, Error, Fault>;

/// What an order may take.
struct Grant {
  int threads = 1;           ///< for the engine
  std::uint64_t memory = 0;  ///< bytes
};

/// CPU time that `work` may cost, where `timeout` is what an everyday image may: more for large
/// files and pictures, since what is done for each pixel adds up, and for more effort. What a
/// picture takes of memory, bytes, says how large it is. At least `timeout`.
[[nodiscard]] std::chrono::seconds allowance_for(const Work& work, std::uint64_t memory,
                                                 std::chrono::seconds timeout);

/// Used by one thread at a time; several workers may be used at once.
class WorkerProcess {
 public:
  using Clock = std::chrono::steady_clock;

  /// Asks for a process and does not wait for it. Errors: environment.
  [[nodiscard]] static Result<std::unique_ptr<WorkerProcess>> start(
      std::shared_ptr<Launcher> launcher);
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  /// Ends the process.
  ~WorkerProcess();

  /// Waits until it is sandboxed and warm. A fault when it never comes to that.
  [[nodiscard]] std::variant<std::monostate, Error, Fault> wait_until_ready(
      Clock::time_point deadline);
  /// Whether wait_until_ready() would not wait.
  [[nodiscard]] bool has_spoken() const;
  /// Whether a worker that is ready and has nothing to do has died all the same.
  [[nodiscard]] bool gone() const { return ready_ && heard_something(); }
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] const SandboxReport& sandbox() const { return sandbox_; }
  [[nodiscard]] std::chrono::microseconds warm_up_time() const { return warm_up_time_; }

  /// Works on one image; `input` holds work.input.
  [[nodiscard]] Outcome process(const Work& work, const SharedMemory& input, const Grant& grant,
                                std::chrono::seconds timeout);

  /// Compares two images, which `both` holds one after the other; `order` says how, but
  /// for its cpu_seconds.
  [[nodiscard]] CompareOutcome compare(CompareOrder order, const SharedMemory& both,
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

  [[nodiscard]] std::variant<Packet, Fault> hear(Clock::time_point deadline,
                                                 std::chrono::seconds timeout);
  [[nodiscard]] std::variant<Message, Fault> hear_message(Clock::time_point deadline,
                                                          std::chrono::seconds timeout);
  /// Gives an order that may take `memory` bytes, and hears the first answer to it.
  [[nodiscard]] std::variant<Message, MemoryNeed, Error, Fault> ask(
      Message request, const SharedMemory& input, MessageKind expected, std::uint64_t memory,
      Clock::time_point deadline, std::chrono::seconds timeout);
  /// The bytes that belong to an answer; their number is its value.
  [[nodiscard]] std::variant<Buffer, Error, Fault> take_bytes(const Message& answer,
                                                              Clock::time_point deadline,
                                                              std::chrono::seconds timeout);
  [[nodiscard]] Outcome take_output(const Message& done, const Work& work,
                                    Clock::time_point deadline, std::chrono::seconds timeout);
  [[nodiscard]] bool heard_something() const;
  /// Before an order: its time begins, and nothing that was said counts any longer.
  void begin(std::chrono::seconds allowance, int threads);
  void read_standard_error();
  /// Ends the process and tells what `fault` came with.
  [[nodiscard]] Fault end(Fault fault);
  [[nodiscard]] Fault broke_the_rules(std::string how);
  [[nodiscard]] Fault why_it_is_gone();

  std::shared_ptr<Launcher> launcher_;
  std::uint64_t id_;
  Channel channel_;
  FileDescriptor standard_error_;
  std::string said_;
  std::optional<Patience> patience_;  ///< with the image in hand
  SandboxReport sandbox_;
  std::chrono::microseconds warm_up_time_{0};
  std::uint64_t images_ = 0;
  bool ready_ = false;
};

}  // namespace imgmill

#include "pool/worker.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <initializer_list>
#include <new>
#include <utility>

#include "base/time_left.h"
#include "base/try.h"
#include "codecs/engine.h"
#include "platform/memory.h"
#include "platform/shared_memory.h"
#include "pool/message.h"

namespace imgmill {
namespace {

// ---- Final messages, from signal handlers ---------------------------------------

int socket_for_last_words = -1;

void say_at_the_end(MessageKind kind, std::uint64_t id, std::int64_t value) {
  MessageHeader header;
  header.kind = static_cast<std::uint16_t>(kind);
  header.id = id;
  header.value = value;
  iovec part{&header, sizeof(header)};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ::sendmsg(socket_for_last_words, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void on_violation(int system_call) { say_at_the_end(MessageKind::violation, 0, system_call); }

// The exit status will show the signal but not its sender: a worker killed from outside is no
// reason to suspect its image.
void on_deadly_signal(int signal, siginfo_t* details, void*) {
  const bool from_outside = details->si_code <= 0 && details->si_pid != ::getpid();
  say_at_the_end(MessageKind::signal, static_cast<std::uint64_t>(signal), from_outside ? 1 : 0);
  // SA_RESETHAND has restored the default action: this time the signal kills.
  ::syscall(SYS_tgkill, ::getpid(), ::syscall(SYS_gettid), signal);
}

void watch_deadly_signals() {
  // After a stack overflow, the regular stack cannot hold the handler's frame.
  static std::array<std::byte, 64 * 1024> stack;
  stack_t where{};
  where.ss_sp = stack.data();
  where.ss_size = stack.size();
  ::sigaltstack(&where, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_deadly_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGXCPU}) {
    ::sigaction(signal, &action, nullptr);
  }
}

// ---- The work -----------------------------------------------------------------

/// Exits because the other end is gone or violates the protocol. The reader of standard error, if
/// there still is one, quotes the end of it.
[[noreturn]] void leave(std::string_view why) {
  if (::write(STDERR_FILENO, why.data(), why.size()) < 0) ::_exit(2);
  ::_exit(1);
}

class Worker {
 public:
  Worker(Channel channel, const WorkerTasks& tasks) : channel_(std::move(channel)), tasks_(tasks) {}

  void say(MessageKind kind, std::uint64_t id, std::int64_t value, std::string body) {
    std::string bytes = encode({kind, id, value, std::move(body)});
    if (bytes.size() > Channel::max_message) {
      bytes = encode({MessageKind::failed, id, 0,
                      to_body(Error(ErrorCode::internal, "the answer of a worker is too long",
                                    "please report this with the image"))});
    }
    if (!channel_.send(bytes)) leave("nobody wants the answer");
  }

  /// Processes one order, from receiving it to the end of the answer.
  void serve() {
    const auto [order, memory] =
        receive({MessageKind::work, MessageKind::compare, MessageKind::sketch});
    if (order.kind == MessageKind::compare) return serve_comparison(order, memory);
    if (order.kind == MessageKind::sketch) return serve_sketch(order, memory);
    const std::uint64_t id = order.id;
    Result<Optimized> outcome = work(order, memory);
    if (needed_ > 0) return say(MessageKind::needs, id, std::exchange(needed_, 0), {});
    if (!outcome) return say(MessageKind::failed, id, 0, to_body(outcome.error()));
    if (outcome->decision == Decision::kept) {
      return say(MessageKind::done, id, 0, to_body(*outcome));
    }
    say(MessageKind::done, id, static_cast<std::int64_t>(outcome->bytes.size()), to_body(*outcome));
    hand_over(id, outcome->bytes.view());
  }

 private:
  void serve_comparison(const Message& order, const SharedMemory& memory) {
    const Result<Comparison> outcome = compare(order, memory);
    if (needed_ > 0) return say(MessageKind::needs, order.id, std::exchange(needed_, 0), {});
    if (!outcome) return say(MessageKind::failed, order.id, 0, to_body(outcome.error()));
    const Buffer& map = outcome->map;
    say(MessageKind::compared, order.id, static_cast<std::int64_t>(map.size()), to_body(*outcome));
    if (!map.empty()) hand_over(order.id, map.view());
  }

  void serve_sketch(const Message& order, const SharedMemory& memory) {
    const Result<Placeholder> outcome = sketch(order, memory);
    if (needed_ > 0) return say(MessageKind::needs, order.id, std::exchange(needed_, 0), {});
    if (!outcome) return say(MessageKind::failed, order.id, 0, to_body(outcome.error()));
    say(MessageKind::sketched, order.id, 0, to_body(*outcome));
  }

  /// Copies `bytes` into the shared memory that the other end provides.
  void hand_over(std::uint64_t id, ByteView bytes) {
    const auto [room, target] = receive({MessageKind::room});
    if (target.size() != bytes.size()) leave("the room is not as large as the output");
    {
      Result<Buffer> mapped = target.map_for_writing();
      if (!mapped) leave(mapped.error().message());
      std::memcpy(mapped->data(), bytes.data(), bytes.size());
    }
    say(MessageKind::filled, id, static_cast<std::int64_t>(bytes.size()), {});
  }

  /// The next message, which must be of one of these kinds and bring `value` bytes of shared
  /// memory.
  std::pair<Message, SharedMemory> receive(std::initializer_list<MessageKind> kinds) {
    Result<Packet> packet = channel_.receive();
    if (!packet) leave(packet.error().message());
    if (packet->bytes.empty()) ::_exit(0);  // no work left
    Result<Message> message = decode(packet->bytes);
    if (!message) leave(message.error().message());
    const bool expected = std::find(kinds.begin(), kinds.end(), message->kind) != kinds.end();
    if (!expected || packet->descriptors.size() != 1) leave("an unexpected message");
    Result<SharedMemory> memory = SharedMemory::received(std::move(packet->descriptors.front()),
                                                         static_cast<std::size_t>(message->value));
    if (!memory) leave(memory.error().message());
    return {*std::move(message), *std::move(memory)};
  }

  Result<Optimized> work(const Message& message, const SharedMemory& memory) {
    IMGMILL_TRY(const Order order, order_from(message.body));
    return within(order, memory, [&](const Buffer& input) {
      return tasks_.optimize(input.view(), order.settings, order.limits, admission(order.memory));
    });
  }

  Result<Comparison> compare(const Message& message, const SharedMemory& memory) {
    IMGMILL_TRY(const CompareOrder order, compare_order_from(message.body));
    return within(order, memory, [&](const Buffer& both) -> Result<Comparison> {
      if (order.original_bytes > both.size()) {
        return fail(ErrorCode::internal, "an order is about more bytes than there are");
      }
      return tasks_.compare(both.view().first(order.original_bytes),
                            both.view().subspan(order.original_bytes), order.options, order.limits,
                            admission(order.memory));
    });
  }

  Result<Placeholder> sketch(const Message& message, const SharedMemory& memory) {
    IMGMILL_TRY(const SketchOrder order, sketch_order_from(message.body));
    return within(order, memory, [&](const Buffer& input) {
      return tasks_.sketch(input.view(), order.limits, admission(order.memory));
    });
  }

  /// Admits work that needs at most `granted` bytes, and records the need if it is greater.
  Admission admission(std::uint64_t granted) {
    return [this, granted](std::uint64_t bytes) -> Result<void> {
      if (bytes > granted) {
        needed_ = static_cast<std::int64_t>(std::min(bytes, most_needed));
        return fail(ErrorCode::limit, "it needs more memory than there is leave for");
      }
      leaves_much_ = bytes > kept_for_the_next;
      return {};
    };
  }

  /// Applies `craft` to the bytes in `memory`, within the limits of `order`.
  template <typename SomeOrder, typename Craft>
  auto within(const SomeOrder& order, const SharedMemory& memory, const Craft& craft)
      -> std::invoke_result_t<Craft, const Buffer&> {
    IMGMILL_CHECK(allow_cpu_seconds(order.cpu_seconds));
    set_time_left(std::chrono::seconds(order.cpu_seconds));
    set_threads_per_image(order.threads);
    try {
      IMGMILL_TRY(const Buffer bytes, memory.map_for_reading());
      auto made = craft(bytes);
      // After a large image the heap keeps memory for the next one, but that may go to another
      // worker.
      if (std::exchange(leaves_much_, false)) give_memory_back();
      return made;
    } catch (const std::bad_alloc&) {
      return std::unexpected(engine_memory_error());
    } catch (const std::exception& exception) {
      return std::unexpected(engine_defect(exception.what()));
    }
  }

  // Freed memory above this is returned to the system.
  static constexpr std::uint64_t kept_for_the_next = std::uint64_t{64} << 20;
  static constexpr std::uint64_t most_needed = std::uint64_t{1} << 50;

  Channel channel_;
  const WorkerTasks& tasks_;
  std::int64_t needed_ = 0;   ///< bytes that the current order needs, if more than granted
  bool leaves_much_ = false;  ///< the current order uses more memory than is worth keeping
};

}  // namespace

void run_worker(Channel channel, const PoolSettings& settings, const Sandbox& sandbox,
                const WorkerTasks& tasks) {
  const auto start = std::chrono::steady_clock::now();
  const int socket = channel.get();
  socket_for_last_words = socket;
  watch_deadly_signals();
  Worker worker(std::move(channel), tasks);

  SandboxLimits limits;
  limits.address_space = settings.address_space;
  // Threads of an image besides the engine's own: decoders start a few helpers.
  limits.threads = static_cast<std::uint64_t>(settings.threads) * 4 + 32;
  const Result<SandboxReport> report = sandbox.enter(limits, {&socket, 1}, on_violation);
  if (!report) {
    worker.say(MessageKind::failed, 0, 0, to_body(report.error()));
    ::_exit(1);
  }
  if (settings.warm_up == WarmUp::on) {
    if (const Result<void> warm = warm_up(tasks.optimize); !warm) {
      worker.say(MessageKind::failed, 0, 0, to_body(warm.error()));
      ::_exit(1);
    }
  }
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  worker.say(MessageKind::ready, 0, took.count(), to_body(*report));
  for (;;) worker.serve();
}

}  // namespace imgmill

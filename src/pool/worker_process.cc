#include "pool/worker_process.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "pool/message.h"
#include "sandbox/sandbox.h"

namespace imgmill {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A process that has closed its channel or was killed usually ends at once; it takes longer only on
// an overloaded machine.
constexpr milliseconds patience_for_an_ending{5'000};
constexpr std::size_t longest_said = 2'000;

// A photograph of 24 megapixels has some 10 MB; one of 100 megapixels takes four times as long.
constexpr std::uint64_t everyday_bytes = std::uint64_t{16} << 20;
// The memory that a photograph of 35 megapixels needs with a quality target.
constexpr std::uint64_t everyday_memory = std::uint64_t{1} << 30;
// Relative to balanced, in CPU time of the slowest format (AVIF).
constexpr int factor_of_max_effort = 4;

std::string signal_name(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

/// True for signals that only another process can have sent: workers may not send signals, and
/// decoders do not fail this way.
bool sent_by_others(int signal) {
  return signal == SIGTERM || signal == SIGHUP || signal == SIGINT || signal == SIGQUIT ||
         signal == SIGUSR1 || signal == SIGUSR2;
}

int milliseconds_until(WorkerProcess::Clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<milliseconds>(deadline - WorkerProcess::Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count() + 1, 0, 1 << 30));
}

}  // namespace

seconds allowance_for(const Work& work, std::uint64_t memory, seconds timeout) {
  const std::uint64_t size =
      std::max<std::uint64_t>({work.input.size() / everyday_bytes, memory / everyday_memory, 1});
  const int effort = work.settings.effort == Effort::max ? factor_of_max_effort : 1;
  return timeout * static_cast<seconds::rep>(size) * effort;
}

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(std::shared_ptr<Launcher> launcher) {
  IMGMILL_TRY(Spawned spawned, launcher->spawn());
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(std::move(launcher), std::move(spawned)));
}

WorkerProcess::~WorkerProcess() {
  launcher_->kill(id_);
  launcher_->forget(id_);
}

bool WorkerProcess::heard_something() const {
  pollfd heard{channel_.get(), POLLIN, 0};
  return ::poll(&heard, 1, 0) > 0;
}

bool WorkerProcess::has_spoken() const { return ready_ || heard_something(); }

void WorkerProcess::read_standard_error() {
  std::array<char, 1024> part{};
  ssize_t got = 0;
  while ((got = ::read(standard_error_.get(), part.data(), part.size())) > 0) {
    said_.append(part.data(), static_cast<std::size_t>(got));
    if (said_.size() > longest_said) said_.erase(0, said_.size() - longest_said);
  }
}

Fault WorkerProcess::end(Fault fault) {
  launcher_->kill(id_);
  read_standard_error();
  while (!said_.empty() && said_.back() == '\n') said_.pop_back();
  fault.said = printable(std::string_view(said_));
  return fault;
}

Fault WorkerProcess::broke_the_rules(std::string how) {
  return end(
      {.kind = "protocol", .what = "gave an answer that cannot be right: " + std::move(how)});
}

Fault WorkerProcess::why_it_is_gone() {
  // It may have closed its end without exiting.
  std::optional<Ending> ending = launcher_->ending(id_, milliseconds(200));
  const bool still_there = !ending;
  if (still_there) {
    launcher_->kill(id_);
    ending = launcher_->ending(id_, patience_for_an_ending);
  }
  Fault fault{.kind = "signal"};
  if (!ending || ending->lost) {
    fault.what = "was lost together with the process that starts workers";
    fault.blameless = true;
  } else if (ending->stopped) {
    fault.what = "was stopped by another process (SIGSTOP) and had to be ended";
    fault.blameless = true;
  } else if (still_there) {
    fault = {.kind = "protocol", .what = "closed its connection in the middle of the work"};
  } else if (WIFSIGNALED(ending->status)) {
    const int signal = WTERMSIG(ending->status);
    fault.blameless = sent_by_others(signal);
    fault.what =
        fmt::format("{} ({})", fault.blameless ? "was ended" : "crashed", signal_name(signal));
    if (signal == SIGSYS) {
      fault = {.kind = "violation",
               .what = "was ended because it tried a forbidden system call",
               .worth_another_try = false};
    }
    if (signal == SIGKILL) {
      fault.what = "was killed (SIGKILL): by hand, or because the machine ran out of memory";
      fault.killed = true;
    }
  } else {
    fault.kind = "exit";
    fault.what =
        fmt::format("ended without an answer (exit status {})", WEXITSTATUS(ending->status));
  }
  return end(std::move(fault));
}

std::variant<Packet, Fault> WorkerProcess::receive(Clock::time_point deadline, seconds timeout) {
  const auto too_long = [this](const std::string& how) {
    return end({.kind = "timeout", .what = how + " and was ended", .worth_another_try = false});
  };
  for (;;) {
    std::array<pollfd, 2> ready{{{channel_.get(), POLLIN, 0}, {standard_error_.get(), POLLIN, 0}}};
    // The worker may have closed its standard error: that is not an event, but poll() would report
    // it over and over.
    if (!standard_error_) ready[1].fd = -1;
    int wait = milliseconds_until(deadline);
    if (patience_) wait = std::min(wait, static_cast<int>(ProgressDeadline::next_look().count()));
    const int count = ::poll(ready.data(), ready.size(), wait);
    if (count < 0 && errno == EINTR) continue;
    if (ready[1].revents != 0) {
      read_standard_error();
      if ((ready[1].revents & POLLIN) == 0) standard_error_.reset();
    }
    if (ready[0].revents != 0) {
      Result<Packet> packet = channel_.receive();
      if (!packet) return broke_the_rules(packet.error().message());
      if (packet->bytes.empty()) return why_it_is_gone();
      return *std::move(packet);
    }
    if (Clock::now() >= deadline) {
      return too_long(fmt::format("did not finish within {} s", timeout.count()));
    }
    const std::string over = patience_ ? patience_->over() : std::string();
    if (!over.empty()) return too_long(over);
  }
}

std::variant<Message, Fault> WorkerProcess::hear_message(Clock::time_point deadline,
                                                         seconds timeout) {
  auto heard = receive(deadline, timeout);
  if (auto* fault = std::get_if<Fault>(&heard)) return std::move(*fault);
  const Packet& packet = std::get<Packet>(heard);
  Result<Message> message = decode(packet.bytes);
  if (!message) return broke_the_rules(message.error().message());
  if (!packet.descriptors.empty()) return broke_the_rules("it sent a descriptor");
  if (message->kind == MessageKind::violation) {
    return end({.kind = "violation",
                .what = fmt::format("was ended because it tried a forbidden system call ({})",
                                    syscall_name(static_cast<int>(message->value))),
                .worth_another_try = false});
  }
  if (message->kind == MessageKind::signal) {
    const int signal = static_cast<int>(message->id);
    if (signal == SIGXCPU) {
      return end({.kind = "cpu",
                  .what = "used more CPU time than an image may and was ended",
                  .worth_another_try = false});
    }
    const bool from_outside = message->value == 1;
    return end({.kind = "signal",
                .what = from_outside
                            ? fmt::format("was ended by another process ({})", signal_name(signal))
                            : fmt::format("crashed ({})", signal_name(signal)),
                .blameless = from_outside});
  }
  return *std::move(message);
}

std::variant<std::monostate, Error, Fault> WorkerProcess::wait_until_ready(
    Clock::time_point deadline) {
  if (ready_) return std::monostate{};
  const auto patience = std::chrono::duration_cast<seconds>(deadline - Clock::now());
  auto heard = hear_message(deadline, patience);
  if (auto* fault = std::get_if<Fault>(&heard)) return std::move(*fault);
  const Message& message = std::get<Message>(heard);
  if (message.kind == MessageKind::failed) {
    Result<Error> error = error_from(message.body);
    if (!error) return broke_the_rules(error.error().message());
    return *std::move(error);
  }
  Result<SandboxReport> report = report_from(message.body);
  if (message.kind != MessageKind::ready || !report) {
    return broke_the_rules("it did not say that it is ready");
  }
  sandbox_ = *std::move(report);
  warm_up_time_ = std::chrono::microseconds(message.value);
  ready_ = true;
  return std::monostate{};
}

std::variant<Message, MemoryNeed, Error, Fault> WorkerProcess::ask(
    Message request, const SharedMemory& input, MessageKind expected, std::uint64_t memory,
    Clock::time_point deadline, seconds timeout) {
  const std::array<int, 1> sent{input.get()};
  if (!channel_.send(encode(request), sent)) return why_it_is_gone();
  auto heard = hear_message(deadline, timeout);
  if (auto* fault = std::get_if<Fault>(&heard)) return std::move(*fault);
  Message& message = std::get<Message>(heard);
  if (message.id != request.id) return broke_the_rules("it is about another image");
  if (message.kind == MessageKind::failed) {
    Result<Error> error = error_from(message.body);
    if (!error) return broke_the_rules(error.error().message());
    return *std::move(error);
  }
  if (message.kind == MessageKind::needs) {
    const auto needed = static_cast<std::uint64_t>(std::max<std::int64_t>(message.value, 0));
    if (needed <= memory) return broke_the_rules("it asks for memory that it has");
    return MemoryNeed{needed};
  }
  if (message.kind != expected) return broke_the_rules("it is of an unexpected kind");
  return std::move(message);
}

namespace {

/// A fallback in case nothing is watching the worker: slightly more than ProgressDeadline allows.
std::uint64_t cpu_seconds_for(seconds timeout, int threads) {
  return static_cast<std::uint64_t>(timeout.count() * std::max(threads, 1) + 10);
}

/// Orders end when ProgressDeadline says so, not at a fixed time.
constexpr WorkerProcess::Clock::time_point no_deadline = WorkerProcess::Clock::time_point::max();

}  // namespace

void WorkerProcess::begin(seconds allowance, int threads) {
  // The ready message may arrive before the process id is known.
  patience_.emplace([this] { return process_id(); }, allowance, threads);
  // Discard standard error output that belongs to the previous image.
  read_standard_error();
  said_.clear();
}

Outcome WorkerProcess::process(const Work& work, const SharedMemory& input, const Grant& grant,
                               seconds timeout) {
  timeout = allowance_for(work, grant.memory, timeout);
  begin(timeout, grant.threads);
  const Clock::time_point deadline = no_deadline;
  const std::uint64_t id = ++images_;
  const Order order{work.settings, work.limits, grant.threads,
                    cpu_seconds_for(timeout, grant.threads), grant.memory};
  auto answer =
      ask({MessageKind::work, id, static_cast<std::int64_t>(input.size()), to_body(order)}, input,
          MessageKind::done, grant.memory, deadline, timeout);
  if (const auto* need = std::get_if<MemoryNeed>(&answer)) return *need;
  if (auto* error = std::get_if<Error>(&answer)) return std::move(*error);
  if (auto* fault = std::get_if<Fault>(&answer)) return std::move(*fault);
  return take_output(std::get<Message>(answer), work, deadline, timeout);
}

CompareOutcome WorkerProcess::compare(CompareOrder order, const SharedMemory& both,
                                      seconds timeout) {
  begin(timeout, order.threads);
  const Clock::time_point deadline = no_deadline;
  const std::uint64_t id = ++images_;
  order.cpu_seconds = cpu_seconds_for(timeout, order.threads);
  auto answer =
      ask({MessageKind::compare, id, static_cast<std::int64_t>(both.size()), to_body(order)}, both,
          MessageKind::compared, order.memory, deadline, timeout);
  if (const auto* need = std::get_if<MemoryNeed>(&answer)) return *need;
  if (auto* error = std::get_if<Error>(&answer)) return std::move(*error);
  if (auto* fault = std::get_if<Fault>(&answer)) return std::move(*fault);
  const Message& compared = std::get<Message>(answer);
  Result<Comparison> comparison = comparison_from(compared.body);
  if (!comparison) return broke_the_rules(comparison.error().message());
  comparison->original.bytes = order.original_bytes;
  comparison->other.bytes = both.size() - order.original_bytes;
  const bool wanted = order.options.map == HeatMap::yes;
  // A map has three samples per pixel, and PNG adds little even if it cannot compress them.
  const std::uint64_t most = order.limits.max_decoded_bytes + (std::uint64_t{16} << 20);
  if (compared.value < 0 || static_cast<std::uint64_t>(compared.value) > (wanted ? most : 0)) {
    return broke_the_rules(fmt::format("its map has {} bytes", compared.value));
  }
  if (wanted != (compared.value > 0)) return broke_the_rules("there is no map");
  if (!wanted) return *std::move(comparison);
  auto taken = take_bytes(compared, deadline, timeout);
  if (auto* error = std::get_if<Error>(&taken)) return std::move(*error);
  if (auto* fault = std::get_if<Fault>(&taken)) return std::move(*fault);
  comparison->map = std::move(std::get<Buffer>(taken));
  if (sniff(comparison->map.view()) != Format::png) {
    return broke_the_rules("its map is not of the format it said");
  }
  return *std::move(comparison);
}

SketchOutcome WorkerProcess::sketch(SketchOrder order, const SharedMemory& input, seconds timeout) {
  begin(timeout, order.threads);
  const std::uint64_t id = ++images_;
  order.cpu_seconds = cpu_seconds_for(timeout, order.threads);
  auto answer =
      ask({MessageKind::sketch, id, static_cast<std::int64_t>(input.size()), to_body(order)}, input,
          MessageKind::sketched, order.memory, no_deadline, timeout);
  if (const auto* need = std::get_if<MemoryNeed>(&answer)) return *need;
  if (auto* error = std::get_if<Error>(&answer)) return std::move(*error);
  if (auto* fault = std::get_if<Fault>(&answer)) return std::move(*fault);
  Result<Placeholder> placeholder = placeholder_from(std::get<Message>(answer).body);
  if (!placeholder) return broke_the_rules(placeholder.error().message());
  return *std::move(placeholder);
}

std::variant<Buffer, Error, Fault> WorkerProcess::take_bytes(const Message& answer,
                                                             Clock::time_point deadline,
                                                             seconds timeout) {
  Result<SharedMemory> room = SharedMemory::create(static_cast<std::size_t>(answer.value));
  if (!room) return std::move(room).error();
  const std::array<int, 1> sent{room->get()};
  if (!channel_.send(encode({MessageKind::room, answer.id, answer.value, {}}), sent)) {
    return why_it_is_gone();
  }
  auto heard = hear_message(deadline, timeout);
  if (auto* fault = std::get_if<Fault>(&heard)) return std::move(*fault);
  const Message& filled = std::get<Message>(heard);
  if (filled.kind != MessageKind::filled || filled.id != answer.id ||
      filled.value != answer.value) {
    return broke_the_rules("its output is not as long as it said");
  }
  if (!room->freeze()) return broke_the_rules("it holds on to the memory of its output");
  Result<Buffer> bytes = room->map_for_reading();
  if (!bytes) return std::move(bytes).error();
  return *std::move(bytes);
}

Outcome WorkerProcess::take_output(const Message& done, const Work& work,
                                   Clock::time_point deadline, seconds timeout) {
  Result<Optimized> output = optimized_from(done.body);
  if (!output) return broke_the_rules(output.error().message());
  if (output->frames > work.limits.max_frames) return broke_the_rules("it has too many frames");
  if (output->decision == Decision::kept) {
    if (done.value != 0 || output->format != output->input_format) {
      return broke_the_rules("it kept the input and yet it did not");
    }
    return *std::move(output);
  }
  // No format needs more than the raw pixels plus some overhead.
  const std::uint64_t most = work.limits.max_decoded_bytes + work.limits.max_input_bytes;
  if (done.value <= 0 || static_cast<std::uint64_t>(done.value) > most) {
    return broke_the_rules(fmt::format("its output has {} bytes", done.value));
  }
  auto taken = take_bytes(done, deadline, timeout);
  if (auto* error = std::get_if<Error>(&taken)) return std::move(*error);
  if (auto* fault = std::get_if<Fault>(&taken)) return std::move(*fault);
  output->bytes = std::move(std::get<Buffer>(taken));
  if (sniff(output->bytes.view()) != output->format) {
    return broke_the_rules("its output is not of the format it said");
  }
  return *std::move(output);
}

}  // namespace imgmill

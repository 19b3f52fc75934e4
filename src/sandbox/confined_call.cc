#include "sandbox/confined_call.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>

#include "base/text.h"
#include "base/try.h"
#include "platform/channel.h"
#include "platform/file.h"
#include "platform/io_error.h"
#include "platform/patience.h"

namespace imgmill {
namespace {

constexpr std::size_t longest_said = 2'000;

// The child's message: one of these letters, the length of the missing-layers text, that text, then
// the answer or the error. A violation is followed only by its number.
constexpr char letter_answer = 'A';
constexpr char letter_refused = 'R';
constexpr char letter_violation = 'V';
constexpr char letter_defect = 'D';

// ---- In the child --------------------------------------------------------------

int answer_descriptor = -1;

bool write_all(const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t put = ::write(answer_descriptor, data, size);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    data += put;
    size -= static_cast<std::size_t>(put);
  }
  return true;
}

[[noreturn]] void end_with(char letter, const std::string& first, const std::string& second) {
  const auto length = static_cast<std::uint32_t>(first.size());
  std::array<char, 1 + sizeof(length)> head{letter};
  std::memcpy(head.data() + 1, &length, sizeof(length));
  const bool told = write_all(head.data(), head.size()) && write_all(first.data(), first.size()) &&
                    write_all(second.data(), second.size());
  ::_exit(told ? 0 : 1);
}

void on_violation(int system_call) {
  std::array<char, 1 + sizeof(system_call)> message{letter_violation};
  std::memcpy(message.data() + 1, &system_call, sizeof(system_call));
  const bool told = write_all(message.data(), message.size());
  ::_exit(told ? violation_exit_status : 1);
}

[[noreturn]] void work_confined(const ConfinedCall& call, int answer, int standard_error) {
  answer_descriptor = answer;
  ::dup2(standard_error, STDERR_FILENO);
  try {
    if (call.prepare) call.prepare();
    const Result<Sandbox> sandbox = Sandbox::prepare(call.mode);
    if (!sandbox) end_with(letter_refused, sandbox.error().message(), sandbox.error().advice());
    const Result<SandboxReport> report = sandbox->enter(call.limits, {&answer, 1}, on_violation);
    if (!report) end_with(letter_refused, report.error().message(), report.error().advice());
    const std::string missing =
        call.mode == SandboxMode::off ? std::string() : describe_missing(*report);
    end_with(letter_answer, missing, call.work());
  } catch (const std::bad_alloc&) {
    end_with(letter_defect, {}, "ran out of memory");
  } catch (const std::exception& exception) {
    end_with(letter_defect, {}, exception.what());
  }
}

// ---- In the parent -------------------------------------------------------------

/// The child's output, until it closes its end or its time expires.
struct Heard {
  std::string answer;
  std::string said;  // the tail of its standard error
  std::string late;  // how its time expired
  bool too_long = false;
};

/// Returns false at the end.
bool read_some(int descriptor, std::string& into) {
  std::array<char, 65536> part;
  const ssize_t got = ::read(descriptor, part.data(), part.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  into.append(part.data(), static_cast<std::size_t>(got));
  return got > 0;
}

Heard hear(const ConfinedCall& call, pid_t child, FileDescriptor answer, FileDescriptor errors) {
  Heard heard;
  Patience patience([child] { return child; }, call.timeout, 1);
  while (answer) {
    heard.late = patience.over();
    heard.too_long = heard.answer.size() > call.longest_answer;
    if (!heard.late.empty() || heard.too_long) break;
    std::array<pollfd, 2> ready{{{answer.get(), POLLIN, 0}, {errors.get(), POLLIN, 0}}};
    const auto wait = static_cast<int>(Patience::next_look().count());
    if (::poll(ready.data(), ready.size(), wait) < 0 && errno != EINTR) break;
    if (ready[1].revents != 0) {
      if (!read_some(errors.get(), heard.said)) errors.reset();
      if (heard.said.size() > longest_said) heard.said.erase(0, heard.said.size() - longest_said);
    }
    if (ready[0].revents != 0 && !read_some(answer.get(), heard.answer)) answer.reset();
  }
  return heard;
}

std::unexpected<Error> broken(const Heard& heard, std::string what) {
  std::string said = heard.said;
  while (!said.empty() && said.back() == '\n') said.pop_back();
  if (!said.empty()) what += fmt::format("; it said: {}", printable(std::string_view(said)));
  return fail(ErrorCode::fault, "the sandboxed process " + what,
              "the image is damaged or hostile, or this is a defect of imgmill: handle it with "
              "care, and report it");
}

std::string signal_name(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

Result<ConfinedAnswer> understood(Heard heard, int status) {
  if (!heard.late.empty()) return broken(heard, heard.late + " and was ended");
  if (heard.too_long) return broken(heard, "gave an answer that cannot be right: it is too long");
  const std::string& answer = heard.answer;
  if (answer.size() == 1 + sizeof(int) && answer.front() == letter_violation) {
    int system_call = 0;
    std::memcpy(&system_call, answer.data() + 1, sizeof(system_call));
    return broken(heard, fmt::format("was ended because it tried a forbidden system call ({})",
                                     syscall_name(system_call)));
  }
  if (WIFSIGNALED(status)) {
    return broken(heard, fmt::format("crashed ({})", signal_name(WTERMSIG(status))));
  }
  std::uint32_t length = 0;
  constexpr std::size_t head = 1 + sizeof(length);
  if (answer.size() >= head) std::memcpy(&length, answer.data() + 1, sizeof(length));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || answer.size() < head ||
      answer.size() - head < length) {
    return broken(heard, fmt::format("ended without an answer (exit status {})",
                                     WIFEXITED(status) ? WEXITSTATUS(status) : -1));
  }
  std::string first = printable(std::string_view(answer).substr(head, length));
  if (answer.front() == letter_answer) {
    heard.answer.erase(0, head + length);
    return ConfinedAnswer{std::move(heard.answer), std::move(first)};
  }
  std::string second = printable(std::string_view(answer).substr(head + length));
  if (answer.front() == letter_refused) {
    return fail(ErrorCode::environment, std::move(first), std::move(second));
  }
  return broken(heard, "failed: " + second);
}

}  // namespace

Result<ConfinedAnswer> call_confined(const ConfinedCall& call) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return refused("no pipe could be made");
  FileDescriptor answer(ends[0]);
  FileDescriptor answering(ends[1]);
  IMGMILL_TRY(Pipe errors, make_pipe());

  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return refused("no process could be started");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    work_confined(call, answering.get(), errors.write.get());
  }
  answering.reset();
  errors.write.reset();
  Heard heard = hear(call, child, std::move(answer), std::move(errors.read));
  // It has closed its end, or the parent has stopped waiting.
  if (!heard.late.empty() || heard.too_long) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return understood(std::move(heard), status);
}

}  // namespace imgmill

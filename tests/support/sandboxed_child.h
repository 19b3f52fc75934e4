// Runs part of a test inside the sandbox, in a separate process.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "sandbox/sandbox.h"

namespace imgmill::test {

struct ChildReport {
  std::string said;     ///< what the body returned
  std::string trapped;  ///< the name of the system call that ended the child; usually ""
  std::string failure;  ///< why the sandbox could not be entered; usually ""
  int signal = 0;       ///< signal that ended the child; 0: none
  int exit_status = -1;
};

inline int sandboxed_child_answer = -1;

/// For the sandbox's handler: sends one letter and the number.
inline void tell_of_violation(int system_call) {
  std::array<char, 1 + sizeof system_call> message{'T'};
  for (std::size_t i = 0; i < sizeof system_call; ++i) {
    message[1 + i] = static_cast<char>(static_cast<unsigned>(system_call) >> (8 * i));
  }
  const bool told = ::write(sandboxed_child_answer, message.data(), message.size()) > 0;
  ::_exit(told ? violation_exit_status : 1);
}

struct ChildPlan {
  Sandbox::Choices choices;
  SandboxLimits limits;
  /// Runs in the child before anything else; returning false ends it with a failure.
  std::function<bool()> before = [] { return true; };
};

/// Exceptions of the body are returned as "exception: ...".
inline ChildReport in_sandbox(const ChildPlan& plan, const std::function<std::string()>& body) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return {.failure = "no pipe"};
  const pid_t child = ::fork();
  if (child == 0) {
    sandboxed_child_answer = ends[1];
    const auto end = [](std::string text) {
      const bool told = ::write(sandboxed_child_answer, text.data(), text.size()) >= 0;
      ::_exit(told ? 0 : 1);
    };
    if (!plan.before()) end("Fcannot set up");
    const auto sandbox = Sandbox::prepare(plan.choices);
    if (!sandbox) end("F" + sandbox.error().describe());
    const auto report = sandbox->enter(plan.limits, std::array{ends[1]}, tell_of_violation);
    if (!report) end("F" + report.error().describe());
    std::string said = "S";
    try {
      said += body();
    } catch (const std::exception& exception) {
      said += std::string("exception: ") + exception.what();
    }
    end(said);
  }
  ::close(ends[1]);
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::read(ends[0], part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);

  ChildReport report;
  if (WIFSIGNALED(status)) report.signal = WTERMSIG(status);
  if (WIFEXITED(status)) report.exit_status = WEXITSTATUS(status);
  if (text.starts_with('S')) report.said = text.substr(1);
  if (text.starts_with('F')) report.failure = text.substr(1);
  if (text.starts_with('T') && text.size() == 1 + sizeof(int)) {
    unsigned number = 0;
    for (std::size_t i = 0; i < sizeof(int); ++i) {
      number |= static_cast<unsigned>(static_cast<unsigned char>(text[1 + i])) << (8 * i);
    }
    report.trapped = syscall_name(static_cast<int>(number));
  }
  return report;
}

}  // namespace imgmill::test

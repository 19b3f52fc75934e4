// Reports what the sandbox would be here, determined in a child process.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "platform/file.h"
#include "sandbox/sandbox.h"

namespace imgmill {
namespace {

SandboxReport nothing_known(const std::string& reason) {
  SandboxReport report;
  for (const Layer layer : all_layers) report.push_back({layer, LayerState::unavailable, reason});
  return report;
}

/// One line per layer: the number of its state, and the reason.
std::string to_lines(const SandboxReport& report) {
  std::string text;
  for (const LayerReport& layer : report) {
    text += static_cast<char>('0' + std::to_underlying(layer.state));
    text += layer.reason + "\n";
  }
  return text;
}

bool from_lines(std::string_view text, SandboxReport& report) {
  for (LayerReport& layer : report) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos || end == 0) return false;
    layer.state = static_cast<LayerState>(text.front() - '0');
    layer.reason = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  }
  return true;
}

void try_it_out(int answer) {
  auto sandbox = Sandbox::prepare(SandboxMode::automatic);
  if (!sandbox) _exit(1);
  const SandboxLimits limits{
      .address_space = std::uint64_t{1} << 40, .cpu_seconds = 60, .threads = 64};
  const auto report = sandbox->enter(limits, std::array{answer}, nullptr);
  if (!report) _exit(1);
  const std::string text = to_lines(*report);
  _exit(write(answer, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
}

}  // namespace

SandboxReport probe_sandbox() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return nothing_known("cannot make a pipe to try it out");
  FileDescriptor here(ends[0]);
  FileDescriptor there(ends[1]);
  const pid_t child = fork();
  if (child < 0) return nothing_known("cannot start a process to try it out");
  if (child == 0) try_it_out(there.get());
  there.reset();
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t got = read(here.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  SandboxReport report = nothing_known("");
  if (!from_lines(text, report)) return nothing_known("the process that tried it out failed");
  return report;
}

}  // namespace imgmill

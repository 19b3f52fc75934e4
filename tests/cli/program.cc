#include "program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace imgmill::test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

/// Journals are stored next to the folder; there is a cache only if a test names one.
std::string state_of(const std::filesystem::path& folder) { return folder.string() + ".state"; }

std::vector<std::string> environment(const Folder& folder) {
  std::vector<std::string> variables = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TERM=xterm",
                                        "HOME=/nonexistent",
                                        "XDG_STATE_HOME=" + state_of(folder.path())};
  // Under a sanitizer, the program needs the suppressions for faults that are not ours.
  for (const char* name : {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  }
  return variables;
}

int status_of(int raw) { return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw); }

}  // namespace

const std::filesystem::path& program_path() {
  static const std::filesystem::path path = [] {
    const char* const other = std::getenv("IMGMILL_PROGRAM");
    return other == nullptr ? IMGMILL_PROGRAM : other;
  }();
  return path;
}

std::filesystem::path faulty_worker_path() {
  return program_path().parent_path() / "tests/faulty_worker/imgmill_faulty_worker";
}

const std::filesystem::path& source_path() {
  static const std::filesystem::path path = IMGMILL_SOURCE_DIR;
  return path;
}

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "imgmill-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
  std::filesystem::remove_all(state_of(path_), error);
}

void Folder::write(const std::string& name, const std::string& bytes) const {
  const auto file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string Folder::read(const std::string& name) const {
  std::ifstream file(path_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool Folder::has(const std::string& name) const { return std::filesystem::exists(path_ / name); }

std::vector<std::string> Folder::files(const std::string& below) const {
  std::vector<std::string> names;
  const auto root = path_ / below;
  if (!std::filesystem::exists(root)) return names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(root).string());
  }
  std::ranges::sort(names);
  return names;
}

Running::Running(const Folder& folder, const std::vector<std::string>& arguments) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  for (auto* ends : {&in, &out, &err}) {
    if (pipe2(ends->data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, folder.path().c_str());
  // The tests may run in the background, where SIGINT is ignored.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words = {program_path().string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment(folder);
  const int error = posix_spawn(&process_, program_path().c_str(), &actions, &attributes,
                                pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  in_ = in[1];
  out_ = out[0];
  err_ = err[0];
  if (error != 0) throw std::runtime_error("the program did not start");
}

Running::~Running() {
  for (const int descriptor : {in_, out_, err_}) {
    if (descriptor >= 0) close(descriptor);
  }
}

void Running::signal(int number) const { kill(process_, number); }

bool Running::says(const std::string& text) {
  constexpr int a_minute = 60'000;
  pollfd end{err_, POLLIN, 0};
  while (said_.find(text) == std::string::npos) {
    if (poll(&end, 1, a_minute) <= 0) return false;
    std::array<char, 65536> block{};
    const ssize_t got = ::read(err_, block.data(), block.size());
    if (got <= 0) return false;
    said_.append(block.data(), static_cast<std::size_t>(got));
  }
  return true;
}

Outcome Running::finish(const std::string& input) {
  ::signal(SIGPIPE, SIG_IGN);  // NOLINT: the program may end before it has read everything
  std::thread feeder([this, &input] {
    std::size_t given = 0;
    while (given < input.size()) {
      const ssize_t more = write(in_, input.data() + given, input.size() - given);
      if (more <= 0) break;
      given += static_cast<std::size_t>(more);
    }
    close(in_);
    in_ = -1;
  });
  Outcome outcome;
  outcome.err = std::move(said_);
  std::array<pollfd, 2> ends = {pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  std::array<std::string*, 2> texts = {&outcome.out, &outcome.err};
  int open_ends = 2;
  while (open_ends > 0 && poll(ends.data(), ends.size(), -1) > 0) {
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].revents == 0) continue;
      std::array<char, 65536> block{};
      const ssize_t got = ::read(ends[i].fd, block.data(), block.size());
      if (got > 0) {
        texts[i]->append(block.data(), static_cast<std::size_t>(got));
      } else {
        ends[i].fd = -1;
        --open_ends;
      }
    }
  }
  feeder.join();
  int raw = 0;
  rusage used{};
  wait4(process_, &raw, 0, &used);
  outcome.status = status_of(raw);
  outcome.peak_memory = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
  return outcome;
}

Outcome imgmill(const Folder& folder, const std::vector<std::string>& arguments,
                const std::string& input) {
  return Running(folder, arguments).finish(input);
}

Outcome imgmill_with_faulty_workers(const Folder& folder, const std::string& arguments,
                                    const std::string& first) {
  namespace fs = std::filesystem;
  fs::copy_file(program_path(), folder / "imgmill", fs::copy_options::skip_existing);
  fs::copy_file(faulty_worker_path(), folder / "imgmill-worker", fs::copy_options::skip_existing);
  const std::string command = first + " && cd '" + folder.path().string() +
                              "' && XDG_STATE_HOME=$PWD/state ./imgmill " + arguments +
                              " --cache off >told 2>&1";
  return {status_of(std::system(command.c_str())), {}, folder.read("told")};
}

TerminalOutcome imgmill_on_terminal(const Folder& folder, const std::vector<std::string>& arguments,
                                    unsigned short columns) {
  std::vector<std::string> words = {program_path().string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment(folder);
  const auto argument_pointers = pointers(words);
  const auto variable_pointers = pointers(variables);
  winsize size{};
  size.ws_col = columns;
  size.ws_row = 24;
  int terminal = -1;
  const pid_t process = forkpty(&terminal, nullptr, nullptr, &size);
  if (process == 0) {
    if (chdir(folder.path().c_str()) != 0) _exit(126);
    execve(program_path().c_str(), argument_pointers.data(), variable_pointers.data());
    _exit(127);
  }
  TerminalOutcome outcome;
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t got = ::read(terminal, block.data(), block.size());
    if (got <= 0) break;  // EIO: the program has ended
    outcome.shown.append(block.data(), static_cast<std::size_t>(got));
  }
  close(terminal);
  int raw = 0;
  waitpid(process, &raw, 0);
  outcome.status = status_of(raw);
  return outcome;
}

}  // namespace imgmill::test

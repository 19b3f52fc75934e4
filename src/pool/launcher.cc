#include "pool/launcher.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "imgmill/version.h"
#include "pool/message.h"

extern char** environ;  // NOLINT: POSIX leaves the declaration to its users

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// Loading the engine takes some 50 ms, but a machine that is booting may be slow.
constexpr milliseconds patience_at_start{30'000};
constexpr milliseconds patience_at_end{2'000};

std::unexpected<Error> cannot_start(const fs::path& program, const std::string& why) {
  return fail(
      ErrorCode::environment,
      fmt::format("the worker program '{}' could not be started: {}", printable(program), why),
      "check the installation, or work without worker processes (--isolation thread)");
}

/// The remaining contents of a non-blocking pipe.
std::string drain(int descriptor) {
  std::string text;
  std::array<char, 1024> part{};
  ssize_t got = 0;
  while (text.size() < 4096 && (got = ::read(descriptor, part.data(), part.size())) > 0) {
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return printable(std::string_view(text));
}

/// The setup that the child of posix_spawn() performs before exec.
class SpawnPlan {
 public:
  /// Always creates a separate process group: Ctrl-C on the terminal is meant for the foreground
  /// program, which then lets the workers finish their work. With `own_session` the scheduler can
  /// weigh the whole session against other programs (stand_back()).
  explicit SpawnPlan(bool own_session) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t none{};
    sigset_t all{};
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    const int group = own_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
    ::posix_spawnattr_setflags(
        &attributes_, static_cast<short>(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  void put(int descriptor, int at) {
    ::posix_spawn_file_actions_adddup2(&actions_, descriptor, at);
  }
  void put_null(int at) {
    ::posix_spawn_file_actions_addopen(&actions_, at, "/dev/null", O_RDWR, 0);
  }
  /// Returns 0 or an errno.
  int run(const fs::path& program, pid_t& process) {
    std::string name = program.native();
    std::string purpose = "--serve";
    std::array<char*, 3> arguments{name.data(), purpose.data(), nullptr};
    return ::posix_spawn(&process, program.c_str(), &actions_, &attributes_, arguments.data(),
                         environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// Waits for the fork server's first message.
Result<void> hear_hello(Channel& control, int standard_error, const fs::path& program) {
  pollfd ready{control.get(), POLLIN, 0};
  int count = 0;
  while ((count = ::poll(&ready, 1, static_cast<int>(patience_at_start.count()))) < 0 &&
         errno == EINTR) {
  }
  if (count == 0) return cannot_start(program, "it did not answer within 30 s");
  IMGMILL_TRY(const Packet packet, control.receive());
  if (packet.bytes.empty()) {
    const std::string said = drain(standard_error);
    return cannot_start(program, said.empty() ? "it ended at once" : said);
  }
  const Result<Message> message = decode(packet.bytes);
  if (!message) return cannot_start(program, message.error().message());
  if (message->kind == MessageKind::failed) {
    IMGMILL_TRY(Error error, error_from(message->body));
    return std::unexpected(std::move(error));
  }
  if (message->kind != MessageKind::hello || message->body != version) {
    return cannot_start(program, fmt::format("it is of version '{}' and this is {}",
                                             printable(std::string_view(message->body)), version));
  }
  return {};
}

void reap(pid_t process) {
  while (::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Result<std::unique_ptr<Launcher>> Launcher::start(const fs::path& program,
                                                  const PoolSettings& settings) {
  IMGMILL_TRY(auto ends, Channel::pair());
  IMGMILL_TRY(const Pipe errors, make_pipe());
  pid_t process = 0;
  {
    SpawnPlan plan(settings.niceness > 0);
    plan.put_null(STDIN_FILENO);
    plan.put_null(STDOUT_FILENO);
    plan.put(errors.write.get(), STDERR_FILENO);
    plan.put(ends.second.get(), 3);
    if (const int error = plan.run(program, process); error != 0) {
      return cannot_start(program, std::strerror(error));
    }
  }
  ends.second = Channel();
  // If the fork server has already ended, the missing answer reveals it.
  const Result<void> told =
      ends.first.send(encode({MessageKind::configure, 0, 0, to_body(settings)}));
  const Result<void> heard = hear_hello(ends.first, errors.read.get(), program);
  Result<void> started = heard ? told : heard;
  if (!started) {
    ::kill(process, SIGKILL);
    reap(process);
    return std::unexpected(std::move(started).error());
  }
  return std::unique_ptr<Launcher>(new Launcher(process, std::move(ends.first)));
}

Launcher::Launcher(pid_t process, Channel control)
    : process_(process), control_(std::move(control)), listener_([this] { listen(); }) {}

Launcher::~Launcher() {
  // This makes the fork server exit, which in turn ends the listener. A server that has been
  // stopped (SIGSTOP) does not notice.
  ::shutdown(control_.get(), SHUT_WR);
  const auto deadline = std::chrono::steady_clock::now() + patience_at_end;
  while (::waitpid(process_, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(process_, SIGKILL);
      reap(process_);
      break;
    }
    std::this_thread::sleep_for(milliseconds(1));
  }
  listener_.join();
}

Result<Spawned> Launcher::spawn() {
  IMGMILL_TRY(auto ends, Channel::pair());
  IMGMILL_TRY(Pipe errors, make_pipe());
  const std::array<int, 2> sent{ends.second.get(), errors.write.get()};
  const std::lock_guard lock(mutex_);
  const std::uint64_t id = next_id_++;
  workers_[id].asked = std::chrono::steady_clock::now();
  if (auto told = control_.send(encode({MessageKind::spawn, id, 0, {}}), sent); !told) {
    workers_.erase(id);
    return std::unexpected(std::move(told).error());
  }
  return Spawned{id, std::move(ends.first), std::move(errors.read)};
}

void Launcher::kill(std::uint64_t id) {
  // If the fork server is gone, so are its workers.
  if (!control_.send(encode({MessageKind::kill, id, 0, {}}))) return;
}

std::optional<Ending> Launcher::ending(std::uint64_t id, milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] { return workers_[id].ending.has_value(); });
  return workers_[id].ending;
}

void Launcher::forget(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  workers_.erase(id);
}

bool Launcher::alive() const {
  const std::lock_guard lock(mutex_);
  return alive_;
}

std::chrono::microseconds Launcher::mean_spawn_time() const {
  const std::lock_guard lock(mutex_);
  return spawned_ == 0 ? std::chrono::microseconds(0) : spawn_time_ / spawned_;
}

pid_t Launcher::process_of(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto worker = workers_.find(id);
  return worker == workers_.end() || worker->second.ending ? 0 : worker->second.process;
}

void Launcher::listen() {
  for (;;) {
    const Result<Packet> packet = control_.receive();
    if (!packet || packet->bytes.empty()) break;
    const Result<Message> message = decode(packet->bytes);
    if (!message) break;
    bool end_it = false;
    {
      const std::lock_guard lock(mutex_);
      const auto found = workers_.find(message->id);
      if (found == workers_.end()) continue;
      Worker& worker = found->second;
      if (message->kind == MessageKind::spawned) {
        if (message->value > 0) {
          worker.process = static_cast<pid_t>(message->value);
          spawn_time_ += std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::steady_clock::now() - worker.asked);
          ++spawned_;
        } else {
          worker.ending = Ending{};
        }
      } else if (message->kind == MessageKind::stopped) {
        worker.stopped = end_it = true;
      } else if (message->kind == MessageKind::exited) {
        worker.ending = Ending{static_cast<int>(message->value), worker.stopped, false};
      }
    }
    changed_.notify_all();
    if (end_it) kill(message->id);
  }
  const std::lock_guard lock(mutex_);
  alive_ = false;
  for (auto& [id, worker] : workers_) {
    if (!worker.ending) worker.ending = Ending{0, worker.stopped, true};
  }
  changed_.notify_all();
}

Result<fs::path> find_worker_program() {
  std::vector<fs::path> near;
  Dl_info facts{};
  if (::dladdr(reinterpret_cast<const void*>(&find_worker_program), &facts) != 0 &&
      facts.dli_fname != nullptr && *facts.dli_fname == '/') {
    near.push_back(fs::path(facts.dli_fname).parent_path());
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) near.push_back(program.parent_path());
  constexpr std::string_view name = "imgmill-worker";
  for (const fs::path& folder : near) {
    // Beside or above this file in a build; below libexec if installed, where a library may be one
    // folder deeper (lib/x86_64-linux-gnu).
    for (const char* way : {".", "..", "../libexec/imgmill", "../../libexec/imgmill"}) {
      const fs::path candidate = (folder / way / name).lexically_normal();
      if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
  }
  return fail(ErrorCode::environment, "the program 'imgmill-worker' is not beside imgmill",
              "install imgmill as a whole, or work without worker processes (--isolation thread)");
}

}  // namespace imgmill

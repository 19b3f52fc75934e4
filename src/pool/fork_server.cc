#include "pool/fork_server.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/engine_log.h"
#include "imgmill/version.h"
#include "platform/cpu.h"
#include "platform/memory.h"
#include "pool/message.h"
#include "pool/orders.h"
#include "pool/worker.h"
#include "sandbox/sandbox.h"

namespace imgmill {
namespace {

class ForkServer {
 public:
  ForkServer(Channel control, const Crafts& crafts)
      : control_(std::move(control)), crafts_(crafts) {}

  /// Returns false if there is nothing to serve.
  bool start() {
    Result<Packet> packet = control_.receive();
    if (!packet || packet->bytes.empty()) return false;
    const Result<void> prepared = prepare(packet->bytes);
    if (!prepared) {
      say(MessageKind::failed, 0, 0, to_body(prepared.error()));
      return false;
    }
    return say(MessageKind::hello, 0, 0, std::string(version));
  }

  void run() {
    sigset_t children{};
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &children, &mask_of_workers_);
    const FileDescriptor signals(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
    for (bool wanted = true; wanted;) {
      std::array<pollfd, 2> ready{{{control_.get(), POLLIN, 0}, {signals.get(), POLLIN, 0}}};
      if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) break;
      if (ready[1].revents != 0) {
        signalfd_siginfo ignored{};
        while (::read(signals.get(), &ignored, sizeof(ignored)) > 0) {
        }
        tell_endings();
      }
      if (ready[0].revents != 0) wanted = obey();
    }
    for (const auto& [process, id] : workers_) ::kill(process, SIGKILL);
    while (!workers_.empty() && ::waitpid(-1, nullptr, 0) > 0) {
    }
  }

 private:
  bool say(MessageKind kind, std::uint64_t id, std::int64_t value, std::string body = {}) {
    return control_.send(encode({kind, id, value, std::move(body)})).has_value();
  }

  Result<void> prepare(std::string_view bytes) {
    IMGMILL_TRY(const Message message, decode(bytes));
    if (message.kind != MessageKind::configure) {
      return fail(ErrorCode::internal, "the first message to the fork server is no settings");
    }
    IMGMILL_TRY(settings_, pool_settings_from(message.body));
    stand_back(settings_.niceness);
    log_to_standard_error();
    start_engine();
    keep_freed_memory(settings_.threads);
    offer_to_die_first();  // an image that needs too much memory costs its worker, not the desktop
    IMGMILL_TRY(Sandbox sandbox, Sandbox::prepare(settings_.sandbox));
    sandbox_.emplace(std::move(sandbox));
    return {};
  }

  /// Handles one request; returns false if the other end is gone.
  bool obey() {
    Result<Packet> packet = control_.receive();
    if (!packet || packet->bytes.empty()) return false;
    const Result<Message> message = decode(packet->bytes);
    if (!message) return false;
    if (message->kind == MessageKind::spawn && packet->descriptors.size() == 2) {
      spawn(message->id, std::move(packet->descriptors));
    } else if (message->kind == MessageKind::kill) {
      for (const auto& [process, id] : workers_) {
        if (id == message->id) ::kill(process, SIGKILL);
      }
    }
    return true;
  }

  void spawn(std::uint64_t id, std::vector<FileDescriptor> descriptors) {
    const pid_t server = ::getpid();
    const pid_t process = ::fork();
    if (process == 0) become_worker(server, std::move(descriptors));
    if (process > 0) workers_[process] = id;
    say(MessageKind::spawned, id, process > 0 ? process : -errno);
  }

  [[noreturn]] void become_worker(pid_t server, std::vector<FileDescriptor> descriptors) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != server) ::_exit(0);
    ::sigprocmask(SIG_SETMASK, &mask_of_workers_, nullptr);
    ::dup2(descriptors[1].get(), STDERR_FILENO);
    descriptors[1].reset();
    Channel channel(std::move(descriptors[0]));
    control_ = Channel();
    run_worker(std::move(channel), settings_, *sandbox_, crafts_);
  }

  void tell_endings() {
    int status = 0;
    for (pid_t process = 0; (process = ::waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0;) {
      const auto worker = workers_.find(process);
      if (worker == workers_.end()) continue;
      if (WIFSTOPPED(status)) {
        say(MessageKind::stopped, worker->second, WSTOPSIG(status));
        continue;
      }
      say(MessageKind::exited, worker->second, status);
      workers_.erase(worker);
    }
  }

  Channel control_;
  const Crafts& crafts_;
  PoolSettings settings_;
  std::optional<Sandbox> sandbox_;
  std::map<pid_t, std::uint64_t> workers_;  // process id to worker id
  sigset_t mask_of_workers_{};
};

}  // namespace

int run_fork_server(Channel control, const Crafts& crafts) {
  ForkServer server(std::move(control), crafts);
  if (!server.start()) return 1;
  server.run();
  return 0;
}

}  // namespace imgmill

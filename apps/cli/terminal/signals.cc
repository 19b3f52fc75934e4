#include "terminal/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>

#include "platform/temporaries.h"

namespace imgmill::cli {
namespace {

// A handler must be async-signal-safe: it only writes one byte into this pipe, and a thread does
// the rest.
std::atomic<int> pipe_entrance{-1};
static_assert(std::atomic<int>::is_always_lock_free);

constexpr char interrupt_byte = 'i';
constexpr char hang_up_byte = 'h';
constexpr char end_byte = 'e';
constexpr std::array watched = {SIGINT, SIGTERM, SIGHUP};

void put(char byte) {
  const int saved = errno;
  const int entrance = pipe_entrance.load();
  // If the pipe is full, enough signals are pending.
  if (entrance >= 0) {
    [[maybe_unused]] const ssize_t ignored = ::write(entrance, &byte, 1);
  }
  errno = saved;
}

extern "C" void on_signal(int number) { put(number == SIGHUP ? hang_up_byte : interrupt_byte); }

}  // namespace

class Interrupts::Impl {
 public:
  explicit Impl(std::function<void()> first) : first_(std::move(first)) {
    if (pipe2(pipe_.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    pipe_entrance = pipe_[1];
    thread_ = std::thread([this] { watch(); });
    for (std::size_t i = 0; i < watched.size(); ++i) {
      sigaction(watched[i], nullptr, &before_[i]);
      if (before_[i].sa_handler == SIG_IGN) continue;
      struct sigaction action {};
      action.sa_handler = on_signal;
      action.sa_flags = SA_RESTART;
      sigemptyset(&action.sa_mask);
      sigaction(watched[i], &action, nullptr);
    }
  }

  ~Impl() {
    for (std::size_t i = 0; i < watched.size(); ++i) sigaction(watched[i], &before_[i], nullptr);
    put(end_byte);
    thread_.join();
    pipe_entrance = -1;
    close(pipe_[0]);
    close(pipe_[1]);
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] bool interrupted() const { return interrupted_; }

 private:
  void watch() {
    char byte = 0;
    for (;;) {
      const ssize_t got = ::read(pipe_[0], &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got != 1 || byte == end_byte) return;
      if (interrupted_.exchange(true)) {
        // Closing a terminal sends SIGHUP twice, by the kernel and by the shell; the second must
        // not end the program at once, since no user is waiting.
        if (byte == hang_up_byte) continue;
        unlink_temporaries();
        _exit(interrupted_status);
      }
      first_();
    }
  }

  std::function<void()> first_;
  std::array<int, 2> pipe_{-1, -1};
  std::array<struct sigaction, watched.size()> before_{};
  std::atomic<bool> interrupted_ = false;
  std::thread thread_;
};

Interrupts::Interrupts(std::function<void()> first)
    : impl_(std::make_unique<Impl>(std::move(first))) {}
Interrupts::~Interrupts() = default;
bool Interrupts::interrupted() const { return impl_->interrupted(); }

void prefer_errors_to_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGPIPE, SIGXFSZ}) sigaction(signal, &action, nullptr);
}

}  // namespace imgmill::cli

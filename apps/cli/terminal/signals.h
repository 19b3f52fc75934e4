// Ctrl-C: the first finishes pending writes, the second stops at once.
#pragma once

#include <functional>
#include <memory>

namespace imgmill::cli {

/// Exit status after an interrupt: 128 + SIGINT, as in shells.
inline constexpr int interrupted_status = 130;

/// During its lifetime, the first SIGINT, SIGTERM or SIGHUP calls `first` on a separate thread; a
/// second SIGINT or SIGTERM removes the temporary files of this process and ends it. A signal that
/// was ignored at program start stays ignored. At most one exists at a time.
class Interrupts {
 public:
  /// Throws std::system_error (no pipe or thread).
  explicit Interrupts(std::function<void()> first);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  [[nodiscard]] bool interrupted() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Makes a closed pipe and a file over its size limit (ulimit -f) errors of write() instead of
/// fatal signals. Child processes inherit this.
void prefer_errors_to_signals();

}  // namespace imgmill::cli

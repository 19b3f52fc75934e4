// Ctrl-C: once to finish what is being written, twice to stop at once.
#pragma once

#include <functional>
#include <memory>

namespace imgmill::cli {

/// Exit status after an interrupt: 128 + SIGINT, as shells count.
inline constexpr int interrupted_status = 130;

/// While it lives, the first SIGINT, SIGTERM or SIGHUP calls `first` on a thread of its
/// own; a second SIGINT or SIGTERM removes the temporary files of this process and ends it.
/// A signal that was ignored when the program started stays ignored. At most one
/// exists at a time.
class Interrupts {
 public:
  /// Throws std::system_error when the machine grants no pipe or thread.
  explicit Interrupts(std::function<void()> first);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  [[nodiscard]] bool interrupted() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A reader that went away and a file that grows over its limit (ulimit -f) shall be errors of
/// write(), not the end of the program. Processes that this one starts inherit it.
void prefer_errors_to_signals();

}  // namespace imgmill::cli

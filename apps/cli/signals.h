// Ctrl-C: once to finish what is being written, twice to stop at once.
#pragma once

#include <functional>
#include <memory>

namespace imgmill::cli {

/// Exit status after an interrupt: 128 + SIGINT, as shells count.
inline constexpr int interrupted_status = 130;

/// While it lives, the first SIGINT or SIGTERM calls `first` on a thread of its
/// own; the second one removes the temporary files of this process and ends it.
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

/// A reader that went away shall be an error of write(), not the end of the program.
void ignore_broken_pipes();

}  // namespace imgmill::cli

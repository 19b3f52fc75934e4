// The temporary files that exist right now, so that even a hard interrupt can
// take them away.
#pragma once

#include <cstddef>
#include <filesystem>

namespace imgmill {

/// Registers a temporary file while it lives. More than a few hundred at once
/// are not remembered; they are still removed by their owners.
class TemporaryMark {
 public:
  TemporaryMark() = default;
  explicit TemporaryMark(const std::filesystem::path& file);
  TemporaryMark(TemporaryMark&& other) noexcept;
  TemporaryMark& operator=(TemporaryMark&& other) noexcept;
  ~TemporaryMark() { forget(); }

  /// The file has its final name, or is gone.
  void forget();

 private:
  std::size_t slot_ = 0;  ///< 0: none; otherwise the slot's number plus 1
};

/// Removes all registered files. Async-signal-safe and lock-free: for the
/// handler of a second Ctrl-C, before _exit(). Writers that go on anyway fail
/// at their rename, which is what they should do then.
void unlink_temporaries() noexcept;

}  // namespace imgmill

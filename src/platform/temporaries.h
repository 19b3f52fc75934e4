// The registry of existing temporary files, so that even a hard interrupt can remove them.
#pragma once

#include <cstddef>
#include <filesystem>

namespace imgmill {

/// Registers a temporary file while it exists. The registry holds a few hundred; any beyond that
/// are still removed by their owners.
class TemporaryMark {
 public:
  TemporaryMark() = default;
  explicit TemporaryMark(const std::filesystem::path& file);
  TemporaryMark(TemporaryMark&& other) noexcept;
  TemporaryMark& operator=(TemporaryMark&& other) noexcept;
  ~TemporaryMark() { forget(); }

  /// Call when the file has its final name or is gone.
  void forget();

 private:
  std::size_t slot_ = 0;  ///< 0: none; otherwise slot number plus 1
};

/// Removes all registered files. Async-signal-safe and lock-free: for the handler of a second
/// Ctrl-C, before _exit(). A writer that continues fails at its rename, as it should.
void unlink_temporaries() noexcept;

}  // namespace imgmill

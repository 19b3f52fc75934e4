// Copies of what lies beside the images.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "imgmill/batch.h"
#include "pipeline/bounded_queue.h"

namespace imgmill {

/// Copies files while the images are worked on, on threads of its own, since these wait for disks
/// and not for cores. Each copy appears in one step and has the times, permissions and extended
/// attributes of its original, as far as its file system holds them. Memory: the paths that wait.
class OtherFiles {
 public:
  /// `told` is called from those threads, one at a time or not. Throws std::system_error.
  OtherFiles(ExistingOutput existing, std::function<void(const CopiedFile&)> told,
             std::stop_token stop);
  OtherFiles(const OtherFiles&) = delete;
  OtherFiles& operator=(const OtherFiles&) = delete;
  /// As finish().
  ~OtherFiles();

  /// Waits where too many wait already. Threads are started for the first one.
  void copy(std::filesystem::path from, std::filesystem::path to);
  /// Returns when all is copied, or, after a stop, what was begun.
  void finish();

 private:
  struct Copy {
    std::filesystem::path from;
    std::filesystem::path to;
  };
  void work();

  const ExistingOutput existing_;
  const std::function<void(const CopiedFile&)> told_;
  const std::stop_token stop_;
  std::unique_ptr<BoundedQueue<Copy>> waiting_;  ///< none before the first
  std::vector<std::jthread> threads_;
};

/// Copies one file; a file that holds the same bytes already is left. Errors: environment.
[[nodiscard]] CopiedFile copy_file(const std::filesystem::path& from,
                                   const std::filesystem::path& to, ExistingOutput existing);

}  // namespace imgmill

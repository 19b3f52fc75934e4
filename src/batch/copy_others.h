// Copies the files that are not images.
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

/// Copies files while the images are processed, on its own threads, since these wait for disks and
/// not for cores. Each copy appears atomically and gets the times, permissions and extended
/// attributes of its original, as far as its file system supports them. Memory: the waiting paths.
class OtherFiles {
 public:
  /// `told` is called from those threads, possibly concurrently. Throws std::system_error.
  OtherFiles(ExistingOutput existing, std::function<void(const CopiedFile&)> told,
             std::stop_token stop);
  OtherFiles(const OtherFiles&) = delete;
  OtherFiles& operator=(const OtherFiles&) = delete;
  /// Calls finish().
  ~OtherFiles();

  /// Queues a copy; blocks while too many are waiting. The first call starts the threads.
  void copy(std::filesystem::path from, std::filesystem::path to);
  /// Returns when everything is copied or, after a stop, when the copies in progress are done.
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
  std::unique_ptr<BoundedQueue<Copy>> waiting_;  ///< null before the first copy
  std::vector<std::jthread> threads_;
};

/// Copies one file, unless the same bytes are already there. Errors: environment.
[[nodiscard]] CopiedFile copy_file(const std::filesystem::path& from,
                                   const std::filesystem::path& to, ExistingOutput existing);

}  // namespace imgmill

// What happens in folders, as the kernel tells it (inotify).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "imgmill/error.h"
#include "platform/file.h"

namespace imgmill {

/// One thing that happened to an entry of a watched folder.
struct FolderEvent {
  enum class Kind : std::uint8_t {
    created,  ///< is there, and somebody may be writing to it
    written,  ///< somebody writes to it
    closed,   ///< somebody who wrote to it has closed it
    came,     ///< moved here, complete
    left,     ///< removed, or moved away
    ended,    ///< the watched folder itself was removed or moved; `name` is empty
  };
  int watch = -1;  ///< see add()
  Kind kind = Kind::created;
  bool folder = false;  ///< the entry is a folder
  std::string name = {};
};

struct FolderEventBatch {
  std::vector<FolderEvent> events;
  /// More has happened than the kernel could remember: anything may have changed.
  bool overflowed = false;
};

/// An interface, so that tests can lose events.
class FolderEventSource {
 public:
  virtual ~FolderEventSource() = default;
  /// Watches a folder; returns its number. A folder that is watched already keeps its number.
  /// Errors: environment, also if the folder is gone.
  [[nodiscard]] virtual Result<int> add(const std::filesystem::path& folder) = 0;
  virtual void remove(int watch) = 0;
  /// Waits until something has happened or wake() is called.
  [[nodiscard]] virtual Result<FolderEventBatch> wait() = 0;
  /// Ends the wait of another thread, or the next one. Thread-safe.
  virtual void wake() = 0;
};

/// Errors: environment.
[[nodiscard]] Result<std::unique_ptr<FolderEventSource>> folder_events();

}  // namespace imgmill

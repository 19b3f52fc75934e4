// Files that have changed and are not yet known to be complete.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "platform/file.h"

namespace imgmill {

/// A file has settled when whoever wrote it has closed it and two looks at it, `quiet` apart, show
/// the same size and times. Knows no clock: times are those of its caller. Not thread-safe.
class Settling {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Settling(std::chrono::milliseconds quiet) : quiet_(quiet) {}

  /// Somebody writes to the file: it does not settle before complete() is told of it.
  void writing(const std::string& path);
  /// The file is complete, gone or of unknown state: it is looked at now, and again.
  void complete(const std::string& path, Time now);

  struct Settled {
    std::filesystem::path path;
    std::optional<FileFacts> facts;  ///< none: it is gone
  };
  /// Takes out at most `most` files that have settled.
  [[nodiscard]] std::vector<Settled> take(Time now, std::size_t most);

  /// When take() may have something to give; none: not before something is told.
  [[nodiscard]] std::optional<Time> next() const;
  [[nodiscard]] bool empty() const { return waiting_.empty(); }

 private:
  struct Waiting {
    std::optional<Time> look;  ///< none: somebody writes
    std::optional<FileFacts> facts;
  };

  const std::chrono::milliseconds quiet_;
  std::unordered_map<std::string, Waiting> waiting_;
};

}  // namespace imgmill

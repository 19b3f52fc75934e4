// Writes outputs to their place without ever damaging existing files.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "platform/atomic_file.h"
#include "platform/file.h"

namespace imgmill {

struct OutputRequest {
  std::filesystem::path target;  ///< missing folders are created
  ByteView bytes;
  FileFacts source;  ///< facts of the input when it was read: times, permissions, identity
  Replace replace = Replace::never;
  /// Extended attributes and the access control list are copied from this file, as far as the
  /// output's file system supports them; empty: no copying.
  std::filesystem::path input = {};
};

struct Placed {
  Committed committed = Committed::placed;
  std::optional<FileFacts> facts;       ///< facts of the written file, if known
  std::vector<std::string> notes = {};  ///< for the result

  friend bool operator==(const Placed& placed, Committed committed) {
    return placed.committed == committed;
  }
};

/// Writes a new file. Errors: environment.
[[nodiscard]] Result<Placed> write_output(const OutputRequest& request);

struct InPlaceRequest {
  std::filesystem::path file;
  ByteView bytes;
  FileFacts source;  ///< facts of `file` when it was read
  /// Where the original is saved first; an existing file is never overwritten.
  std::optional<std::filesystem::path> backup;
  /// Called when everything is ready, just before the original is replaced; on error the original
  /// is left as it is. May be null.
  std::function<Result<void>()> before_replacing;
};

struct Replaced {
  std::vector<std::string> notes;  ///< for the result
  std::optional<FileFacts> facts;  ///< facts of the file now in place, if known
};

/// Replaces a file by its optimized version. A symbolic link stays, and the file it points to is
/// replaced; other hard links keep the old bytes, which a note mentions. Errors: environment; the
/// original is then unchanged. A file modified in the meantime is not replaced either.
[[nodiscard]] Result<Replaced> replace_in_place(const InPlaceRequest& request);

}  // namespace imgmill

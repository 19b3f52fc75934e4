// Puts an output where it belongs without ever harming what is there.
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
  std::filesystem::path target;  ///< folders above it are made when missing
  ByteView bytes;
  FileFacts source;  ///< of the input when it was read: times, permissions, identity
  Replace replace = Replace::never;
  /// Whose extended attributes and access control list the output gets, as far as its file system
  /// holds them; empty: nobody's.
  std::filesystem::path input = {};
};

struct Placed {
  Committed committed = Committed::placed;
  std::optional<FileFacts> facts;       ///< of the file that was placed, where known
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
  FileFacts source;  ///< of `file` when it was read
  /// Where the original is put first; never over something that is there.
  std::optional<std::filesystem::path> backup;
  /// Called when all is ready, just before the original is replaced; its error
  /// leaves the original as it is. May be null.
  std::function<Result<void>()> before_replacing;
};

struct Replaced {
  std::vector<std::string> notes;  ///< for the result
  std::optional<FileFacts> facts;  ///< of the file that is there now, where known
};

/// Replaces a file by its smaller self. A symbolic link stays, and the file that
/// it points to is replaced; other hard links to it keep the old bytes, which a note
/// says. Errors: environment; the original is then as it was (also when somebody
/// changed it meanwhile: nothing is replaced then).
[[nodiscard]] Result<Replaced> replace_in_place(const InPlaceRequest& request);

}  // namespace imgmill

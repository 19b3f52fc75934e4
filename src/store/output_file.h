// Puts an output where it belongs without ever harming what is there.
#pragma once

#include <filesystem>
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
};

/// Writes a new file. Errors: environment.
[[nodiscard]] Result<Committed> write_output(const OutputRequest& request);

struct InPlaceRequest {
  std::filesystem::path file;
  ByteView bytes;
  FileFacts source;  ///< of `file` when it was read
  /// Where the original is put first; never over something that is there.
  std::optional<std::filesystem::path> backup;
};

/// Replaces a file by its smaller self. A symbolic link stays, and the file that
/// it points to is replaced. Gives notes for the result. Errors: environment; the
/// original is then as it was (also when somebody changed it meanwhile: nothing
/// is replaced then).
[[nodiscard]] Result<std::vector<std::string>> replace_in_place(const InPlaceRequest& request);

/// Where below `backup_folder` the original `file` goes: its whole path, so that
/// no two originals meet ("photos/a.jpg" -> "BACKUP/photos/a.jpg").
[[nodiscard]] std::filesystem::path backup_path(const std::filesystem::path& backup_folder,
                                                const std::filesystem::path& file);

}  // namespace imgmill

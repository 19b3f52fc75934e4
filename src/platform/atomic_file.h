// A file that appears under its name only once it is complete.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "platform/file.h"
#include "platform/temporaries.h"

namespace imgmill {

/// What to do if the target name is taken.
enum class Replace {
  never,  ///< never replaces an existing file, even one that has just appeared
  yes,
};

enum class Ownership { of_this_process, as_source };

enum class Committed { placed, name_is_taken };

/// Writes to `.imgmill-<process>-<number>.part` in the folder of the target. Unless commit()
/// succeeds, the temporary file is removed and the target is left untouched. Every step may fail
/// with environment. Not thread-safe; several objects may exist at once.
class AtomicFile {
 public:
  /// The folder of the target must exist.
  [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& target);
  AtomicFile(AtomicFile&&) noexcept = default;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile() { discard(); }

  [[nodiscard]] Result<void> write(ByteView bytes);
  /// Copies the permission bits and timestamps of `source`, and its owner as far as this process is
  /// permitted to. Call after the last write.
  [[nodiscard]] Result<void> carry_over(const FileFacts& source, Ownership ownership);
  /// Copies extended attributes and access control lists from an open file. Returns the names of
  /// those that could not be set. Call after carry_over().
  [[nodiscard]] std::vector<std::string> carry_attributes(const FileDescriptor& source);
  /// Sets the permissions that a newly created file would get.
  void default_permissions();
  /// Blocks until the bytes are on disk.
  [[nodiscard]] Result<void> sync();
  /// Gives the file its final name, atomically.
  [[nodiscard]] Result<Committed> commit(Replace replace);
  /// Metadata of the file since commit() placed it, even if the name belongs to another file by
  /// now. Empty before that, or if unknown.
  [[nodiscard]] const std::optional<FileFacts>& placed() const { return placed_; }

 private:
  AtomicFile(FileDescriptor descriptor, std::filesystem::path temporary,
             std::filesystem::path target)
      : descriptor_(std::move(descriptor)),
        temporary_(std::move(temporary)),
        target_(std::move(target)),
        mark_(temporary_) {}
  void discard();
  [[nodiscard]] Result<Committed> commit_exclusively();
  Committed settle();

  FileDescriptor descriptor_;  ///< open exactly as long as the temporary file exists
  std::filesystem::path temporary_;
  std::filesystem::path target_;
  TemporaryMark mark_;
  std::optional<FileFacts> placed_;
};

/// True if `name` follows AtomicFile's naming scheme for temporary files.
[[nodiscard]] bool is_temporary_name(std::string_view name);
/// The id of the process that created the temporary file of this name.
[[nodiscard]] std::optional<int> owner_of_temporary(std::string_view name);

}  // namespace imgmill

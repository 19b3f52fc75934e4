// A file that appears under its name only when it is complete.
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

/// What to do when the name is taken.
enum class Replace {
  never,  ///< an existing file is not replaced, not even one that has just appeared
  yes,
};

enum class Ownership { of_this_process, as_source };

enum class Committed { placed, name_is_taken };

/// Writes to `.imgmill-<process>-<number>.part` beside the target. Unless
/// commit() succeeds the temporary file is removed and the target untouched.
/// Every step's error: environment. Not thread-safe; several may live at once.
class AtomicFile {
 public:
  /// The target's folder must be there.
  [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& target);
  AtomicFile(AtomicFile&&) noexcept = default;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile() { discard(); }

  [[nodiscard]] Result<void> write(ByteView bytes);
  /// Takes over permission bits and time stamps of `source`, and the owner as
  /// far as this process may give files away. Call after the last write.
  [[nodiscard]] Result<void> carry_over(const FileFacts& source, Ownership ownership);
  /// Takes over extended attributes and access control lists of an open file; the names of those
  /// that could not be set. Call after carry_over().
  [[nodiscard]] std::vector<std::string> carry_attributes(const FileDescriptor& source);
  /// The permissions a newly made file would have.
  void default_permissions();
  /// Waits until the bytes are on the disk.
  [[nodiscard]] Result<void> sync();
  /// Gives the file its name, in one step.
  [[nodiscard]] Result<Committed> commit(Replace replace);
  /// What the file system knows about the file since commit() has placed it, even
  /// if the name belongs to another file by now. Nothing before, or when unknown.
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

  FileDescriptor descriptor_;  ///< open exactly while there is a temporary file
  std::filesystem::path temporary_;
  std::filesystem::path target_;
  TemporaryMark mark_;
  std::optional<FileFacts> placed_;
};

/// Whether `name` is one that AtomicFile makes up.
[[nodiscard]] bool is_temporary_name(std::string_view name);
/// The number of the process that has made up such a name.
[[nodiscard]] std::optional<int> owner_of_temporary(std::string_view name);

}  // namespace imgmill

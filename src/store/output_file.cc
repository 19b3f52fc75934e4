#include "store/output_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "platform/io_error.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// Copies the attributes of `input`, if it is still the file described by `source`.
void carry_attributes(AtomicFile& file, const fs::path& input, const FileFacts& source,
                      std::vector<std::string>& notes) {
  if (input.empty()) return;
  const Result<OpenFile> original = open_file(input);
  if (!original || !original->facts.same_file(source)) return;
  std::string names;
  for (const std::string& name : file.carry_attributes(original->descriptor)) {
    names += (names.empty() ? "" : ", ") + printable(std::string_view(name));
  }
  if (names.empty()) return;
  notes.push_back(fmt::format("extended attributes could not be kept there: {}", names));
}

/// Creates a complete and synced temporary file beside `target`, including the attributes of
/// `input`.
Result<AtomicFile> prepare(const fs::path& target, ByteView bytes, const FileFacts& source,
                           Ownership ownership, const fs::path& input,
                           std::vector<std::string>& notes) {
  IMGMILL_TRY(AtomicFile file, AtomicFile::create(target));
  IMGMILL_CHECK(file.write(bytes));
  IMGMILL_CHECK(file.carry_over(source, ownership));
  carry_attributes(file, input, source, notes);
  IMGMILL_CHECK(file.sync());
  return file;
}

std::unexpected<Error> backup_exists(const fs::path& backup) {
  return fail(ErrorCode::environment,
              fmt::format("the backup '{}' exists already, and a backup is never overwritten",
                          printable(backup)),
              "choose another backup folder, or move the old backups away");
}

/// An interrupted run may have made this same backup as a copy, which is fine. Any other existing
/// file is kept, and is an error.
Result<void> same_bytes(const fs::path& file, const fs::path& backup, std::uint64_t size) {
  const Result<std::optional<FileFacts>> facts = facts_of(backup);
  if (!facts || !*facts || (*facts)->size != size) return backup_exists(backup);
  const Result<FileContents> there = read_file(backup, size);
  const Result<FileContents> original = read_file(file, size);
  if (!there || !original || !std::ranges::equal(there->bytes.view(), original->bytes.view())) {
    return backup_exists(backup);
  }
  return {};
}

/// Creates a hard link or copy of `file` at `backup`.
Result<void> back_up(const fs::path& file, const FileFacts& source, const fs::path& backup,
                     std::vector<std::string>& notes) {
  IMGMILL_CHECK(make_folders(backup.parent_path()));
  std::error_code error;
  fs::create_hard_link(file, backup, error);
  if (!error) return {};
  if (error == std::errc::file_exists) {
    // An interrupted run may have made this same backup.
    IMGMILL_TRY(const std::optional<FileFacts> there, facts_of(backup, Links::show));
    if (there && there->same_file(source)) return {};
    return same_bytes(file, backup, source.size);
  }
  // Another file system, or one without hard links: copy.
  IMGMILL_TRY(const FileContents original, read_file(file, source.size));
  IMGMILL_TRY(AtomicFile copy,
              prepare(backup, original.bytes.view(), source, Ownership::as_source, file, notes));
  IMGMILL_TRY(const Committed committed, copy.commit(Replace::never));
  if (committed == Committed::name_is_taken) return same_bytes(file, backup, source.size);
  return {};
}

}  // namespace

Result<Placed> write_output(const OutputRequest& request) {
  IMGMILL_CHECK(make_folders(request.target.parent_path()));
  std::vector<std::string> notes;
  IMGMILL_TRY(AtomicFile file, prepare(request.target, request.bytes, request.source,
                                       Ownership::of_this_process, request.input, notes));
  IMGMILL_TRY(const Committed committed, file.commit(request.replace));
  return Placed{committed, file.placed(), std::move(notes)};
}

Result<Replaced> replace_in_place(const InPlaceRequest& request) {
  std::error_code error;
  const fs::path real = fs::canonical(request.file, error);
  if (error) return std::unexpected(io_error(error.value(), "replace", request.file));
  Replaced replaced;
  IMGMILL_TRY(AtomicFile file, prepare(real, request.bytes, request.source, Ownership::as_source,
                                       real, replaced.notes));
  IMGMILL_TRY(const std::optional<FileFacts> now, facts_of(real));
  if (!now || !now->unchanged_since(request.source)) {
    return fail(ErrorCode::environment,
                fmt::format("'{}' was changed while it was worked on; it was left as it is",
                            printable(request.file)),
                "run again when nothing writes to it");
  }
  if (request.backup) IMGMILL_CHECK(back_up(real, *now, *request.backup, replaced.notes));
  const auto replace = [&]() -> Result<void> {
    if (request.before_replacing) IMGMILL_CHECK(request.before_replacing());
    IMGMILL_CHECK(file.commit(Replace::yes));
    return {};
  };
  if (Result<void> done = replace(); !done) {
    // The original is still in place, so its backup would only be in the way.
    if (request.backup) fs::remove(*request.backup, error);
    return std::unexpected(std::move(done).error());
  }
  replaced.facts = file.placed();
  if (now->links > 1) {
    replaced.notes.push_back(
        fmt::format("had {} hard links; the other names keep the old bytes", now->links));
  }
  return replaced;
}

}  // namespace imgmill

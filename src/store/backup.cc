#include "store/backup.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <map>
#include <new>
#include <span>
#include <system_error>
#include <thread>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "platform/atomic_file.h"
#include "platform/file.h"
#include "platform/io_error.h"
#include "store/known_result.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

constexpr const char* manifest_name = ".imgmill-backup";
constexpr std::uint64_t largest_manifest = std::uint64_t{4} << 30;
constexpr std::uint64_t any_size = std::uint64_t{1} << 62;

/// Names may contain anything but NUL, so field and line separators are escaped.
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    switch (c) {
      case '\\':
        text += "\\\\";
        break;
      case '\t':
        text += "\\t";
        break;
      case '\n':
        text += "\\n";
        break;
      default:
        text += c;
    }
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      name += text[i];
      continue;
    }
    const char c = text[++i];
    name += c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }
  return name;
}

struct Entry {
  fs::path original;
  ContentHash replacement;
};
using Manifest = std::map<std::string, Entry>;  ///< keyed by path relative to the backup folder

/// Lines of hash of the replacement, backup and original, separated by tabs. The last line for a
/// file counts; an incomplete line is ignored.
Result<Manifest> read_manifest(const fs::path& backup_folder) {
  Manifest manifest;
  const fs::path file = backup_folder / manifest_name;
  IMGMILL_TRY(const std::optional<FileFacts> facts, facts_of(file));
  if (!facts) return manifest;
  IMGMILL_TRY(const FileContents contents, read_file(file, largest_manifest));
  std::string_view text = as_text(contents.bytes.view());
  while (true) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return manifest;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const std::size_t first = std::min(line.find('\t'), line.size());
    const std::size_t second = line.find('\t', first + 1);
    const auto hash = ContentHash::from_hex(line.substr(0, first));
    if (!hash || second == std::string_view::npos) continue;
    manifest[unescaped(line.substr(first + 1, second - first - 1))] = {
        unescaped(line.substr(second + 1)), *hash};
  }
}

/// All files below `folder`, relative to it, in byte order.
Result<std::vector<fs::path>> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  auto at = fs::recursive_directory_iterator(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename().native();
    std::error_code unknown;
    if (!at->is_regular_file(unknown) || name == manifest_name || is_temporary_name(name)) continue;
    files.push_back(at->path().lexically_relative(folder));
  }
  if (error) return std::unexpected(io_error(error.value(), "list", folder));
  std::ranges::sort(files, {}, [](const fs::path& file) { return file.native(); });
  return files;
}

std::unexpected<Error> changed_since(const fs::path& original) {
  return fail(ErrorCode::environment,
              fmt::format("'{}' was changed after its backup was made; it was left as it is",
                          printable(original)),
              "--overwrite replaces it all the same");
}

/// Puts the original back. Returns true if it was already there.
Result<bool> bring_back(const fs::path& backup, const fs::path& original,
                        const std::optional<ContentHash>& replacement, bool overwrite) {
  IMGMILL_TRY(const FileContents kept, read_file(backup, any_size));
  IMGMILL_TRY(const std::optional<FileFacts> there, facts_of(original));
  fs::path target = original;
  if (there) {
    std::error_code error;
    target = fs::canonical(original, error);
    if (error) return std::unexpected(io_error(error.value(), "replace", original));
    IMGMILL_TRY(const FileContents now, read_file(target, any_size));
    if (std::ranges::equal(now.bytes.view(), kept.bytes.view())) return true;
    if (!overwrite && content_hash(now.bytes.view()) != replacement) {
      return changed_since(original);
    }
  } else {
    IMGMILL_CHECK(make_folders(target.parent_path()));
  }
  IMGMILL_TRY(AtomicFile file, AtomicFile::create(target));
  IMGMILL_CHECK(file.write(kept.bytes.view()));
  IMGMILL_CHECK(file.carry_over(kept.facts, Ownership::as_source));
  // An attribute that cannot be set here could not have been set on the backup either.
  if (const Result<OpenFile> source = open_file(backup)) {
    static_cast<void>(file.carry_attributes(source->descriptor));
  }
  IMGMILL_CHECK(file.sync());
  IMGMILL_TRY(const Committed committed, file.commit(there ? Replace::yes : Replace::never));
  if (committed == Committed::name_is_taken) return changed_since(original);
  return false;
}

/// Removes a backup, and the folders that become empty.
Result<void> remove_backup(const fs::path& folder, const fs::path& file) {
  std::error_code error;
  fs::remove(folder / file, error);
  if (error) return std::unexpected(io_error(error.value(), "remove", folder / file));
  for (fs::path above = file.parent_path(); !above.empty(); above = above.parent_path()) {
    if (::rmdir((folder / above).c_str()) != 0) break;
  }
  return {};
}

/// Restores one file of the backup and returns the outcome.
Restored restored(const RestoreRequest& request, const Manifest& manifest, const fs::path& file) {
  Restored result{request.backup_folder / file, {}, false, std::nullopt};
  const auto outcome = [&]() -> Result<bool> {
    try {
      std::optional<ContentHash> replacement;
      const auto entry = manifest.find(file.native());
      if (entry != manifest.end()) {
        result.original = entry->second.original;
        replacement = entry->second.replacement;
      }
      if (request.to) {
        result.original = *request.to / file;
      } else if (entry == manifest.end()) {
        return fail(ErrorCode::environment, "it is not written down where this file came from",
                    "put the tree somewhere with --to FOLDER");
      }
      IMGMILL_TRY(const bool was_there,
                  bring_back(result.backup, result.original, replacement, request.overwrite));
      if (request.remove_backups) IMGMILL_CHECK(remove_backup(request.backup_folder, file));
      return was_there;
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::environment, "there is not enough memory for this file",
                  "copy it back by hand");
    }
  }();
  if (outcome) {
    result.was_there = *outcome;
  } else {
    result.error = outcome.error();
  }
  return result;
}

/// Each thread waits for its own syncs; disks handle several at once.
constexpr std::size_t threads = 16;
/// Files restored before the next group starts, so that they are reported in order.
constexpr std::size_t at_once = 1024;

}  // namespace

fs::path backup_path(const fs::path& backup_folder, const fs::path& file) {
  fs::path name = file.lexically_normal();
  if (name.is_relative() && !name.empty() && *name.begin() == "..") {
    std::error_code error;
    const fs::path whole = fs::absolute(file, error);
    if (!error) name = whole.lexically_normal();
  }
  return backup_folder / name.relative_path();
}

Result<void> note_backup(const fs::path& backup_folder, const fs::path& original,
                         const ContentHash& replacement) {
  const fs::path below = backup_path("", original);
  const std::string line = fmt::format("{}\t{}\t{}\n", replacement.hex(), escaped(below.native()),
                                       escaped(AbsoluteNames().of(original)));
  const fs::path name = backup_folder / manifest_name;
  const FileDescriptor file(
      ::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file) return std::unexpected(io_error(errno, "write", name));
  const ssize_t written = ::write(file.get(), line.data(), line.size());
  if (written < 0) return std::unexpected(io_error(errno, "write", name));
  if (static_cast<std::size_t>(written) != line.size()) {
    return std::unexpected(io_error(ENOSPC, "write", name));
  }
  return {};
}

Result<void> restore(const RestoreRequest& request,
                     const std::function<void(const Restored&)>& on_file) {
  IMGMILL_TRY(const std::optional<FileFacts> facts, facts_of(request.backup_folder));
  if (!facts || facts->kind != FileKind::folder) {
    return fail(ErrorCode::usage,
                fmt::format("there is no folder '{}'", printable(request.backup_folder)),
                "name the folder that was given to --backup");
  }
  IMGMILL_TRY(const Manifest manifest, read_manifest(request.backup_folder));
  if (manifest.empty() && !request.to) {
    return fail(ErrorCode::usage,
                fmt::format("'{}' is no folder of backups: nothing in it says where its files "
                            "came from",
                            printable(request.backup_folder)),
                "name the folder that was given to --backup, or put the tree somewhere with --to");
  }
  IMGMILL_TRY(const std::vector<fs::path> files, files_below(request.backup_folder));
  bool all = true;
  std::vector<std::optional<Restored>> done;
  for (std::size_t start = 0; start < files.size(); start += at_once) {
    const auto group = std::span(files).subspan(start, std::min(at_once, files.size() - start));
    done.assign(group.size(), std::nullopt);
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t i = 0; (i = next.fetch_add(1)) < group.size();) {
        done[i] = restored(request, manifest, group[i]);
      }
    };
    {
      std::vector<std::jthread> helpers;
      try {
        for (std::size_t i = 1; i < std::min(threads, group.size()); ++i) {
          helpers.emplace_back(work);
        }
      } catch (const std::system_error&) {
        // Continue with fewer threads.
      }
      work();
    }
    for (const std::optional<Restored>& file : done) {
      all = all && !file->error;
      on_file(*file);
    }
  }
  if (all && request.remove_backups) {
    std::error_code error;
    fs::remove(request.backup_folder / manifest_name, error);
    if (::rmdir(request.backup_folder.c_str()) != 0) errno = 0;  // the folder contains other files
  }
  return {};
}

}  // namespace imgmill

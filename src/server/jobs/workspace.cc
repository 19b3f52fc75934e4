#include "server/jobs/workspace.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "platform/atomic_file.h"
#include "platform/file.h"
#include "platform/folder.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view workspace_mark = ".imgmill-workspace";
constexpr std::string_view workspace_words =
    "imgmill workspace\n"
    "imgmill serve keeps uploads and results here, and removes those of jobs that are deleted.\n";
constexpr std::string_view job_mark = ".imgmill-job";
constexpr std::uint64_t longest_mark = 4096;

std::string words_for(std::string_view job) { return "imgmill job " + std::string(job) + "\n"; }

/// True if the first line of the file is that of a mark.
bool says(const fs::path& file, std::string_view words) {
  const auto contents = read_file(file, longest_mark);
  const std::string_view line = words.substr(0, words.find('\n') + 1);
  return contents && as_text(contents->bytes.view()).starts_with(line);
}

Result<void> put(const fs::path& file, std::string_view words) {
  IMGMILL_TRY(AtomicFile mark, AtomicFile::create(file));
  IMGMILL_CHECK(mark.write(as_bytes(words)));
  IMGMILL_CHECK(mark.commit(Replace::yes));
  return {};
}

Error trouble(std::string_view doing, const fs::path& path, const std::error_code& why) {
  return Error(
      ErrorCode::environment,
      std::string("cannot ") + std::string(doing) + " '" + printable(path) + "': " + why.message(),
      "check the permissions of the workspace, or choose another one");
}

/// True if the folder holds no one's data.
bool is_empty(const FolderListing& listing) {
  for (std::size_t i = 0; i < listing.size(); ++i) {
    // Allowed: a new file system's own folder, and a mark whose writing a power loss interrupted.
    const std::string_view name = listing[i].name;
    if (name != "lost+found" && !is_temporary_name(name)) return false;
  }
  return true;
}

/// True for the workspace of a version that made no marks: it holds these entries and nothing else.
bool looks_ours(const FolderListing& listing) {
  constexpr std::array<std::string_view, 5> known = {"jobs", "jobs.sqlite", "jobs.sqlite-shm",
                                                     "jobs.sqlite-wal", "jobs.sqlite.damaged"};
  bool list_of_jobs = false;
  for (std::size_t i = 0; i < listing.size(); ++i) {
    const std::string_view name = listing[i].name;
    list_of_jobs = list_of_jobs || name == "jobs.sqlite";
    const bool known_one = std::ranges::find(known, name) != known.end();
    if (!known_one && name != "lost+found" && !is_temporary_name(name)) return false;
  }
  return list_of_jobs;
}

Result<void> make_private(const fs::path& folder) {
  std::error_code error;
  fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return std::unexpected(trouble("make private", folder, error));
  return {};
}

}  // namespace

Result<Workspace> Workspace::take(const fs::path& folder) {
  Workspace workspace(folder);
  IMGMILL_CHECK(make_folders(folder));
  if (says(folder / workspace_mark, workspace_words)) {
    workspace.marked_ = true;
    return workspace;
  }
  IMGMILL_TRY(const FolderListing listing, list_folder(folder));
  if (is_empty(listing)) {
    IMGMILL_CHECK(workspace.mark());
    return workspace;
  }
  if (looks_ours(listing)) return workspace;
  return fail(ErrorCode::usage,
              "'" + printable(folder) + "' is no workspace of imgmill: it holds other things",
              "name a folder that is new or empty with --workspace");
}

Result<void> Workspace::mark() {
  IMGMILL_CHECK(make_private(path_));
  IMGMILL_CHECK(put(path_ / workspace_mark, workspace_words));
  marked_ = true;
  return {};
}

Result<void> Workspace::adopt(const std::vector<std::string>& jobs) {
  std::error_code error;
  for (const std::string& id : jobs) {
    if (!fs::is_directory(job(id), error)) continue;
    IMGMILL_CHECK(put(job(id) / job_mark, words_for(id)));
  }
  return mark();  // last, so that the next start finds what this one did not finish
}

Result<void> Workspace::make_job(std::string_view id) const {
  const fs::path folder = job(id);
  IMGMILL_CHECK(make_folders(folder));
  if (!says(folder / job_mark, words_for(id))) {
    IMGMILL_TRY(const FolderListing listing, list_folder(folder));
    if (!is_empty(listing)) {
      return fail(ErrorCode::environment,
                  "'" + printable(folder) + "' is not the folder of a job of imgmill",
                  "move it out of the workspace");
    }
    IMGMILL_CHECK(put(folder / job_mark, words_for(id)));
  }
  for (const char* part : {"in", "out", "cache"}) IMGMILL_CHECK(make_folders(folder / part));
  return {};
}

Result<void> Workspace::remove_job(std::string_view id) const {
  const fs::path folder = job(id);
  std::error_code error;
  if (!fs::exists(fs::symlink_status(folder, error))) return {};
  if (fs::is_symlink(folder, error) || !says(folder / job_mark, words_for(id))) {
    return fail(ErrorCode::environment,
                "'" + printable(folder) + "' is not the folder of a job of imgmill; it was left",
                "look what it is, and remove it yourself");
  }
  // The mark is removed last, so that an interrupted removal can be finished.
  for (const char* part : {"in", "out", "cache"}) {
    fs::remove_all(folder / part, error);
    if (error) return std::unexpected(trouble("remove", folder / part, error));
  }
  fs::remove(folder / job_mark, error);
  if (!error) fs::remove(folder, error);  // fails if somebody has put something there
  if (error && error != std::errc::directory_not_empty) {
    return std::unexpected(trouble("remove", folder, error));
  }
  return {};
}

Result<fs::path> Workspace::put_aside() const {
  // The list itself is moved last: a folder without one was not finished.
  int number = 1;
  const auto folder = [&] { return path_ / ("damaged-" + std::to_string(number)); };
  std::error_code error;
  while (fs::exists(folder() / list_of_jobs().filename(), error)) ++number;
  IMGMILL_CHECK(make_folders(folder()));
  for (const char* name : {"jobs", "jobs.sqlite-wal", "jobs.sqlite-shm", "jobs.sqlite"}) {
    if (!fs::exists(fs::symlink_status(path_ / name, error))) continue;
    fs::rename(path_ / name, folder() / name, error);
    if (error) return std::unexpected(trouble("move", path_ / name, error));
  }
  return folder();
}

}  // namespace imgmill::server

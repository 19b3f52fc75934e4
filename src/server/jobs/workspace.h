// The server's data folder, and the marks that distinguish it from other folders.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/error.h"

namespace imgmill::server {

/// A folder with a mark (a file ".imgmill-workspace"), the list of jobs, and for each job a folder
/// with a mark of its own (".imgmill-job", naming the job). Nothing without such a mark is ever
/// deleted, moved or given other permissions. Thread-safe.
class Workspace {
 public:
  /// Creates the folder if it is missing, and marks it if it is empty. A folder without a mark that
  /// looks like an earlier version's workspace is accepted too, but not marked: adopt() does that
  /// once its list of jobs has proved to be ours. Errors: usage (it holds other things),
  /// environment.
  [[nodiscard]] static Result<Workspace> take(const std::filesystem::path& folder);
  [[nodiscard]] bool marked() const { return marked_; }
  /// Marks the folders of these jobs, then the workspace itself. Errors: environment.
  [[nodiscard]] Result<void> adopt(const std::vector<std::string>& jobs);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path list_of_jobs() const { return path_ / "jobs.sqlite"; }
  [[nodiscard]] std::filesystem::path jobs() const { return path_ / "jobs"; }
  [[nodiscard]] std::filesystem::path job(std::string_view id) const { return jobs() / id; }

  /// Creates the job's folder with "in", "out" and "cache" in it, as far as they are missing.
  /// Errors: environment (also if something else is there already).
  [[nodiscard]] Result<void> make_job(std::string_view id) const;
  /// Removes the job's folder if it has its mark. A missing folder is not an error. Errors:
  /// environment.
  [[nodiscard]] Result<void> remove_job(std::string_view id) const;
  /// Moves the list of jobs, and the jobs with it, to a folder "damaged-N" in the workspace;
  /// returns that folder. Errors: environment.
  [[nodiscard]] Result<std::filesystem::path> put_aside() const;

 private:
  explicit Workspace(std::filesystem::path path) : path_(std::move(path)) {}
  [[nodiscard]] Result<void> mark();

  std::filesystem::path path_;
  bool marked_ = false;
};

}  // namespace imgmill::server

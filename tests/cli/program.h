// Runs the program in a temporary folder.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace imgmill::test {

/// A temporary folder, deleted with its contents.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }
  /// Writes a file and creates its parent folders.
  void write(const std::string& name, const std::string& bytes) const;
  [[nodiscard]] std::string read(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const;
  /// All regular files below `below`, as sorted relative paths.
  [[nodiscard]] std::vector<std::string> files(const std::string& below = ".") const;

 private:
  std::filesystem::path path_;
};

/// The program under test: that of this build, unless $IMGMILL_PROGRAM names another (with a
/// sanitizer, which the test program need not have).
[[nodiscard]] const std::filesystem::path& program_path();
/// The worker with injectable faults, next to that program.
[[nodiscard]] std::filesystem::path faulty_worker_path();
/// The root of the source tree.
[[nodiscard]] const std::filesystem::path& source_path();

struct Outcome {
  int status = -1;  ///< exit status, or 128 + the signal that ended it
  std::string out;
  std::string err;
  std::uint64_t peak_memory = 0;  ///< of this process without its workers, bytes
};

/// A running program, with pipes for its three standard streams and the signal handling that a
/// shell would set.
class Running {
 public:
  Running(const Folder& folder, const std::vector<std::string>& arguments);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void signal(int number) const;
  /// Reads standard error until `text` is in it; false after a minute or at its end.
  [[nodiscard]] bool says(const std::string& text);
  /// Sends `input`, reads everything and waits for the end.
  Outcome finish(const std::string& input = {});

 private:
  pid_t process_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string said_;  ///< what has been read of standard error
};

/// Runs imgmill in `folder` until it ends.
Outcome imgmill(const Folder& folder, const std::vector<std::string>& arguments,
                const std::string& input = {});

/// Runs imgmill in `folder` with fault-injecting workers and without a cache; both output streams
/// go to `err`. `arguments` are parsed by the shell; `first` is a shell command to run before.
Outcome imgmill_with_faulty_workers(const Folder& folder, const std::string& arguments,
                                    const std::string& first = ":");

/// Runs imgmill on a pseudo terminal of `columns` columns; returns what it showed.
struct TerminalOutcome {
  int status = -1;
  std::string shown;
};
TerminalOutcome imgmill_on_terminal(const Folder& folder, const std::vector<std::string>& arguments,
                                    unsigned short columns);

}  // namespace imgmill::test

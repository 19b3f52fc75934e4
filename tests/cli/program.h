// Running the program, and a folder to run it in.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace imgmill::test {

/// A folder that goes away with its contents.
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
  /// Writes a file, with the folders above it.
  void write(const std::string& name, const std::string& bytes) const;
  [[nodiscard]] std::string read(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const;
  /// All regular files below, relative, sorted.
  [[nodiscard]] std::vector<std::string> files(const std::string& below = ".") const;

 private:
  std::filesystem::path path_;
};

/// The program that is tested: that of this build, unless $IMGMILL_PROGRAM names another
/// (with a sanitizer, which this one need not have).
[[nodiscard]] const std::filesystem::path& program_path();
/// The worker with faults to order, which lies with that program.
[[nodiscard]] std::filesystem::path faulty_worker_path();
/// The root of the sources.
[[nodiscard]] const std::filesystem::path& source_path();

struct Outcome {
  int status = -1;  ///< exit status; 128 + the signal when one ended it
  std::string out;
  std::string err;
  std::uint64_t peak_memory = 0;  ///< of this process, without its workers, bytes
};

/// A program that runs, with pipes to its three standard streams and signals as
/// a shell would leave them.
class Running {
 public:
  Running(const Folder& folder, const std::vector<std::string>& arguments);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void signal(int number) const;
  /// Hands over `input`, reads everything and waits for the end.
  Outcome finish(const std::string& input = {});

 private:
  pid_t process_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
};

/// Runs imgmill in `folder` to its end.
Outcome imgmill(const Folder& folder, const std::vector<std::string>& arguments,
                const std::string& input = {});

/// Runs it in `folder` beside workers with faults to order, without a cache, what it says on both
/// streams in `err`. `arguments` are the shell's; `first` is a command of the shell before it.
Outcome imgmill_with_faulty_workers(const Folder& folder, const std::string& arguments,
                                    const std::string& first = ":");

/// Runs it on a pseudo terminal of `columns` columns; what appeared there.
struct TerminalOutcome {
  int status = -1;
  std::string shown;
};
TerminalOutcome imgmill_on_terminal(const Folder& folder, const std::vector<std::string>& arguments,
                                    unsigned short columns);

}  // namespace imgmill::test

// `imgmill serve` as a process, and common requests to it.
#pragma once

#include <filesystem>

#include "client.h"

namespace imgmill::test {

struct ServedOptions {
  std::vector<std::string> more;  ///< additional command line arguments
  unsigned tmpfs_kilobytes = 0;   ///< the workspace is a tmpfs of this size; 0: an ordinary folder
  bool control = false;           ///< with --control, for command() and end_commands()
  std::filesystem::path errors;   ///< file for standard error; empty: that of the test
};

/// A server with a workspace; it ends on destruction.
class Served {
 public:
  using Options = ServedOptions;

  /// `workspace` remains when the server ends; `root` is the folder for local jobs. Throws if the
  /// server does not start.
  Served(const std::filesystem::path& workspace, const std::filesystem::path& root,
         const Options& options = {});
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const std::string& token() const { return token_; }
  [[nodiscard]] pid_t process() const { return process_; }
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Sends a signal, waits for the end, and returns the raw status.
  int end(int signal);
  /// Sends a line and reads one.
  [[nodiscard]] Json command(const std::string& line) const;
  /// Closes the stream of commands, waits for the end, and returns the raw status.
  int end_commands();

  /// Builds a request with the right Host and token, unless `headers` say otherwise.
  [[nodiscard]] std::string request(const std::string& method, const std::string& path,
                                    const std::string& body = {}, const Headers& headers = {},
                                    bool with_token = true) const;
  Reply ask(const std::string& method, const std::string& path, const std::string& body = {},
            const Headers& headers = {}, bool with_token = true) const;
  Reply get(const std::string& path) const { return ask("GET", path); }
  Reply post(const std::string& path, const Json& body = Json::object()) const {
    return ask("POST", path, body.dump());
  }

  /// Creates a job for uploads, or for a folder; returns its id.
  std::string new_job(const Json& settings = Json::object()) const;
  std::string folder_job(const std::filesystem::path& folder,
                         const Json& settings = Json::object()) const;
  Reply upload(const std::string& job, const std::string& name, const std::string& bytes) const;
  /// Polls until the job is in that state; returns the job.
  Json wait_for(const std::string& job, const std::string& state) const;
  /// Number of open descriptors of the process.
  [[nodiscard]] std::size_t descriptors() const;

 private:
  pid_t process_ = -1;
  int commands_ = -1;  ///< with control: for writing commands
  int answers_ = -1;   ///< with control: for reading answers
  std::uint16_t port_ = 0;
  std::string token_;
};

/// One part of "multipart/form-data"; without a filename it is a field.
struct Part {
  std::string name;
  std::optional<std::string> filename;
  std::string bytes;
};
std::string form(const std::vector<Part>& parts, const std::string& boundary = "XbX");

}  // namespace imgmill::test

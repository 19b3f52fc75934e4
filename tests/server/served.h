// `imgmill serve` as a process, and what is asked of it again and again.
#pragma once

#include <filesystem>

#include "client.h"

namespace imgmill::test {

struct ServedOptions {
  std::vector<std::string> more;  ///< words for the command line
  unsigned tmpfs_kilobytes = 0;   ///< the workspace is a file system of its own, this small
  bool control = false;           ///< with --control, for command() and end_commands()
  std::filesystem::path errors;   ///< where standard error goes; empty: where that of the test does
};

/// A server with a workspace, ended with its object.
class Served {
 public:
  using Options = ServedOptions;

  /// `workspace` stays when the server ends; `root` is where local jobs may lie. Throws when
  /// it does not start.
  Served(const std::filesystem::path& workspace, const std::filesystem::path& root,
         const Options& options = {});
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const std::string& token() const { return token_; }
  [[nodiscard]] pid_t process() const { return process_; }
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Sends a signal, waits for the end, and gives the raw status.
  int end(int signal);
  /// Sends a line and reads one.
  [[nodiscard]] Json command(const std::string& line) const;
  /// Ends what the server reads commands from, waits for its end, and gives the raw status.
  int end_commands();

  /// With the right Host and token unless `headers` say otherwise.
  [[nodiscard]] std::string request(const std::string& method, const std::string& path,
                                    const std::string& body = {}, const Headers& headers = {},
                                    bool with_token = true) const;
  Reply ask(const std::string& method, const std::string& path, const std::string& body = {},
            const Headers& headers = {}, bool with_token = true) const;
  Reply get(const std::string& path) const { return ask("GET", path); }
  Reply post(const std::string& path, const Json& body = Json::object()) const {
    return ask("POST", path, body.dump());
  }

  /// A job for uploads, or for a folder; its id.
  std::string new_job(const Json& settings = Json::object()) const;
  std::string folder_job(const std::filesystem::path& folder,
                         const Json& settings = Json::object()) const;
  Reply upload(const std::string& job, const std::string& name, const std::string& bytes) const;
  /// Asks until the job is in that state; what it is then.
  Json wait_for(const std::string& job, const std::string& state) const;
  /// Open descriptors of the process.
  [[nodiscard]] std::size_t descriptors() const;

 private:
  pid_t process_ = -1;
  int commands_ = -1;  ///< with control: where they go
  int answers_ = -1;   ///< and where answers come from
  std::uint16_t port_ = 0;
  std::string token_;
};

/// "multipart/form-data" of (name, filename, bytes); a part without a filename is a field.
struct Part {
  std::string name;
  std::optional<std::string> filename;
  std::string bytes;
};
std::string form(const std::vector<Part>& parts, const std::string& boundary = "XbX");

}  // namespace imgmill::test

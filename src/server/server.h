// The server: the page and the HTTP API, on loopback.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "imgmill/batch.h"
#include "server/jobs/jobs.h"

namespace imgmill::server {

struct ServerOptions {
  std::filesystem::path workspace;           ///< made when missing, for this user only
  bool new_token = false;                    ///< rather than that of the last time
  std::vector<std::filesystem::path> roots;  ///< folders that local jobs may lie in
  /// Of 127.0.0.1, tried in turn; 0 is any that is free.
  std::vector<std::uint16_t> ports = {0};
  OptimizerOptions optimizer{.isolation = Isolation::process};
  BatchOptions batch;  ///< limits of images, jobs
  JobLimits limits;
  unsigned max_connections = 512;
  std::chrono::seconds patience{30};  ///< with slow clients, see HttpServerOptions
};

/// Serves as long as it lives. The workers are started and warmed at once.
class Server {
 public:
  /// Errors: environment (no port, no workers, the workspace is in use).
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerOptions options);
  /// Lets what is being written finish; jobs at work become interrupted.
  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual const std::string& token() const = 0;
  /// What happened at the start that whoever started it should hear, a sentence each.
  [[nodiscard]] virtual const std::vector<std::string>& notes() const = 0;
  /// From now on local jobs may also lie in this folder, or have this one file. Its canonical
  /// path. For whoever started the server to call: the API has nothing for it. Thread-safe.
  /// Errors: usage (not absolute; neither folder nor file), environment (not there), limit.
  [[nodiscard]] virtual Result<std::filesystem::path> allow(const std::filesystem::path& path) = 0;
  /// With the token behind the '#', which browsers keep to themselves.
  [[nodiscard]] std::string address() const;
};

}  // namespace imgmill::server

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
  std::filesystem::path workspace;           ///< created if missing, accessible to this user only
  bool new_token = false;                    ///< instead of the stored one
  std::vector<std::filesystem::path> roots;  ///< folders that local jobs may use
  /// Ports on 127.0.0.1, tried in turn; 0 is any free port.
  std::vector<std::uint16_t> ports = {0};
  OptimizerOptions optimizer{.isolation = Isolation::process};
  BatchOptions batch;  ///< limits on images, jobs
  JobLimits limits;
  unsigned max_connections = 512;
  std::chrono::seconds patience{30};  ///< for slow clients, see HttpServerOptions
};

/// Serves during its lifetime. Workers are started and warmed up at once.
class Server {
 public:
  /// Errors: environment (no port, no workers, the workspace is in use).
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerOptions options);
  /// Lets writes in progress finish; running jobs become interrupted.
  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual const std::string& token() const = 0;
  /// Notes from startup for the person who started the server, one sentence each.
  [[nodiscard]] virtual const std::vector<std::string>& notes() const = 0;
  /// Also allows local jobs this folder, or this one file; returns its canonical path. Only the
  /// process that started the server can call it: the API has no operation for it. Thread-safe.
  /// Errors: usage (not absolute; neither folder nor file), environment (not there), limit.
  [[nodiscard]] virtual Result<std::filesystem::path> allow(const std::filesystem::path& path) = 0;
  /// The page's URL, with the token in the fragment, which browsers do not send.
  [[nodiscard]] std::string address() const;
};

}  // namespace imgmill::server

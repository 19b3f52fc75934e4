// The HTTP server, on libmicrohttpd: one listening socket, one thread, any number of slow clients.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "imgmill/error.h"
#include "server/http/http.h"

namespace imgmill::server {

struct HttpServerOptions {
  std::uint16_t port = 0;          ///< of 127.0.0.1; 0: any that is free
  unsigned max_connections = 512;  ///< at once; who comes later is told to come again
  /// How long a client may take for its headers. For a body it has this long, and a second
  /// more for each 64 KiB that were announced, or that have come where nothing was.
  std::chrono::seconds patience{30};
};

struct ConnectionCounts {
  std::uint64_t connections = 0;  ///< right now
  std::uint64_t requests = 0;     ///< so far
  std::uint64_t timed_out = 0;    ///< connections that were too slow
};

/// Listens as long as it lives. The service is called from the server's thread, one call at a
/// time.
///
/// Every request is told in full before it is let go: who is refused early, is too slow or
/// sends more than is taken has an answer before the connection is closed. A body that says
/// how long it is may be refused before it comes; one in chunks is counted, and cut off.
class HttpServer {
 public:
  /// RequestBody the port; clients wait until start(). Errors: environment (the port is taken, no
  /// socket).
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> open(const HttpServerOptions& options);
  virtual ~HttpServer() = default;
  /// Once; `service` outlives the http. Errors: environment (no thread).
  [[nodiscard]] virtual Result<void> start(Service& service) = 0;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual ConnectionCounts counts() const = 0;
  /// No new connections; streams that wait are cut. Responders may still answer, and must
  /// before this is destroyed.
  virtual void close() = 0;
};

}  // namespace imgmill::server

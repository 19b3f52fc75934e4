// The HTTP server, on libmicrohttpd: one listening socket, one thread, any number of slow clients.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "imgmill/error.h"
#include "server/http/http.h"

namespace imgmill::server {

struct HttpServerOptions {
  std::uint16_t port = 0;          ///< on 127.0.0.1; 0: any free port
  unsigned max_connections = 512;  ///< at once; further clients are told to retry
  /// Time limit for a request's headers. For a body the limit is the same, plus one second for each
  /// 64 KiB announced, or received if no length was announced.
  std::chrono::seconds patience{30};
};

struct ConnectionCounts {
  std::uint64_t connections = 0;  ///< open now
  std::uint64_t requests = 0;     ///< so far
  std::uint64_t timed_out = 0;    ///< connections that were too slow
};

/// Listens during its lifetime. The service is called from the server's thread, one call at a time.
///
/// Every client gets a complete answer before its connection is closed, also if it is refused
/// early, is too slow or sends more than is accepted. A body with a length may be refused before it
/// is sent; a chunked one is counted, and cut off.
class HttpServer {
 public:
  /// Binds the port; clients wait until start(). Errors: environment (the port is taken, no
  /// socket).
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> open(const HttpServerOptions& options);
  virtual ~HttpServer() = default;
  /// Call once; `service` must outlive this object. Errors: environment (no thread).
  [[nodiscard]] virtual Result<void> start(Service& service) = 0;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual ConnectionCounts counts() const = 0;
  /// Accepts no new connections and cuts waiting streams. Responders may still answer, and must do
  /// so before this object is destroyed.
  virtual void close() = 0;
};

}  // namespace imgmill::server

// Admits or refuses requests and hands them to their handlers.
#pragma once

#include <atomic>
#include <cstdint>

#include "server/api/api.h"
#include "server/http/route.h"
#include "server/http/thread_pool.h"

namespace imgmill::server {

/// Checks where a request comes from, finds its route, and runs the handler on the thread that the
/// route names. Thread-safe except open(), which only the HTTP server calls.
class Dispatcher final : public Service {
 public:
  Dispatcher(Api& api, int image_threads);
  [[nodiscard]] Opened open(Request request) override;
  /// Accepts no more work and waits for running tasks; queued ones are answered that the server is
  /// shutting down.
  void close();

 private:
  class Gathered;
  [[nodiscard]] Opened admit(Request request);
  void dispatch(const Route& route, Request request, Buffer body, Responder responder);

  Api& api_;
  std::atomic<std::uint64_t> held_ = 0;  ///< bytes of bodies in memory
  ThreadPool files_;
  ThreadPool images_;
};

}  // namespace imgmill::server

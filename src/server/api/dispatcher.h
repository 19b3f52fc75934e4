// Where requests are let in or refused, and handed to who answers them.
#pragma once

#include <atomic>
#include <cstdint>

#include "server/api/api.h"
#include "server/http/route.h"
#include "server/http/thread_pool.h"

namespace imgmill::server {

/// Checks where a request comes from, finds its route, and runs the handler where the
/// route says. Thread-safe but for open(), which is the HTTP server's.
class Dispatcher final : public Service {
 public:
  Dispatcher(Api& api, int image_threads);
  [[nodiscard]] Opened open(Request request) override;
  /// RequestBody no more and waits for what is in work; what waits is told that the server ends.
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

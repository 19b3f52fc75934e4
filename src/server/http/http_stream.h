// Suspends connections until there is something to send. Used by http_server.cc only.
#pragma once

#include <microhttpd.h>

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>

#include "server/http/http.h"

namespace imgmill::server {

/// Wakes a suspended connection, from any thread.
class ConnectionWaker {
 public:
  explicit ConnectionWaker(MHD_Connection* connection) : connection_(connection) {}

  void wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    if (std::exchange(asleep_, false)) MHD_resume_connection(connection_);
  }
  /// Suspends the connection unless it was woken since the last call; returns true if it sleeps.
  /// Call on the server's thread.
  bool sleep() {
    const std::lock_guard lock(mutex_);
    if (std::exchange(woken_, false) || gone_) return false;
    MHD_suspend_connection(connection_);
    asleep_ = true;
    return true;
  }
  /// The connection has been closed.
  void leave() {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    asleep_ = false;
  }

 private:
  std::mutex mutex_;
  MHD_Connection* const connection_;
  bool asleep_ = false;
  bool woken_ = false;
  bool gone_ = false;
};

/// A body source that is being sent.
struct Stream {
  std::unique_ptr<BodySource> source;
  std::shared_ptr<ConnectionWaker> waker;
  const std::atomic<bool>* closing = nullptr;

  static ssize_t read(void* context, std::uint64_t /*position*/, char* room, std::size_t size) {
    Stream& stream = *static_cast<Stream*>(context);
    for (;;) {
      if (*stream.closing) return MHD_CONTENT_READER_END_WITH_ERROR;
      BodySource::Read got;
      try {
        got = stream.source->read({room, size});
      } catch (const std::exception&) {
        got.state = BodySource::State::broken;
      }
      if (got.bytes > 0) return static_cast<ssize_t>(got.bytes);
      switch (got.state) {
        case BodySource::State::end:
          return MHD_CONTENT_READER_END_OF_STREAM;
        case BodySource::State::broken:
          return MHD_CONTENT_READER_END_WITH_ERROR;
        case BodySource::State::more:
          continue;
        case BodySource::State::wait:
          if (stream.waker->sleep()) return 0;
          continue;
      }
    }
  }
  static void free(void* context) { delete static_cast<Stream*>(context); }
};

}  // namespace imgmill::server

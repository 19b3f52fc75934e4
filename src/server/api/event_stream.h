// Live events of a job (server-sent events).
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "server/http/http.h"
#include "server/jobs/jobs.h"

namespace imgmill::server {

/// Event streams. The only state per listener is the highest sequence it has seen. Rows are read
/// from the store once the listener has taken the earlier ones, so that a slow listener costs no
/// memory and one that reconnects goes on where it was. A separate thread reads them, so that no
/// client waits for the disk. Thread-safe.
class EventStream {
 public:
  explicit EventStream(Jobs& jobs);
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;
  ~EventStream();

  /// Returns a stream of the rows changed after `sequence`, then of every change, until the client
  /// leaves or the job is gone. It must not outlive this object.
  [[nodiscard]] std::unique_ptr<BodySource> stream(std::string id, std::uint64_t sequence);
  [[nodiscard]] std::size_t listeners() const;

 private:
  class Listener;
  class Stream;
  void tick(const std::stop_token& stop);
  void enter(const std::shared_ptr<Listener>& listener);
  void leave(const std::shared_ptr<Listener>& listener);
  void hurry();

  Jobs& jobs_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<std::shared_ptr<Listener>> listeners_;
  bool hurry_ = false;  ///< a listener must not wait for the next tick
  std::jthread ticker_;
};

}  // namespace imgmill::server

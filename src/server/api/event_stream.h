// What happens to a job, told as it happens (server-sent events).
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

/// Streams of events. Nothing is remembered for a listener but the highest sequence it has
/// seen: rows are read from the store when it has taken what came before, so that a slow
/// listener costs no memory and one that comes back goes on where it was. They are read on a
/// thread of its own, so that no client waits for the disk. Thread-safe.
class EventStream {
 public:
  explicit EventStream(Jobs& jobs);
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;
  ~EventStream();

  /// Rows changed after `sequence`, then whatever changes, until the client goes or the
  /// job does. Not to outlive this.
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
  bool hurry_ = false;  ///< somebody need not wait for the next tick
  std::jthread ticker_;
};

}  // namespace imgmill::server

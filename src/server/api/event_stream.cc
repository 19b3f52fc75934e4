#include "server/api/event_stream.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "platform/thread.h"
#include "server/http/api_error.h"

namespace imgmill::server {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds between_images{100};
constexpr milliseconds between_jobs{250};
constexpr std::chrono::seconds between_signs{15};  // interval of keep-alive comments
constexpr int rows_at_once = 200;

}  // namespace

/// One listening client. Its events are composed on the ticker's thread and read on the HTTP
/// server's.
class EventStream::Listener {
 public:
  Listener(Jobs& jobs, std::string id, std::uint64_t sequence)
      : jobs_(jobs), id_(std::move(id)), sequence_(sequence) {}

  // ---- The HTTP server's side -----------------------------------------------------------------

  void on_wake(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }
  /// `hungry`: everything was taken, and there is more to send.
  BodySource::Read take(std::span<char> room, bool& hungry) {
    const std::lock_guard lock(mutex_);
    const std::size_t part = std::min(room.size(), text_.size() - sent_);
    std::copy_n(text_.data() + sent_, part, room.data());
    sent_ += part;
    hungry = behind_ && sent_ == text_.size();
    if (part > 0) return {part, BodySource::State::more};
    return {0, ended_ ? BodySource::State::end : BodySource::State::wait};
  }

  // ---- The ticker's side ---------------------------------------------------------------

  /// Composes the next events, once the client has taken all earlier ones.
  void tick() {
    {
      const std::lock_guard lock(mutex_);
      if (ended_ || sent_ < text_.size()) return;
    }
    const Clock::time_point now = Clock::now();
    if (jobs_.version_of(id_) == seen_version_ && now < next_sign_) return;
    std::string text;
    const bool there = compose(now, text);
    if (there && text.empty()) return;
    next_sign_ = now + between_signs;
    const std::lock_guard lock(mutex_);
    text_ = std::move(text);
    sent_ = 0;
    ended_ = !there;
    behind_ = seen_version_ == 0;
    if (wake_) wake_();
  }

 private:
  /// Returns false if the job no longer exists.
  bool compose(Clock::time_point now, std::string& text) {
    auto job = jobs_.find(id_);
    if (!job) return false;
    // Read before the rows, so that a job is reported as done only after all its rows.
    if (job->sequence > sequence_ && now >= next_images_) {
      auto rows = jobs_.changed_after(id_, sequence_, rows_at_once);
      if (!rows) return false;
      if (!rows->empty()) {
        Json images = Json::array();
        for (const ImageRow& row : *rows) images.push_back(image_json(row));
        sequence_ = rows->back().sequence;
        text += "id: " + std::to_string(sequence_) +
                "\nevent: images\ndata: " + dumped(Json{{"images", std::move(images)}}) + "\n\n";
        // A client that is far behind need not wait for the next tick.
        const bool full = rows->size() == static_cast<std::size_t>(rows_at_once);
        next_images_ = full ? now : now + between_images;
      }
    }
    const bool behind = job->sequence > sequence_;
    const bool ended = job->ended() && job->version != told_version_;
    if (!behind && job->version != told_version_ && (ended || now >= next_job_)) {
      text += "event: job\ndata: " + dumped(job_json(*job)) + "\n\n";
      told_version_ = job->version;
      next_job_ = now + between_jobs;
    }
    if (text.empty() && now >= next_sign_) text = ":\n\n";
    seen_version_ = !behind && job->version == told_version_ ? job->version : 0;
    return true;
  }

  Jobs& jobs_;
  const std::string id_;
  std::uint64_t sequence_;
  std::uint64_t seen_version_ = 0;  ///< sent completely up to here; 0: not completely
  std::uint64_t told_version_ = 0;
  Clock::time_point next_sign_ = Clock::now() + between_signs;
  Clock::time_point next_images_ = Clock::now();
  Clock::time_point next_job_ = Clock::now();

  std::mutex mutex_;            ///< guards what follows; held only while copying
  std::string text_ = ":\n\n";  ///< so that clients see at once that they are connected
  std::size_t sent_ = 0;
  bool ended_ = false;
  bool behind_ = false;
  std::function<void()> wake_;
};

/// The body of a listener's response.
class EventStream::Stream final : public BodySource {
 public:
  Stream(EventStream& events, std::shared_ptr<Listener> listener)
      : events_(events), listener_(std::move(listener)) {
    events_.enter(listener_);
  }
  ~Stream() override {
    listener_->on_wake(nullptr);  // the ticker may still hold the listener
    events_.leave(listener_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  void on_wake(std::function<void()> wake) override { listener_->on_wake(std::move(wake)); }
  Read read(std::span<char> room) override {
    bool hungry = false;
    const Read read = listener_->take(room, hungry);
    if (hungry) events_.hurry();
    return read;
  }

 private:
  EventStream& events_;
  const std::shared_ptr<Listener> listener_;
};

EventStream::EventStream(Jobs& jobs) : jobs_(jobs) {
  ticker_ = std::jthread([this](const std::stop_token& stop) {
    name_this_thread("imgmill-events");
    tick(stop);
  });
}

EventStream::~EventStream() {
  ticker_.request_stop();
  ticker_.join();
}

std::unique_ptr<BodySource> EventStream::stream(std::string id, std::uint64_t sequence) {
  return std::make_unique<Stream>(*this,
                                  std::make_shared<Listener>(jobs_, std::move(id), sequence));
}

std::size_t EventStream::listeners() const {
  const std::lock_guard lock(mutex_);
  return listeners_.size();
}

void EventStream::enter(const std::shared_ptr<Listener>& listener) {
  const std::lock_guard lock(mutex_);
  listeners_.insert(listener);
  hurry_ = true;
  changed_.notify_all();
}

void EventStream::leave(const std::shared_ptr<Listener>& listener) {
  const std::lock_guard lock(mutex_);
  listeners_.erase(listener);
}

void EventStream::hurry() {
  const std::lock_guard lock(mutex_);
  hurry_ = true;
  changed_.notify_all();
}

void EventStream::tick(const std::stop_token& stop) {
  std::vector<std::shared_ptr<Listener>> listeners;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return !listeners_.empty(); });
      changed_.wait_for(lock, stop, between_images, [&] { return hurry_; });
      hurry_ = false;
      listeners.assign(listeners_.begin(), listeners_.end());
    }
    for (const auto& listener : listeners) listener->tick();
    listeners.clear();
  }
}

}  // namespace imgmill::server

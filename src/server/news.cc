#include "server/news.h"

#include <algorithm>
#include <atomic>
#include <chrono>

#include "platform/thread.h"
#include "server/refusal.h"

namespace imgmill::server {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds between_images{100};
constexpr milliseconds between_jobs{250};
constexpr std::chrono::seconds between_signs{15};  // of life, when nothing happens
constexpr int rows_at_once = 200;

}  // namespace

/// One client that listens. Read on the door's thread, woken by the ticker.
class News::Listener final : public BodySource {
 public:
  Listener(News& news, std::string id, std::uint64_t sequence)
      : news_(news), id_(std::move(id)), sequence_(sequence) {
    // So that proxies and clients see at once that they are connected.
    text_ = ":\n\n";
    news_.enter(*this);
  }
  ~Listener() override { news_.leave(*this); }

  void on_wake(std::function<void()> wake) override {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }

  /// Wakes the client's connection when there may be something to tell.
  void tick() {
    if (news_.jobs_.version_of(id_) == seen_version_ && Clock::now() < next_sign_.load()) return;
    const std::lock_guard lock(mutex_);
    if (wake_) wake_();
  }

  Read read(std::span<char> room) override {
    if (sent_ == text_.size()) {
      text_.clear();
      sent_ = 0;
      if (!compose()) return {0, State::end};
    }
    const std::size_t part = std::min(room.size(), text_.size() - sent_);
    if (part == 0) return {0, State::wait};
    std::copy_n(text_.data() + sent_, part, room.data());
    sent_ += part;
    next_sign_ = Clock::now() + between_signs;
    return {part, State::more};
  }

 private:
  /// False when the job is gone.
  bool compose() {
    const Clock::time_point now = Clock::now();
    auto job = news_.jobs_.find(id_);
    if (!job) return false;
    // Read before the rows, so that a job that is told as done has had all its rows told.
    const bool rows_due = now >= next_images_;
    if (job->sequence > sequence_ && rows_due) {
      auto rows = news_.jobs_.changed_after(id_, sequence_, rows_at_once);
      if (!rows) return false;
      if (!rows->empty()) {
        Json images = Json::array();
        for (const ImageRow& row : *rows) images.push_back(image_json(row));
        sequence_ = rows->back().sequence;
        text_ += "id: " + std::to_string(sequence_) +
                 "\nevent: images\ndata: " + dumped(Json{{"images", std::move(images)}}) + "\n\n";
        // Whoever is far behind need not wait for the rest.
        const bool full = rows->size() == static_cast<std::size_t>(rows_at_once);
        next_images_ = full ? now : now + between_images;
      }
    }
    const bool behind = job->sequence > sequence_;
    const bool ended = job->ended() && job->version != told_version_;
    if (!behind && job->version != told_version_ && (ended || now >= next_job_)) {
      text_ += "event: job\ndata: " + dumped(job_json(*job)) + "\n\n";
      told_version_ = job->version;
      next_job_ = now + between_jobs;
    }
    if (text_.empty() && now >= next_sign_.load()) text_ = ":\n\n";
    seen_version_ = !behind && job->version == told_version_ ? job->version : 0;
    return true;
  }

  News& news_;
  const std::string id_;
  std::uint64_t sequence_;
  std::string text_;
  std::size_t sent_ = 0;
  // Read by the ticker as well; a stale value costs a tick.
  std::atomic<std::uint64_t> seen_version_ = 0;  ///< all of it is told; 0: not all
  std::uint64_t told_version_ = 0;
  std::atomic<Clock::time_point> next_sign_ = Clock::now() + between_signs;
  Clock::time_point next_images_ = Clock::now();
  Clock::time_point next_job_ = Clock::now();
  std::mutex mutex_;
  std::function<void()> wake_;
};

News::News(Jobs& jobs) : jobs_(jobs) {
  ticker_ = std::jthread([this](const std::stop_token& stop) {
    name_this_thread("imgmill-news");
    tick(stop);
  });
}

News::~News() {
  ticker_.request_stop();
  changed_.notify_all();
  ticker_.join();
}

std::unique_ptr<BodySource> News::stream(std::string id, std::uint64_t sequence) {
  return std::make_unique<Listener>(*this, std::move(id), sequence);
}

std::size_t News::listeners() const {
  const std::lock_guard lock(mutex_);
  return listeners_.size();
}

void News::enter(Listener& listener) {
  const std::lock_guard lock(mutex_);
  listeners_.insert(&listener);
  changed_.notify_all();
}

void News::leave(Listener& listener) {
  const std::lock_guard lock(mutex_);
  listeners_.erase(&listener);
}

void News::tick(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return !listeners_.empty(); })) return;
      // With the lock held no listener goes away.
      for (Listener* const listener : listeners_) listener->tick();
    }
    std::this_thread::sleep_for(between_images);
  }
}

}  // namespace imgmill::server

// Permits for the memory of all images together.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace imgmill {

/// Bytes that images in work may use, accounted for and never measured. Every image in work has a
/// `share` set apart for it without asking; whatever it needs beyond that comes from the rest.
/// Images that need more than a share wait in the order of requests, so that a huge image is not
/// overtaken forever by large ones, and they do not hold up images that need no more than a share.
/// An image that needs more than the rest runs alone: once it is next in line and no other large
/// image is in work, no shares are granted to other images. At most `workers` images are in work at
/// once. Thread-safe; must outlive its holds.
class MemoryPermits {
 public:
  /// `budget` bytes in all, including `workers` shares. Shares are as large as possible, up to
  /// `usual_share` each and half of the budget together.
  MemoryPermits(std::uint64_t budget, int workers);

  /// The most that a small image uses, including its worker.
  static constexpr std::uint64_t usual_share = std::uint64_t{96} << 20;
  /// The least that a worker can run in.
  static constexpr std::uint64_t least_share = std::uint64_t{48} << 20;

  /// How many of `workers` can have a share of at least `least_share`; at least 1.
  [[nodiscard]] static int workers_within(std::uint64_t budget, int workers);

  /// Returns its bytes on destruction.
  class [[nodiscard]] Hold {
   public:
    Hold(Hold&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), bytes_(other.bytes_) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (owner_ != nullptr) owner_->give_back(bytes_);
    }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

   private:
    friend class MemoryPermits;
    Hold(MemoryPermits* owner, std::uint64_t bytes) : owner_(owner), bytes_(bytes) {}
    MemoryPermits* owner_;
    std::uint64_t bytes_;
  };

  /// Waits for `bytes`, clamped to at least a share and at most the budget. Returns nothing if a
  /// stop is requested first. A caller that already holds bytes must return them first.
  [[nodiscard]] std::optional<Hold> acquire(std::uint64_t bytes, std::stop_token stop = {});

  [[nodiscard]] std::uint64_t budget() const { return budget_; }
  [[nodiscard]] std::uint64_t share() const { return share_; }
  /// How many images that need this much can be in work at once; at least 1.
  [[nodiscard]] int abreast(std::uint64_t bytes) const;

 private:
  [[nodiscard]] bool is_large(std::uint64_t bytes) const { return bytes > share_; }
  [[nodiscard]] bool goes_alone(std::uint64_t bytes) const { return bytes > rest_; }
  [[nodiscard]] bool has_room(std::uint64_t bytes) const;
  [[nodiscard]] bool may_go(std::uint64_t bytes) const;
  void give_back(std::uint64_t bytes);

  const int workers_;
  const std::uint64_t budget_;
  const std::uint64_t share_;
  const std::uint64_t rest_;  ///< the budget without the shares

  std::mutex mutex_;
  std::condition_variable_any changed_;
  int small_ = 0;            ///< images in work on a share
  int large_ = 0;            ///< images in work on more than a share
  std::uint64_t taken_ = 0;  ///< bytes of the rest in use
  bool alone_ = false;       ///< one image has all of it
  std::uint64_t next_ticket_ = 0;
  std::deque<std::pair<std::uint64_t, std::uint64_t>>
      waiting_;  ///< ticket and bytes of waiting large images
};

}  // namespace imgmill

// How much memory images may take, all together.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace imgmill {

/// Bytes that images in work may take, counted and never measured. Everybody who works has a
/// `share` without asking, since those are set apart; what an image needs beyond that comes from
/// the rest. Whoever needs more than a share waits in the order of asking, so that a huge image is
/// not overtaken for ever by large ones, and holds up nobody who does not. An image that needs more
/// than the rest has goes alone: from the moment it is the next, and nobody large works any more,
/// shares are given to nobody else. No more than `workers` are at work at once.
/// Thread-safe; outlives its holds.
class MemoryPermits {
 public:
  /// `budget` bytes in all, of which `workers` shares; as large as that goes, up to
  /// `usual_share`, and half of the budget at most.
  MemoryPermits(std::uint64_t budget, int workers);

  /// What a small image takes at most with its worker.
  static constexpr std::uint64_t usual_share = std::uint64_t{96} << 20;
  /// The least that a worker can live in.
  static constexpr std::uint64_t least_share = std::uint64_t{48} << 20;

  /// How many of `workers` have a share of at least `least_share`; at least 1.
  [[nodiscard]] static int workers_within(std::uint64_t budget, int workers);

  /// Gives its bytes back at the end of its life.
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

  /// Waits for `bytes`: at least a share, at most the budget, whatever is asked for. Nothing when a
  /// stop is requested first. Whoever holds some already must give that back before.
  [[nodiscard]] std::optional<Hold> acquire(std::uint64_t bytes, std::stop_token stop = {});

  [[nodiscard]] std::uint64_t budget() const { return budget_; }
  [[nodiscard]] std::uint64_t share() const { return share_; }
  /// How many images that need so much can be in work at once; at least 1.
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
  const std::uint64_t rest_;  ///< beside the shares

  std::mutex mutex_;
  std::condition_variable_any changed_;
  int small_ = 0;            ///< at work on a share
  int large_ = 0;            ///< at work on more
  std::uint64_t taken_ = 0;  ///< of the rest
  bool alone_ = false;       ///< one has all of it
  std::uint64_t next_ticket_ = 0;
  std::deque<std::pair<std::uint64_t, std::uint64_t>>
      waiting_;  ///< tickets and bytes, of large ones
};

}  // namespace imgmill

// Bounds the memory of a batch by counting, not by measuring.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace imgmill {

/// A number of bytes that may be held at once. Whoever waits is served in the
/// order of asking, so that a large image is not overtaken for ever.
/// Thread-safe; outlives its permits.
class ByteBudget {
 public:
  /// The right to hold some bytes; given back by the destructor.
  class Permit {
   public:
    Permit() = default;
    Permit(Permit&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Permit() { release(); }

    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    /// Changes the amount without waiting, beyond the budget if need be: who
    /// already holds bytes must be able to finish, or nobody ever would.
    void resize(std::uint64_t bytes);
    void release();

   private:
    friend class ByteBudget;
    Permit(ByteBudget* budget, std::uint64_t bytes) : budget_(budget), bytes_(bytes) {}
    ByteBudget* budget_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  explicit ByteBudget(std::uint64_t bytes) : limit_(bytes) {}

  /// Waits until `bytes` fit, or, when they are more than the whole budget,
  /// until nothing else is held. Nothing when a stop is requested first.
  [[nodiscard]] std::optional<Permit> acquire(std::uint64_t bytes, std::stop_token stop = {});

  [[nodiscard]] std::uint64_t held() const;

 private:
  void change(std::uint64_t from, std::uint64_t to);

  const std::uint64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t held_ = 0;
  std::uint64_t next_ticket_ = 0;
  std::deque<std::uint64_t> waiting_;  ///< tickets, the next to be served in front
};

}  // namespace imgmill

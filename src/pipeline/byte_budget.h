// Limits the memory of a batch by accounting, not by measuring.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace imgmill {

/// Limits the number of bytes held at once. Requests are served in order, so that a large image is
/// not overtaken forever. Thread-safe; must outlive its permits.
class ByteBudget {
 public:
  /// The right to hold some bytes; returned by the destructor.
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
    /// Changes the amount without waiting, beyond the budget if necessary: a holder must be able to
    /// finish, or there would be a deadlock.
    void resize(std::uint64_t bytes);
    void release();

   private:
    friend class ByteBudget;
    Permit(ByteBudget* budget, std::uint64_t bytes) : budget_(budget), bytes_(bytes) {}
    ByteBudget* budget_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  explicit ByteBudget(std::uint64_t bytes) : limit_(bytes) {}

  /// Waits until `bytes` fit or, if they exceed the whole budget, until nothing else is held.
  /// Returns nothing if a stop is requested first.
  [[nodiscard]] std::optional<Permit> acquire(std::uint64_t bytes, std::stop_token stop = {});

  [[nodiscard]] std::uint64_t held() const;

 private:
  void change(std::uint64_t from, std::uint64_t to);

  const std::uint64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t held_ = 0;
  std::uint64_t next_ticket_ = 0;
  std::deque<std::uint64_t> waiting_;  ///< tickets, the next to be served first
};

}  // namespace imgmill

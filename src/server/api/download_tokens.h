// Addresses that a browser may load by itself, once.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace imgmill::server {

/// A ticket stands for one path and is good for one use within a minute, so that
/// the token need not appear in an address. Thread-safe.
class DownloadTokens {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds lifetime{60};
  static constexpr std::size_t most = 1000;  ///< the oldest go first

  /// A name nobody guesses. Throws std::system_error (no randomness).
  [[nodiscard]] std::string issue(std::string path, Clock::time_point now = Clock::now());
  /// What the ticket stands for; it is used up then.
  [[nodiscard]] std::optional<std::string> redeem(std::string_view name,
                                                  Clock::time_point now = Clock::now());

 private:
  struct Ticket {
    std::string path;
    Clock::time_point until;
  };
  std::mutex mutex_;
  std::map<std::string, Ticket, std::less<>> tickets_;
};

}  // namespace imgmill::server

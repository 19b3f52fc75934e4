// One-time addresses for downloads that a browser starts itself.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace imgmill::server {

/// A ticket stands for one path and is valid for one use within a minute, so that the token need
/// not appear in an address. Thread-safe.
class DownloadTokens {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds lifetime{60};
  static constexpr std::size_t most = 1000;  ///< beyond it, the oldest are dropped

  /// Returns an unguessable name. Throws std::system_error (no randomness).
  [[nodiscard]] std::string issue(std::string path, Clock::time_point now = Clock::now());
  /// Returns the path of the ticket, which is then used up.
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

#include "server/api/download_tokens.h"

#include <algorithm>

#include "server/http/guard.h"

namespace imgmill::server {

std::string DownloadTokens::issue(std::string path, Clock::time_point now) {
  std::string name = random_token();
  const std::lock_guard lock(mutex_);
  std::erase_if(tickets_, [&](const auto& entry) { return entry.second.until <= now; });
  if (tickets_.size() >= most) {
    tickets_.erase(std::ranges::min_element(tickets_, {},
                                            [](const auto& entry) { return entry.second.until; }));
  }
  tickets_.emplace(name, Ticket{std::move(path), now + lifetime});
  return name;
}

std::optional<std::string> DownloadTokens::redeem(std::string_view name, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const auto found = tickets_.find(name);
  if (found == tickets_.end()) return std::nullopt;
  Ticket ticket = std::move(found->second);
  tickets_.erase(found);
  if (ticket.until <= now) return std::nullopt;
  return std::move(ticket.path);
}

}  // namespace imgmill::server

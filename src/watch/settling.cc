#include "watch/settling.h"

#include <algorithm>

namespace imgmill {
namespace {

/// What cannot be looked at is for whoever reads it to report.
std::optional<FileFacts> look_at(const std::string& path) {
  const Result<std::optional<FileFacts>> facts = facts_of(path);
  return facts ? *facts : std::optional(FileFacts{});
}

bool alike(const std::optional<FileFacts>& a, const std::optional<FileFacts>& b) {
  return a && b ? a->unchanged_since(*b) : a.has_value() == b.has_value();
}

}  // namespace

void Settling::writing(const std::string& path) { waiting_[path] = {}; }

void Settling::complete(const std::string& path, Time now) {
  waiting_[path] = {now + quiet_, look_at(path)};
}

std::vector<Settling::Settled> Settling::take(Time now, std::size_t most) {
  std::vector<Settled> settled;
  for (auto at = waiting_.begin(); at != waiting_.end() && settled.size() < most;) {
    Waiting& waiting = at->second;
    if (!waiting.look || *waiting.look > now) {
      ++at;
      continue;
    }
    std::optional<FileFacts> facts = look_at(at->first);
    if (alike(facts, waiting.facts)) {
      settled.push_back({at->first, facts});
      at = waiting_.erase(at);
    } else {
      waiting = {now + quiet_, facts};
      ++at;
    }
  }
  // One order, whatever that of the events was.
  std::ranges::sort(settled, {}, [](const Settled& file) { return file.path.native(); });
  return settled;
}

std::optional<Settling::Time> Settling::next() const {
  std::optional<Time> first;
  for (const auto& [path, waiting] : waiting_) {
    if (waiting.look && (!first || *waiting.look < *first)) first = waiting.look;
  }
  return first;
}

}  // namespace imgmill

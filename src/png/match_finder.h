// Finds earlier matches with hash chains.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "png/huffman.h"
#include "png/match.h"
#include "png/optimal_deflate.h"

namespace imgmill::png {

/// Finds earlier matches with hash chains. Positions are stored modulo 65536, which halves the
/// tables (they must fit in the cache of one core: noise accesses them at random). Every entry is
/// compared with the data before it is used, so stale entries do no harm.
class MatchFinder {
 public:
  MatchFinder(std::span<const std::uint8_t> data, const DeflateParams& how)
      : data_(data),
        how_(how),
        head3_(std::size_t{1} << bits3),
        head4_(std::size_t{1} << bits4),
        previous_(window_size) {}

  /// Enters the bytes from `begin` to `end` without searching for matches.
  void learn(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) note(at);
  }

  /// Finds the matches of all positions from `begin` to `end`, grouped by position; longer ones are
  /// farther away. `first[i]` is the index of the first match of position begin + i.
  void find(std::size_t begin, std::size_t end, std::vector<Match>& matches,
            std::vector<std::uint32_t>& first) {
    matches.clear();
    first.clear();
    first.reserve(end - begin + 1);
    matches.reserve(2 * (end - begin));
    std::size_t skip = 0;
    for (std::size_t at = begin; at < end; ++at) {
      first.push_back(static_cast<std::uint32_t>(matches.size()));
      if (skip > 0) {
        --skip;
        note(at);
        continue;
      }
      const unsigned longest = look(at, end, matches);
      // Inside a long match nothing better is likely.
      if (longest >= how_.nice) skip = longest - 1;
    }
    first.push_back(static_cast<std::uint32_t>(matches.size()));
  }

 private:
  using Place = std::uint16_t;

  // In noise, almost every position of the window starts with a different three bytes.
  static constexpr unsigned bits3 = 18;
  static constexpr unsigned bits4 = 16;

  [[nodiscard]] static std::size_t hash3(std::uint32_t bytes) { return hash_of_3(bytes, bits3); }
  [[nodiscard]] static std::size_t hash4(std::uint32_t bytes) { return hash_of_4(bytes, bits4); }

  // Prefetches the entries of the position after next.
  void fetch(std::size_t at) const {
    if (at + 6 > data_.size()) return;
    const std::uint32_t bytes = load32(&data_[at + 2]);
    __builtin_prefetch(&head3_[hash3(bytes)], 1);
    __builtin_prefetch(&head4_[hash4(bytes)], 1);
  }

  void note(std::size_t at) {
    if (at + 4 > data_.size()) return;
    const auto place = static_cast<Place>(at);
    const std::uint32_t bytes = load32(&data_[at]);
    head3_[hash3(bytes)] = place;
    Place& head = head4_[hash4(bytes)];
    previous_[at % window_size] = head;
    head = place;
  }

  unsigned look(std::size_t at, std::size_t end, std::vector<Match>& matches) {
    if (at + 4 > data_.size()) return 0;
    fetch(at);
    const auto most = static_cast<unsigned>(std::min<std::size_t>(longest_match, end - at));
    const std::uint8_t* here = data_.data() + at;
    const std::uint32_t bytes = load32(here);
    // How far back an entry points; 65536 if it points nowhere.
    const auto back = [&](Place place) {
      return static_cast<std::uint32_t>(static_cast<Place>(at - place - 1U)) + 1U;
    };
    const auto farthest = static_cast<std::uint32_t>(std::min(at, window_size));
    const std::uint32_t near = back(head3_[hash3(bytes)]);
    std::uint32_t distance = back(head4_[hash4(bytes)]);
    note(at);
    unsigned longest = shortest_match - 1;
    if (most < shortest_match) return 0;
    const auto consider = [&](std::uint32_t away) {
      const unsigned length = common_length(here - away, here, most);
      if (length <= longest) return;
      longest = length;
      const auto kept = static_cast<std::uint16_t>(away);
      matches.push_back({static_cast<std::uint16_t>(length), kept, distance_symbol(away)});
    };
    if (near <= farthest) consider(near);
    for (unsigned tries = how_.chain; tries > 0 && distance <= farthest; --tries) {
      if (longest >= how_.nice || longest >= most) break;
      const std::uint8_t* there = here - distance;
      if (there[longest] == here[longest] && load32(there) == bytes) consider(distance);
      const std::uint32_t next = back(previous_[(at - distance) % window_size]);
      // An overwritten entry points forward.
      if (next <= distance) break;
      distance = next;
    }
    return longest;
  }

  std::span<const std::uint8_t> data_;
  const DeflateParams& how_;
  std::vector<Place> head3_;
  std::vector<Place> head4_;
  std::vector<Place> previous_;
};

}  // namespace imgmill::png

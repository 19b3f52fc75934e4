// Earlier places with the same bytes, by hash chains.
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

/// Earlier places with the same bytes, by hash chains. Places are kept modulo 65536, which halves
/// the tables (they must fit a core's own cache: noise jumps about in them). Whatever a table says
/// is compared before it is believed, so entries that are out of date do no harm.
class MatchFinder {
 public:
  MatchFinder(std::span<const std::uint8_t> data, const DeflateParams& how)
      : data_(data),
        how_(how),
        head3_(std::size_t{1} << bits3),
        head4_(std::size_t{1} << bits4),
        previous_(window_size) {}

  /// Takes in the bytes from `begin` to `end` without a look for matches.
  void learn(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) note(at);
  }

  /// The matches of all places from `begin` to `end`, each place's behind each other: longer
  /// ones are farther away. `first[i]` is where those of place begin + i start.
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
      // Inside of a long match nothing better will come up.
      if (longest >= how_.nice) skip = longest - 1;
    }
    first.push_back(static_cast<std::uint32_t>(matches.size()));
  }

 private:
  using Place = std::uint16_t;

  // Noise has a different three bytes at each place of the window.
  static constexpr unsigned bits3 = 18;
  static constexpr unsigned bits4 = 16;

  [[nodiscard]] static std::size_t hash3(std::uint32_t bytes) { return hash_of_3(bytes, bits3); }
  [[nodiscard]] static std::size_t hash4(std::uint32_t bytes) { return hash_of_4(bytes, bits4); }

  // The entries of the place after next, on their way while this one is looked at.
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
    // How far back an entry points; 65536 for one that says nothing.
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
      // An entry that was overwritten leads to the future.
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

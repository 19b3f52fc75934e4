// Earlier places with the same bytes, by binary trees.
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

/// Earlier places with the same bytes, by binary trees (Pavlov's LZMA has them): one for each hash
/// of four bytes, sorted by the bytes that follow, each place above all that are older. A new place
/// becomes the root, and on its way down, where the old tree is parted into what is less and what
/// is greater, meets ever longer matches in a dozen steps where a chain takes hundreds. What begins
/// with the same `nice` bytes is in the tree only once. Dearer than chains in noise, cheaper by
/// far in drawings. Links are kept modulo 65536; one to the place that holds it leads nowhere, and
/// so does one to a younger place. For less than 4 GiB.
class MatchTree {
 public:
  MatchTree(std::span<const std::uint8_t> data, const DeflateParams& how)
      : data_(data),
        how_(how),
        head3_(std::size_t{1} << bits3),
        head4_(std::size_t{1} << bits4),
        child_(2 * window_size) {}

  /// Takes in the bytes from `begin` to `end` without a look for matches.
  void learn(std::size_t begin, std::size_t end) {
    std::vector<Match> none;
    for (std::size_t at = begin; at < end; ++at) walk<false>(at, data_.size(), none);
  }

  /// The matches of all places from `begin` to `end`, each place's behind each other: longer
  /// ones are farther away. `first[i]` is where those of place begin + i start.
  void find(std::size_t begin, std::size_t end, std::vector<Match>& matches,
            std::vector<std::uint32_t>& first) {
    matches.clear();
    first.clear();
    first.reserve(end - begin + 1);
    matches.reserve(2 * (end - begin));
    std::size_t skip_to = begin;
    std::size_t run_end = begin;
    std::size_t keep_from = begin;
    for (std::size_t at = begin; at < end; ++at) {
      first.push_back(static_cast<std::uint32_t>(matches.size()));
      // Inside of a long match nothing better will come up.
      if (at < skip_to) {
        if (at >= keep_from) walk<false>(at, end, matches);
        continue;
      }
      if (const unsigned run = run_at(at, end); run >= how_.nice) {
        matches.push_back({static_cast<std::uint16_t>(run), 1, distance_symbol(1)});
        skip_to = at + run;
        // The last places of a run stand for all of it.
        if (run_end < skip_to) {
          run_end = skip_to;
          while (run_end < end && data_[run_end] == data_[at]) ++run_end;
          keep_from = run_end - how_.nice;
        }
        if (at >= keep_from) walk<false>(at, end, matches);
        continue;
      }
      const unsigned longest = walk<true>(at, end, matches);
      if (longest >= how_.nice) skip_to = at + longest;
    }
    first.push_back(static_cast<std::uint32_t>(matches.size()));
  }

 private:
  using Place = std::uint16_t;

  static constexpr unsigned bits3 = 18;
  static constexpr unsigned bits4 = 15;

  // How often the byte before `at` comes again.
  [[nodiscard]] unsigned run_at(std::size_t at, std::size_t end) const {
    if (at == 0 || data_[at - 1] != data_[at]) return 0;
    const auto most = static_cast<unsigned>(std::min<std::size_t>(longest_match, end - at));
    return common_length(&data_[at - 1], &data_[at], most);
  }

  // The entries of the place after next, on their way while this one is looked at.
  template <bool look>
  void fetch(std::size_t at) const {
    if (at + 6 > data_.size()) return;
    const std::uint32_t bytes = load32(&data_[at + 2]);
    __builtin_prefetch(&head4_[hash_of_4(bytes, bits4)], 1);
    if constexpr (look) __builtin_prefetch(&head3_[hash_of_3(bytes, bits3)], 1);
  }

  // Puts the place `at` into its tree, and with `look` its matches into `matches`. Gives the length
  // of the longest.
  template <bool look>
  unsigned walk(std::size_t at, std::size_t end, std::vector<Match>& matches) {
    const auto most = static_cast<unsigned>(std::min<std::size_t>(longest_match, end - at));
    if (most < 4) return 0;
    fetch<look>(at);
    const std::uint8_t* const here = &data_[at];
    const std::uint32_t bytes = load32(here);
    const auto place = static_cast<Place>(at);
    // How far back a place is; 65536 for this one.
    const auto back = [&](Place other) {
      return static_cast<std::uint32_t>(static_cast<Place>(place - other - 1U)) + 1U;
    };
    // The room of what is a whole window away is this place's own.
    const auto farthest = static_cast<std::uint32_t>(std::min(at, window_size - 1));
    unsigned longest = shortest_match - 1;
    const auto keep = [&](unsigned length, std::uint32_t away) {
      longest = length;
      if constexpr (!look) return;
      const auto kept = static_cast<std::uint16_t>(away);
      matches.push_back({static_cast<std::uint16_t>(length), kept, distance_symbol(away)});
    };
    if constexpr (look) {
      const std::uint32_t near = back(head3_[hash_of_3(bytes, bits3)]);
      if (near <= farthest && common_length(here - near, here, 3) == 3) keep(3, near);
    }
    head3_[hash_of_3(bytes, bits3)] = place;

    const std::size_t hash = hash_of_4(bytes, bits4);
    // No more than is known of a place may be believed, or what is less and what is greater would
    // be mixed up: a head is never out of date.
    std::uint32_t distance = static_cast<std::uint32_t>(at + 1) - head4_[hash];
    head4_[hash] = static_cast<std::uint32_t>(at + 1);

    // Where what is less will hang, and what is greater: the room, whose it is, and how many bytes
    // all that may hang there have in common with this place.
    struct Side {
      Place* link;
      Place owner;
      unsigned common;
    };
    Place* const own = &child_[2 * (at % window_size)];
    Side less{own, place, 0};
    Side more{own + 1, place, 0};
    const unsigned enough = std::min(how_.nice, most);
    std::uint32_t before = 0;
    for (unsigned tries = how_.chain; tries > 0; --tries) {
      if (distance <= before || distance > farthest) break;
      before = distance;
      const std::uint8_t* const there = here - distance;
      unsigned length = std::min(less.common, more.common);
      length += common_length(there + length, here + length, most - length);
      if (length > longest) keep(length, distance);
      const auto other = static_cast<Place>(place - distance);
      Place* const children = &child_[2 * (other % window_size)];
      if (length >= enough) {
        // As far as it matters the same: this one takes its place.
        *less.link = back(children[0]) <= distance ? less.owner : children[0];
        *more.link = back(children[1]) <= distance ? more.owner : children[1];
        return longest;
      }
      if (there[length] < here[length]) {
        *less.link = other;
        less = {children + 1, other, length};
        distance = back(children[1]);
      } else {
        *more.link = other;
        more = {children, other, length};
        distance = back(children[0]);
      }
    }
    *less.link = less.owner;
    *more.link = more.owner;
    return longest;
  }

  std::span<const std::uint8_t> data_;
  const DeflateParams& how_;
  std::vector<Place> head3_;
  std::vector<std::uint32_t> head4_;  ///< places, counted from 1
  std::vector<Place> child_;
};

}  // namespace imgmill::png

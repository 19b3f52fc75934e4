// Finds earlier matches with binary trees.
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

/// Finds earlier matches with binary trees, as Pavlov's LZMA does: one tree per hash of four bytes,
/// ordered by the bytes that follow, each position above all older ones. A new position becomes the
/// root. On its way down it splits the old tree into smaller and greater strings and meets ever
/// longer matches, in a dozen steps where a chain takes hundreds. Strings that agree in their first
/// `nice` bytes are in the tree only once. Slower than chains on noise, far faster on drawings.
/// Links are stored modulo 65536; a link to its owner or to a younger position is a null link. For
/// less than 4 GiB of data.
class MatchTree {
 public:
  MatchTree(std::span<const std::uint8_t> data, const DeflateParams& how)
      : data_(data),
        how_(how),
        head3_(std::size_t{1} << bits3),
        head4_(std::size_t{1} << bits4),
        child_(2 * window_size) {}

  /// Enters the bytes from `begin` to `end` without searching for matches.
  void learn(std::size_t begin, std::size_t end) {
    std::vector<Match> none;
    for (std::size_t at = begin; at < end; ++at) walk<false>(at, data_.size(), none);
  }

  /// Finds the matches of all positions from `begin` to `end`, grouped by position; longer ones are
  /// farther away. `first[i]` is the index of the first match of position begin + i.
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
      // Inside a long match nothing better is likely.
      if (at < skip_to) {
        if (at >= keep_from) walk<false>(at, end, matches);
        continue;
      }
      if (const unsigned run = run_at(at, end); run >= how_.nice) {
        matches.push_back({static_cast<std::uint16_t>(run), 1, distance_symbol(1)});
        skip_to = at + run;
        // The last positions of a run represent all of it in the tree.
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

  // Length of the run that continues the byte before `at`.
  [[nodiscard]] unsigned run_at(std::size_t at, std::size_t end) const {
    if (at == 0 || data_[at - 1] != data_[at]) return 0;
    const auto most = static_cast<unsigned>(std::min<std::size_t>(longest_match, end - at));
    return common_length(&data_[at - 1], &data_[at], most);
  }

  // Prefetches the entries of the position after next.
  template <bool look>
  void fetch(std::size_t at) const {
    if (at + 6 > data_.size()) return;
    const std::uint32_t bytes = load32(&data_[at + 2]);
    __builtin_prefetch(&head4_[hash_of_4(bytes, bits4)], 1);
    if constexpr (look) __builtin_prefetch(&head3_[hash_of_3(bytes, bits3)], 1);
  }

  // Inserts the position `at` into its tree and, with `look`, appends its matches to `matches`.
  // Returns the length of the longest.
  template <bool look>
  unsigned walk(std::size_t at, std::size_t end, std::vector<Match>& matches) {
    const auto most = static_cast<unsigned>(std::min<std::size_t>(longest_match, end - at));
    if (most < 4) return 0;
    fetch<look>(at);
    const std::uint8_t* const here = &data_[at];
    const std::uint32_t bytes = load32(here);
    const auto place = static_cast<Place>(at);
    // How far back a position is; 65536 for this one.
    const auto back = [&](Place other) {
      return static_cast<std::uint32_t>(static_cast<Place>(place - other - 1U)) + 1U;
    };
    // A position one whole window back shares its slot with this one.
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
    // Heads are full positions, so they are never stale: a stale head would mix up smaller and
    // greater strings.
    std::uint32_t distance = static_cast<std::uint32_t>(at + 1) - head4_[hash];
    head4_[hash] = static_cast<std::uint32_t>(at + 1);

    // One side of the split, smaller or greater: the link to fill, its owner, and the number of
    // bytes that everything below it has in common with this position.
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
        // Equal as far as it matters: this position replaces the other.
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
  std::vector<std::uint32_t> head4_;  ///< positions, counted from 1
  std::vector<Place> child_;
};

}  // namespace imgmill::png

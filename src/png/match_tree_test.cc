#include "png/match_tree.h"

#include <gtest/gtest.h>

#include <random>

namespace imgmill::png {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Found {
  std::vector<Match> matches;
  std::vector<std::uint32_t> first;
};

Found found(const Bytes& data, const DeflateParams& how, std::size_t begin) {
  Found found;
  MatchTree tree(data, how);
  tree.learn(begin - std::min(begin, window_size), begin);
  tree.find(begin, data.size(), found.matches, found.first);
  return found;
}

// For each length from four bytes on, the nearest match that no nearer one reaches.
std::vector<std::pair<unsigned, unsigned>> by_force(const Bytes& data, std::size_t at) {
  std::vector<std::pair<unsigned, unsigned>> all;
  const auto most = static_cast<unsigned>(std::min<std::size_t>(longest_match, data.size() - at));
  unsigned longest = 3;
  for (unsigned away = 1; away <= std::min(at, window_size - 1); ++away) {
    const unsigned length = common_length(&data[at - away], &data[at], most);
    if (length <= longest) continue;
    all.emplace_back(length, away);
    longest = length;
  }
  return all;
}

Bytes words(std::size_t size, unsigned seed, unsigned letters) {
  std::mt19937 random(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    if (random() % 8 == 0 && bytes.size() > 40) {
      const std::size_t from = bytes.size() - 1 - random() % (bytes.size() / 2);
      const std::size_t length = 1 + random() % 60;
      for (std::size_t i = 0; i < length; ++i) bytes.push_back(bytes[from + i]);
    } else {
      bytes.insert(bytes.end(), 1 + random() % 6, static_cast<std::uint8_t>(random() % letters));
    }
  }
  bytes.resize(size);
  return bytes;
}

TEST(MatchTree, FindsTheNearestOfEachLength) {
  const DeflateParams how{.chain = 1'000'000, .nice = longest_match};
  for (const unsigned letters : {2U, 5U, 200U}) {
    const Bytes data = words(3000, letters, letters);
    for (const std::size_t begin : {0, 700}) {
      const Found all = found(data, how, begin);
      ASSERT_EQ(all.first.size(), data.size() - begin + 1);
      for (std::size_t at = begin; at < data.size(); ++at) {
        std::vector<std::pair<unsigned, unsigned>> ours;
        for (std::uint32_t i = all.first[at - begin]; i < all.first[at - begin + 1]; ++i) {
          const Match& match = all.matches[i];
          EXPECT_EQ(match.symbol, distance_symbol(match.distance));
          if (match.length > 3) ours.emplace_back(match.length, match.distance);
        }
        ASSERT_EQ(ours, by_force(data, at)) << letters << " letters, at " << at;
      }
    }
  }
}

// Windows pass, runs exceed a window, slots are reused, and every reported match must be real.
TEST(MatchTree, NeverGivesWhatIsNoMatch) {
  Bytes data;
  std::mt19937 random(7);
  for (unsigned part = 0; part < 6; ++part) {
    const Bytes text = words(20'000, part % 3, 3 + 60 * (part % 2));
    data.insert(data.end(), text.begin(), text.end());
    data.insert(data.end(), 20'000 + random() % 60'000, static_cast<std::uint8_t>(part % 2));
  }
  for (const DeflateParams& how :
       {DeflateParams{.chain = 16, .nice = longest_match}, DeflateParams{.chain = 100, .nice = 20},
        DeflateParams{.chain = 3, .nice = 3}}) {
    const Found all = found(data, how, 0);
    std::size_t long_ones = 0;
    for (std::size_t at = 0; at < data.size(); ++at) {
      unsigned longest = 2;
      for (std::uint32_t i = all.first[at]; i < all.first[at + 1]; ++i) {
        const Match& match = all.matches[i];
        ASSERT_GT(match.length, longest);
        longest = match.length;
        ASSERT_LE(match.distance, at);
        ASSERT_LE(at + match.length, data.size());
        ASSERT_EQ(common_length(&data[at - match.distance], &data[at], match.length), match.length)
            << "at " << at;
      }
      long_ones += longest >= how.nice ? 1 : 0;
    }
    EXPECT_GT(long_ones, 500U);
  }
}

// A run of half a million bytes is examined once, not once per position.
TEST(MatchTree, TakesRunsInStrides) {
  const Bytes data(500'000, 3);
  const Found all = found(data, {.chain = 16, .nice = longest_match}, 0);
  // Only near the end are there matches shorter than the longest.
  EXPECT_LE(all.matches.size(), data.size() / longest_match + 2 * longest_match);
  for (const Match& match : all.matches) EXPECT_EQ(match.distance, 1);
}

}  // namespace
}  // namespace imgmill::png

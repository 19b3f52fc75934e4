#include "png/pieces.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <vector>

#include "png/deflate.h"

namespace imgmill::png {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Repetitive, noisy or in between.
Bytes some(std::size_t size, unsigned range, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() % range);
  return bytes;
}

Bytes raw(const Bytes& bytes, int level) {
  Deflater deflater;
  const auto stream = deflater.raw(bytes, level);
  return {stream.begin(), stream.end()};
}

TEST(Pieces, BecomeOneStreamOfEverything) {
  // Stored, fixed and dynamic blocks, some pieces with several of them, and an empty piece.
  std::vector<Bytes> pieces = {some(200'000, 256, 1), some(300'000, 3, 2),  {},
                               some(3, 256, 4),       some(100'000, 40, 5), {7},
                               some(70'001, 256, 6)};
  Bytes all;
  for (const Bytes& piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
  for (const int level : {1, 6, 12}) {
    std::vector<Piece> done;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      auto piece = piece_of(raw(pieces[i], level), pieces[i], i + 1 == pieces.size());
      ASSERT_TRUE(piece);
      done.push_back(*std::move(piece));
    }
    const Bytes stream = zlib_stream_of(std::move(done));
    // zlib verifies the stream.
    Bytes back(all.size() + 1);
    uLongf length = back.size();
    ASSERT_EQ(uncompress(back.data(), &length, stream.data(), stream.size()), Z_OK) << level;
    back.resize(length);
    EXPECT_EQ(back, all) << level;
  }
}

TEST(Pieces, TheLastBlockEndsWhereTheStreamDoes) {
  for (const unsigned range : {1U, 2U, 50U, 256U}) {
    const Bytes stream = raw(some(90'000, range, range), 9);
    const auto block = last_block(stream);
    ASSERT_TRUE(block);
    EXPECT_EQ((block->end + 7) / 8, stream.size());
    EXPECT_LT(block->begin, block->end);
  }
}

TEST(Pieces, RefuseWhatIsCutOff) {
  const Bytes whole = raw(some(30'000, 60, 3), 9);
  EXPECT_FALSE(last_block({}));
  for (const std::size_t size : {std::size_t{1}, std::size_t{20}, whole.size() - 1}) {
    EXPECT_FALSE(piece_of(std::span(whole).first(size), {}, false)) << size;
  }
}

TEST(Pieces, NoiseIsNoEndlessStream) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const Bytes noise = some(seed % 300, 256, seed);
    const LastBlock block = last_block(noise).value_or(LastBlock{});
    EXPECT_LE(block.end, 8 * noise.size());
  }
}

}  // namespace
}  // namespace imgmill::png

#include "png/optimal_deflate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "png/deflate.h"
#include "png/huffman.h"

namespace imgmill::png {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Decompresses with zlib: our own decoder must not verify our encoder.
Bytes by_zlib(const Bytes& stream, std::size_t size) {
  Bytes out(size + 1);
  uLongf length = out.size();
  EXPECT_EQ(uncompress(out.data(), &length, stream.data(), stream.size()), Z_OK);
  out.resize(length);
  return out;
}

// Small numbers of both signs, as filters leave them, with some repetition.
Bytes residue(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    if (bytes.size() > 5000 && random() % 500 == 0) {
      const std::size_t from = bytes.size() - 1 - random() % 5000;
      for (std::size_t i = 0; i < 40; ++i) bytes.push_back(bytes[from + i]);
    }
    int sum = 0;
    for (int i = 0; i < 4; ++i) sum += static_cast<int>(random() % 9) - 4;
    bytes.push_back(static_cast<std::uint8_t>(sum));
  }
  bytes.resize(size);
  return bytes;
}

const std::array<DeflateParams, 7> ways = {
    {{4, 32, 1, DeflateParams::dear, false},
     {16, 128, 2, DeflateParams::both, false},
     {16, 3, 2, DeflateParams::cheap, false},
     {32, 258, 3, DeflateParams::both, true},
     {16, 128, 2, DeflateParams::better, false},
     {16, 258, 2, DeflateParams::better, false, DeflateParams::trees},
     {4, 3, 1, DeflateParams::cheap, true, DeflateParams::trees}}};

TEST(Squeezed, ComesBackThroughZlib) {
  std::vector<Bytes> inputs = {{}, {7}, {7, 7}, {1, 2, 3}, {0, 0, 0, 0}};
  inputs.push_back(Bytes(1000, 42));
  inputs.push_back(Bytes(70'000, 0));
  inputs.push_back(residue(20'000, 1));
  Bytes noise(80'000);  // incompressible: stored, in more than one block
  std::mt19937 random(5);
  for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
  inputs.push_back(noise);
  Bytes text;
  for (int i = 0; i < 9000; ++i) text.push_back(static_cast<std::uint8_t>("abcdefgh"[i * i % 8]));
  inputs.push_back(text);
  for (const Bytes& input : inputs) {
    for (const DeflateParams& way : ways) {
      EXPECT_EQ(by_zlib(optimal_deflate(input, way), input.size()), input) << input.size();
    }
  }
}

TEST(Squeezed, ComesBackWhereSegmentsMeetAndMatchesReachBack) {
  Bytes input = residue(300'000, 2);
  const Bytes copy(input.begin() + 270'000, input.end());
  for (int i = 0; i < 10; ++i) input.insert(input.end(), copy.begin(), copy.end());
  ASSERT_GT(input.size(), std::size_t{1} << 19);
  for (const DeflateParams& way : {ways[0], ways[5]}) {
    const Bytes stream = optimal_deflate(input, way);
    EXPECT_EQ(by_zlib(stream, input.size()), input);
    EXPECT_LT(stream.size(), input.size() * 2 / 3) << "copies were not found";
  }
}

TEST(Squeezed, IsTheSameEachTime) {
  const Bytes input = residue(30'000, 3);
  EXPECT_EQ(optimal_deflate(input, ways[1]), optimal_deflate(input, ways[1]));
}

TEST(Squeezed, IsShorterThanTheHighestLevelOfLibdeflate) {
  const Bytes input = residue(200'000, 4);
  Deflater deflater;
  const std::size_t theirs = deflater.zlib(input, 12, input.size())->size();
  EXPECT_LT(optimal_deflate(input, ways[3]).size(), theirs);
}

TEST(CodeLengths, FillTheTreeWithinTheLimit) {
  // Fibonacci numbers produce the longest possible codes.
  std::vector<std::uint32_t> counts = {1, 1};
  while (counts.size() < 40)
    counts.push_back(counts[counts.size() - 1] + counts[counts.size() - 2]);
  counts.push_back(0);
  for (const unsigned limit : {6U, 7U, 15U}) {
    const auto bits = code_lengths(counts, limit);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) {
      EXPECT_LE(bits[i], limit);
      EXPECT_EQ(bits[i] == 0, counts[i] == 0);
      if (bits[i] > 0) sum += std::uint64_t{1} << (limit - bits[i]);
    }
    EXPECT_EQ(sum, std::uint64_t{1} << limit);
  }
}

TEST(CodeLengths, AreHuffmansWhereTheLimitIsFar) {
  const std::vector<std::uint32_t> counts = {45, 13, 12, 16, 9, 5};
  EXPECT_EQ(code_lengths(counts, 15), (std::vector<std::uint8_t>{1, 3, 3, 3, 4, 4}));
  EXPECT_EQ(code_lengths(std::vector<std::uint32_t>{0, 5, 0}, 15),
            (std::vector<std::uint8_t>{0, 1, 0}));
}

TEST(LengthCodes, AreThoseOfTheStandard) {
  EXPECT_EQ(length_code(3).symbol, 257);
  EXPECT_EQ(length_code(10).symbol, 264);
  EXPECT_EQ(length_code(11).symbol, 265);
  EXPECT_EQ(length_code(12).symbol, 265);
  EXPECT_EQ(length_code(227).symbol, 284);
  EXPECT_EQ(length_code(257).symbol, 284);
  EXPECT_EQ(length_code(257).extra_bits, 5);
  EXPECT_EQ(length_code(258).symbol, 285);
  EXPECT_EQ(length_code(258).extra_bits, 0);
  EXPECT_EQ(distance_symbol(1), 0U);
  EXPECT_EQ(distance_symbol(5), 4U);
  EXPECT_EQ(distance_symbol(24577), 29U);
  EXPECT_EQ(distance_symbol(32768), 29U);
}

TEST(Inflated, WantsExactlyTheSizeThatWasSaid) {
  const Bytes input = residue(5000, 6);
  const Bytes stream = optimal_deflate(input, ways[0]);
  EXPECT_EQ(inflated(stream, input.size()), input);
  EXPECT_FALSE(inflated(stream, input.size() - 1));
  EXPECT_FALSE(inflated(stream, input.size() + 1));
  // A size beyond what the stream could expand to is rejected early.
  EXPECT_FALSE(inflated(stream, std::size_t{1} << 60));
}

}  // namespace
}  // namespace imgmill::png

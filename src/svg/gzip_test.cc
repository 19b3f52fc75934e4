#include "svg/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace imgmill::svg {
namespace {

constexpr std::size_t plenty = 1 << 20;

std::string some_text(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "<path d=\"M" + std::to_string(text.size()) + " 5h3\"/>\n";
  text.resize(size);
  return text;
}

// Compresses with zlib, independently of the code under test.
std::string by_zlib(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

std::string text_in(ByteView file, std::size_t at_most = plenty) {
  const auto text = gunzip(file, at_most);
  return text ? std::string(as_text(text->view())) : text.error().message();
}

TEST(Gzip, ComesOutAsItWentIn) {
  for (const std::size_t size : {0, 1, 100, 65'535, 65'536, 65'537, 200'000}) {
    const std::string text = some_text(size);
    const Buffer packed = gzipped(as_bytes(text));
    EXPECT_TRUE(looks_like_gzip(packed.view()));
    EXPECT_EQ(text_in(packed.view()), text);
    EXPECT_EQ(text_in(as_bytes(by_zlib(text))), text);
    if (size > 100) {
      EXPECT_LT(packed.size(), by_zlib(text).size());
    }
    const Buffer again = gzipped(as_bytes(text));
    EXPECT_TRUE(std::ranges::equal(packed.view(), again.view()));
  }
}

TEST(Gzip, SeveralMembersAreOneText) {
  EXPECT_EQ(text_in(as_bytes(by_zlib("<svg ") + by_zlib("/>"))), "<svg />");
}

TEST(Gzip, IsNeverUnpackedBeyondTheLimit) {
  const std::string packed = by_zlib(some_text(100'000));
  EXPECT_EQ(text_in(as_bytes(packed), 100'000), some_text(100'000));
  const auto refused = gunzip(as_bytes(packed), 99'999);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit);
  // A hundred kilobytes that inflate to a hundred megabytes.
  const auto bomb = gunzip(as_bytes(by_zlib(std::string(100 << 20, ' '))), plenty);
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().code(), ErrorCode::limit);
}

TEST(Gzip, DamageIsSeen) {
  const std::string packed = by_zlib(some_text(3000));
  for (std::size_t size = 0; size < packed.size(); ++size) {
    const auto part = gunzip(as_bytes(std::string_view(packed).substr(0, size)), plenty);
    ASSERT_FALSE(part) << size;
    EXPECT_EQ(part.error().code(), ErrorCode::bad_input);
  }
  EXPECT_FALSE(gunzip(as_bytes(packed + "more"), plenty));
  std::mt19937 random(8);
  for (int i = 0; i < 2000; ++i) {
    std::string file = packed;
    file[10 + random() % (file.size() - 10)] ^= static_cast<char>(1 + random() % 255);
    // The last bits of a stream may be meaningless.
    const auto text = gunzip(as_bytes(file), plenty);
    EXPECT_TRUE(!text || as_text(text->view()) == some_text(3000)) << i;
  }
}

}  // namespace
}  // namespace imgmill::svg

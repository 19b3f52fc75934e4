#include "base/base64.h"

#include <gtest/gtest.h>

namespace imgmill {
namespace {

using namespace std::string_view_literals;

// RFC 4648, section 10.
TEST(Base64, IsWhatTheSpecificationSays) {
  EXPECT_EQ(base64({}), "");
  EXPECT_EQ(base64(as_bytes("f"sv)), "Zg==");
  EXPECT_EQ(base64(as_bytes("fo"sv)), "Zm8=");
  EXPECT_EQ(base64(as_bytes("foo"sv)), "Zm9v");
  EXPECT_EQ(base64(as_bytes("foob"sv)), "Zm9vYg==");
  EXPECT_EQ(base64(as_bytes("fooba"sv)), "Zm9vYmE=");
  EXPECT_EQ(base64(as_bytes("foobar"sv)), "Zm9vYmFy");
}

TEST(Base64, OfAddressesHasItsOwnTwoLettersAndNoPadding) {
  EXPECT_EQ(base64(as_bytes("\xFB\xFF\xBF\xFF"sv)), "+/+//w==");
  EXPECT_EQ(base64_url(as_bytes("\xFB\xFF\xBF\xFF"sv)), "-_-__w");
  for (std::size_t value = 0; value < 64; ++value) {
    const std::byte byte{static_cast<unsigned char>(value << 2)};
    EXPECT_EQ(base64_url(ByteView(&byte, 1)).front(), base64_url_letters[value]);
  }
}

}  // namespace
}  // namespace imgmill

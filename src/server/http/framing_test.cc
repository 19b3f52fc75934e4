#include "server/http/framing.h"

#include <gtest/gtest.h>

namespace imgmill::server {
namespace {

Request with(std::vector<Field> headers) {
  return {.method = "PUT", .headers = std::move(headers)};
}

TEST(Framing, ALengthIsANumberSaidOnce) {
  Request plain = with({{"Host", "x"}});
  EXPECT_FALSE(measure(plain, "HTTP/1.1"));
  EXPECT_EQ(plain.body_bytes, 0U);
  EXPECT_FALSE(plain.chunked);
  Request known = with({{"content-LENGTH", "1234567890"}});
  EXPECT_FALSE(measure(known, "HTTP/1.0"));
  EXPECT_EQ(known.body_bytes, 1234567890U);
  for (const char* text : {"-1", "+1", "1e9", "0x10", "5, 5", " 5", "99999999999999999999999999"}) {
    Request odd = with({{"Content-Length", text}});
    const auto refused = measure(odd, "HTTP/1.1");
    ASSERT_TRUE(refused) << text;
    EXPECT_EQ(refused->status, 400);
  }
  Request twice = with({{"Content-Length", "5"}, {"content-length", "5"}});
  EXPECT_TRUE(measure(twice, "HTTP/1.1"));
}

TEST(Framing, ChunksStandAlone) {
  Request chunked = with({{"transfer-encoding", "Chunked"}});
  EXPECT_FALSE(measure(chunked, "HTTP/1.1"));
  EXPECT_TRUE(chunked.chunked);
  EXPECT_EQ(chunked.body_bytes, 0U);
  for (const char* coding : {"gzip", "gzip, chunked", "chunked, gzip", "identity", "xchunked", "",
                             "chunked;q=1", "chunked, chunked"}) {
    Request other = with({{"Transfer-Encoding", coding}});
    const auto refused = measure(other, "HTTP/1.1");
    ASSERT_TRUE(refused) << coding;
    EXPECT_EQ(refused->status, 400);
    EXPECT_FALSE(other.chunked);
  }
  Request both = with({{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}});
  EXPECT_TRUE(measure(both, "HTTP/1.1"));
  Request twice = with({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}});
  EXPECT_TRUE(measure(twice, "HTTP/1.1"));
  Request old = with({{"Transfer-Encoding", "chunked"}});
  EXPECT_TRUE(measure(old, "HTTP/1.0"));
}

}  // namespace
}  // namespace imgmill::server

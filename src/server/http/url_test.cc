#include "server/http/url.h"

#include <gtest/gtest.h>

namespace imgmill::server {
namespace {

using namespace std::string_literals;

TEST(Url, EscapesAreDecodedStrictly) {
  EXPECT_EQ(percent_decoded("a%2Fb+c", false), "a/b+c");
  EXPECT_EQ(percent_decoded("a%2fb+c", true), "a/b c");
  EXPECT_EQ(percent_decoded("%C3%A4%00", false), "\xC3\xA4\0"s) << "bytes, not characters";
  EXPECT_EQ(percent_decoded("%252F", false), "%2F") << "once";
  EXPECT_EQ(percent_decoded("", false), "");
  for (const char* text : {"%", "%2", "%zz", "a%2", "%%41", "%+1", "% 1"}) {
    EXPECT_EQ(percent_decoded(text, false), std::nullopt) << text;
  }
}

TEST(Url, QueriesAreFieldsInTheirOrder) {
  const auto fields = query_fields("a=1&&b&c=x=y&a=2&d+e=%26+");
  ASSERT_TRUE(fields);
  ASSERT_EQ(fields->size(), 5U);
  EXPECT_EQ((*fields)[0].value, "1");
  EXPECT_EQ((*fields)[1].name, "b");
  EXPECT_EQ((*fields)[1].value, "");
  EXPECT_EQ((*fields)[2].value, "x=y");
  EXPECT_EQ((*fields)[3].name, "a");
  EXPECT_EQ((*fields)[4].name, "d e");
  EXPECT_EQ((*fields)[4].value, "& ");
  EXPECT_TRUE(query_fields("")->empty());
  EXPECT_FALSE(query_fields("a=%"));
  EXPECT_FALSE(query_fields("%4=a"));
}

}  // namespace
}  // namespace imgmill::server

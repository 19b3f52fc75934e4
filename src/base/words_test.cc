#include "base/words.h"

#include <gtest/gtest.h>

namespace imgmill {
namespace {

TEST(Words, AreTrimmedAtBothEnds) {
  EXPECT_EQ(trimmed(" \t a b \t"), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \t "), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\n a\r", "\r\n"), " a");
}

TEST(Words, AreTheSameInAnyCaseOfAscii) {
  EXPECT_TRUE(same_word("Content-Type", "content-TYPE"));
  EXPECT_FALSE(same_word("Content-Type", "Content-Typ"));
  EXPECT_FALSE(same_word("\xC3\x84", "\xC3\xA4")) << "no case beyond ASCII";
  EXPECT_FALSE(same_word("[", "{")) << "as far apart as a letter's cases";
}

TEST(Words, DistanceCountsEdits) {
  EXPECT_EQ(edit_distance("quality", "quality"), 0U);
  EXPECT_EQ(edit_distance("qualty", "quality"), 1U) << "inserted";
  EXPECT_EQ(edit_distance("qualitty", "quality"), 1U) << "deleted";
  EXPECT_EQ(edit_distance("qualify", "quality"), 1U) << "substituted";
  EXPECT_EQ(edit_distance("reszie", "resize"), 1U) << "swapped";
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U) << "a swapped pair is not edited again";
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace imgmill

#include "words.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace imgmill::desktop {
namespace {

std::string chosen(const std::vector<const char*>& languages) {
  return words_for(languages).language;
}

TEST(Words, AreThoseOfTheFirstLanguageThereAreAny) {
  EXPECT_EQ(chosen({"de_AT.UTF-8", "de_AT", "de", "C"}), "de");
  EXPECT_EQ(chosen({"ru_RU.KOI8-R"}), "ru");
  EXPECT_EQ(chosen({"nl@euro"}), "nl");
  EXPECT_EQ(chosen({"ja_JP.UTF-8", "fr_CA.UTF-8", "C"}), "fr");
  // Not a language that merely starts with the same letters.
  EXPECT_EQ(chosen({"deu", "den", "da_DK"}), "da");
  EXPECT_EQ(chosen({"C.UTF-8", "de"}), "en");
  EXPECT_EQ(chosen({"POSIX"}), "en");
  EXPECT_EQ(chosen({"ja_JP"}), "en");
  EXPECT_EQ(chosen({}), "en");
}

TEST(Words, AreThereInEveryLanguageOfThePage) {
  std::set<std::string> languages;
  std::set<std::string> sentences;
  for (const Words& row : all_words()) {
    languages.insert(row.language);
    for (const char* text : {row.tagline, row.engine_ended, row.page_not_shown, row.start_again}) {
      EXPECT_TRUE(sentences.insert(text).second) << text;
    }
  }
  EXPECT_EQ(languages, (std::set<std::string>{"da", "de", "en", "es", "fr", "nl", "ru"}));
}

}  // namespace
}  // namespace imgmill::desktop

#include "base/text.h"

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "imgmill/result.h"

namespace imgmill {
namespace {

using namespace std::chrono_literals;

TEST(Text, KnowsUtf8Strictly) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x93\xB7"));
  EXPECT_FALSE(is_utf8("\xFF"));
  EXPECT_FALSE(is_utf8("\xC0\xAF")) << "overlong";
  EXPECT_FALSE(is_utf8("\xE0\x80\xAF")) << "overlong";
  EXPECT_FALSE(is_utf8("\xED\xA0\x80")) << "surrogate";
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80")) << "beyond U+10FFFF";
  EXPECT_FALSE(is_utf8("\xE2\x82")) << "cut";
}

TEST(Text, PrintableNeverReachesTheTerminalsControls) {
  EXPECT_EQ(printable(std::string_view("a\x1b[2Jb\n\x7f")), "a?[2Jb??");
  EXPECT_EQ(printable(std::string_view("\xC2\x9B"
                                       "31m")),
            "?31m")
      << "a one-byte escape in Latin-1";
  EXPECT_EQ(printable(std::string_view("\xE2\x80\xAEgpj")), "?gpj") << "right-to-left override";
  EXPECT_EQ(printable(std::string_view("x\xFFy")), "x\xEF\xBF\xBDy");
  EXPECT_TRUE(is_utf8(printable(std::string_view("\x80\xC3\xF0\x9F"))));
}

TEST(Text, SizesHaveThreeDigits) {
  EXPECT_EQ(human_size(0), "0 B");
  EXPECT_EQ(human_size(812), "812 B");
  EXPECT_EQ(human_size(999), "999 B");
  EXPECT_EQ(human_size(1000), "1.00 kB");
  EXPECT_EQ(human_size(12'345), "12.3 kB");
  EXPECT_EQ(human_size(999'499), "999 kB");
  EXPECT_EQ(human_size(999'600), "1.00 MB");
  EXPECT_EQ(human_size(4'560'000), "4.56 MB");
  EXPECT_EQ(human_size(~std::uint64_t{0}), "18.4 EB");
}

TEST(Text, DurationsReadLikeSpeech) {
  EXPECT_EQ(human_duration(400ms), "0.4 s");
  EXPECT_EQ(human_duration(9'960ms), "10 s");
  EXPECT_EQ(human_duration(12s), "12 s");
  EXPECT_EQ(human_duration(185s), "3 min 05 s");
  EXPECT_EQ(human_duration(2h + 10min), "2 h 10 min");
  EXPECT_EQ(human_duration(-5s), "0.0 s");
}

TEST(Text, GroupsThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(12'345), "12,345");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
}

TEST(Text, FoldsCaseWithoutALocale) {
  EXPECT_EQ(fold_case("Photo.JPG"), "photo.jpg");
  EXPECT_EQ(fold_case("\xC3\x84\xC3\x97"), "\xC3\xA4\xC3\x97") << "A umlaut; the times sign stays";
  EXPECT_EQ(fold_case("\xC5\xB8"), "\xC3\xBF") << "Y with diaeresis";
  EXPECT_EQ(fold_case("\xC4\x8C"), "\xC4\x8D") << "C caron";
  EXPECT_EQ(fold_case("\xC5\xBD"), "\xC5\xBE") << "Z caron, where the odd one is upper";
  EXPECT_EQ(fold_case("\xCE\xA3\xCF\x82"), "\xCF\x83\xCF\x83") << "both sigmas";
  EXPECT_EQ(fold_case("\xD0\x96"), "\xD0\xB6") << "Cyrillic";
  EXPECT_EQ(fold_case("\u0531\u10AA\u1E9E\u1F88"), "\u0561\u2D0A\u00DF\u1F80")
      << "Armenian, Georgian, sharp s, Greek with iota";
  EXPECT_EQ(fold_case("\u0130\u0131\u00DF"), "\u0130\u0131\u00DF")
      << "no counterpart of one letter";
  EXPECT_EQ(fold_case("\xFF\xFE"), "\xFF\xFE") << "what is not UTF-8 stays";
}

TEST(Text, CodePointsAreDecodedStrictly) {
  struct Case {
    std::string_view text;
    char32_t value;
    std::size_t length;
  };
  for (const auto& [text, value, length] :
       {Case{"a", U'a', 1}, Case{std::string_view("\0", 1), 0, 1}, Case{"\u00E4", 0xE4, 2},
        Case{"\u20AC", 0x20AC, 3}, Case{"\U0010FFFF", 0x10FFFF, 4}}) {
    const CodePoint point = next_code_point(text);
    EXPECT_TRUE(point.valid) << text;
    EXPECT_EQ(point.value, value);
    EXPECT_EQ(point.length, length);
    std::string again;
    append_utf8(again, value);
    EXPECT_EQ(again, text);
  }
  for (const std::string_view text :
       {"\xC3", "\xE2\x82", "\xF0\x9F\x98", "\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF",
        "\xF0\x80\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
        "\xC3("}) {
    const CodePoint point = next_code_point(text);
    EXPECT_FALSE(point.valid) << text;
    EXPECT_EQ(point.value, static_cast<unsigned char>(text.front()));
    EXPECT_EQ(point.length, 1U);
  }
}

TEST(Text, ColumnsAreWhatATerminalTakes) {
  EXPECT_EQ(columns_of(U'a'), 1U);
  EXPECT_EQ(columns_of(U'\u00E4'), 1U);
  EXPECT_EQ(columns_of(U'\u0301'), 0U) << "combining";
  EXPECT_EQ(columns_of(U'\u200B'), 0U) << "zero width space";
  EXPECT_EQ(columns_of(U'\u6F22'), 2U) << "East Asian";
  EXPECT_EQ(columns_of(U'\uFF21'), 2U) << "full width";
  EXPECT_EQ(columns_of(U'\U0001F600'), 2U) << "pictograph";
  EXPECT_EQ(columns_of(U'\U0001FAFF'), 2U) << "kept free for pictographs";
}

TEST(Names, OfDecisionsAndStagesAreStable) {
  EXPECT_EQ(name_of(Decision::transcoded), "transcoded");
  EXPECT_EQ(name_of(Decision::planned), "planned");
  EXPECT_EQ(name_of(Stage::validate), "validate");
  EXPECT_EQ(name_of(Stage::write), "write");
}

}  // namespace
}  // namespace imgmill

#include "svg/path_data.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

#include "svg/path_geometry.h"
#include "svg/path_writer.h"

namespace imgmill::svg {
namespace {

TEST(Numbers, AreSpelledShortestAndNeverRounded) {
  const std::pair<const char*, const char*> cases[] = {
      {"0", "0"},          {"-0", "0"},
      {"+1", "1"},         {"0.50", ".5"},
      {"-0.50", "-.5"},    {"010", "10"},
      {"1.0", "1"},        {"100", "100"},
      {"1e3", "1e3"},      {"1E2", "100"},
      {"1e-3", ".001"},    {"0.0001", ".0001"},
      {"1.5e1", "15"},     {".5e-1", ".05"},
      {"12.340", "12.34"}, {"1000000", "1000000"},
      {"1e30", "1e30"},    {"123456789.123456789", "123456789.123456789"}};
  for (const auto& [text, expected] : cases) {
    std::string_view rest = text;
    const auto number = take_number(rest);
    ASSERT_TRUE(number) << text;
    EXPECT_TRUE(rest.empty()) << text;
    EXPECT_EQ(spell(number->text), expected);
    EXPECT_EQ(std::stod(spell(number->text)), std::stod(text));
  }
}

TEST(Numbers, WhatIsNoneIsNotTaken) {
  for (const char* const text : {"", "-", ".", "5.", "e5", "-.e1", "+-1", "1e999", "NaN", "inf"}) {
    std::string_view rest = text;
    EXPECT_FALSE(take_number(rest)) << text;
  }
  std::string_view em = "2em";
  EXPECT_EQ(take_number(em)->value, 2);
  EXPECT_EQ(em, "em");
  EXPECT_FALSE(numbers_of("1,,2"));
  EXPECT_FALSE(numbers_of("1,"));
  EXPECT_FALSE(numbers_of("1 x"));
  EXPECT_EQ(numbers_of(" 1,2 -3.5.5 ")->size(), 4U);
}

TEST(Numbers, AreRoundedToWhatIsAskedAndKeepTheirFirstDigits) {
  const auto round = [](const char* text, double tolerance, int digits) {
    std::string_view rest = text;
    return rounded(*take_number(rest), tolerance, digits);
  };
  EXPECT_EQ(round("1.23456", 0.005, 1), "1.23");
  EXPECT_EQ(round("0.0123456", 0.05, 3), ".0123");
  EXPECT_EQ(round("99.999", 0.05, 1), "100");
  EXPECT_EQ(round("-0.0001", 0.05, 1), "-.0001");
  EXPECT_EQ(round("5", 0.05, 1), "5");
  EXPECT_EQ(round("1e30", 0.05, 1), "1e30");
}

TEST(PathData, IsReadWithEverythingTheGrammarAllows) {
  EXPECT_EQ(parse_path("")->size(), 0U);
  EXPECT_FALSE(parse_path("M1 2 3"));
  EXPECT_EQ(parse_path(" M 1 , 2 3 4 z m1-2 .5.5 ")->size(), 5U);
}

TEST(PathData, FlagsOfArcsNeedNothingBetweenThem) {
  const auto path = parse_path("M0 0a1 1 0 01.5.5 1 1 0 1 1-2e0,3");
  ASSERT_TRUE(path);
  ASSERT_EQ(path->size(), 3U);
  EXPECT_EQ((*path)[1].arguments[4].value, 1);
  EXPECT_EQ((*path)[1].arguments[5].value, 0.5);
  EXPECT_EQ((*path)[2].arguments[6].value, 3);
}

TEST(PathData, WhatIsDamagedIsLeftAsItIs) {
  for (const char* const text :
       {"L0 0", "M0", "M0 0 L", "M0 0 L1", "M0 0,", "M0 0 X", "M0 0 A1 1 0 2 0 1 1", "M0 0 L1 5.",
        "M0 0 L 1 1e999", "M 0 0 z 5"}) {
    EXPECT_FALSE(parse_path(text)) << text;
    EXPECT_EQ(shorten_path(text, 0.1), text);
    EXPECT_EQ(respell_path(text), text);
  }
}

TEST(PathData, IsSpelledShorterWithoutRounding) {
  EXPECT_EQ(respell_path("M 10.50 , 0.50 L 20 0.25 L 30 -40 Z"), "M10.5.5 20 .25 30-40Z");
  EXPECT_EQ(respell_path("M0,0 C 1.123456789,2 3,4 5,6 C 7,8 9,10 11,12"),
            "M0 0C1.123456789 2 3 4 5 6 7 8 9 10 11 12");
  EXPECT_EQ(respell_path("m 0 0 m 5 5 l 1 1"), "m0 0m5 5 1 1");
}

TEST(PathData, TakesTheShorterOfAbsoluteAndRelative) {
  EXPECT_EQ(shorten_path("M 100 100 L 101 102 L 0 0 z", 0.01), "M100 100l1 2L0 0z");
  EXPECT_EQ(shorten_path("M 10 10 L 20 10 L 20 30 z", 0.01), "M10 10h10v20z");
  EXPECT_EQ(shorten_path("M0 0C0 1 2 3 4 4C6 5 8 8 9 9", 0.01), "M0 0c0 1 2 3 4 4s4 4 5 5");
  EXPECT_EQ(shorten_path("M0 0Q1 1 2 0Q3-1 4 0", 0.01), "M0 0q1 1 2 0t2 0");
}

TEST(PathData, ErrorsDoNotAddUp) {
  std::string path = "M0 0";
  for (int i = 0; i < 1000; ++i) path += "l0.3333 0.3333";
  const std::string shorter = shorten_path(path, 0.005);
  EXPECT_LT(shorter.size(), path.size());
  const auto curves = curves_of(*parse_path(shorter));
  EXPECT_NEAR(curves.back().to.x, 333.3, 0.006);
  EXPECT_NEAR(curves.back().to.y, 333.3, 0.006);
}

TEST(PathData, NoSegmentIsDropped) {
  // Round caps turn a zero-length line into a dot, and markers are drawn at every point.
  for (const char* const text : {"M5 5h0", "M5 5L5 5", "M5 5z", "M0 0l1 0l1 0l1 0z"}) {
    const std::string shorter = shorten_path(text, 0.01);
    EXPECT_EQ(parse_path(shorter)->size(), parse_path(text)->size()) << shorter;
  }
}

TEST(PathData, ArcsThatOnlyJustReachDoNotSwing) {
  // Radii slightly longer than half the distance between the end points: shortening the radius
  // moves the arc's middle by the square root of the change.
  const char* const text = "M10.00049 10 A 10.0004 10.0004 0 0 1 30.00051 10";
  const auto before = curves_of(*parse_path(text));
  const std::string shorter = shorten_path(text, 0.005);
  EXPECT_TRUE(lies_on(curves_of(*parse_path(shorter)), before, 0.005)) << shorter;
}

TEST(PathData, RandomPathsLieWhereTheyLayAndSettle) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> place(-200, 200);
  const auto number = [&] { return std::to_string(place(random)) + " "; };
  const std::pair<char, int> commands[] = {{'M', 2}, {'L', 2}, {'H', 1}, {'V', 1}, {'C', 6},
                                           {'S', 4}, {'Q', 4}, {'T', 2}, {'A', 0}, {'Z', 0}};
  for (int round = 0; round < 200; ++round) {
    std::string path = "M" + number() + number();
    for (int i = 0; i < 12; ++i) {
      const auto& [command, count] = commands[random() % 10];
      path += static_cast<char>(random() % 2 == 0 ? command : command | 0x20);
      if (command == 'A') {
        path += std::to_string(std::abs(place(random)) + 1) + " " +
                std::to_string(std::abs(place(random)) + 1) + " " + number() +
                std::to_string(random() % 2) + " " + std::to_string(random() % 2) + " " + number() +
                number();
      }
      for (int n = 0; n < count; ++n) path += number();
    }
    const auto before = parse_path(path);
    ASSERT_TRUE(before) << path;
    const std::string shorter = shorten_path(path, 0.005);
    const auto after = parse_path(shorter);
    ASSERT_TRUE(after) << shorter;
    EXPECT_LE(shorter.size(), respell_path(path).size());
    EXPECT_TRUE(lies_on(curves_of(*after), curves_of(*before), 0.01)) << path << '\n' << shorter;
    const std::string exact = respell_path(path);
    EXPECT_TRUE(lies_on(curves_of(*parse_path(exact)), curves_of(*before), 1e-12)) << exact;
    EXPECT_EQ(respell_path(exact), exact);
  }
}

TEST(PathGeometry, TellsPathsApart) {
  const auto curves = [](const char* text) { return curves_of(*parse_path(text)); };
  const auto original = curves("M0 0L10 0A5 5 0 0 1 20 0C20 5 25 5 25 0");
  EXPECT_TRUE(lies_on(curves("m0 0h10a5 5 0 0110 0c0 5 5 5 5 0"), original, 0.01));
  for (const char* const other :
       {"M0 0L10 .1A5 5 0 0 1 20 0C20 5 25 5 25 0", "M0 0L10 0A5 5 0 0 0 20 0C20 5 25 5 25 0",
        "M0 0L10 0A9 9 0 0 1 20 0C20 5 25 5 25 0", "M0 0L10 0A5 5 0 0 1 20 0C20 6 25 5 25 0",
        "M0 0L10 0A5 5 0 0 1 20 0", "M0 0L10 0A5 5 0 0 1 20 0L25 0"}) {
    EXPECT_FALSE(lies_on(curves(other), original, 0.01)) << other;
  }
}

}  // namespace
}  // namespace imgmill::svg

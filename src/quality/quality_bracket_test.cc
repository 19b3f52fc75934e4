#include "quality/quality_bracket.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "codecs/codec.h"
#include "quality/model.h"

namespace imgmill {
namespace {

constexpr std::array straight_points = {ScoreCurve::Point{0, 0}, ScoreCurve::Point{100, 100}};
constexpr ScoreCurve straight{straight_points};

struct Outcome {
  std::optional<double> quality;
  int tries = 0;
  std::vector<double> asked;
};

// Runs a search against an encoder with known scores for each quality.
template <typename Score>
Outcome run(const QualityBracket::Plan& plan, const ScoreCurve& curve, Score score) {
  QualityBracket search(plan, curve);
  Outcome outcome;
  while (const auto quality = search.next()) {
    EXPECT_GE(*quality, plan.low);
    EXPECT_LE(*quality, plan.high);
    for (const double earlier : outcome.asked) EXPECT_NE(*quality, earlier) << "asked twice";
    outcome.asked.push_back(*quality);
    search.tried(*quality, score(*quality));
    if (outcome.asked.size() > 200) break;
  }
  outcome.quality = search.answer();
  outcome.tries = search.tries();
  return outcome;
}

TEST(ScoreCurve, GoesThroughItsPointsAndStraightBetweenAndBeyond) {
  constexpr std::array points = {ScoreCurve::Point{10, 20}, ScoreCurve::Point{20, 60},
                                 ScoreCurve::Point{40, 80}};
  const ScoreCurve curve{points};
  EXPECT_DOUBLE_EQ(curve.score_at(10), 20);
  EXPECT_DOUBLE_EQ(curve.score_at(15), 40);
  EXPECT_DOUBLE_EQ(curve.score_at(30), 70);
  EXPECT_DOUBLE_EQ(curve.score_at(50), 90);
  EXPECT_DOUBLE_EQ(curve.score_at(5), 0);
  for (const double score : {-5.0, 20.0, 33.0, 75.0, 95.0}) {
    EXPECT_NEAR(curve.score_at(curve.quality_for(score)), score, 1e-9);
  }
}

TEST(QualityBracket, ARightGuessIsTheEnd) {
  const auto outcome = run({.target = 80, .guess = 80}, straight, [](double q) { return q + 0.1; });
  EXPECT_EQ(outcome.quality, 80);
  EXPECT_EQ(outcome.tries, 1);
}

TEST(QualityBracket, FindsTheLowestWhereNothingButItWillDo) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    // Scores that increase by at least 0.3 per step, in a shape that no curve predicts.
    std::vector<double> scores(101);
    double score = std::uniform_real_distribution(-40.0, 40.0)(random);
    const double steepness = std::uniform_real_distribution(0.3, 1.5)(random);
    for (double& at : scores)
      at = score += steepness * (0.3 + static_cast<double>(random() % 100) / 100.0) + 0.3;
    const double target = std::uniform_real_distribution(20.0, 110.0)(random);
    const double guess = std::uniform_real_distribution(-10.0, 120.0)(random);
    const auto outcome =
        run({.target = target, .guess = guess, .most_tries = 100, .near_enough = 0}, straight,
            [&](double q) { return scores[static_cast<std::size_t>(q)]; });
    int lowest = 1;
    while (lowest <= 100 && scores[static_cast<std::size_t>(lowest)] < target) ++lowest;
    if (lowest > 100) {
      EXPECT_FALSE(outcome.quality);
      EXPECT_EQ(outcome.asked.back(), 100) << "given up without having tried the best";
    } else {
      ASSERT_TRUE(outcome.quality);
      EXPECT_GE(*outcome.quality, lowest);
      // It may stop one step above if it does not expect the lower one to pass.
      EXPECT_LE(*outcome.quality, lowest + 2) << "target " << target << " guess " << guess;
    }
  }
}

TEST(QualityBracket, QuartersOfAQualityLandNearer) {
  // Whole qualities score 1.5 points apart.
  const auto score = [](double q) { return 80 + 1.5 * (q - 79.7); };
  const QualityBracket::Plan whole{.target = 80, .guess = 70, .near_enough = 0.3};
  QualityBracket::Plan quarters = whole;
  quarters.step = 0.25;
  const auto coarse = run(whole, straight, score);
  const auto fine = run(quarters, straight, score);
  EXPECT_EQ(coarse.quality, 80);
  EXPECT_EQ(fine.quality, 79.75);
  for (const double asked : fine.asked) EXPECT_EQ(asked * 4, std::round(asked * 4));
  EXPECT_LE(fine.tries, 6);
}

TEST(QualityBracket, ALeapWithinAStepIsNotHalvedTimeAndAgain) {
  const auto outcome = run({.target = 80, .guess = 81, .step = 0.25, .near_enough = 0.3}, straight,
                           [](double q) { return q < 80.6 ? 70.0 : 90.0; });
  ASSERT_TRUE(outcome.quality);
  EXPECT_GE(*outcome.quality, 80.75);
  EXPECT_LE(outcome.tries, 5);
}

TEST(QualityBracket, WhatItAnswersHasReachedTheTargetEvenWhereScoresJumpAbout) {
  std::mt19937 random(2);
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> scores(101);
    for (std::size_t q = 0; q <= 100; ++q) {
      scores[q] = static_cast<double>(q) + static_cast<double>(random() % 160) / 10.0 - 8;
    }
    const auto outcome = run({.target = 75, .guess = 50}, straight,
                             [&](double q) { return scores[static_cast<std::size_t>(q)]; });
    EXPECT_LE(outcome.tries, 6);
    if (outcome.quality) {
      EXPECT_GE(scores[static_cast<std::size_t>(*outcome.quality)], 75);
    }
  }
}

TEST(QualityBracket, ReachesTheTargetWithinSixTriesWhereverItIs) {
  // Every format's usual curve, shifted by as much as pictures differ and more.
  for (const Format format : {Format::jpeg, Format::webp, Format::avif, Format::jpegxl}) {
    const ScoreCurve& usual = codec(format).search->scores;
    int tries = 0;
    int searches = 0;
    for (double shift = -25; shift <= 25; shift += 0.7) {
      for (const double target : {60.0, 70.0, 80.0, 85.0}) {
        const auto score = [&](double q) { return usual.score_at(q + shift); };
        if (score(100) < target) continue;
        const auto outcome =
            run({.target = target, .guess = usual.quality_for(target), .near_enough = 0.6}, usual,
                score);
        ASSERT_TRUE(outcome.quality) << info(format).name << " " << target << " " << shift;
        EXPECT_GE(score(*outcome.quality), target);
        if (*outcome.quality > 1) {
          EXPECT_LT(score(*outcome.quality - 2), target) << "too high by more than a step";
        }
        tries += outcome.tries;
        ++searches;
      }
    }
    ASSERT_GT(searches, 100);
    EXPECT_LE(tries, searches * 3) << "on average, without any feature of the pictures";
  }
}

TEST(QualityBracket, OutOfReachIsKnownOnlyAfterTheHighestWasTried) {
  const auto outcome = run({.target = 95, .guess = 60}, straight, [](double q) { return q * 0.9; });
  EXPECT_FALSE(outcome.quality);
  EXPECT_EQ(outcome.asked.back(), 100);
  EXPECT_LE(outcome.tries, 6);
}

TEST(QualityBracket, NeverAsksOutsideItsRange) {
  for (const double guess : {-1e300, 1e300, std::nan(""), 1e9}) {
    const auto outcome = run({.target = 50, .low = 10, .high = 20, .guess = guess}, straight,
                             [](double) { return 10; });
    EXPECT_FALSE(outcome.quality);
  }
  const auto all_pass =
      run({.target = 50, .low = 10, .high = 20, .guess = 15}, straight, [](double) { return 99; });
  EXPECT_EQ(all_pass.quality, 10);
}

TEST(Model, CurvesRise) {
  for (const Format format :
       {Format::jpeg, Format::webp, Format::avif, Format::png, Format::jpegxl}) {
    double last = -1000;
    for (double target = 20; target <= 95; target += 0.5) {
      const double quality = codec(format).search->scores.quality_for(target);
      EXPECT_GT(quality, last) << info(format).name << " at " << target;
      last = quality;
    }
  }
}

TEST(QualityBracket, APictureThatLosesSoManyTimesAsMuchNeedsASecondTryAtMost) {
  const auto points = scores_made_coarser(90, true);
  const ScoreCurve curve{points};
  for (const double factor : {0.6, 0.8, 1.0, 1.3, 1.7}) {
    const auto score = [&](double quality) {
      return 100 - factor * (100 - curve.score_at(quality));
    };
    const QualityBracket::Plan plan{.target = 80,
                                    .guess = curve.quality_for(80.6),
                                    .near_enough = 1.3,
                                    .bend = QualityBracket::Bend::multiply};
    const auto outcome = run(plan, curve, score);
    ASSERT_TRUE(outcome.quality) << factor;
    EXPECT_LE(outcome.tries, 2) << factor;
    EXPECT_GE(score(*outcome.quality), 80) << factor;
    EXPECT_LE(score(*outcome.quality), 81.5) << factor;
  }
}

TEST(QualityBracket, MultipliedLossesLeadToAnAnswerWhateverTheScores) {
  // No loss at all, and far more than the curve knows: both extremes.
  for (const double flat : {100.0, 99.9, 40.0, -30.0}) {
    const auto outcome = run({.target = 80, .bend = QualityBracket::Bend::multiply}, straight,
                             [&](double) { return flat; });
    EXPECT_EQ(outcome.quality.has_value(), flat >= 80) << flat;
    EXPECT_LE(outcome.tries, 6);
  }
}

TEST(ScoresMadeCoarser, RiseAndLoseLessTheNearerTheOldStepsAre) {
  const ScoreCurve& fresh = codec(Format::jpeg).search->scores;
  for (const bool halved : {false, true}) {
    for (const int before : {1, 40, 75, 90, 95, 100}) {
      const auto points = scores_made_coarser(before, halved);
      ASSERT_EQ(points.size(), 100U);
      for (std::size_t i = 1; i < points.size(); ++i) {
        EXPECT_GT(points[i].quality, points[i - 1].quality);
        EXPECT_GE(points[i].score, points[i - 1].score) << before << " " << i;
      }
    }
    const auto near = scores_made_coarser(85, halved);
    const auto far = scores_made_coarser(98, halved);
    EXPECT_GT(near[79].score, far[79].score + 5);
    EXPECT_NEAR(far[69].score, fresh.score_at(70), 1.5);
  }
}

TEST(QualityBracket, GoesWhereItIsSentWithinItsBracket) {
  QualityBracket search({.target = 80, .guess = 75, .step = 0.25, .narrow = 0.25}, straight);
  EXPECT_FALSE(search.over());
  search.tried(75, 78);
  search.tried(80, 84);
  EXPECT_EQ(search.next_near(77.1), 77);
  EXPECT_EQ(search.next_near(60), 75.25);
  EXPECT_EQ(search.next_near(95), std::nullopt);  // above what is known to pass
  search.tried(75.5, 79);
  search.tried(75.75, 81);
  EXPECT_TRUE(search.over());
  EXPECT_EQ(search.next_near(75.6), std::nullopt);
  EXPECT_EQ(search.answer(), 75.75);
}

}  // namespace
}  // namespace imgmill

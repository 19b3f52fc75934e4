#include "optimize/search/score_predictor.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/try.h"
#include "codecs/codec.h"

namespace imgmill {
namespace {

const ScoreCurve& curve() { return codec(Format::jpeg).search->scores; }

// A picture whose encodings lose `times` the usual amount, and a part of it that deviates.
struct Made {
  double times;
  double strays;
  int asked = 0;

  [[nodiscard]] double whole(double quality) const {
    return 100 - times * (100 - curve().score_at(quality));
  }
  ScorePredictor foretelling(double step = 0.25) {
    return {[this](double quality) -> Result<double> {
              ++asked;
              return whole(quality) - strays;
            },
            {.step = step},
            curve()};
  }
};

TEST(ScorePredictor, APartThatIsLikeTheWholeLeadsThere) {
  for (const double times : {0.6, 1.0, 1.5}) {
    Made made{.times = times, .strays = 0};
    ScorePredictor foretelling = made.foretelling();
    const auto found = foretelling.quality_for(80.5, 75, 0.3, 4);
    ASSERT_TRUE(found);
    EXPECT_NEAR(made.whole(found->quality), 80.5, 0.5) << times;
    EXPECT_NEAR(found->score, 80.5, 0.5);
    EXPECT_LE(made.asked, 4);
  }
}

TEST(ScorePredictor, OneLookAtTheWholeTellsHowFarItStrays) {
  Made made{.times = 1.2, .strays = -1.7};
  ScorePredictor foretelling = made.foretelling();
  const auto first = foretelling.quality_for(80.5, 80, 0.3, 4);
  ASSERT_TRUE(first);
  EXPECT_LT(made.whole(first->quality), 80);
  const double tried = std::round(first->quality * 4) / 4;
  ASSERT_TRUE(foretelling.learn(tried, made.whole(tried)));
  const auto second = foretelling.quality_for(80.3, tried, 0.15, 3);
  ASSERT_TRUE(second);
  EXPECT_NEAR(made.whole(second->quality), 80.3, 0.25);
}

// Like those of requantised coefficients.
TEST(ScorePredictor, WhereScoresLeapTheNextStepIsTriedAndFound) {
  int asked = 0;
  ScorePredictor foretelling(
      [&](double quality) -> Result<double> {
        ++asked;
        return quality < 80 ? 70 + quality / 8 : 78 + quality / 16;
      },
      {.step = 0.25}, curve());
  const auto found = foretelling.quality_for(81, 74, 0.15, 12);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->quality, 80);
  EXPECT_EQ(found->score, 83);
  const int before = asked;
  ASSERT_TRUE(foretelling.quality_for(81, 74, 0.15, 12));
  EXPECT_EQ(asked, before);  // nothing is measured twice
}

TEST(ScorePredictor, ErrorsComeThrough) {
  ScorePredictor foretelling([](double) -> Result<double> { return fail(ErrorCode::limit, "no"); },
                             {}, curve());
  EXPECT_EQ(foretelling.quality_for(80, 75, 1, 2).error().code(), ErrorCode::limit);
  EXPECT_EQ(foretelling.learn(75, 80).error().code(), ErrorCode::limit);
}

}  // namespace
}  // namespace imgmill

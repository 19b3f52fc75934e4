// The resolution of settings into a plan.
#include "optimize/plan/plan.h"

#include <gtest/gtest.h>

#include <utility>

#include "optimize/candidates/render.h"
#include "support/make.h"

namespace imgmill {
namespace {

using namespace test;

EncodePlan planned(const Bytes& file, const ImageSettings& settings) {
  const auto source = open_source(file, {});
  EXPECT_TRUE(source) << source.error().describe();
  EXPECT_TRUE(validate(settings));
  auto plan = resolve(*source, settings);
  EXPECT_TRUE(plan);
  return plan ? *std::move(plan) : EncodePlan{};
}

FormatPlan only(const Bytes& file, const ImageSettings& settings) {
  EncodePlan plan = planned(file, settings);
  EXPECT_EQ(plan.formats.size(), 1U);
  return std::move(plan.formats.front());
}

TEST(Plan, APngStaysLosslessUnlessToldOtherwise) {
  const Bytes png = make_png(photo(40, 30));
  EXPECT_TRUE(only(png, {}).lossless);
  EXPECT_FALSE(only(png, {.quality = {.png = 70}}).lossless);
  const FormatPlan spared = only(png, {.target = Target{.spare_lossless = true}});
  EXPECT_TRUE(spared.lossless);
  EXPECT_FALSE(spared.aim) << "the author's choice precedes a target that spares it";
  const FormatPlan aimed = only(png, {.target = Target{.score = 70}});
  EXPECT_FALSE(aimed.lossless);
  ASSERT_TRUE(aimed.aim);
  EXPECT_EQ(aimed.aim->target, 70);
}

TEST(Plan, ASizeLimitAloneAllowsLossWithinTheFormat) {
  const Bytes png = make_png(photo(40, 30));
  const FormatPlan within = only(png, {.max_bytes = 1000});
  ASSERT_TRUE(within.aim);
  EXPECT_EQ(within.aim->max_bytes, 1000U);
  EXPECT_FALSE(within.aim->target);
  const FormatPlan resized =
      only(png, {.max_bytes = 1000, .resize = {.mode = ResizeMode::width, .width = 20}});
  EXPECT_FALSE(resized.within);
  EXPECT_FALSE(resized.aim) << "a new PNG is lossless by default";
}

TEST(Plan, LosslessIsExactAndHasNoAim) {
  const Bytes jpeg = make_jpeg(photo(40, 30));
  for (const ImageSettings& settings :
       {ImageSettings{.compression = Compression::lossless, .max_bytes = 1000},
        ImageSettings{.target = Target{.score = 100}}}) {
    const FormatPlan plan = only(jpeg, settings);
    EXPECT_TRUE(plan.lossless);
    EXPECT_TRUE(plan.exact);
    EXPECT_FALSE(plan.aim);
  }
}

TEST(Plan, AJpegOfThatQualityLosesNothingMore) {
  const Bytes jpeg = make_jpeg(photo(40, 30), {.quality = 60});
  const FormatPlan coarse = only(jpeg, {.quality = {.jpeg = 80}});
  EXPECT_TRUE(coarse.lossless);
  EXPECT_EQ(coarse.coarse_already, 60);
  EXPECT_EQ(coarse.quality, 60);
  const FormatPlan finer = only(jpeg, {.quality = {.jpeg = 40}});
  EXPECT_FALSE(finer.lossless);
  EXPECT_FALSE(finer.coarse_already);
  EXPECT_EQ(finer.quality, 40);
}

TEST(Plan, AnotherFormatOrSizeIsAConversion) {
  const Bytes jpeg = make_jpeg(photo(40, 30), {.exif = exif_block(6)});
  const FormatPlan own = only(jpeg, {});
  EXPECT_TRUE(own.within);
  EXPECT_EQ(own.layout.extent, (Extent{30, 40})) << "upright";
  EXPECT_FALSE(only(jpeg, {.output_format = Format::webp}).within);
  EXPECT_FALSE(only(jpeg, {.resize = {.mode = ResizeMode::longest, .size = 20}}).within);
  EXPECT_TRUE(only(jpeg, {.output_format = Format::jpegxl}).packs_jpeg);
  EXPECT_FALSE(only(jpeg, {.resize = {.mode = ResizeMode::longest, .size = 20},
                           .output_format = Format::jpegxl})
                   .packs_jpeg);
}

TEST(Plan, AChoiceOfFormatHasATargetAndAPlanForEachAllowedFormat) {
  const EncodePlan plan = planned(make_png(photo(40, 30)),
                                  {.choose_format = true, .allowed = {Format::png, Format::avif}});
  EXPECT_TRUE(plan.choose);
  ASSERT_EQ(plan.formats.size(), 2U);
  for (const FormatPlan& each : plan.formats) EXPECT_EQ(each.target, Target::high);
  EXPECT_TRUE(plan.otherwise.empty());
}

TEST(Plan, AnAnimationThatMayStayHasItsOwnFormatToFallBackOn) {
  const Bytes gif = make_gif(Movie{{graphic(24, 16), graphic(24, 16)}, {100, 100}});
  ImageSettings settings{.resize = {.mode = ResizeMode::width, .width = 12},
                         .output_format = Format::jpeg};
  EXPECT_TRUE(planned(gif, settings).otherwise.empty());
  settings.animation = Animation::keep;
  const EncodePlan plan = planned(gif, settings);
  ASSERT_EQ(plan.otherwise.size(), 2U);
  EXPECT_EQ(plan.otherwise[0].format, Format::gif);
  EXPECT_EQ(plan.otherwise[0].layout.extent, (Extent{12, 8}));
  EXPECT_EQ(plan.otherwise[1].layout.extent, (Extent{24, 16}));
  EXPECT_TRUE(plan.otherwise[1].within);
}

TEST(Plan, AnAimLeavesSpaceForMetadata) {
  const Aim aim{.max_bytes = 1000};
  EXPECT_EQ(beside(aim, {}).max_bytes, 1000U);
  const Bytes exif(100);
  EXPECT_EQ(beside(aim, {.exif = exif}).max_bytes, 700U);
  EXPECT_EQ(beside({.max_bytes = 50}, {.exif = exif}).max_bytes, 1U);
}

}  // namespace
}  // namespace imgmill

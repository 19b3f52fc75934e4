#include "sets/sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <mutex>
#include <set>

#include "base/text.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using test::ScratchFolder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class Results : public BatchObserver {
 public:
  void on_result(const OptimizationResult& result) override { all.push_back(result); }
  std::vector<OptimizationResult> all;
};

/// Sets of made-up pictures: all are `own` pixels wide and half as high, and their variants are
/// some bytes long.
class Sets : public ::testing::Test {
 protected:
  void SetUp() override {
    request_.plan.inputs = {folder_.path() / "in"};
    request_.plan.output = folder_.path() / "out";
    request_.options.widths = {480, 960, 1600, 2400};
    request_.options.formats = {Format::webp, Format::jpeg};
    request_.manifest = folder_.path() / "m.json";
    fs::create_directory(folder_.path() / "in");
  }

  void add(const std::string& name) const {
    std::ofstream(folder_.path() / "in" / name) << "bytes of " << name;
  }

  virtual Result<Optimized> made(const ImageSettings& settings) {
    const std::uint32_t width = std::min(settings.resize.width, shown_);
    Optimized output;
    output.format = *settings.output_format;
    output.decision = Decision::reencoded;
    output.width = width;
    output.height = width / 2;
    const std::string bytes(bytes_of(width), output.format == Format::webp ? 'w' : 'j');
    output.bytes = Buffer::copy_of(as_bytes(bytes));
    return output;
  }

  BatchSummary run() {
    leave_to_set(settings_, request_.options);
    request_.plan.settings = std::make_shared<const ImageSettings>(settings_);
    const auto tools = [this]() -> Result<SetTools> {
      return SetTools{.optimize =
                          [this](ByteView, const ImageSettings& settings, const Limits&) {
                            const std::lock_guard lock(mutex_);
                            asked_.insert(settings.resize.width);
                            EXPECT_EQ(settings.resize.enlarge, Enlarge::never);
                            return make_(settings);
                          },
                      .placeholder = [this](ByteView bytes, const Limits&) -> Result<Placeholder> {
                        const std::lock_guard lock(mutex_);
                        looked_at_.push_back(bytes.size());
                        return Placeholder{.width = own_, .height = own_ / 2};
                      },
                      .width = 3};
    };
    auto summary = make_sets(request_, {}, tools, results_, stop_.get_token());
    EXPECT_TRUE(summary) << (summary ? "" : summary.error().describe());
    return summary.value_or(BatchSummary{});
  }

  std::vector<std::string> outputs() const {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "out", error)) {
      names.push_back(entry.path().filename().native());
    }
    std::ranges::sort(names);
    return names;
  }

  ScratchFolder folder_;
  SetRequest request_;
  ImageSettings settings_;
  std::uint32_t own_ = 1000;    ///< width of the pictures
  std::uint32_t shown_ = 1000;  ///< after cropping
  std::function<std::size_t(std::uint32_t)> bytes_of = [](std::uint32_t width) { return width; };
  std::function<Result<Optimized>(const ImageSettings&)> make_ =
      [this](const ImageSettings& settings) { return made(settings); };
  std::stop_source stop_;
  std::mutex mutex_;
  std::set<std::uint32_t> asked_;
  std::vector<std::size_t> looked_at_;
  Results results_;
};

TEST_F(Sets, OfWidthsThatAreTooLargeOneStandsForTheOwn) {
  add("a.png");
  const BatchSummary summary = run();
  EXPECT_EQ(summary.succeeded, 1U);
  EXPECT_THAT(asked_, ElementsAre(480, 960, 1600));
  EXPECT_THAT(outputs(), ElementsAre("a-1000w.jpg", "a-1000w.webp", "a-480w.jpg", "a-480w.webp",
                                     "a-960w.jpg", "a-960w.webp"));
}

TEST_F(Sets, CroppedPicturesHaveEachWidthOnceAndAPlaceholderOfTheirOwn) {
  settings_.crop.aspect = AspectRatio{1, 1};
  shown_ = 500;
  add("a.png");
  run();
  EXPECT_THAT(outputs(), ElementsAre("a-480w.jpg", "a-480w.webp", "a-500w.jpg", "a-500w.webp"));
  EXPECT_THAT(looked_at_, ElementsAre(std::string("bytes of a.png").size(), 480));
}

TEST_F(Sets, WhatIsNoSmallerThanAWiderOneIsLeftOutAndTold) {
  bytes_of = [](std::uint32_t width) { return width == 960 ? 5000 : width; };
  add("a.png");
  run();
  EXPECT_THAT(outputs(), ElementsAre("a-1000w.jpg", "a-1000w.webp", "a-480w.jpg", "a-480w.webp"));
  ASSERT_EQ(results_.all.size(), 1U);
  EXPECT_THAT(results_.all.front().notes,
              Contains("no webp at 960 px, which is no smaller than a wider one"));
  EXPECT_EQ(results_.all.front().optimized_size, 2U * (1000 + 480));
}

TEST_F(Sets, AVariantThatFailsCostsItsSetAndNoOther) {
  make_ = [&, failed = 0](const ImageSettings& settings) mutable -> Result<Optimized> {
    if (settings.output_format == Format::jpeg && settings.resize.width == 960 && failed++ == 0) {
      return std::unexpected(Error(ErrorCode::bad_input, "it is broken"));
    }
    return made(settings);
  };
  add("a.png");
  add("b.png");
  const BatchSummary summary = run();
  EXPECT_EQ(summary.succeeded, 1U);
  EXPECT_EQ(summary.failed, 1U);
  EXPECT_EQ(outputs().size(), 6U);
  const auto failure =
      std::ranges::find_if(results_.all, [](const auto& result) { return !result.success(); });
  ASSERT_NE(failure, results_.all.end());
  EXPECT_THAT(failure->error->describe(), HasSubstr("making jpeg at 960 px"));
}

TEST_F(Sets, AnAnimationComesInFormatsThatHoldIt) {
  make_ = [&](const ImageSettings& settings) -> Result<Optimized> {
    if (settings.output_format == Format::jpeg) {
      return std::unexpected(Error(ErrorCode::unsupported, "it moves"));
    }
    Result<Optimized> output = made(settings);
    output->frames = 2;
    return output;
  };
  add("a.gif");
  EXPECT_EQ(run().succeeded, 1U);
  EXPECT_THAT(outputs(), ElementsAre("a-1000w.webp", "a-480w.webp", "a-960w.webp"));
  EXPECT_THAT(results_.all.front().notes, Contains("not as jpeg, which holds no animations"));

  request_.options.formats = {Format::jpeg};
  EXPECT_EQ(run().failed, 1U);
}

TEST_F(Sets, AStopLeavesTheManifestAsItWas) {
  std::ofstream(folder_.path() / "m.json") << "old";
  make_ = [&](const ImageSettings& settings) {
    stop_.request_stop();
    return made(settings);
  };
  for (const char* name : {"a.png", "b.png", "c.png", "d.png", "e.png"}) add(name);
  const BatchSummary summary = run();
  EXPECT_TRUE(summary.stopped);
  EXPECT_EQ(summary.cancelled, 5U);
  EXPECT_EQ(summary.failed, 0U);
  EXPECT_THAT(outputs(), IsEmpty());
  std::string text;
  std::ifstream(folder_.path() / "m.json") >> text;
  EXPECT_EQ(text, "old");
}

TEST_F(Sets, ThePageMayNotLieAmongItsSources) {
  add("a.png");
  request_.plan.output = folder_.path() / "in";
  leave_to_set(settings_, request_.options);
  const auto summary = make_sets(request_, {}, {}, results_);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code(), ErrorCode::usage);
  EXPECT_THAT(summary.error().message(), HasSubstr("is an input folder"));
}

TEST_F(Sets, FormatAndSizeAreLeftToTheSet) {
  settings_.choose_format = true;
  settings_.resize = {.mode = ResizeMode::fit, .width = 10, .height = 10, .fit = Fit::cover};
  settings_.resize.filter = ResizeFilter::mitchell;
  settings_.quality.global = 33;
  settings_.animation = Animation::keep;
  leave_to_set(settings_, request_.options);
  EXPECT_TRUE(validate(settings_));
  EXPECT_FALSE(settings_.choose_format);
  EXPECT_EQ(settings_.resize.mode, ResizeMode::none);
  EXPECT_EQ(settings_.resize.fit, Fit::inside);
  EXPECT_EQ(settings_.resize.filter, ResizeFilter::mitchell);
  EXPECT_EQ(settings_.quality.global, 33);
  EXPECT_EQ(settings_.animation, Animation::refuse);
}

}  // namespace
}  // namespace imgmill

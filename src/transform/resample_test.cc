#include "transform/resample.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/settings.h"
#include "quality/ssimulacra2.h"
#include "quality/ssimulacra2_simd.h"
#include "support/raster.h"
#include "support/resample.h"
#include "transform/pixel_rows.h"

namespace imgmill {
namespace {

using namespace test;

constexpr std::array filters = {ResizeFilter::lanczos3, ResizeFilter::mitchell,
                                ResizeFilter::catmull_rom, ResizeFilter::box,
                                ResizeFilter::nearest};

/// Restores the best instruction set when a test ends.
struct BestTarget {
  ~BestTarget() { quality::choose_simd_target(""); }
};

/// `raster` resized by the code under test, with rows arriving in bands of `band`.
Raster scaled(const Raster& raster, int width, int height,
              ResizeFilter filter = ResizeFilter::lanczos3, int band = 16,
              ResizeLight light = ResizeLight::coded) {
  const auto side = [&](int from, int to) {
    return Side{.samples = static_cast<std::uint32_t>(from),
                .length = static_cast<double>(from),
                .wanted = static_cast<std::uint32_t>(to),
                .filter = filter};
  };
  const Plan across(side(raster.width, width));
  const Plan down(side(raster.height, height));
  const auto channels = static_cast<std::size_t>(raster.channels);
  PixelRow kind{.type = raster.bits > 8 ? SampleType::word : SampleType::byte,
                .channels = raster.channels,
                .alpha = raster.alpha() ? raster.channels - 1 : -1,
                .curves = {}};
  if (light == ResizeLight::linear) {
    kind.curves.assign(channels - (raster.alpha() ? 1 : 0),
                       LightCurve::srgb(raster.bits > 8 ? 65536 : 256));
  }
  const std::size_t stride = row_distance(static_cast<std::size_t>(raster.width));
  const std::size_t new_stride = row_distance(static_cast<std::size_t>(width));
  // The content of the padding must not matter.
  std::vector<double> numbers(channels * static_cast<std::size_t>(band) * stride, std::nan(""));
  std::vector<double> made(channels * new_stride, std::nan(""));
  std::vector<Resampler<double>> resamplers;
  for (std::size_t c = 0; c < channels; ++c) resamplers.emplace_back(across, down);
  Raster out(width, height, raster.channels, raster.bits);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(std::max(width, raster.width)) *
                                  channels);
  int made_rows = 0;
  for (int y = 0; y < raster.height; y += band) {
    const int count = std::min(band, raster.height - y);
    for (int i = 0; i < count; ++i) {
      std::vector<double*> planes;
      for (std::size_t c = 0; c < channels; ++c) {
        planes.push_back(numbers.data() +
                         (c * static_cast<std::size_t>(band) + static_cast<std::size_t>(i)) *
                             stride);
      }
      const std::uint16_t* row = raster.samples.data() + raster.index(0, y + i, 0);
      const void* samples = row;
      if (raster.bits == 8) {
        for (std::size_t k = 0; k < static_cast<std::size_t>(raster.width) * channels; ++k) {
          bytes[k] = static_cast<std::uint8_t>(row[k]);
        }
        samples = bytes.data();
      }
      take_apart(kind, samples, static_cast<std::size_t>(raster.width), planes.data());
    }
    for (std::size_t c = 0; c < channels; ++c) {
      resamplers[c].push(numbers.data() + c * static_cast<std::size_t>(band) * stride, stride,
                         static_cast<std::uint32_t>(count));
    }
    for (;;) {
      std::vector<double*> planes;
      bool all = true;
      for (std::size_t c = 0; c < channels; ++c) {
        planes.push_back(made.data() + c * new_stride);
        all = resamplers[c].pull(planes.back()) && all;
      }
      if (!all) break;
      if (made_rows == height) {
        ADD_FAILURE() << "more rows than were wanted";
        return out;
      }
      std::uint16_t* row = out.samples.data() + out.index(0, made_rows, 0);
      ++made_rows;
      if (raster.bits > 8) {
        put_together(kind, planes.data(), static_cast<std::size_t>(width), row);
        continue;
      }
      put_together(kind, planes.data(), static_cast<std::size_t>(width), bytes.data());
      for (std::size_t k = 0; k < static_cast<std::size_t>(width) * channels; ++k)
        row[k] = bytes[k];
    }
    // A band must not be read again after push and pull.
    std::ranges::fill(numbers, std::nan(""));
  }
  EXPECT_EQ(made_rows, height);
  return out;
}

/// Uncorrelated samples, so that nothing hides a wrong weight.
Raster noise(int width, int height, int channels, int bits = 8) {
  Raster out(width, height, channels, bits);
  std::uint32_t state = 12345;
  for (std::uint16_t& sample : out.samples) {
    state = state * 1664525 + 1013904223;
    sample = static_cast<std::uint16_t>((state >> 12) & static_cast<std::uint32_t>(out.top()));
  }
  return out;
}

TEST(Resampler, EverySizeToEverySizeIsThatOfTheReference) {
  for (int from = 1; from <= 70; ++from) {
    for (int to = 1; to <= 70; ++to) {
      // Both directions at once: horizontally as given, vertically the inverse.
      const Raster picture = noise(from, to, 1);
      ASSERT_LE(worst_difference(scaled(picture, to, from), resampled(picture, to, from)), 1)
          << from << " to " << to;
    }
  }
}

TEST(Resampler, EveryFilterIsThatOfTheReference) {
  for (const ResizeFilter filter : filters) {
    for (const auto& [width, height] : {std::array{64, 48},
                                        {7, 5},
                                        {1, 1},
                                        {63, 47},
                                        {32, 24},
                                        {16, 96},
                                        {200, 31},
                                        {150, 130}}) {
      const Raster picture = noise(64, 48, 3);
      EXPECT_LE(worst_difference(scaled(picture, width, height, filter),
                                 resampled(picture, width, height, filter)),
                1)
          << static_cast<int>(filter) << " " << width << "x" << height;
    }
  }
}

TEST(Resampler, EveryKindOfPixelIsThatOfTheReference) {
  for (const int bits : {8, 16}) {
    for (const int channels : {1, 2, 3, 4}) {
      for (const ResizeLight light : {ResizeLight::coded, ResizeLight::linear}) {
        for (const auto& [width, height] : {std::array{20, 13}, {61, 43}, {90, 100}, {17, 90}}) {
          const Raster picture = photo(61, 41, channels, bits);
          const Raster made = scaled(picture, width, height, ResizeFilter::lanczos3, 16, light);
          const Raster wanted = resampled(picture, width, height, ResizeFilter::lanczos3, light);
          // Where alpha is almost 0, colours depend on the last digits.
          int worst = 0;
          for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
              const int last = channels - 1;
              const bool faint = wanted.alpha() && wanted.at(x, y, last) < (bits == 8 ? 1 : 1000);
              for (int c = faint ? last : 0; c < channels; ++c) {
                worst = std::max(worst, std::abs(made.at(x, y, c) - wanted.at(x, y, c)));
              }
            }
          }
          EXPECT_LE(worst, 1) << bits << " bits, " << channels << " channels, " << width << "x"
                              << height << (light == ResizeLight::linear ? ", linear" : "");
        }
      }
    }
  }
}

TEST(Resampler, BandsOfAnyHeightGiveTheSame) {
  const Raster picture = noise(40, 61, 3);
  for (const int height : {1, 5, 30, 61, 150}) {
    const Raster whole = scaled(picture, 33, height, ResizeFilter::lanczos3, 61);
    for (const int band : {1, 2, 3, 7, 16, 60}) {
      // The order of summation differs, and with it the last bit of a float.
      EXPECT_LE(worst_difference(scaled(picture, 33, height, ResizeFilter::lanczos3, band), whole),
                1)
          << height << ", bands of " << band;
    }
  }
}

TEST(Resampler, AllInstructionSetsAgreeToOneLevel) {
  const BestTarget best;
  for (const int channels : {1, 2, 3, 4}) {
    for (const int bits : {8, 16}) {
      const Raster picture = photo(131, 67, channels, bits, 7);
      for (const ResizeLight light : {ResizeLight::coded, ResizeLight::linear}) {
        for (const auto& [width, height] : {std::array{50, 20}, {131, 90}, {300, 67}}) {
          ASSERT_TRUE(quality::choose_simd_target(""));
          const Raster first = scaled(picture, width, height, ResizeFilter::lanczos3, 16, light);
          for (const std::string_view target : simd_targets()) {
            ASSERT_TRUE(quality::choose_simd_target(target)) << target;
            const Raster other = scaled(picture, width, height, ResizeFilter::lanczos3, 16, light);
            int worst = 0;
            for (std::size_t i = 0; i < first.samples.size(); ++i) {
              worst = std::max(worst, std::abs(first.samples[i] - other.samples[i]));
            }
            EXPECT_LE(worst, 1) << target << ", " << channels << " channels of " << bits;
          }
        }
      }
    }
  }
}

TEST(Resampler, ARampStaysWhereItIs) {
  // Sample i of a ramp of slope `slope` represents its centre, i + 1/2; so must the new samples.
  for (const int from : {30, 64, 100}) {
    for (const int to : {10, 15, 29, 47, 200}) {
      for (const ResizeFilter filter : filters) {
        const Plan plan({.samples = static_cast<std::uint32_t>(from),
                         .length = static_cast<double>(from),
                         .wanted = static_cast<std::uint32_t>(to),
                         .filter = filter});
        const double step = static_cast<double>(from) / to;
        const double reach = 3 * std::max(1.0, step);
        for (std::uint32_t x = 0; x < plan.wanted(); ++x) {
          const Plan::Taps taps = plan.taps(x);
          double all = 0;
          double place = 0;
          for (std::uint32_t i = 0; i < taps.count; ++i) {
            const double weight = plan.weights()[taps.at + i];
            all += weight;
            place += weight * (taps.first + i + 0.5);
          }
          EXPECT_NEAR(all, 1, 1e-5);
          const double centre = (x + 0.5) * step;
          if (centre < reach || centre > from - reach)
            continue;  // the edge is extended, the ramp is not
          // Kernels that are sampled at finitely many points are off by a few hundredths of the new
          // sample.
          const bool repeats =
              filter == ResizeFilter::nearest || (filter == ResizeFilter::box && step < 1);
          const double slack = repeats ? 0.5 : 0.1 * std::max(1.0, step);
          EXPECT_NEAR(place, centre, slack) << from << " to " << to << " at " << x;
        }
      }
    }
  }
}

TEST(Resampler, FlatPicturesStayFlatUpToTheEdge) {
  for (const ResizeFilter filter : filters) {
    for (const int value : {0, 1, 128, 255}) {
      Raster picture(37, 23, 1);
      std::ranges::fill(picture.samples, static_cast<std::uint16_t>(value));
      for (const auto& [width, height] : {std::array{5, 4}, {36, 22}, {80, 99}}) {
        for (const std::uint16_t sample : scaled(picture, width, height, filter).samples) {
          ASSERT_EQ(sample, value);
        }
      }
    }
  }
}

TEST(Resampler, WholeFactorsOfABoxAreMeans) {
  const Raster picture = noise(60, 40, 1);
  const Raster made = scaled(picture, 15, 10, ResizeFilter::box);
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 15; ++x) {
      int sum = 0;
      for (int i = 0; i < 16; ++i) sum += picture.at(4 * x + i % 4, 4 * y + i / 4, 0);
      EXPECT_EQ(made.at(x, y, 0), (sum + 8) / 16) << x << "," << y;
    }
  }
}

TEST(Resampler, NearestKeepsPixelArtAsItIs) {
  const Raster picture = noise(9, 7, 3);
  const Raster made = scaled(picture, 45, 28, ResizeFilter::nearest);
  for (int y = 0; y < 28; ++y) {
    for (int x = 0; x < 45; ++x) {
      for (int c = 0; c < 3; ++c) EXPECT_EQ(made.at(x, y, c), picture.at(x / 5, y / 4, c));
    }
  }
}

// JPEG chroma: upsampled with a triangle filter on the way, and the last sample cut off.
TEST(ResamplePlan, HalvedSamplesAreAsIfDoubledFirst) {
  for (const std::uint32_t samples : {2U, 3U, 10U, 41U, 64U}) {
    for (const std::uint32_t wanted : {1U, 2U, 5U, 20U, 63U, 90U}) {
      const Side whole{
          .samples = samples, .length = static_cast<double>(samples), .wanted = wanted};
      Side halved = whole;
      halved.halvings = 2;
      const Plan long_way(whole);
      const Plan short_way(halved);
      const std::uint32_t stored = (samples + 1) / 2;
      ASSERT_EQ(short_way.samples(), stored);
      for (std::uint32_t x = 0; x < wanted; ++x) {
        std::vector<double> weights(stored);
        const Plan::Taps taps = long_way.taps(x);
        for (std::uint32_t i = 0; i < taps.count; ++i) {
          const int at = static_cast<int>(taps.first + i);
          const int next =
              std::clamp(at % 2 == 0 ? at / 2 - 1 : at / 2 + 1, 0, static_cast<int>(stored) - 1);
          const double weight = long_way.weights()[taps.at + i];
          weights[static_cast<std::size_t>(at / 2)] += 0.75 * weight;
          weights[static_cast<std::size_t>(next)] += 0.25 * weight;
        }
        const Plan::Taps got = short_way.taps(x);
        for (std::uint32_t i = 0; i < got.count; ++i) {
          EXPECT_NEAR(short_way.weights()[got.at + i], weights[got.first + i], 1e-6)
              << samples << " to " << wanted;
          weights[got.first + i] = 0;
        }
        for (const double left_out : weights) EXPECT_NEAR(left_out, 0, 1e-6);
      }
    }
  }
}

TEST(ResamplePlan, SharpeningGivesTheFinestDetailThatMuchMore) {
  // The finest stripes that the new size can hold: 1, -1, 1, ... in new samples, each `step` old
  // ones wide.
  constexpr std::uint32_t step = 8;
  constexpr std::uint32_t wanted = 40;
  const auto contrast = [&](double sharpen) {
    const Plan plan({.samples = step * wanted,
                     .length = step * wanted,
                     .wanted = wanted,
                     .filter = ResizeFilter::box,
                     .sharpen = sharpen});
    const Plan::Taps taps = plan.taps(wanted / 2);
    double sum = 0;
    for (std::uint32_t i = 0; i < taps.count; ++i) {
      const bool up = (taps.first + i) / step % 2 == 0;
      sum += plan.weights()[taps.at + i] * (up ? 1 : -1);
    }
    return sum;
  };
  EXPECT_NEAR(contrast(0), 1, 1e-5);
  EXPECT_NEAR(contrast(0.3), 1.3, 1e-5);
  EXPECT_NEAR(contrast(1), 2, 1e-5);
  // Nothing is sharpened unless it shrinks.
  const Plan larger({.samples = 10, .length = 10, .wanted = 20, .sharpen = 1});
  const Plan plain({.samples = 10, .length = 10, .wanted = 20});
  EXPECT_TRUE(std::ranges::equal(larger.weights(), plain.weights()));
}

TEST(LightCurve, SamplesComeBackAsTheyWere) {
  for (const std::size_t samples : {std::size_t{256}, std::size_t{65536}}) {
    const PixelRow kind{.type = samples == 256 ? SampleType::byte : SampleType::word,
                        .channels = 1,
                        .curves = {LightCurve::srgb(samples)}};
    for (std::size_t sample = 0; sample < samples; ++sample) {
      std::array<double, row_padding> number{};
      double* plane = number.data();
      const std::uint16_t in[1] = {static_cast<std::uint16_t>(sample)};
      const auto byte = static_cast<std::uint8_t>(sample);
      std::uint16_t out[1] = {};
      std::uint8_t out_byte = 0;
      if (samples == 256) {
        take_apart(kind, &byte, 1, &plane);
        put_together(kind, &plane, 1, &out_byte);
        ASSERT_EQ(out_byte, byte);
      } else {
        take_apart(kind, in, 1, &plane);
        put_together(kind, &plane, 1, out);
        ASSERT_EQ(out[0], in[0]);
      }
    }
  }
}

}  // namespace
}  // namespace imgmill

#include "placeholder/palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "placeholder/srgb_curve.h"

namespace imgmill {
namespace {

struct Lab {
  double l = 0, a = 0, b = 0;
};

double squared_distance(const Lab& one, const Lab& other) {
  const double l = one.l - other.l;
  const double a = one.a - other.a;
  const double b = one.b - other.b;
  return l * l + a * a + b * b;
}

Lab lab_of(double red, double green, double blue) {
  const double r = light_of_srgb(red);
  const double g = light_of_srgb(green);
  const double b = light_of_srgb(blue);
  const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

Colour colour_of(const Lab& lab) {
  const auto cube = [](double value) { return value * value * value; };
  const double l = cube(lab.l + 0.3963377774 * lab.a + 0.2158037573 * lab.b);
  const double m = cube(lab.l - 0.1055613458 * lab.a - 0.0638541728 * lab.b);
  const double s = cube(lab.l - 0.0894841775 * lab.a - 1.2914855480 * lab.b);
  const auto byte = [](double linear) {
    return static_cast<std::uint8_t>(
        std::lround(255 * std::clamp(srgb_of_light(std::clamp(linear, 0.0, 1.0)), 0.0, 1.0)));
  };
  return {byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

/// Pixels of about the same colour.
struct Bin {
  Lab mean;
  double weight = 0;
};

/// The histogram of the visible pixels, with 5 bits per channel.
std::vector<Bin> bins_of(const SmallPicture& picture) {
  constexpr int bits = 5;
  struct Sum {
    std::array<double, 3> colour{};
    double weight = 0;
  };
  std::vector<Sum> sums(std::size_t{1} << (3 * bits));
  for (std::size_t i = 0; i + 3 < picture.rgba.size(); i += 4) {
    const std::uint8_t* pixel = &picture.rgba[i];
    if (pixel[3] < 128) continue;
    const auto level = [&](int c) { return std::size_t{pixel[c]} >> (8 - bits); };
    Sum& sum = sums[level(0) << (2 * bits) | level(1) << bits | level(2)];
    for (std::size_t c = 0; c < 3; ++c) sum.colour[c] += pixel[c];
    ++sum.weight;
  }
  std::vector<Bin> bins;
  for (const Sum& sum : sums) {
    if (sum.weight == 0) continue;
    const double scale = 1 / (255 * sum.weight);
    bins.push_back(
        {lab_of(sum.colour[0] * scale, sum.colour[1] * scale, sum.colour[2] * scale), sum.weight});
  }
  return bins;
}

std::size_t nearest(const std::vector<Bin>& centres, const Lab& colour) {
  const auto found = std::ranges::min_element(
      centres, {}, [&](const Bin& centre) { return squared_distance(centre.mean, colour); });
  return static_cast<std::size_t>(found - centres.begin());
}

/// The most frequent colour, then repeatedly the one with the largest weighted error.
std::vector<Bin> first_centres(const std::vector<Bin>& bins, std::size_t count) {
  std::vector<Bin> centres = {*std::ranges::max_element(bins, {}, &Bin::weight)};
  while (centres.size() < count) {
    const auto missed = [&](const Bin& bin) {
      return bin.weight * squared_distance(centres[nearest(centres, bin.mean)].mean, bin.mean);
    };
    const Bin& next = *std::ranges::max_element(bins, {}, missed);
    if (missed(next) == 0) break;
    centres.push_back(next);
  }
  return centres;
}

/// Moves each centre to the mean of the colours nearest to it (k-means).
void settle(std::vector<Bin>& centres, const std::vector<Bin>& bins) {
  constexpr int most_rounds = 12;
  for (int round = 0; round < most_rounds; ++round) {
    std::vector<Bin> sums(centres.size());
    for (const Bin& bin : bins) {
      Bin& sum = sums[nearest(centres, bin.mean)];
      sum.mean.l += bin.weight * bin.mean.l;
      sum.mean.a += bin.weight * bin.mean.a;
      sum.mean.b += bin.weight * bin.mean.b;
      sum.weight += bin.weight;
    }
    std::erase_if(sums, [](const Bin& sum) { return sum.weight == 0; });
    for (Bin& sum : sums) {
      sum.mean = {sum.mean.l / sum.weight, sum.mean.a / sum.weight, sum.mean.b / sum.weight};
    }
    centres = std::move(sums);
  }
}

/// Joins the two closest centres until all differ clearly.
void join_similar(std::vector<Bin>& centres) {
  constexpr double clearly = 0.1;  // in Oklab, where black and white are 1 apart
  for (;;) {
    std::size_t left = 0;
    std::size_t right = 0;
    double least = clearly * clearly;
    for (std::size_t i = 0; i < centres.size(); ++i) {
      for (std::size_t j = i + 1; j < centres.size(); ++j) {
        const double distance = squared_distance(centres[i].mean, centres[j].mean);
        if (distance < least) {
          least = distance;
          left = i;
          right = j;
        }
      }
    }
    if (left == right) return;
    Bin& into = centres[left];
    const Bin& from = centres[right];
    const double all = into.weight + from.weight;
    const auto mean = [&](double one, double other) {
      return (one * into.weight + other * from.weight) / all;
    };
    into = {{mean(into.mean.l, from.mean.l), mean(into.mean.a, from.mean.a),
             mean(into.mean.b, from.mean.b)},
            all};
    centres.erase(centres.begin() + static_cast<std::ptrdiff_t>(right));
  }
}

}  // namespace

std::vector<PaletteEntry> palette_of(const SmallPicture& picture) {
  constexpr std::size_t most = 6;
  const std::vector<Bin> bins = bins_of(picture);
  if (bins.empty()) return {};
  std::vector<Bin> centres = first_centres(bins, most + 2);
  settle(centres, bins);
  join_similar(centres);
  std::ranges::stable_sort(centres, std::ranges::greater{}, &Bin::weight);
  double all = 0;
  for (const Bin& centre : centres) all += centre.weight;
  if (centres.size() > most) centres.resize(most);
  std::vector<PaletteEntry> palette;
  for (const Bin& centre : centres)
    palette.push_back({colour_of(centre.mean), centre.weight / all});
  return palette;
}

}  // namespace imgmill

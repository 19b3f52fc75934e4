#include "placeholder/hashes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

#include "placeholder/srgb_curve.h"

namespace imgmill {
namespace {

constexpr double pi = std::numbers::pi;

/// cos(pi * frequency * (position + offset) / length) for all frequencies and positions. ThumbHash
/// has pixel centres at 1/2, BlurHash at 0.
class Cosines {
 public:
  Cosines(std::uint32_t frequencies, std::uint32_t length, double offset) : length_(length) {
    values_.reserve(std::size_t{frequencies} * length);
    for (std::uint32_t f = 0; f < frequencies; ++f) {
      for (std::uint32_t i = 0; i < length; ++i) {
        values_.push_back(std::cos(pi / length * f * (i + offset)));
      }
    }
  }
  [[nodiscard]] const double* of(std::uint32_t frequency) const {
    return &values_[std::size_t{frequency} * length_];
  }

 private:
  std::uint32_t length_;
  std::vector<double> values_;
};

/// A plane of samples of a small picture.
struct Plane {
  std::uint32_t width, height;
  std::vector<double> samples;

  /// Returns the mean of the samples, each times the cosines of its column and row. Sums in the
  /// order of the published implementations, since the hash depends on it if a coefficient is
  /// almost 0.
  [[nodiscard]] double projected(const double* across, const double* down) const {
    double sum = 0;
    const double* sample = samples.data();
    for (std::uint32_t y = 0; y < height; ++y) {
      for (std::uint32_t x = 0; x < width; ++x) sum += *sample++ * across[x] * down[y];
    }
    return sum / (static_cast<double>(width) * height);
  }
};

/// Rounds half up, as the published implementations do.
std::uint32_t rounded(double value) { return static_cast<std::uint32_t>(std::floor(value + 0.5)); }

/// The frequencies of one channel of a ThumbHash.
struct Spectrum {
  double mean = 0;
  double scale = 0;            ///< the largest magnitude of `rest`
  std::vector<double> levels;  ///< the other coefficients on a scale of 0..1, 0.5 = none
};

/// The coefficients of a triangle with `across` x `down` corners, without the mean.
Spectrum spectrum_of(const Plane& plane, std::uint32_t across, std::uint32_t down) {
  const Cosines columns(across, plane.width, 0.5);
  const Cosines rows(down, plane.height, 0.5);
  Spectrum out;
  for (std::uint32_t v = 0; v < down; ++v) {
    for (std::uint32_t u = 0; u * down < across * (down - v); ++u) {
      const double value = plane.projected(columns.of(u), rows.of(v));
      if (u == 0 && v == 0) {
        out.mean = value;
      } else {
        out.levels.push_back(value);
        out.scale = std::max(out.scale, std::abs(value));
      }
    }
  }
  // Below this it is the rounding of a flat plane, which differs between machines.
  constexpr double flat = 1e-9;
  if (out.scale < flat) {
    std::ranges::fill(out.levels, 0);
  } else {
    for (double& level : out.levels) level = 0.5 + 0.5 / out.scale * level;
  }
  return out;
}

std::uint32_t coded_of(double linear) {
  return rounded(255 * srgb_of_light(std::clamp(linear, 0.0, 1.0)));
}

void append_base83(std::string& text, std::uint32_t value, int digits) {
  constexpr std::string_view alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
  static_assert(alphabet.size() == 83);
  const std::size_t begin = text.size();
  text.append(static_cast<std::size_t>(digits), '0');
  for (std::size_t i = text.size(); i > begin; value /= 83) text[--i] = alphabet[value % 83];
}

/// Quantizes the signed square root to 19 levels.
std::uint32_t nineteen_levels(double value) {
  const double root = std::copysign(std::sqrt(std::abs(value)), value);
  return static_cast<std::uint32_t>(std::clamp(std::floor(root * 9 + 9.5), 0.0, 18.0));
}

}  // namespace

std::vector<std::uint8_t> thumb_hash(const SmallPicture& picture) {
  const std::uint32_t width = picture.width;
  const std::uint32_t height = picture.height;
  const std::size_t count = std::size_t{width} * height;

  // Transparent parts take the average colour, which has the least influence on the frequencies.
  std::array<double, 3> average{};
  double opaque = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* pixel = &picture.rgba[4 * i];
    const double alpha = pixel[3] / 255.0;
    for (std::size_t c = 0; c < 3; ++c) average[c] += alpha / 255 * pixel[c];
    opaque += alpha;
  }
  if (opaque > 0) {
    for (double& value : average) value /= opaque;
  }

  std::array<Plane, 4> planes;
  for (Plane& plane : planes) plane = {width, height, std::vector<double>(count)};
  bool transparent = false;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* pixel = &picture.rgba[4 * i];
    const double alpha = pixel[3] / 255.0;
    transparent = transparent || pixel[3] != 255;
    std::array<double, 3> colour{};
    for (std::size_t c = 0; c < 3; ++c) {
      colour[c] = average[c] * (1 - alpha) + alpha / 255 * pixel[c];
    }
    planes[0].samples[i] = (colour[0] + colour[1] + colour[2]) / 3;
    planes[1].samples[i] = (colour[0] + colour[1]) / 2 - colour[2];
    planes[2].samples[i] = colour[0] - colour[1];
    planes[3].samples[i] = alpha;
  }

  const std::uint32_t most = transparent ? 5 : 7;
  const std::uint32_t longer = std::max(width, height);
  const std::uint32_t across =
      std::max(rounded(static_cast<double>(most) * width / longer), std::uint32_t{1});
  const std::uint32_t down =
      std::max(rounded(static_cast<double>(most) * height / longer), std::uint32_t{1});
  const std::array<Spectrum, 3> colours = {
      spectrum_of(planes[0], std::max(across, 3U), std::max(down, 3U)),
      spectrum_of(planes[1], 3, 3), spectrum_of(planes[2], 3, 3)};
  const auto& [luma, yellow_blue, red_green] = colours;
  const bool landscape = width > height;

  const std::uint32_t head = rounded(63 * luma.mean) |
                             rounded(31.5 + 31.5 * yellow_blue.mean) << 6 |
                             rounded(31.5 + 31.5 * red_green.mean) << 12 |
                             rounded(31 * luma.scale) << 18 | (transparent ? 1U : 0U) << 23;
  const std::uint32_t shape = (landscape ? down : across) | rounded(63 * yellow_blue.scale) << 3 |
                              rounded(63 * red_green.scale) << 9 | (landscape ? 1U : 0U) << 15;
  const auto byte = [](std::uint32_t bits, int shift) {
    return static_cast<std::uint8_t>(bits >> shift & 0xFF);
  };
  std::vector<std::uint8_t> hash = {byte(head, 0), byte(head, 8), byte(head, 16), byte(shape, 0),
                                    byte(shape, 8)};
  std::vector<Spectrum> all(colours.begin(), colours.end());
  if (transparent) {
    all.push_back(spectrum_of(planes[3], 5, 5));
    hash.push_back(byte(rounded(15 * all[3].mean) | rounded(15 * all[3].scale) << 4, 0));
  }
  bool low = true;
  for (const Spectrum& spectrum : all) {
    for (const double level : spectrum.levels) {
      const std::uint8_t nibble = byte(rounded(15 * level), 0);
      if (low) {
        hash.push_back(nibble);
      } else {
        hash.back() = static_cast<std::uint8_t>(hash.back() | nibble << 4);
      }
      low = !low;
    }
  }
  return hash;
}

std::string blur_hash(const SmallPicture& picture) {
  const std::uint32_t across = picture.width >= picture.height ? 4 : 3;
  const std::uint32_t down = picture.width >= picture.height ? 3 : 4;
  const std::size_t count = std::size_t{picture.width} * picture.height;

  std::array<Plane, 3> planes;
  for (Plane& plane : planes) {
    plane = {picture.width, picture.height, std::vector<double>(count)};
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* pixel = &picture.rgba[4 * i];
    const unsigned alpha = pixel[3];
    for (std::size_t c = 0; c < 3; ++c) {
      const unsigned on_white = (pixel[c] * alpha + 255 * (255 - alpha) + 127) / 255;
      planes[c].samples[i] = light_of_srgb(on_white / 255.0);
    }
  }

  const Cosines columns(across, picture.width, 0);
  const Cosines rows(down, picture.height, 0);
  std::vector<std::array<double, 3>> factors;
  double most = 0;
  for (std::uint32_t v = 0; v < down; ++v) {
    for (std::uint32_t u = 0; u < across; ++u) {
      const double weight = u == 0 && v == 0 ? 1 : 2;
      std::array<double, 3> factor{};
      for (std::size_t c = 0; c < 3; ++c) {
        factor[c] = weight * planes[c].projected(columns.of(u), rows.of(v));
        if (!factors.empty()) most = std::max(most, std::abs(factor[c]));
      }
      factors.push_back(factor);
    }
  }

  std::string hash;
  append_base83(hash, across - 1 + (down - 1) * 9, 1);
  const std::uint32_t step =
      static_cast<std::uint32_t>(std::clamp(std::floor(most * 166 - 0.5), 0.0, 82.0));
  const double largest = (step + 1) / 166.0;
  append_base83(hash, step, 1);
  const std::array<double, 3>& mean = factors.front();
  append_base83(hash, coded_of(mean[0]) << 16 | coded_of(mean[1]) << 8 | coded_of(mean[2]), 4);
  for (std::size_t i = 1; i < factors.size(); ++i) {
    std::uint32_t value = 0;
    for (const double factor : factors[i]) value = value * 19 + nineteen_levels(factor / largest);
    append_base83(hash, value, 2);
  }
  return hash;
}

}  // namespace imgmill

#include "support/raster.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace imgmill::test {
namespace {

std::uint16_t level(double part, int top) {
  return static_cast<std::uint16_t>(std::lround(std::clamp(part, 0.0, 1.0) * top));
}

}  // namespace

Raster photo(int width, int height, int channels, int bits, std::uint32_t seed) {
  Raster out(width, height, channels, bits);
  std::mt19937 random(seed);
  for (int channel = 0; channel < channels; ++channel) {
    double wave[6][4];
    for (auto& parts : wave) {
      for (double& part : parts) part = static_cast<double>(random() % 1000) / 1000.0;
    }
    const bool alpha = out.alpha() && channel == channels - 1;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        double sum = 0.5;
        for (int i = 0; i < 6; ++i) {
          const double pitch = 0.03 * (i + 1);
          sum += 0.25 / (i + 1) *
                 std::sin(6.283 * (pitch * (wave[i][0] * x + wave[i][1] * y) + wave[i][2]));
        }
        // Grain, as from a sensor: without it everything is too easy.
        sum += (static_cast<double>(random() % 1000) / 1000.0 - 0.5) * 0.06;
        if (alpha) sum = width > 1 ? 1.2 * x / (width - 1) - 0.1 : 1.0;
        out.at(x, y, channel) = level(sum, out.top());
      }
    }
  }
  return out;
}

Raster graphic(int width, int height, int channels, int bits, int colours) {
  Raster out(width, height, channels, bits);
  const int border = std::max(1, std::min(width, height) / 8);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int which = (x * 3 / std::max(1, width) + y * 5 / std::max(1, height)) % colours;
      const bool outside = x < border || y < border || x >= width - border || y >= height - border;
      for (int channel = 0; channel < channels; ++channel) {
        const bool alpha = out.alpha() && channel == channels - 1;
        const int hue = (which * (channel + 1)) % colours;
        const int value = colours > 1 ? hue * out.top() / (colours - 1) : 0;
        out.at(x, y, channel) = static_cast<std::uint16_t>(alpha ? out.top() : value);
        if (out.alpha() && outside) out.at(x, y, channel) = 0;
      }
    }
  }
  return out;
}

Movie movie(int width, int height, int frames, bool clear_border) {
  Movie out;
  for (int i = 0; i < frames; ++i) {
    Raster frame = rgba(graphic(width, height, clear_border ? 4 : 3));
    const int left = width / 4 + i * width / (4 * frames);
    for (int y = height / 3; y < height / 3 + height / 4; ++y) {
      for (int x = left; x < left + width / 4; ++x) {
        frame.at(x, y, 0) = 250;
        frame.at(x, y, 1) = static_cast<std::uint16_t>(40 * (i % 3));
        frame.at(x, y, 2) = 20;
        frame.at(x, y, 3) = 255;
      }
    }
    out.frames.push_back(std::move(frame));
    out.delays.push_back(50 + 20 * i);
  }
  return out;
}

Raster spoilt(Raster raster, int left, int top, int side) {
  for (int y = top; y < top + side; ++y) {
    for (int x = left; x < left + side; ++x) {
      for (int c = 0; c < std::min(raster.channels, 3); ++c) {
        const int value = raster.at(x, y, c);
        const int step = raster.top() / 3;
        raster.at(x, y, c) = static_cast<std::uint16_t>(
            std::clamp(value + ((x / 3 + y / 3) % 2 != 0 ? step : -step), 0, raster.top()));
      }
    }
  }
  return raster;
}

Raster premultiplied(Raster raster) {
  const int alpha = raster.channels - 1;
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x) {
      for (int c = 0; c < alpha; ++c) {
        const std::int64_t colour = raster.at(x, y, c);
        raster.at(x, y, c) = static_cast<std::uint16_t>(
            (colour * raster.at(x, y, alpha) + raster.top() / 2) / raster.top());
      }
    }
  }
  return raster;
}

Raster rgba(const Raster& raster, int bits) {
  Raster out(raster.width, raster.height, 4, bits);
  const int from = raster.top();
  const auto scaled = [&](int value) {
    return static_cast<std::uint16_t>((static_cast<std::int64_t>(value) * out.top() + from / 2) /
                                      from);
  };
  const bool grey = raster.channels < 3;
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x) {
      for (int c = 0; c < 3; ++c) out.at(x, y, c) = scaled(raster.at(x, y, grey ? 0 : c));
      out.at(x, y, 3) = raster.alpha() ? scaled(raster.at(x, y, raster.channels - 1))
                                       : static_cast<std::uint16_t>(out.top());
    }
  }
  return out;
}

Raster turned(const Raster& raster, int orientation) {
  const bool lying = orientation >= 5;
  Raster out(lying ? raster.height : raster.width, lying ? raster.width : raster.height,
             raster.channels, raster.bits);
  const int right = raster.width - 1;
  const int bottom = raster.height - 1;
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      // Where row 0 and column 0 of the file appear, by the table of the orientation tag.
      int from_x = x;
      int from_y = y;
      switch (orientation) {
        case 2:
          from_x = right - x;
          break;
        case 3:
          from_x = right - x;
          from_y = bottom - y;
          break;
        case 4:
          from_y = bottom - y;
          break;
        case 5:
          from_x = y;
          from_y = x;
          break;
        case 6:
          from_x = y;
          from_y = bottom - x;
          break;
        case 7:
          from_x = right - y;
          from_y = bottom - x;
          break;
        case 8:
          from_x = right - y;
          from_y = x;
          break;
        default:
          break;
      }
      for (int c = 0; c < raster.channels; ++c) out.at(x, y, c) = raster.at(from_x, from_y, c);
    }
  }
  return out;
}

Raster flattened(const Raster& raster, Colour background) {
  Raster out = rgba(raster);
  const int under[3] = {background.red, background.green, background.blue};
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      const double alpha = out.at(x, y, 3) / 255.0;
      for (int c = 0; c < 3; ++c) {
        out.at(x, y, c) = level((out.at(x, y, c) * alpha + under[c] * (1 - alpha)) / 255.0, 255);
      }
      out.at(x, y, 3) = 255;
    }
  }
  return out;
}

Raster shrunk(const Raster& raster, int factor) {
  const Raster source = rgba(raster);
  Raster out(raster.width / factor, raster.height / factor, 4);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      double sum[4] = {};
      for (int j = 0; j < factor; ++j) {
        for (int i = 0; i < factor; ++i) {
          const int sx = x * factor + i;
          const int sy = y * factor + j;
          const double alpha = source.at(sx, sy, 3);
          for (int c = 0; c < 3; ++c) sum[c] += source.at(sx, sy, c) * alpha;
          sum[3] += alpha;
        }
      }
      for (int c = 0; c < 3; ++c) {
        out.at(x, y, c) = level(sum[3] > 0 ? sum[c] / sum[3] / 255.0 : 0, 255);
      }
      out.at(x, y, 3) = level(sum[3] / (factor * factor) / 255.0, 255);
    }
  }
  return out;
}

double psnr(const Raster& one, const Raster& other) {
  if (one.width != other.width || one.height != other.height) return 0;
  const Raster a = rgba(one);
  const Raster b = rgba(other);
  double sum = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      for (int c = 0; c < 4; ++c) {
        const auto part = [&](const Raster& r) {
          return c == 3 ? r.at(x, y, 3) : r.at(x, y, c) * r.at(x, y, 3) / 255.0;
        };
        const double difference = part(a) - part(b);
        sum += difference * difference;
      }
    }
  }
  const double mean = sum / (4.0 * a.width * a.height);
  return mean <= 0 ? 99 : std::min(99.0, 10 * std::log10(255.0 * 255.0 / mean));
}

}  // namespace imgmill::test

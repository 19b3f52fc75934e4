// Test pictures: drawn, turned, flattened and compared without libvips.
#pragma once

#include <cstdint>
#include <vector>

#include "imgmill/settings.h"

namespace imgmill::test {

/// Samples from 0 to 2^bits - 1, row by row. Two and four channels end in alpha, unless it is CMYK
/// (0 = no ink).
struct Raster {
  int width = 0;
  int height = 0;
  int channels = 3;
  int bits = 8;
  bool cmyk = false;
  std::vector<std::uint16_t> samples;

  Raster() = default;
  Raster(int across, int down, int count, int depth = 8)
      : width(across),
        height(down),
        channels(count),
        bits(depth),
        samples(static_cast<std::size_t>(across) * static_cast<std::size_t>(down) *
                static_cast<std::size_t>(count)) {}

  [[nodiscard]] std::size_t index(int x, int y, int channel) const {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
            static_cast<std::size_t>(x)) *
               static_cast<std::size_t>(channels) +
           static_cast<std::size_t>(channel);
  }
  [[nodiscard]] std::uint16_t& at(int x, int y, int channel) {
    return samples[index(x, y, channel)];
  }
  [[nodiscard]] std::uint16_t at(int x, int y, int channel) const {
    return samples[index(x, y, channel)];
  }
  [[nodiscard]] int top() const { return (1 << bits) - 1; }
  [[nodiscard]] bool alpha() const { return !cmyk && (channels == 2 || channels == 4); }
  friend bool operator==(const Raster&, const Raster&) = default;
};

/// Frames of one size. Times in milliseconds; 0 plays endlessly.
struct Movie {
  std::vector<Raster> frames;
  std::vector<int> delays;
  int loop = 0;
};

/// Smooth noise, deterministic, different in every channel. Alpha goes from clear on the left to
/// opaque on the right.
Raster photo(int width, int height, int channels = 3, int bits = 8, std::uint32_t seed = 1);
/// Flat shapes in `colours` colours, without noise. With alpha: a clear border (all samples 0)
/// around an opaque centre.
Raster graphic(int width, int height, int channels = 3, int bits = 8, int colours = 4);
/// Frames that differ in the position of a box.
Movie movie(int width, int height, int frames, bool clear_border = false);

/// Draws a coarse checkerboard over the square of `side` pixels at `left`, `top`.
Raster spoilt(Raster raster, int left, int top, int side);

/// Premultiplies colours by alpha, which is the last channel.
Raster premultiplied(Raster raster);

/// Converts to RGBA of `bits`.
Raster rgba(const Raster& raster, int bits = 8);
/// Applies the EXIF orientation (1..8, CIPA DC-008).
Raster turned(const Raster& raster, int orientation);
/// Composites 8-bit RGBA over `background`.
Raster flattened(const Raster& raster, Colour background = {});
/// Mean over `factor` x `factor` boxes, with colours weighted by alpha. 8-bit RGBA.
Raster shrunk(const Raster& raster, int factor);

/// Peak signal to noise ratio in dB of the 8-bit RGBA pictures, with colours weighted by alpha. 99
/// if equal, 0 if the sizes differ.
double psnr(const Raster& one, const Raster& other);

}  // namespace imgmill::test

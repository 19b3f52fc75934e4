// QOI made and decoded from its specification alone (qoiformat.org), without the product's code.
#include <array>
#include <string>

#include "support/decode_others.h"
#include "support/make.h"
#include "support/must.h"

namespace imgmill::test {
namespace {

using Pixel = std::array<int, 4>;

std::size_t hash(const Pixel& p) {
  return static_cast<std::size_t>((p[0] * 3 + p[1] * 5 + p[2] * 7 + p[3] * 11) % 64);
}

void append(Bytes& bytes, std::initializer_list<int> values) {
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
}

}  // namespace

Bytes make_qoi(const Raster& raster, bool linear) {
  const Raster full = rgba(raster);
  const bool alpha = raster.alpha();
  Bytes out;
  append(out, {'q', 'o', 'i', 'f'});
  for (const int side : {raster.width, raster.height}) {
    append(out, {side >> 24 & 255, side >> 16 & 255, side >> 8 & 255, side & 255});
  }
  append(out, {alpha ? 4 : 3, linear ? 1 : 0});
  Pixel before = {0, 0, 0, 255};
  int run = 0;
  const auto end_run = [&] {
    if (run > 0) append(out, {0xC0 + run - 1});
    run = 0;
  };
  for (std::size_t i = 0; i < full.samples.size(); i += 4) {
    Pixel now{};
    for (std::size_t c = 0; c < 4; ++c) now[c] = full.samples[i + c];
    if (!alpha) now[3] = 255;
    if (now == before) {
      if (++run == 62) end_run();
      continue;
    }
    end_run();
    if (alpha) {
      append(out, {0xFF, now[0], now[1], now[2], now[3]});
    } else {
      append(out, {0xFE, now[0], now[1], now[2]});
    }
    before = now;
  }
  end_run();
  append(out, {0, 0, 0, 0, 0, 0, 0, 1});
  return out;
}

Decoded decode_qoi(ByteView file) {
  std::size_t at = 0;
  const auto next = [&] {
    must(at < file.size(), "QOI data");
    return std::to_integer<int>(file[at++]);
  };
  const auto number = [&] {
    const int high = next() << 24 | next() << 16;
    return high | next() << 8 | next();
  };
  for (const char letter : {'q', 'o', 'i', 'f'}) must(next() == letter, "QOI magic");
  const int width = number();
  const int height = number();
  const int channels = next();
  must(channels == 3 || channels == 4, "QOI channels");
  must(next() <= 1, "QOI colour space");

  Decoded out;
  Raster picture(width, height, channels);
  std::array<Pixel, 64> seen{};
  Pixel pixel = {0, 0, 0, 255};
  int run = 0;
  for (std::size_t i = 0; i < picture.samples.size(); i += static_cast<std::size_t>(channels)) {
    if (run > 0) {
      --run;
    } else {
      const int tag = next();
      const int low = tag & 63;
      const Pixel old = pixel;
      if (tag == 0xFE || tag == 0xFF) {
        for (std::size_t c = 0; c < (tag == 0xFF ? 4U : 3U); ++c) pixel[c] = next();
      } else if (tag >= 0xC0) {
        run = low;
      } else if (tag >= 0x80) {
        const int more = next();
        const int green = low - 32;
        pixel[0] = (old[0] + green + (more >> 4) - 8) & 255;
        pixel[1] = (old[1] + green) & 255;
        pixel[2] = (old[2] + green + (more & 15) - 8) & 255;
      } else if (tag >= 0x40) {
        pixel[0] = (old[0] + (low >> 4) - 2) & 255;
        pixel[1] = (old[1] + (low >> 2 & 3) - 2) & 255;
        pixel[2] = (old[2] + (low & 3) - 2) & 255;
      } else {
        pixel = seen[static_cast<std::size_t>(low)];
      }
      seen[hash(pixel)] = pixel;
    }
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
      picture.samples[i + c] = static_cast<std::uint16_t>(pixel[c]);
    }
  }
  must(run == 0, "QOI run");
  for (const int end : {0, 0, 0, 0, 0, 0, 0, 1}) must(next() == end, "QOI end marker");
  must(at == file.size(), "end of QOI");
  out.movie.frames.push_back(std::move(picture));
  return out;
}

}  // namespace imgmill::test

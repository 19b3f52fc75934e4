// Resizes pictures with the simplest code, in double precision: the reference that benchmarks
// compare resizers with.
//
//   resize_reference < LINES
//
// A line is INPUT<tab>WIDTH<tab>HEIGHT<tab>coded|linear|quick<tab>OUTPUT.png. Lanczos 3 on the
// fully decoded upright picture, rounded once to 8 bits. "quick" is not the reference but the
// product's own resizing of an upright JPEG that is encoded at a given quality.
#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "codecs/codec.h"
#include "codecs/engine.h"
#include "imgmill/optimize.h"
#include "platform/cpu.h"
#include "platform/file.h"
#include "support/resample.h"
#include "transform/scale.h"
#include "transform/transform.h"

namespace {

using namespace imgmill;

struct Line {
  std::string input;
  int width = 0;
  int height = 0;
  std::string light;
  std::string output;
};

Result<test::Raster> decoded(const std::string& path) {
  IMGMILL_TRY(const FileContents file, read_file(path, std::uint64_t{1} << 30));
  IMGMILL_TRY(const ImageInfo info, inspect(file.bytes.view()));
  IMGMILL_TRY(Picture picture, imgmill::codec(info.format).decode(file.bytes.view(), info, {}));
  IMGMILL_TRY(picture, turned_upright(std::move(picture), info.orientation));
  return with_engine(ErrorCode::bad_input, "it cannot be decoded", [&] {
    const vips::VImage image = picture.image.copy_memory();
    if (image.format() != VIPS_FORMAT_UCHAR) throw std::runtime_error("not of 8 bits a sample");
    test::Raster raster(image.width(), image.height(), image.bands());
    const auto* samples = static_cast<const std::uint8_t*>(image.data());
    raster.samples.assign(samples, samples + raster.samples.size());
    return raster;
  });
}

Result<Buffer> as_png(const vips::VImage& image) {
  return with_engine(ErrorCode::bad_input, "it cannot be written", [&] {
    return take_blob(image.pngsave_buffer(vips::VImage::option()->set("compression", 1)));
  });
}

Result<Buffer> quick(const Line& line) {
  IMGMILL_TRY(const FileContents file, read_file(line.input, std::uint64_t{1} << 30));
  const Extent extent{static_cast<std::uint32_t>(line.width),
                      static_cast<std::uint32_t>(line.height)};
  IMGMILL_TRY(const Picture picture,
              scaled_jpeg(file.bytes.view(), {}, extent, {}, DctScaling::some));
  return as_png(picture.image);
}

Result<Buffer> plain(const Line& line) {
  IMGMILL_TRY(const test::Raster raster, decoded(line.input));
  const test::Raster small =
      test::resampled(raster, line.width, line.height, ResizeFilter::lanczos3,
                      line.light == "linear" ? ResizeLight::linear : ResizeLight::coded);
  std::vector<std::uint8_t> bytes(small.samples.begin(), small.samples.end());
  const vips::VImage image =
      vips::VImage::new_from_memory(bytes.data(), bytes.size(), small.width, small.height,
                                    small.channels, VIPS_FORMAT_UCHAR)
          .copy(vips::VImage::option()->set("interpretation", small.channels < 3
                                                                  ? VIPS_INTERPRETATION_B_W
                                                                  : VIPS_INTERPRETATION_sRGB));
  return as_png(image);
}

Result<void> make(const Line& line) {
  IMGMILL_TRY(const Buffer file, line.light == "quick" ? quick(line) : plain(line));
  std::ofstream out(line.output, std::ios::binary);
  out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  if (!out.flush()) return fail(ErrorCode::environment, "cannot write " + line.output);
  return {};
}

}  // namespace

int main() {
  std::vector<Line> lines;
  for (std::string text; std::getline(std::cin, text);) {
    std::istringstream parts(text);
    Line line;
    std::string width, height;
    std::getline(parts, line.input, '\t');
    std::getline(parts, width, '\t');
    std::getline(parts, height, '\t');
    std::getline(parts, line.light, '\t');
    std::getline(parts, line.output, '\t');
    line.width = std::stoi(width);
    line.height = std::stoi(height);
    lines.push_back(std::move(line));
  }
  start_engine();
  std::atomic<std::size_t> next{0};
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < core_budget().cores; ++i) {
      threads.emplace_back([&] {
        for (std::size_t at = next++; at < lines.size(); at = next++) {
          if (const Result<void> made = make(lines[at]); !made) {
            fmt::print(stderr, "{}: {}\n", lines[at].input, made.error().describe());
            ++failures;
          }
        }
      });
    }
  }
  return failures == 0 ? 0 : 1;
}

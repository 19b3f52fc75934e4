// Parses any bytes as a JPEG; whatever can be read is decoded, and written again losslessly and
// lossily.
#include <cstdlib>

#include "jpeg/encoder.h"
#include "jpeg/inverse.h"
#include "jpeg/reader.h"
#include "jpeg/writer.h"

namespace {

using namespace imgmill;

void show(const jpeg::Picture& picture) {
  if (jpeg::can_be_shown(picture)) std::free(jpeg::shown_pixels(picture).samples);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t most_pixels = 1 << 20;
  const ByteView input = std::as_bytes(std::span(data, size));
  const auto header = jpeg::read_header(input);
  if (!header || std::uint64_t{header->width} * header->height > most_pixels) return 0;
  for (const int shrink : {1, 2, 4, 8}) {
    auto planes = jpeg::PlaneReader::open(input, shrink);
    while (planes && planes->next().value_or(false)) {
    }
  }
  const auto picture = jpeg::read_picture(input);
  if (!picture) return 0;
  show(*picture);
  for (const double quality : {10.0, 80.25, 100.0}) {
    const jpeg::Picture coarse = jpeg::requantised(*picture, {.quality = quality});
    show(coarse);
    const auto file = jpeg::write_jpeg(coarse, jpeg::ScanSearch::sampled);
    if (file && !jpeg::check_jpeg(file->view(), coarse)) __builtin_trap();
  }
  return 0;
}

// Any bytes, read as a JPEG: what can be read is written again, without loss and with.
#include "jpeg/encoder.h"
#include "jpeg/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imgmill;
  constexpr std::uint64_t most_pixels = 1 << 20;
  const ByteView input = std::as_bytes(std::span(data, size));
  const auto header = jpeg::read_header(input);
  if (!header || std::uint64_t{header->width} * header->height > most_pixels) return 0;
  const auto picture = jpeg::read_picture(input);
  if (!picture) return 0;
  for (const double quality : {10.0, 80.25, 100.0}) {
    const auto file = jpeg::encode_jpeg(*picture, {.quality = quality});
    if (file && !jpeg::read_picture(file->view())) __builtin_trap();
  }
  return 0;
}

#include "pool/warm_up.h"

#include <array>

#include "base/try.h"

namespace imgmill {
namespace {

/// A GIF of one white pixel: the smallest image that is a valid input.
constexpr std::array<unsigned char, 35> tiny_image = {
    'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 0xFF, 0xFF, 0xFF, 0,  0,
    0,   ',', 0,   0,   0,   0,   1, 0, 1, 0, 0,    2, 2, 0x44, 1,    0,    ';'};

// Large enough for a few blocks of every codec, small enough to take only a few milliseconds.
constexpr std::uint32_t side = 64;

}  // namespace

Result<void> warm_up(const Optimize& optimize) {
  ImageSettings settings;
  settings.effort = Effort::fast;
  settings.resize = {.mode = ResizeMode::fit, .width = side, .height = side};
  settings.resize.enlarge = Enlarge::allow;
  // Each step decodes the previous step's output; the final call decodes the last one.
  Buffer picture = Buffer::copy_of(std::as_bytes(std::span(tiny_image)));
  for (const FormatInfo& format : formats()) {
    if (!format.writable) continue;
    settings.output_format = format.format;
    IMGMILL_TRY(Optimized encoded, optimize(picture.view(), settings, {}, {}));
    if (encoded.decision != Decision::kept) picture = std::move(encoded.bytes);
  }
  settings.output_format = formats().front().format;
  IMGMILL_CHECK(optimize(picture.view(), settings, {}, {}));
  return {};
}

}  // namespace imgmill

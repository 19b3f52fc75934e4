// libFuzzer target: GIF parsing and rendering.
#include <cstdint>
#include <span>

#include "codecs/gif_frames.h"
#include "metadata/gif_blocks.h"

using namespace imgmill;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input = std::as_bytes(std::span(data, size));
  for (const ShortFrame rest : {ShortFrame::refuse, ShortFrame::leave_the_rest}) {
    auto moving = gif_animation(metadata::read_gif_screen(input), rest);
    // Larger ones take time and find nothing more.
    if (!moving || Area{.width = moving->width, .height = moving->height}.pixels() > 4096) continue;
    FrameCanvas canvas{.width = moving->width};
    canvas.samples.resize(canvas.stride() * moving->height);
    for (std::size_t index = 0; index < moving->frames.size(); ++index) {
      if (!moving->draw(index, moving->frames[index].area, canvas)) break;
    }
  }
  return 0;
}

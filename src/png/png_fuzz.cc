// libFuzzer target: the PNG readers; whatever they accept must survive optimization.
#include <libdeflate.h>

#include <cstdlib>
#include <vector>

#include "png/animation.h"
#include "png/optimizer.h"
#include "png/png_file.h"
#include "png/reduce.h"

using namespace imgmill;  // NOLINT(google-build-using-namespace)

namespace {

// Corrects the checksums, so that the code after their check is reached.
std::vector<std::byte> with_right_sums(ByteView input) {
  std::vector<std::byte> file(input.begin(), input.end());
  for (std::size_t at = 8; at + 12 <= file.size();) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i)
      size = size << 8 | std::to_integer<std::size_t>(file[at + i]);
    if (size > file.size() - at - 12) break;
    const std::uint32_t sum = libdeflate_crc32(0, &file[at + 4], size + 4);
    for (std::size_t i = 0; i < 4; ++i)
      file[at + 8 + size + i] = std::byte(sum >> (24 - 8 * i) & 0xFF);
    at += size + 12;
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::byte> file = with_right_sums(std::as_bytes(std::span(data, size)));
  const ByteView input = file;
  if (const auto animation = png::read_animation(input);
      animation && animation->form.pixels() <= 4096) {
    for (const png::AnimationFrame& frame : animation->frames) {
      const auto raster = png::raster_of(*animation, frame);
      if (raster && raster->pixels() > animation->form.pixels()) std::abort();
    }
  }
  const auto before = png::read_file(input);
  // Larger pictures take time and find nothing more.
  if (!before || before->raster.pixels() > 4096) return 0;
  for (const bool clean : {false, true}) {
    const auto out = png::optimize(input, {.effort = Effort::fast, .clean_alpha = clean});
    if (!out) std::abort();
    const auto after = png::read_file(out->view());
    if (!after) std::abort();
    if (after->raster.width != before->raster.width ||
        after->raster.height != before->raster.height) {
      std::abort();
    }
  }
  return 0;
}

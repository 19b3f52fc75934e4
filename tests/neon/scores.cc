// Prints scores of computed pictures, for tools/check_neon.sh: they are the same on every machine.
#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "quality/ssimulacra2.h"
#include "quality/ssimulacra2_simd.h"

#if HWY_ARCH_ARM
// Highway's library detects CPU features; the cross compiler has no such library.
namespace hwy {
ChosenTarget& GetChosenTarget() {
  static ChosenTarget chosen;
  return chosen;
}
int64_t SupportedTargets() { return HWY_NEON; }
void SetSupportedTargetsForTest(int64_t) {}
}  // namespace hwy
#endif

namespace imgmill {
namespace {

struct Pixels {
  std::uint32_t width, height;
  std::vector<std::uint8_t> samples;

  [[nodiscard]] PixelView view() const {
    return {.samples = samples.data(),
            .width = width,
            .height = height,
            .channels = 3,
            .kind = SampleKind::srgb8,
            .row_bytes = std::size_t{width} * 3};
  }
};

// Gradients and some noise.
Pixels scene(std::uint32_t width, std::uint32_t height) {
  Pixels out{width, height, {}};
  std::uint32_t state = 7;
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      for (std::uint32_t c = 0; c < 3; ++c) {
        state = state * 1664525 + 1013904223;
        const auto slope = static_cast<int>((x * (c + 2) + y * 3) % 400) - 200;
        out.samples.push_back(static_cast<std::uint8_t>(std::abs(slope) + (state >> 27)));
      }
    }
  }
  return out;
}

Pixels in_steps(Pixels picture, int step) {
  for (std::uint8_t& sample : picture.samples) {
    sample = static_cast<std::uint8_t>(std::min(255, sample / step * step + step / 2));
  }
  return picture;
}

}  // namespace
}  // namespace imgmill

int main() {
  using namespace imgmill;
  const std::string target(simd_targets().front());
  for (const auto& [width, height] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{
           {256, 192}, {301, 77}, {8, 8}, {33, 64}, {515, 113}, {600, 300}, {1, 9}}) {
    const Pixels original = scene(width, height);
    auto metric = Ssimulacra2::prepare(original.view());
    for (const int step : {1, 4, 16, 48}) {
      const auto found = metric->compare(in_steps(original, step).view());
      std::printf("%ux%u/%d %s %.6f\n", width, height, step, target.c_str(), found->score);
    }
  }
}

#include "support/score.h"

#include "quality/ssimulacra2.h"

namespace imgmill::test {

double score_between(const Raster& original, const Raster& other) {
  const auto bytes = [](const Raster& raster) {
    return std::vector<std::uint8_t>(raster.samples.begin(), raster.samples.end());
  };
  const auto view = [&](const std::vector<std::uint8_t>& samples) {
    return PixelView{.samples = samples.data(),
                     .width = static_cast<std::uint32_t>(original.width),
                     .height = static_cast<std::uint32_t>(original.height),
                     .channels = original.channels,
                     .row_bytes = static_cast<std::size_t>(original.width * original.channels)};
  };
  const std::vector<std::uint8_t> one = bytes(original);
  const std::vector<std::uint8_t> two = bytes(other);
  return Ssimulacra2::prepare(view(one)).value().compare(view(two)).value().score;
}

}  // namespace imgmill::test

// libFuzzer target: WebP encoder with any picture and settings. libwebp must decode the file to the
// original size, and without a loop filter to the encoder's exact reconstruction.
#include <webp/decode.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "webp/colour.h"
#include "webp/encoder.h"
#include "webp/writer.h"

namespace imgmill {
namespace {

/// The remaining fuzzer input; zeros after its end.
class Feed {
 public:
  Feed(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  unsigned next() { return at_ < size_ ? data_[at_++] : 0; }
  // 1..most
  unsigned side(unsigned most) { return (next() | next() << 8) % most + 1; }
  [[nodiscard]] std::size_t left() const { return size_ - at_; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

// Returns raw input bytes, followed by flat areas, gradients or noise derived from them.
std::vector<std::uint8_t> pixels(Feed& feed, std::size_t size, unsigned rest) {
  std::vector<std::uint8_t> all(size);
  const std::size_t given = std::min(size, feed.left());
  for (std::size_t i = 0; i < given; ++i) all[i] = static_cast<std::uint8_t>(feed.next());
  std::uint32_t state = rest + 1;
  for (std::size_t i = given; i < size; ++i) {
    state = state * 1664525U + 1013904223U;  // Numerical Recipes' generator
    const unsigned before = i >= 3 ? all[i - 3] : 128U;
    const unsigned step = rest % 4 == 0   ? 0U
                          : rest % 4 == 1 ? 1U
                          : rest % 4 == 2 ? (state >> 30)
                                          : (state >> 24);
    all[i] = static_cast<std::uint8_t>(before + step);
  }
  return all;
}

struct Free {
  void operator()(std::uint8_t* bytes) const { WebPFree(bytes); }
};

void trap_unless(bool good) {
  if (!good) __builtin_trap();
}

void compare(const std::uint8_t* shown, int stride, const std::vector<std::uint8_t>& ours,
             std::size_t our_stride, std::size_t width, std::size_t height) {
  for (std::size_t y = 0; y < height; ++y, shown += stride) {
    trap_unless(std::equal(shown, shown + width, ours.data() + y * our_stride));
  }
}

// Encodes without a loop filter, which encoders need not simulate.
void check_samples(const webp::Samples& samples, const webp::EncoderSettings& settings) {
  const webp::Planes planes = webp::to_planes(samples);
  webp::Segments segments = webp::make_segments(planes, settings.quality);
  for (webp::Segment& segment : segments.rows) segment.filter = 0;
  webp::Coder coder(planes, segments, settings.thought);
  webp::Planes ours = planes;
  coder.shown = &ours;
  for (std::size_t row = 0; row < planes.high; ++row) coder.code_row();
  const auto file = webp::write_webp(coder);
  if (!file) return;  // too large for the format, which is reported
  int width = 0, height = 0, stride = 0, chroma_stride = 0;
  std::uint8_t* blue = nullptr;
  std::uint8_t* red = nullptr;
  const std::unique_ptr<std::uint8_t, Free> luma(
      WebPDecodeYUV(reinterpret_cast<const std::uint8_t*>(file->data()), file->size(), &width,
                    &height, &blue, &red, &stride, &chroma_stride));
  trap_unless(luma != nullptr);
  trap_unless(static_cast<std::uint32_t>(width) == samples.width);
  trap_unless(static_cast<std::uint32_t>(height) == samples.height);
  const std::size_t across = samples.width, down = samples.height;
  compare(luma.get(), stride, ours.luma, ours.luma_stride(), across, down);
  compare(blue, chroma_stride, ours.blue, ours.chroma_stride(), (across + 1) / 2, (down + 1) / 2);
  compare(red, chroma_stride, ours.red, ours.chroma_stride(), (across + 1) / 2, (down + 1) / 2);
}

void check_file(const webp::Samples& samples, const webp::EncoderSettings& settings) {
  const auto file = webp::encode_webp(samples, settings);
  if (!file) return;
  int width = 0, height = 0;
  const std::unique_ptr<std::uint8_t, Free> shown(WebPDecodeRGB(
      reinterpret_cast<const std::uint8_t*>(file->data()), file->size(), &width, &height));
  trap_unless(shown != nullptr);
  trap_unless(static_cast<std::uint32_t>(width) == samples.width);
  trap_unless(static_cast<std::uint32_t>(height) == samples.height);
  const auto again = webp::encode_webp(samples, settings);
  trap_unless(again && std::ranges::equal(again->view(), file->view()));
}

}  // namespace
}  // namespace imgmill

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imgmill;
  Feed feed(data, size);
  const unsigned kind = feed.next();
  webp::Samples samples;
  samples.channels = kind % 2 == 0 ? 3 : 1;
  // Includes long and narrow pictures, but limits the number of macroblocks to keep the fuzzer
  // fast.
  constexpr unsigned most_macroblocks = 40;
  samples.width = feed.side(kind & 2 ? 16 * most_macroblocks : 100);
  samples.height = feed.side(16 * std::max(1U, most_macroblocks / ((samples.width + 15) / 16)));
  if (kind & 4) std::swap(samples.width, samples.height);
  webp::EncoderSettings settings;
  settings.quality = static_cast<int>(feed.next() % 100 + 1);
  settings.thought.block_modes = feed.next() % 5;
  settings.thought.weigh = (kind & 8) != 0;
  samples.row_size = std::size_t{samples.width} * static_cast<std::size_t>(samples.channels) +
                     (kind & 16 ? feed.next() % 8 : 0);
  const std::vector<std::uint8_t> bytes =
      pixels(feed, samples.row_size * samples.height, kind >> 5);
  samples.first = bytes.data();
  check_samples(samples, settings);
  check_file(samples, settings);
  return 0;
}

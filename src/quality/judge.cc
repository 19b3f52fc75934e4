#include "quality/judge.h"

#include <fmt/format.h>

#include "base/try.h"
#include "codecs/engine.h"
#include "transform/transform.h"

namespace imgmill {
namespace {

using vips::VImage;

SampleKind kind_of(const VImage& image) {
  switch (image.format()) {
    case VIPS_FORMAT_UCHAR:
      return SampleKind::srgb8;
    case VIPS_FORMAT_USHORT:
      return SampleKind::srgb16;
    default:
      return SampleKind::linear;
  }
}

// Row `first` and the `height - 1` after it, of an image in memory.
PixelView view_of(const VImage& image, int first, int height) {
  VipsImage* const raw = image.get_image();
  return {.samples = VIPS_IMAGE_ADDR(raw, 0, first),
          .width = static_cast<std::uint32_t>(image.width()),
          .height = static_cast<std::uint32_t>(height),
          .channels = image.bands(),
          .kind = kind_of(image),
          .row_bytes = VIPS_IMAGE_SIZEOF_LINE(raw)};
}

// In memory, as numbers that the metric understands.
Result<VImage> readable(const Picture& picture) {
  IMGMILL_TRY(const Picture seen, as_light(picture));
  return with_engine(ErrorCode::bad_input, "the pixels could not be read",
                     [&] { return seen.image.copy_memory(); });
}

// 16 bits a sample as the 8 bits that are next.
Result<VImage> with_8_bits(const VImage& image) {
  return with_engine(ErrorCode::bad_input, "the pixels could not be read", [&] {
    return (image.linear(1.0 / 257, 0.5)).cast(VIPS_FORMAT_UCHAR).copy_memory();
  });
}

std::vector<std::uint32_t> sample_of(std::uint32_t frames) {
  const std::uint32_t count = std::min(frames, Judge::most_frames);
  std::vector<std::uint32_t> sample;
  for (std::uint32_t i = 0; i < count; ++i) {
    sample.push_back(
        count == 1 ? 0 : static_cast<std::uint32_t>(std::uint64_t{i} * (frames - 1) / (count - 1)));
  }
  return sample;
}

}  // namespace

Result<Judge> Judge::create(const Picture& original) {
  IMGMILL_TRY(const VImage image, readable(original));
  const int height = image.height() / static_cast<int>(original.frames);
  std::vector<Frame> judged;
  for (const std::uint32_t index : sample_of(original.frames)) {
    IMGMILL_TRY(Ssimulacra2 metric,
                Ssimulacra2::prepare(view_of(image, static_cast<int>(index) * height, height)));
    judged.push_back({index, std::move(metric)});
  }
  return Judge(original.frames, image.format() == VIPS_FORMAT_UCHAR, std::move(judged));
}

Result<Similarity> Judge::score(const Picture& candidate, Detail detail) {
  if (candidate.frames != frames_) {
    return fail(ErrorCode::usage,
                fmt::format("{} frames cannot be compared with {}", candidate.frames, frames_),
                "compare animations of the same length");
  }
  IMGMILL_TRY(VImage image, readable(candidate));
  if (of_8_bits_ && image.format() == VIPS_FORMAT_USHORT) {
    IMGMILL_TRY(image, with_8_bits(image));
  }
  const int height = image.height() / static_cast<int>(frames_);
  Similarity worst;
  bool first = true;
  for (Frame& frame : judged_) {
    IMGMILL_TRY(Similarity found,
                frame.metric.compare(view_of(image, static_cast<int>(frame.index) * height, height),
                                     detail));
    found.frame = frame.index;
    if (first || found.score < worst.score) worst = std::move(found);
    first = false;
  }
  return worst;
}

}  // namespace imgmill

#include "quality/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/try.h"
#include "codecs/engine.h"
#include "quality/ssimulacra2_weights.h"
#include "transform/transform.h"

namespace imgmill {
namespace {

using vips::VImage;

// Six scales halve it to 4; a few pixels more than it takes keep borders from counting for much.
constexpr int context_side = 128;

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

// All of an image in memory.
PixelView view_of(const VImage& image) {
  VipsImage* const raw = image.get_image();
  return {.samples = VIPS_IMAGE_ADDR(raw, 0, 0),
          .width = static_cast<std::uint32_t>(image.width()),
          .height = static_cast<std::uint32_t>(image.height()),
          .channels = image.bands(),
          .kind = kind_of(image),
          .row_bytes = VIPS_IMAGE_SIZEOF_LINE(raw)};
}

// One of `frames`, one upon the other, of an image in memory.
PixelView frame_of(const VImage& image, std::uint32_t index, std::uint32_t frames) {
  PixelView view = view_of(image);
  view.height /= frames;
  view.samples = static_cast<const std::byte*>(view.samples) +
                 std::size_t{index} * view.height * view.row_bytes;
  return view;
}

// Where the picture lacks scales: the frame in the upper left corner, and its mirror images side by
// side to the right and below, in memory.
Result<VImage> amid_mirrors(const VImage& image, std::uint32_t index, std::uint32_t frames) {
  return with_engine(ErrorCode::bad_input, "the pixels could not be read", [&] {
    const int height = image.height() / static_cast<int>(frames);
    return image.crop(0, static_cast<int>(index) * height, image.width(), height)
        .embed(0, 0, std::max(image.width(), context_side), std::max(height, context_side),
               VImage::option()->set("extend", VIPS_EXTEND_MIRROR))
        .copy_memory();
  });
}

// A sliver of a few rows that is as long as this becomes too large, and is judged as it is.
bool is_mirrored(Context context, const PixelView& frame) {
  constexpr std::uint32_t longest = std::uint32_t{1} << 17;
  return context == Context::mirrored && lacks_scales(frame.width, frame.height) &&
         std::max(frame.width, frame.height) <= longest;
}

// Calls `look` with a frame as the metric is to see it.
template <typename Look>
auto seen_in(Context context, const VImage& image, std::uint32_t index, std::uint32_t frames,
             Look look) -> decltype(look(PixelView{})) {
  const PixelView frame = frame_of(image, index, frames);
  if (!is_mirrored(context, frame)) return look(frame);
  IMGMILL_TRY(const VImage mirrored, amid_mirrors(image, index, frames));
  return look(view_of(mirrored));
}

// In memory, as numbers that the metric understands.
Result<VImage> readable(const Picture& picture) {
  IMGMILL_TRY(const Picture seen, as_light(picture));
  return with_engine(ErrorCode::bad_input, "the pixels could not be read",
                     [&] { return seen.image.copy_memory(); });
}

// 16 bits a sample as the 8 bits that are next.
Result<Picture> with_8_bits(Picture picture) {
  return with_engine(ErrorCode::bad_input, "the pixels could not be read", [&] {
    VImage& image = picture.image;
    const VipsInterpretation before = image.interpretation();
    const VipsInterpretation after = before == VIPS_INTERPRETATION_RGB16 ? VIPS_INTERPRETATION_sRGB
                                     : before == VIPS_INTERPRETATION_GREY16
                                         ? VIPS_INTERPRETATION_B_W
                                         : before;
    image = image.linear(1.0 / 257, 0.5)
                .cast(VIPS_FORMAT_UCHAR)
                .copy(VImage::option()->set("interpretation", after));
    return picture;
  });
}

// See Rating::reaches().
constexpr double usual_target = 80;
constexpr double psnr_at_usual_target = 31;
constexpr double points_a_decibel = 4;

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

bool lacks_scales(std::uint32_t width, std::uint32_t height) {
  return quality::scales_of(width, height) < quality::most_scales;
}

double Rating::reaches() const {
  return std::min(score, usual_target + points_a_decibel * (psnr - psnr_at_usual_target));
}

double Rating::needed_psnr() const {
  return psnr_at_usual_target + (score - usual_target) / points_a_decibel;
}

Result<Judge> Judge::create(const Picture& original, Context context) {
  IMGMILL_TRY(VImage image, readable(original));
  std::vector<Frame> judged;
  for (const std::uint32_t index : sample_of(original.frames)) {
    IMGMILL_TRY(Ssimulacra2 metric,
                seen_in(context, image, index, original.frames,
                        [](const PixelView& frame) { return Ssimulacra2::prepare(frame); }));
    judged.push_back({index, std::move(metric)});
  }
  return Judge(original.frames, original.image.format() == VIPS_FORMAT_UCHAR, context,
               std::move(image), std::move(judged));
}

Result<VImage> Judge::comparable(const Picture& candidate) const {
  if (candidate.frames != frames_) {
    return fail(ErrorCode::usage,
                fmt::format("{} frames cannot be compared with {}", candidate.frames, frames_),
                "compare animations of the same length");
  }
  if (!of_8_bits_ || candidate.image.format() != VIPS_FORMAT_USHORT) return readable(candidate);
  IMGMILL_TRY(const Picture rounded, with_8_bits(candidate));
  return readable(rounded);
}

Result<Similarity> Judge::score(const Picture& candidate, Detail detail) {
  IMGMILL_TRY(const VImage image, comparable(candidate));
  Similarity worst;
  bool first = true;
  for (Frame& frame : judged_) {
    IMGMILL_TRY(Similarity found,
                seen_in(context_, image, frame.index, frames_,
                        [&](const PixelView& view) { return frame.metric.compare(view, detail); }));
    found.frame = frame.index;
    if (first || found.score < worst.score) worst = std::move(found);
    first = false;
  }
  return worst;
}

Result<Rating> Judge::rate(const Picture& candidate) {
  IMGMILL_TRY(const VImage image, comparable(candidate));
  Rating worst;
  for (Frame& frame : judged_) {
    IMGMILL_TRY(const Similarity found,
                seen_in(context_, image, frame.index, frames_,
                        [&](const PixelView& view) { return frame.metric.compare(view); }));
    Rating rating{.score = found.score};
    IMGMILL_TRY(rating.psnr, psnr(frame_of(original_, frame.index, frames_),
                                  frame_of(image, frame.index, frames_), rating.needed_psnr()));
    if (rating.reaches() < worst.reaches()) worst = rating;
  }
  return worst;
}

}  // namespace imgmill

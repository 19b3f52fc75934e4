#include "quality/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/try.h"
#include "codecs/engine.h"
#include "quality/ssimulacra2_weights.h"
#include "transform/transform.h"

namespace imgmill {
namespace {

using quality::SeenFrames;
using vips::VImage;

// Six scales halve this to 4. It is a few pixels more than the minimum, so that borders have little
// influence.
constexpr int context_side = 128;

// Very long slivers of a few rows would become too large and are scored as they are.
bool is_mirrored(Context context, const SeenFrames& frames) {
  constexpr std::uint32_t longest = std::uint32_t{1} << 17;
  return context == Context::mirrored && lacks_scales(frames.width(), frames.height()) &&
         std::max(frames.width(), frames.height()) <= longest;
}

// Calls `look` with a frame as the metric is to see it.
template <typename Look>
auto seen_in(Context context, const SeenFrames& frames, std::uint32_t index, const Look& look)
    -> decltype(look(PixelView{})) {
  if (!is_mirrored(context, frames)) return frames.look_at(index, look);
  IMGMILL_TRY(const SeenFrames mirrored, frames.amid_mirrors(index, context_side));
  return mirrored.look_at(0, look);
}

// Rounds 16-bit samples to the nearest 8-bit value.
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

// Indexes of the scenes to score out of `count`: evenly spaced, including the first and the last.
std::vector<std::size_t> sample_of(std::size_t count) {
  const std::size_t most = std::min<std::size_t>(count, Judge::most_frames);
  std::vector<std::size_t> sample;
  for (std::size_t i = 0; i < most; ++i) {
    sample.push_back(most == 1 ? 0 : i * (count - 1) / (most - 1));
  }
  return sample;
}

// Only the frames of the given scenes, from a picture in memory.
Result<SeenFrames> shown_in(const Picture& picture, const std::vector<Scene>& scenes) {
  IMGMILL_TRY(
      const Picture chosen, with_engine(ErrorCode::bad_input, "the pixels could not be read", [&] {
        const int height = static_cast<int>(picture.height());
        std::vector<VImage> frames;
        for (const Scene& scene : scenes) {
          frames.push_back(picture.image.crop(0, static_cast<int>(scene.frame) * height,
                                              picture.image.width(), height));
        }
        return Picture{.image = VImage::arrayjoin(frames, VImage::option()->set("across", 1)),
                       .frames = static_cast<std::uint32_t>(frames.size())};
      }));
  return SeenFrames::of(chosen);
}

Result<Picture> in_memory(Picture picture) {
  return with_engine(ErrorCode::bad_input, "the pixels could not be read", [&] {
    picture.image = picture.image.copy_memory();
    return picture;
  });
}

std::string pictures(const TimeLine& line) {
  const std::size_t count = line.scenes.size();
  return fmt::format("{} {}", count, count == 1 ? "picture" : "pictures");
}

std::string seconds(const TimeLine& line) {
  return fmt::format("{:.2f} s", static_cast<double>(line.length()) / 1000);
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

Result<Judge> Judge::create(const Picture& original, Context context,
                            std::vector<std::size_t> sample) {
  TimeLine line{.scenes = {{.end = 1}}};
  std::vector<Scene> scenes = line.scenes;
  std::optional<SeenFrames> frames;
  if (original.frames == 1) {
    sample = {0};
    IMGMILL_TRY(frames, SeenFrames::of(original));
  } else {
    IMGMILL_TRY(const Picture picture, in_memory(original));
    IMGMILL_TRY(line, time_line(picture));
    if (sample.empty()) sample = sample_of(line.scenes.size());
    scenes.clear();
    for (const std::size_t index : sample) scenes.push_back(line.scenes[index]);
    IMGMILL_TRY(frames, shown_in(picture, scenes));
  }
  const auto count = static_cast<std::uint32_t>(sample.size());
  const Kept kept = count == 1 && frames->pixels() > large_picture ? Kept::little : Kept::all;
  std::vector<Look> looks;
  for (std::uint32_t i = 0; i < count; ++i) {
    IMGMILL_TRY(Ssimulacra2 metric, seen_in(context, *frames, i, [&](const PixelView& frame) {
                  return Ssimulacra2::prepare(frame, kept);
                }));
    looks.push_back({scenes[i], sample[i], std::move(metric)});
  }
  return Judge(std::move(line), original.image.format() == VIPS_FORMAT_UCHAR, context,
               *std::move(frames), std::move(looks));
}

Result<SeenFrames> Judge::seen_by(const Picture& candidate) const {
  if (candidate.frames == 1 && line_.scenes.size() == 1) return SeenFrames::of(candidate);
  IMGMILL_TRY(const Picture picture, in_memory(candidate));
  IMGMILL_TRY(const TimeLine line, time_line(picture));
  // A file that shows one picture all the time has no visible duration.
  const bool in_time = line.scenes.size() == 1 || line.length() == line_.length();
  const bool in_order = line.scenes.size() == line_.scenes.size();
  if (!in_order && (!in_time || line_.scenes.size() == 1)) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} in {} cannot be compared with {} in {}", pictures(line),
                            seconds(line), pictures(line_), seconds(line_)),
                "compare animations of the same length");
  }
  std::vector<Scene> scenes;
  for (const Look& look : looks_) {
    const std::int64_t middle = (look.scene.begin + look.scene.end) / 2;
    scenes.push_back(in_time ? line.at(middle) : line.scenes[look.index]);
  }
  return shown_in(picture, scenes);
}

Result<SeenFrames> Judge::comparable(const Picture& candidate) const {
  if (!of_8_bits_ || candidate.image.format() != VIPS_FORMAT_USHORT) return seen_by(candidate);
  IMGMILL_TRY(const Picture rounded, with_8_bits(candidate));
  return seen_by(rounded);
}

Result<Similarity> Judge::score(const Picture& candidate, Detail detail) {
  IMGMILL_TRY(const SeenFrames frames, comparable(candidate));
  const auto count = static_cast<std::uint32_t>(looks_.size());
  Similarity worst;
  for (std::uint32_t i = 0; i < count; ++i) {
    Look& look = looks_[i];
    IMGMILL_TRY(Similarity found, seen_in(context_, frames, i, [&](const PixelView& view) {
                  return look.metric.compare(view, detail);
                }));
    found.frame = look.scene.frame;
    if (i == 0 || found.score < worst.score) worst = std::move(found);
  }
  return worst;
}

Result<Rating> Judge::rate(const Picture& candidate) {
  IMGMILL_TRY(const SeenFrames frames, comparable(candidate));
  const auto count = static_cast<std::uint32_t>(looks_.size());
  Rating worst;
  for (std::uint32_t i = 0; i < count; ++i) {
    Look& look = looks_[i];
    IMGMILL_TRY(const Similarity found, seen_in(context_, frames, i, [&](const PixelView& view) {
                  return look.metric.compare(view);
                }));
    Rating rating{.score = found.score};
    IMGMILL_TRY(rating.psnr, frames.look_at(i, [&](const PixelView& view) {
      return psnr(original_.view(i), view, rating.needed_psnr());
    }));
    if (rating.reaches() < worst.reaches()) worst = rating;
  }
  return worst;
}

}  // namespace imgmill

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

// Of `count` scenes as many as are looked at, evenly spaced, the first and the last among them.
std::vector<std::size_t> sample_of(std::size_t count) {
  const std::size_t most = std::min<std::size_t>(count, Judge::most_frames);
  std::vector<std::size_t> sample;
  for (std::size_t i = 0; i < most; ++i) {
    sample.push_back(most == 1 ? 0 : i * (count - 1) / (most - 1));
  }
  return sample;
}

// What the scenes of a picture in memory show, and nothing else of it.
Result<VImage> shown_in(const Picture& picture, const std::vector<Scene>& scenes) {
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
  return readable(chosen);
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

Result<Judge> Judge::create(const Picture& original, std::vector<std::size_t> sample) {
  if (original.frames == 1) {
    IMGMILL_TRY(const VImage image, readable(original));
    std::vector<Look> looks;
    IMGMILL_TRY(Ssimulacra2 metric, Ssimulacra2::prepare(view_of(image, 0, image.height())));
    looks.push_back({{.end = 1}, 0, std::move(metric)});
    return Judge({.scenes = {{.end = 1}}}, image.format() == VIPS_FORMAT_UCHAR, std::move(looks));
  }
  IMGMILL_TRY(const Picture picture, in_memory(original));
  IMGMILL_TRY(TimeLine line, time_line(picture));
  if (sample.empty()) sample = sample_of(line.scenes.size());
  std::vector<Scene> scenes;
  for (const std::size_t index : sample) scenes.push_back(line.scenes[index]);
  IMGMILL_TRY(const VImage image, shown_in(picture, scenes));
  const int height = static_cast<int>(picture.height());
  std::vector<Look> looks;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    IMGMILL_TRY(Ssimulacra2 metric,
                Ssimulacra2::prepare(view_of(image, static_cast<int>(i) * height, height)));
    looks.push_back({scenes[i], sample[i], std::move(metric)});
  }
  return Judge(std::move(line), image.format() == VIPS_FORMAT_UCHAR, std::move(looks));
}

Result<VImage> Judge::seen_by(const Picture& candidate) const {
  if (candidate.frames == 1 && line_.scenes.size() == 1) return readable(candidate);
  IMGMILL_TRY(const Picture picture, in_memory(candidate));
  IMGMILL_TRY(const TimeLine line, time_line(picture));
  // What shows one picture all the time has no length that anybody could see.
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

Result<Similarity> Judge::score(const Picture& candidate, Detail detail) {
  IMGMILL_TRY(VImage image, seen_by(candidate));
  if (of_8_bits_ && image.format() == VIPS_FORMAT_USHORT) {
    IMGMILL_TRY(image, with_8_bits(image));
  }
  const int height = image.height() / static_cast<int>(looks_.size());
  Similarity worst;
  for (std::size_t i = 0; i < looks_.size(); ++i) {
    IMGMILL_TRY(
        Similarity found,
        looks_[i].metric.compare(view_of(image, static_cast<int>(i) * height, height), detail));
    found.frame = looks_[i].scene.frame;
    if (i == 0 || found.score < worst.score) worst = std::move(found);
  }
  return worst;
}

}  // namespace imgmill

#include "codecs/apng.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

#include "base/try.h"

namespace imgmill {
namespace {

using png::AnimationFrame;
using png::Raster;

// Scales grey samples of 1, 2 or 4 bits to the full range of 8 bits (W3C PNG, third edition,
// 13.12).
std::uint8_t sample_of_few(const std::uint8_t* row, std::size_t index, int bits) {
  const std::size_t at = index * static_cast<std::size_t>(bits);
  const auto shift = static_cast<unsigned>(8 - bits) - static_cast<unsigned>(at % 8);
  return static_cast<std::uint8_t>(row[at / 8] >> shift &
                                   ((1U << static_cast<unsigned>(bits)) - 1));
}

template <typename Sample>
Sample sample_at(const Raster& raster, const std::uint8_t* row, std::size_t index) {
  if constexpr (sizeof(Sample) == 2) {
    return static_cast<Sample>(row[2 * index] << 8 | row[2 * index + 1]);
  } else {
    return raster.bits == 8 ? row[index] : sample_of_few(row, index, raster.bits);
  }
}

/// Converts rows of a raster to samples with alpha: grey, alpha or red, green, blue, alpha.
template <typename Sample>
class Spreader {
 public:
  explicit Spreader(const Raster& raster) : raster_(raster) {}

  void spread(std::uint32_t y, std::vector<Sample>& out) const {
    const std::uint8_t* row = raster_.rows.data() + y * raster_.stride();
    const bool palette = raster_.colour == png::Colour::palette;
    const auto stored = static_cast<std::size_t>(png::channels(raster_.colour));
    const std::size_t colours = palette || !png::is_grey(raster_.colour) ? 3 : 1;
    out.resize(raster_.width * (colours + 1));
    Sample* to = out.data();
    for (std::size_t x = 0; x < raster_.width; ++x) {
      if (palette) {
        const png::Entry& entry = raster_.palette[sample_at<Sample>(raster_, row, x)];
        to = std::ranges::copy(entry, to).out;
        continue;
      }
      bool keyed = raster_.key.has_value();
      for (std::size_t c = 0; c < colours; ++c) {
        const Sample sample = sample_at<Sample>(raster_, row, x * stored + c);
        keyed = keyed && sample == (*raster_.key)[c];
        *to++ = static_cast<Sample>(sample * scale_);
      }
      *to++ = png::has_alpha(raster_.colour) ? sample_at<Sample>(raster_, row, x * stored + colours)
              : keyed                        ? Sample{0}
                                             : top;
    }
  }

 private:
  static constexpr Sample top = std::numeric_limits<Sample>::max();
  const Raster& raster_;
  int scale_ = raster_.bits < 8 ? 255 / ((1 << raster_.bits) - 1) : 1;
};

// Composites one straight-alpha pixel of `channels` samples over another (W3C PNG, third edition,
// 13.16), rounding to nearest.
template <typename Sample>
void blend_over(const Sample* from, Sample* to, std::size_t channels) {
  constexpr std::uint64_t top = std::numeric_limits<Sample>::max();
  const std::uint64_t alpha = from[channels - 1];
  if (alpha == 0) return;
  const std::uint64_t below = to[channels - 1];
  if (alpha == top || below == 0) {
    std::copy_n(from, channels, to);
    return;
  }
  // Both in units of top * top.
  const std::uint64_t upper = alpha * top;
  const std::uint64_t lower = (top - alpha) * below;
  const std::uint64_t sum = upper + lower;
  for (std::size_t c = 0; c + 1 < channels; ++c) {
    to[c] = static_cast<Sample>((from[c] * upper + to[c] * lower + sum / 2) / sum);
  }
  to[channels - 1] = static_cast<Sample>((sum + top / 2) / top);
}

template <typename Sample>
void draw(const Raster& raster, png::Blend blend, const Area& area, FrameCanvas& canvas) {
  const Spreader<Sample> spreader(raster);
  const auto channels = static_cast<std::size_t>(canvas.channels);
  std::vector<Sample> row;
  std::vector<Sample> below(blend == png::Blend::over ? raster.width * channels : 0);
  for (std::uint32_t y = 0; y < raster.height; ++y) {
    spreader.spread(y, row);
    std::uint8_t* const to = canvas.at(area.left, area.top + y);
    const std::size_t size = row.size() * sizeof(Sample);
    if (blend == png::Blend::source) {
      std::memcpy(to, row.data(), size);
      continue;
    }
    std::memcpy(below.data(), to, size);
    for (std::size_t at = 0; at < row.size(); at += channels) {
      blend_over(&row[at], &below[at], channels);
    }
    std::memcpy(to, below.data(), size);
  }
}

// Rounds frame delays to milliseconds without accumulating drift.
class DelayCounter {
 public:
  int delay_of(const AnimationFrame& frame) {
    const double own = 1000.0 * frame.delay / frame.parts;
    if (own <= 10) return count(seen_for(0));
    return count(own);
  }

 private:
  int count(double own) {
    wanted_ += own;
    const double delay = std::max(11.0, std::round(wanted_ - counted_));
    counted_ += delay;
    return static_cast<int>(delay);
  }

  double wanted_ = 0;
  double counted_ = 0;
};

Disposal disposal_of(const AnimationFrame& frame) {
  switch (frame.dispose) {
    case png::Dispose::background:
      return Disposal::clear;
    case png::Dispose::previous:
      return Disposal::restore;
    case png::Dispose::none:
      break;
  }
  return Disposal::keep;
}

}  // namespace

MovingPicture apng_animation(png::Animation file) {
  const Raster& form = file.form;
  MovingPicture animation;
  animation.width = form.width;
  animation.height = form.height;
  animation.channels = png::is_grey(form.colour) ? 2 : 4;
  animation.sample_bytes = form.bits == 16 ? 2 : 1;
  animation.opaque_frames =
      !png::has_alpha(form.colour) && !form.key &&
      std::ranges::all_of(form.palette, [](const png::Entry& entry) { return entry[3] == 255; });
  constexpr auto most_plays = static_cast<std::uint32_t>(std::numeric_limits<int>::max());
  animation.plays = static_cast<int>(std::min(file.plays, most_plays));
  DelayCounter counter;
  for (const AnimationFrame& frame : file.frames) {
    animation.frames.push_back({.area = {frame.left, frame.top, frame.width, frame.height},
                                .disposal = disposal_of(frame),
                                .delay = counter.delay_of(frame)});
  }
  const auto source = std::make_shared<const png::Animation>(std::move(file));
  animation.draw = [source](std::size_t index, const Area& area,
                            FrameCanvas& canvas) -> Result<void> {
    const AnimationFrame& frame = source->frames[index];
    IMGMILL_TRY(const Raster raster, png::raster_of(*source, frame));
    if (canvas.sample_bytes == 2) {
      draw<std::uint16_t>(raster, frame.blend, area, canvas);
    } else {
      draw<std::uint8_t>(raster, frame.blend, area, canvas);
    }
    return {};
  };
  return animation;
}

}  // namespace imgmill

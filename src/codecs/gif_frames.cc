#include "codecs/gif_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <utility>

#include "base/try.h"
#include "codecs/gif_pixels.h"
#include "metadata/bytes.h"

namespace imgmill {
namespace {

using metadata::GifPicture;
using metadata::GifScreen;

// Limit for later frames larger than the canvas, which are legal but useless: their indices are
// decoded before they are cropped.
constexpr std::uint64_t most_pixels_beyond = 64'000'000;

using Colour = std::array<std::uint8_t, 4>;

// Indices without a palette entry are black, as in browsers.
std::array<Colour, 256> palette_of(const GifPicture& picture) {
  std::array<Colour, 256> palette;
  palette.fill({0, 0, 0, 255});
  for (std::size_t i = 0; i < picture.colours.size() / 3; ++i) {
    palette[i] = {metadata::u8(picture.colours, 3 * i), metadata::u8(picture.colours, 3 * i + 1),
                  metadata::u8(picture.colours, 3 * i + 2), 255};
  }
  return palette;
}

// Returns the destination rows of an interlaced picture in storage order (GIF89a, appendix E).
std::vector<std::uint32_t> row_order(const GifPicture& picture) {
  std::vector<std::uint32_t> rows;
  rows.reserve(picture.height);
  struct Pass {
    std::uint32_t first, step;
  };
  constexpr std::array<Pass, 4> interlaced = {{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
  constexpr std::array<Pass, 1> straight = {{{0, 1}}};
  const std::span<const Pass> passes =
      picture.interlaced ? std::span<const Pass>(interlaced) : std::span<const Pass>(straight);
  for (const Pass& pass : passes) {
    for (std::uint32_t y = pass.first; y < picture.height; y += pass.step) rows.push_back(y);
  }
  return rows;
}

Area within(const GifPicture& picture, std::uint32_t width, std::uint32_t height) {
  const std::uint32_t left = std::min(picture.left, width);
  const std::uint32_t top = std::min(picture.top, height);
  return {.left = left,
          .top = top,
          .width = std::min(picture.width, width - left),
          .height = std::min(picture.height, height - top)};
}

Disposal disposal_of(const GifPicture& picture) {
  // Some writers use 4 because they mistook the bit position; browsers treat it as 3.
  if (picture.disposal == 2) return Disposal::clear;
  return picture.disposal == 3 || picture.disposal == 4 ? Disposal::restore : Disposal::keep;
}

// Some encoders omit the end code, which leaves a few bytes; a decoder misled by damaged codes
// leaves more.
constexpr std::size_t most_left_over = 16;

/// Draws the frames of one file.
class Drawer {
 public:
  Drawer(GifScreen screen, ShortFrame short_frame)
      : screen_(std::move(screen)), short_frame_(short_frame) {}

  Result<void> draw(std::size_t index, const Area& area, FrameCanvas& canvas) {
    const GifPicture& picture = screen_.pictures[index];
    indices_.resize(std::size_t{picture.width} * picture.height);
    const auto [found, left_over] = unpack_gif(picture.data, picture.code_size, indices_);
    if (left_over > most_left_over && short_frame_ == ShortFrame::refuse) {
      return fail(
          ErrorCode::bad_input,
          fmt::format("the data of frame {} of the GIF goes on behind its last pixel", index + 1),
          "restore the file from a copy; it was left as it is");
    }
    if (found < indices_.size() && short_frame_ == ShortFrame::refuse) {
      return fail(ErrorCode::bad_input,
                  fmt::format("frame {} of the GIF has {} of its {} pixels", index + 1, found,
                              indices_.size()),
                  "restore the file from a copy; it was left as it is");
    }
    const std::array<Colour, 256> palette = palette_of(picture);
    std::size_t first = 0;
    for (const std::uint32_t y : row_order(picture)) {
      if (first >= found) break;
      const std::size_t own = std::min<std::size_t>(area.width, found - first);
      const std::uint8_t* from = indices_.data() + first;
      first += picture.width;
      if (y >= area.height) continue;
      std::uint8_t* to = canvas.at(area.left, area.top + y);
      for (std::size_t x = 0; x < own; ++x, ++from, to += 4) {
        if (picture.clear && *from == *picture.clear) continue;
        std::ranges::copy(palette[*from], to);
      }
    }
    return {};
  }

 private:
  GifScreen screen_;
  ShortFrame short_frame_;
  std::vector<std::uint8_t> indices_;  ///< kept to reuse its memory
};

}  // namespace

Result<MovingPicture> gif_animation(GifScreen screen, ShortFrame short_frame) {
  if (screen.pictures.empty()) {
    return fail(ErrorCode::bad_input, "the GIF holds no picture",
                "restore the file from a copy; it was left as it is");
  }
  const GifPicture& first = screen.pictures.front();
  MovingPicture animation;
  animation.width = std::max(screen.width, first.left + first.width);
  animation.height = std::max(screen.height, first.top + first.height);
  if (animation.width == 0 || animation.height == 0) {
    return fail(ErrorCode::bad_input, "the GIF is empty: it has no width or no height",
                "restore the file from a copy; it was left as it is");
  }
  animation.plays = screen.plays;
  animation.opaque_frames = true;
  const std::uint64_t most =
      std::max(std::uint64_t{animation.width} * animation.height, most_pixels_beyond);
  for (const GifPicture& picture : screen.pictures) {
    if (std::uint64_t{picture.width} * picture.height > most) {
      return fail(ErrorCode::limit,
                  fmt::format("a frame of {} x {} pixels is far larger than the GIF of {} x {}",
                              picture.width, picture.height, animation.width, animation.height));
    }
    if (picture.clear) animation.opaque_frames = false;
    animation.frames.push_back({.area = within(picture, animation.width, animation.height),
                                .disposal = disposal_of(picture),
                                .delay = seen_for(picture.delay * 10)});
  }
  const auto drawer = std::make_shared<Drawer>(std::move(screen), short_frame);
  animation.draw = [drawer](std::size_t index, const Area& area, FrameCanvas& canvas) {
    return drawer->draw(index, area, canvas);
  };
  return animation;
}

}  // namespace imgmill

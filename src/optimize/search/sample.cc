#include "optimize/search/sample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "codecs/engine.h"

namespace imgmill {
namespace {

// Larger tiles have fewer seams; more tiles deviate less.
constexpr std::array<std::uint32_t, 3> sides = {192, 128, 64};
constexpr std::uint32_t share = 4;  // at most one tile in this many
constexpr std::uint32_t fewest = 12;
constexpr std::uint32_t most = 32;

// Gradually equalizes samples `step` apart on both sides of the seam. Subsampled chroma bleeds over
// seams, which would penalize strong colours next to others, an artifact that no real picture has.
void soften_across(std::byte* beyond, std::size_t step) {
  constexpr int reach = 4;
  for (int d = 0; d < reach; ++d) {
    std::byte& before = *(beyond - (static_cast<std::size_t>(d) + 1) * step);
    std::byte& after = *(beyond + static_cast<std::size_t>(d) * step);
    const int difference = std::to_integer<int>(after) - std::to_integer<int>(before);
    // Half of the difference at the seam, next to nothing four samples away.
    const int change = difference * (2 * (reach - d) - 1) / (4 * reach);
    before = static_cast<std::byte>(std::to_integer<int>(before) + change);
    after = static_cast<std::byte>(std::to_integer<int>(after) - change);
  }
}

// `row` and `pixel` are in bytes. 8-bit samples.
void soften_seams(std::span<std::byte> pixels, std::size_t row, std::size_t pixel,
                  std::size_t side) {
  for (std::size_t y = 0; y < pixels.size() / row; ++y) {
    for (std::size_t x = side * pixel; x < row; x += side * pixel) {
      for (std::size_t i = 0; i < pixel; ++i) soften_across(&pixels[y * row + x + i], pixel);
    }
  }
  for (std::size_t y = side; y < pixels.size() / row; y += side) {
    for (std::size_t i = 0; i < row; ++i) soften_across(&pixels[y * row + i], row);
  }
}

}  // namespace

Tiles::Place Tiles::place(std::uint32_t index) const {
  const std::uint64_t total = std::uint64_t{grid_wide} * grid_high;
  const std::uint64_t at = (2 * std::uint64_t{index} + 1) * total / (2 * count());
  const auto row = static_cast<std::uint32_t>(at / grid_wide);
  // Each row starts at a different offset (by the golden ratio), lest all tiles come from a few
  // columns.
  const auto turn = static_cast<std::uint32_t>(std::fmod(row * 0.6180339887, 1) * grid_wide);
  return {(static_cast<std::uint32_t>(at % grid_wide) + turn) % grid_wide, row};
}

std::optional<Tiles> tiles_of(std::uint32_t width, std::uint32_t height) {
  for (const std::uint32_t side : sides) {
    Tiles tiles{.side = side, .grid_wide = width / side, .grid_high = height / side};
    const std::uint64_t total = std::uint64_t{tiles.grid_wide} * tiles.grid_high;
    const auto wanted = static_cast<std::uint32_t>(std::min<std::uint64_t>(total / share, most));
    if (wanted < fewest) continue;
    tiles.sample_wide = static_cast<std::uint32_t>(std::sqrt(wanted));
    tiles.sample_high = wanted / tiles.sample_wide;
    return tiles;
  }
  return std::nullopt;
}

Result<Picture> sampled(const Picture& picture, const Tiles& tiles, std::uint32_t aside) {
  return with_engine(ErrorCode::bad_input, "the pixels cannot be read", [&] {
    VipsImage* const from = picture.image.get_image();
    const vips::VRegion region = picture.image.region();
    const std::size_t pixel = VIPS_IMAGE_SIZEOF_PEL(from);
    const std::size_t tile_row = tiles.side * pixel;
    const std::size_t row = tiles.sample_wide * tile_row;
    std::vector<std::byte> pixels(row * tiles.sample_high * tiles.side);
    for (std::uint32_t i = 0; i < tiles.count(); ++i) {
      const auto place = tiles.place(i);
      // At the far edges there is no space to shift.
      const std::uint32_t left =
          std::min(place.column * tiles.side + aside, picture.width() - tiles.side);
      const std::uint32_t top =
          std::min(place.row * tiles.side + aside, picture.height() - tiles.side);
      std::byte* into = pixels.data() + std::size_t{i / tiles.sample_wide} * tiles.side * row +
                        i % tiles.sample_wide * tile_row;
      const auto side = static_cast<int>(tiles.side);
      region.prepare(static_cast<int>(left), static_cast<int>(top), side, side);
      for (std::uint32_t y = 0; y < tiles.side; ++y, into += row) {
        std::memcpy(into, region.addr(static_cast<int>(left), static_cast<int>(top + y)), tile_row);
      }
    }
    if (from->BandFmt == VIPS_FORMAT_UCHAR) soften_seams(pixels, row, pixel, tiles.side);
    Picture sample = picture;
    sample.on_demand = false;
    sample.image = vips::VImage::new_from_memory_copy(
        pixels.data(), pixels.size(), static_cast<int>(tiles.sample_wide * tiles.side),
        static_cast<int>(tiles.sample_high * tiles.side), from->Bands, from->BandFmt);
    VipsImage* const to = sample.image.get_image();
    to->Type = from->Type;
    embed_profile(sample.image, profile_of(picture.image));
    return sample;
  });
}

std::optional<jpeg::Picture> sampled(const jpeg::Picture& picture, const Tiles& tiles) {
  int widest = 1;
  int highest = 1;
  for (const jpeg::Plane& plane : picture.planes) {
    widest = std::max(widest, plane.across);
    highest = std::max(highest, plane.down);
  }
  jpeg::Picture sample{.width = tiles.sample_wide * tiles.side,
                       .height = tiles.sample_high * tiles.side,
                       .chroma = picture.chroma};
  sample.segments = picture.segments;
  const auto blocks_of = [&](int factor, int largest) -> std::uint32_t {
    const std::uint32_t across = tiles.side / 8 * static_cast<std::uint32_t>(factor);
    return across % static_cast<std::uint32_t>(largest) == 0
               ? across / static_cast<std::uint32_t>(largest)
               : 0;
  };
  for (const jpeg::Plane& from : picture.planes) {
    const std::uint32_t wide = blocks_of(from.across, widest);  // per tile
    const std::uint32_t high = blocks_of(from.down, highest);
    if (wide == 0 || high == 0) return std::nullopt;
    jpeg::Plane to{.across = from.across,
                   .down = from.down,
                   .blocks_wide = wide * tiles.sample_wide,
                   .blocks_high = high * tiles.sample_high,
                   .id = from.id,
                   .steps = from.steps,
                   .unit = from.unit};
    to.allocate();
    const std::size_t row_bytes =
        std::size_t{wide} * jpeg::block_coefficients * sizeof(*to.levels.get());
    for (std::uint32_t i = 0; i < tiles.count(); ++i) {
      const auto [column, row] = tiles.place(i);
      const std::uint32_t to_column = i % tiles.sample_wide;
      const std::uint32_t to_row = i / tiles.sample_wide;
      for (std::uint32_t y = 0; y < high; ++y) {
        std::memcpy(to.block((std::size_t{to_row} * high + y) * to.blocks_wide +
                             std::size_t{to_column} * wide),
                    from.block((std::size_t{row} * high + y) * from.blocks_wide +
                               std::size_t{column} * wide),
                    row_bytes);
      }
    }
    sample.planes.push_back(std::move(to));
  }
  return sample;
}

}  // namespace imgmill

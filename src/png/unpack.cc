#include "png/unpack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/try.h"
#include "png/deflate.h"
#include "png/filter_rows.h"

namespace imgmill::png {
namespace {

std::span<const std::uint8_t> as_u8(ByteView bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// One of Adam7's seven passes.
struct Pass {
  std::uint32_t x, y, step_x, step_y;

  [[nodiscard]] std::uint32_t width(const Raster& raster) const {
    return (raster.width + step_x - 1 - x) / step_x;
  }
  [[nodiscard]] std::uint32_t height(const Raster& raster) const {
    return (raster.height + step_y - 1 - y) / step_y;
  }
  [[nodiscard]] std::size_t stride(const Raster& raster) const {
    return (width(raster) * raster.pixel_bits() + 7) / 8;
  }
  [[nodiscard]] std::uint64_t filtered_size(const Raster& raster) const {
    return width(raster) == 0 ? 0 : std::uint64_t{height(raster)} * (stride(raster) + 1);
  }
};

constexpr std::array<Pass, 7> adam7 = {{{0, 0, 8, 8},
                                        {4, 0, 8, 8},
                                        {0, 4, 4, 8},
                                        {2, 0, 4, 4},
                                        {0, 2, 2, 4},
                                        {1, 0, 2, 2},
                                        {0, 1, 1, 2}}};

// Writes the pixels of a pass to their positions.
void scatter(const Pass& pass, const std::vector<std::uint8_t>& from, Raster& raster) {
  const std::size_t bits = raster.pixel_bits();
  const std::size_t stride = raster.stride();
  const std::size_t pass_stride = pass.stride(raster);
  for (std::uint32_t row = 0; row < pass.height(raster); ++row) {
    const std::uint8_t* in = from.data() + row * pass_stride;
    std::uint8_t* out = raster.rows.data() + (pass.y + std::size_t{row} * pass.step_y) * stride;
    for (std::uint32_t column = 0; column < pass.width(raster); ++column) {
      const std::size_t x = pass.x + std::size_t{column} * pass.step_x;
      if (bits >= 8) {
        std::memcpy(out + x * bits / 8, in + column * bits / 8, bits / 8);
        continue;
      }
      const std::size_t from_bit = column * bits;
      const std::size_t to_bit = x * bits;
      const unsigned mask = (1U << bits) - 1;
      const unsigned sample = in[from_bit / 8] >> (8 - bits - from_bit % 8) & mask;
      out[to_bit / 8] =
          static_cast<std::uint8_t>(out[to_bit / 8] | sample << (8 - bits - to_bit % 8));
    }
  }
}

// Clears the undefined bits after the last pixel of each row.
void clear_padding(Raster& raster) {
  const std::size_t used = raster.width * raster.pixel_bits() % 8;
  if (used == 0) return;
  const auto mask = static_cast<std::uint8_t>(0xFF00U >> used);
  const std::size_t stride = raster.stride();
  for (std::size_t end = stride; end <= raster.rows.size(); end += stride) {
    raster.rows[end - 1] &= mask;
  }
}

bool indices_are_inside(const Raster& raster) {
  const std::size_t entries = raster.palette.size();
  if (entries >= std::size_t{1} << raster.bits) return true;
  const std::size_t bits = static_cast<std::size_t>(raster.bits);
  const std::size_t stride = raster.stride();
  for (std::uint32_t y = 0; y < raster.height; ++y) {
    const std::uint8_t* row = raster.rows.data() + y * stride;
    for (std::size_t at = 0; at < raster.width * bits; at += bits) {
      if ((row[at / 8] >> (8 - bits - at % 8) & ((1U << bits) - 1)) >= entries) return false;
    }
  }
  return true;
}

Result<void> unpack_passes(std::span<const std::uint8_t> filtered, Raster& raster) {
  raster.rows.assign(raster.stride() * raster.height, 0);
  for (const Pass& pass : adam7) {
    if (pass.width(raster) == 0 || pass.height(raster) == 0) continue;
    const auto own = filtered.first(pass.filtered_size(raster));
    filtered = filtered.subspan(own.size());
    std::vector<std::uint8_t> rows(pass.stride(raster) * pass.height(raster));
    if (!unfilter(own, pass.height(raster), pass.stride(raster), raster.step(), rows.data())) {
      return damaged("an unknown filter");
    }
    scatter(pass, rows, raster);
  }
  return {};
}

}  // namespace

std::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::bad_input, fmt::format("the PNG data is damaged ({})", what),
              "restore the file from a copy; it was left as it is");
}

Result<void> unpack(std::span<const ByteView> data, bool interlaced, Raster& raster) {
  std::uint64_t size = std::uint64_t{raster.height} * (raster.stride() + 1);
  if (interlaced) {
    size = 0;
    for (const Pass& pass : adam7) size += pass.filtered_size(raster);
  }

  std::vector<std::uint8_t> joined;
  std::span<const std::uint8_t> stream = as_u8(data.front());
  if (data.size() > 1) {
    for (const ByteView part : data) {
      joined.insert(joined.end(), as_u8(part).begin(), as_u8(part).end());
    }
    stream = joined;
  }
  std::optional<std::vector<std::uint8_t>> filtered = inflated(stream, size);
  joined = {};
  if (!filtered) return damaged("its pixels cannot be inflated");
  if (interlaced) {
    IMGMILL_CHECK(unpack_passes(*filtered, raster));
  } else {
    // In place, to avoid a second copy.
    if (!unfilter(*filtered, raster.height, raster.stride(), raster.step(), filtered->data())) {
      return damaged("an unknown filter");
    }
    raster.rows = *std::move(filtered);
    raster.rows.resize(raster.stride() * raster.height);
  }
  clear_padding(raster);
  if (raster.colour == Colour::palette && !indices_are_inside(raster)) {
    return damaged("a pixel has no colour in the palette");
  }
  return {};
}

}  // namespace imgmill::png

#include "jpeg/forward.h"

#include "base/simd_targets.h"
#include "jpeg/dct.h"
#include "jpeg/sharp_luma.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/forward.cc"
#include <hwy/foreach_target.h>
// Must follow foreach_target.h, which includes the code below once per instruction set.
#include <hwy/highway.h>

#include "jpeg/blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imgmill::jpeg {
namespace HWY_NAMESPACE {

// RGB to YCbCr (T.871, section 7), with the middle of the luma range shifted to 0.
void ConvertRow(const std::uint8_t* from, std::size_t width, const Band& band, std::size_t row) {
  float* HWY_RESTRICT y = band.row(0, row);
  float* HWY_RESTRICT cb = band.row(1, row);
  float* HWY_RESTRICT cr = band.row(2, row);
  for (std::size_t x = 0; x < width; ++x) {
    const float red = from[3 * x];
    const float green = from[3 * x + 1];
    const float blue = from[3 * x + 2];
    y[x] = 0.299F * red + 0.587F * green + 0.114F * blue - 128.0F;
    cb[x] = -0.168735892F * red - 0.331264108F * green + 0.5F * blue;
    cr[x] = 0.5F * red - 0.418687589F * green - 0.081312411F * blue;
  }
}

// Transforms eight rows of samples into the coefficients of one row of blocks, in sixteenths.
// `turned` is the DCT basis as [sample][frequency].
void TransformRow(const float* samples, std::size_t stride, std::size_t blocks,
                  const Matrix& turned, std::int16_t* out) {
  for (std::size_t block = 0; block < blocks; ++block, samples += 8, out += block_coefficients) {
    alignas(64) float down[block_coefficients] = {};
    alignas(64) float both[block_coefficients] = {};
    AddDown(samples, stride, turned, down);
    AddAcross(down, turned, both);
    RoundToSixteenths(both, out);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::jpeg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <optional>
#include <vector>

namespace imgmill::jpeg {
namespace {

HWY_EXPORT(ConvertRow);
HWY_EXPORT(TransformRow);

constexpr std::size_t band_rows = 8;

Plane empty_plane(const Samples& samples, std::size_t index) {
  Plane plane;
  plane.id = static_cast<std::uint8_t>(index + 1);
  plane.blocks_wide = (samples.width + 7) / 8;
  plane.blocks_high = (samples.height + 7) / 8;
  plane.steps.fill(1);
  plane.unit = 1.0F / 16;
  plane.allocate();
  return plane;
}

// Fills the band with the rows of samples from `top` on, padded by repeating the samples at the
// edges.
void fill_band(const Samples& samples, std::size_t top, std::optional<SharpLuma>& sharp,
               const Band& band) {
  for (std::size_t row = 0; row < band_rows; ++row) {
    const std::size_t at = std::min<std::size_t>(top + row, samples.height - 1);
    const std::uint8_t* from = samples.first + at * samples.row_size;
    if (samples.channels == 1) {
      float* to = band.row(0, row);
      for (std::size_t x = 0; x < samples.width; ++x) to[x] = static_cast<float>(from[x]) - 128;
    } else {
      HWY_DYNAMIC_DISPATCH(ConvertRow)(from, samples.width, band, row);
      if (sharp) sharp->correct(at, band.row(0, row), band.row(1, row), band.row(2, row));
    }
    for (std::size_t plane = 0; plane < static_cast<std::size_t>(samples.channels); ++plane) {
      float* to = band.row(plane, row);
      std::fill(to + samples.width, to + band.stride, to[samples.width - 1]);
    }
  }
}

}  // namespace

Picture forward_dct(const Samples& samples, Luma luma) {
  const auto planes = static_cast<std::size_t>(samples.channels);
  const std::size_t stride = (std::size_t{samples.width} + 7) / 8 * 8;
  std::vector<float> floats(planes * band_rows * stride);
  const Band band{floats.data(), band_rows, stride};
  const Matrix& basis = dct_basis();
  Matrix turned{};
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t k = 0; k < 8; ++k) turned[i][k] = basis[k][i];
  }
  Picture picture{.width = samples.width,
                  .height = samples.height,
                  .chroma = planes == 3 ? Chroma::second_and_third : Chroma::none};
  for (std::size_t i = 0; i < planes; ++i) picture.planes.push_back(empty_plane(samples, i));
  std::optional<SharpLuma> sharp;
  if (luma == Luma::for_halved_chroma && planes == 3) sharp.emplace(samples);
  for (std::size_t row = 0; row < picture.planes[0].blocks_high; ++row) {
    fill_band(samples, row * band_rows, sharp, band);
    for (std::size_t i = 0; i < planes; ++i) {
      Plane& plane = picture.planes[i];
      HWY_DYNAMIC_DISPATCH(TransformRow)
      (band.row(i, 0), stride, plane.blocks_wide, turned, plane.block(row * plane.blocks_wide));
    }
  }
  return picture;
}

}  // namespace imgmill::jpeg
#endif

// A JPEG picture as DCT coefficients.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "imgmill/buffer.h"

namespace imgmill::jpeg {

inline constexpr std::size_t block_coefficients = 64;

/// One value per coefficient of a block, in natural order: row by row, each row from low to high
/// horizontal frequencies.
using Steps = std::array<std::uint16_t, block_coefficients>;

/// Maps the coefficient order of files, zigzag, to natural order (ITU-T T.81, figure 5).
inline constexpr std::array<std::uint8_t, block_coefficients> zigzag = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

/// The blocks of 8 x 8 coefficients of one component. A coefficient is `level * step * unit`, in
/// the scale of T.81: a flat block of value v (0 in the middle of the range) has the DC coefficient
/// 8 v. Move-only; uses some two bytes per sample.
struct Plane {
  int across = 1;                 ///< horizontal sampling factor, 1..4
  int down = 1;                   ///< vertical sampling factor, 1..4
  std::uint32_t blocks_wide = 0;  ///< only blocks that hold samples of the picture
  std::uint32_t blocks_high = 0;  ///< only blocks that hold samples of the picture
  std::uint8_t id = 0;            ///< component identifier in the file
  Steps steps{};                  ///< 1..65535
  float unit = 1;
  std::unique_ptr<std::int16_t[]> levels;  ///< block by block, natural order within a block

  [[nodiscard]] std::size_t blocks() const { return std::size_t{blocks_wide} * blocks_high; }
  [[nodiscard]] const std::int16_t* block(std::size_t index) const {
    return levels.get() + index * block_coefficients;
  }
  [[nodiscard]] std::int16_t* block(std::size_t index) {
    return levels.get() + index * block_coefficients;
  }
  /// Allocates all blocks; their contents are unspecified. Throws std::bad_alloc.
  void allocate() {
    levels = std::make_unique_for_overwrite<std::int16_t[]>(blocks() * block_coefficients);
  }
};

/// An APPn or COM segment, without its marker and length.
struct Segment {
  std::uint8_t marker = 0;  ///< 0xE0..0xEF or 0xFE
  std::vector<std::byte> data;
};

/// Which of a picture's planes hold chroma.
enum class Chroma {
  none,              ///< grey, RGB, CMYK and unknown: planes are treated independently
  second_and_third,  ///< YCbCr and YCCK
};

/// The contents of a JPEG file.
struct Picture {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  Chroma chroma = Chroma::none;
  std::vector<Plane> planes{};  ///< 1..4
  std::vector<Segment> segments{};

  [[nodiscard]] bool is_chroma(std::size_t plane) const {
    return chroma == Chroma::second_and_third && (plane == 1 || plane == 2);
  }
};

}  // namespace imgmill::jpeg

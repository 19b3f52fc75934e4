// Constants of the VP8 format, with the sections of RFC 6386; no choices of ours.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace imgmill::webp {

/// Prediction modes for 16 x 16 luma samples or 8 x 8 chroma samples (section 8.2).
enum WholeMode : std::uint8_t { whole_dc, whole_true_motion, whole_vertical, whole_horizontal };
inline constexpr std::size_t whole_modes = 4;

/// Prediction modes for 4 x 4 luma samples (section 8.1, table of B_..._PRED). The first four
/// correspond to the modes of `WholeMode` with the same number.
enum BlockMode : std::uint8_t {
  block_dc,
  block_true_motion,
  block_vertical,
  block_horizontal,
  block_right_down,
  block_vertical_right,
  block_left_down,
  block_vertical_left,
  block_horizontal_down,
  block_horizontal_up,
};
inline constexpr std::size_t block_modes = 10;

/// The kind of coefficients in a block (section 13.3).
enum BlockKind : std::uint8_t { kind_luma_ac, kind_second_order, kind_chroma, kind_luma };
inline constexpr std::size_t block_kinds = 4;

/// Probabilities of a zero at each fork of the token tree, for each kind, band and context (section
/// 13.4).
inline constexpr std::size_t bands = 8;
inline constexpr std::size_t contexts = 3;
inline constexpr std::size_t forks = 11;
using Forks = std::array<std::uint8_t, forks>;
using Probabilities = std::array<std::array<std::array<Forks, contexts>, bands>, block_kinds>;

/// Section 13.5.
extern const Probabilities default_probabilities;
/// Probabilities that a probability is not updated: section 13.4.
extern const Probabilities update_probabilities;
/// Indexed by the mode above and the mode to the left: section 11.5.
extern const std::uint8_t block_mode_probabilities[block_modes][block_modes][block_modes - 1];
/// Section 14.1.
extern const std::array<std::uint8_t, 128> dc_steps;
extern const std::array<std::uint16_t, 128> ac_steps;

/// Maps zigzag positions to natural order (section 13).
inline constexpr std::array<std::uint8_t, 16> zigzag = {0, 1,  4,  8,  5, 2,  3,  6,
                                                        9, 12, 13, 10, 7, 11, 14, 15};
/// The band of each coefficient, and of the position after the last (section 13.3).
inline constexpr std::array<std::uint8_t, 17> band_of = {0, 1, 2, 3, 6, 4, 5, 6, 6,
                                                         6, 6, 6, 6, 6, 6, 7, 0};

/// Levels of a category are coded as the difference to `least`, in extra bits, most significant
/// first, with these probabilities (section 13.2).
struct Category {
  int least;
  std::size_t bits;
  std::array<std::uint8_t, 11> probabilities;
};
inline constexpr std::array<Category, 6> categories = {
    {{5, 1, {159}},
     {7, 2, {165, 145}},
     {11, 3, {173, 148, 140}},
     {19, 4, {176, 155, 140, 135}},
     {35, 5, {180, 157, 141, 134, 130}},
     {67, 11, {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}}}};
inline constexpr int highest_level = 2047;

}  // namespace imgmill::webp

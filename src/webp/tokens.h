// Converts the levels of macroblocks to tokens in file order.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "webp/entropy.h"
#include "webp/picture.h"

namespace imgmill::webp {

/// Walks through a picture's levels, macroblock by macroblock, and tracks the contexts from
/// neighbours (RFC 6386, section 13.3).
class TokenTeller {
 public:
  /// wide: macroblocks per row. Throws std::bad_alloc.
  explicit TokenTeller(std::size_t wide) : above_(wide) {}

  void start_row() { left_ = {}; }

  /// Passes the tokens of the next macroblock, in `column`, to a sink as in tell_block(). `levels`
  /// are the remaining levels; returns those after this macroblock.
  template <typename Sink>
  const std::int16_t* tell(const Macroblock& macroblock, std::size_t column,
                           const std::int16_t* levels, Sink& sink) {
    Contexts& above = above_[column];
    if (macroblock.skipped) {
      const auto keep_second = [&](Contexts& side) {
        side = {.second = macroblock.by_blocks ? side.second : std::uint8_t{0}};
      };
      keep_second(above);
      keep_second(left_);
      return levels;
    }
    const auto block = [&](BlockKind kind, std::uint8_t& a, std::uint8_t& l) {
      const auto end = static_cast<std::size_t>(*levels++);
      tell_block(sink, kind, static_cast<std::size_t>(a + l), levels, end);
      a = l = end > (kind == kind_luma_ac ? 1 : 0) ? 1 : 0;
      levels += end;
    };
    if (!macroblock.by_blocks) block(kind_second_order, above.second, left_.second);
    const BlockKind luma = macroblock.by_blocks ? kind_luma : kind_luma_ac;
    for (std::size_t i = 0; i < 16; ++i) block(luma, above.luma[i % 4], left_.luma[i / 4]);
    for (std::size_t i = 0; i < 4; ++i) {
      block(kind_chroma, above.blue[i % 2], left_.blue[i / 2]);
    }
    for (std::size_t i = 0; i < 4; ++i) block(kind_chroma, above.red[i % 2], left_.red[i / 2]);
    return levels;
  }

 private:
  struct Contexts {
    std::array<std::uint8_t, 4> luma{};
    std::array<std::uint8_t, 2> blue{};
    std::array<std::uint8_t, 2> red{};
    std::uint8_t second = 0;
  };
  std::vector<Contexts> above_;
  Contexts left_;
};

}  // namespace imgmill::webp

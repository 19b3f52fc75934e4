#include "compare/canvas.h"

#include <algorithm>
#include <array>

namespace imgmill {
namespace {

constexpr std::int64_t letter_columns = 5;
constexpr std::int64_t advance = letter_columns + 1;

/// Nine rows of five dots from top to bottom; '#' is set.
struct Glyph {
  char letter;
  std::string_view dots;
};

// Rows 0 to 6 are above the baseline, 7 and 8 below it.
constexpr std::array glyphs = {
    Glyph{'0', " ### #   ##  ### # ###  ##   # ###           "},
    Glyph{'1', "  #   ##    #    #    #    #   ###           "},
    Glyph{'2', " ### #   #    #  ##  #   #    #####          "},
    Glyph{'3', " ### #   #    #  ##     ##   # ###           "},
    Glyph{'4', "   #   ##  # # #  # #####   #    #           "},
    Glyph{'5', "######    ####     #    ##   # ###           "},
    Glyph{'6', " ### #    #### #   ##   ##   # ###           "},
    Glyph{'7', "#####    #   #   #    #   #    #             "},
    Glyph{'8', " ### #   ##   # ### #   ##   # ###           "},
    Glyph{'9', " ### #   ##   # ####    #    # ###           "},
    Glyph{'a', "           ###     # #####   # ####          "},
    Glyph{'b', "#    #    #### #   ##   ##   #####           "},
    Glyph{'c', "           #####    #    #     ####          "},
    Glyph{'d', "    #    # #####   ##   ##   # ####          "},
    Glyph{'e', "           ### #   #######     ####          "},
    Glyph{'f', "  ##  #   ####  #    #    #    #             "},
    Glyph{'g', "           #####   ##   ##   # ####    # ### "},
    Glyph{'h', "#    #    #### #   ##   ##   ##   #          "},
    Glyph{'i', "  #        ##    #    #    #   ###           "},
    Glyph{'j', "   #        ##    #    #    #    # #  #  ##  "},
    Glyph{'k', "#    #    #  # # #  ##   # #  #  #           "},
    Glyph{'l', " ##    #    #    #    #    #   ###           "},
    Glyph{'m', "          ## # # # ## # ## # ## # #          "},
    Glyph{'n', "          #### #   ##   ##   ##   #          "},
    Glyph{'o', "           ### #   ##   ##   # ###           "},
    Glyph{'p', "          #### #   ##   ##   ##### #    #    "},
    Glyph{'q', "           #####   ##   ##   # ####    #    #"},
    Glyph{'r', "          # ## ##   #    #    #              "},
    Glyph{'s', "           #####     ###     #####           "},
    Glyph{'t', " #    #   ####  #    #    #     ##           "},
    Glyph{'u', "          #   ##   ##   ##   # ####          "},
    Glyph{'v', "          #   ##   ##   # # #   #            "},
    Glyph{'w', "          #   ## # ## # ## # # # #           "},
    Glyph{'x', "          #   # # #   #   # # #   #          "},
    Glyph{'y', "          #   ##   ##   ##   # ####    # ### "},
    Glyph{'z', "          #####   #   #   #   #####          "},
    Glyph{'.', "                          ##   ##            "},
    Glyph{',', "                          ##   ##    #   #   "},
    Glyph{':', "           ##   ##        ##   ##            "},
    Glyph{'-', "               #####                         "},
    Glyph{'(', "   #   #   #    #    #     #     #           "},
    Glyph{')', " #     #     #    #    #   #   #             "},
};

constexpr bool complete() {
  for (const Glyph& glyph : glyphs) {
    if (glyph.dots.size() != static_cast<std::size_t>(letter_columns * text_rows)) return false;
  }
  return true;
}
static_assert(complete());

}  // namespace

Canvas::Canvas(std::uint32_t width, std::uint32_t height, Colour ground)
    : width_(width), height_(height), samples_(std::size_t{width} * height * 3) {
  fill(0, 0, width, height, ground);
}

void Canvas::fill(std::int64_t left, std::int64_t top, std::int64_t width, std::int64_t height,
                  Colour colour) {
  const auto within = [](std::int64_t at, std::uint32_t end) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(at, 0, end));
  };
  const std::uint32_t right = within(left + width, width_);
  const std::uint32_t bottom = within(top + height, height_);
  for (std::uint32_t y = within(top, height_); y < bottom; ++y) {
    for (std::uint32_t x = within(left, width_); x < right; ++x) set(x, y, colour);
  }
}

void Canvas::frame(std::int64_t left, std::int64_t top, std::int64_t width, std::int64_t height,
                   std::int64_t thick, Colour colour) {
  fill(left, top, width, thick, colour);
  fill(left, top + height - thick, width, thick, colour);
  fill(left, top, thick, height, colour);
  fill(left + width - thick, top, thick, height, colour);
}

void Canvas::text(std::int64_t x, std::int64_t y, std::uint32_t scale, std::string_view text,
                  Colour colour) {
  const auto dot = static_cast<std::int64_t>(scale);
  for (const char letter : text) {
    const auto* const glyph = std::ranges::find(glyphs, letter, &Glyph::letter);
    if (glyph != glyphs.end()) {
      for (std::size_t i = 0; i < glyph->dots.size(); ++i) {
        if (glyph->dots[i] != '#') continue;
        const auto at = static_cast<std::int64_t>(i);
        fill(x + at % letter_columns * dot, y + at / letter_columns * dot, dot, dot, colour);
      }
    }
    x += advance * dot;
  }
}

std::int64_t text_width(std::string_view text, std::uint32_t scale) {
  if (text.empty()) return 0;
  return (static_cast<std::int64_t>(text.size()) * advance - 1) * static_cast<std::int64_t>(scale);
}

}  // namespace imgmill

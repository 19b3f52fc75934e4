#include "metadata/png_colours.h"

#include <array>
#include <string_view>

#include "base/try.h"
#include "metadata/bytes.h"
#include "metadata/png_chunks.h"

namespace imgmill {
namespace {

using metadata::for_each_png_chunk;
using metadata::PngChunk;

constexpr std::array<std::string_view, 6> colour_chunks = {"gAMA", "cHRM", "sRGB",
                                                           "cICP", "mDCV", "cLLI"};

bool tells_colour(std::string_view type) {
  return std::ranges::find(colour_chunks, type) != colour_chunks.end();
}

struct Depth {
  int bits = 0;
  int colour_type = -1;
};

Depth depth_of(ByteView file) {
  Depth depth;
  for_each_png_chunk(file, [&](const PngChunk& chunk) {
    if (chunk.type == "IHDR" && chunk.data.size() == 13) {
      depth = {metadata::u8(chunk.data, 8), metadata::u8(chunk.data, 9)};
    }
  });
  return depth;
}

bool is_square_resolution(const PngChunk& chunk) {
  return chunk.type == "pHYs" && chunk.data.size() == 9 &&
         metadata::u32be(chunk.data, 0) == metadata::u32be(chunk.data, 4);
}

// Returns the chunks of `original` that `encoded` should have, ready to be written.
metadata::ByteWriter carried(ByteView original, ByteView encoded, PngProfile profile) {
  metadata::ByteWriter chunks;
  const Depth before = depth_of(original);
  const Depth after = depth_of(encoded);
  const bool same_depth = before.bits == after.bits && before.colour_type == after.colour_type;
  bool in_front = true;
  for_each_png_chunk(original, [&](const PngChunk& chunk) {
    if (chunk.type == "PLTE" || chunk.type == "IDAT") in_front = false;
    const bool wanted = tells_colour(chunk.type) || (chunk.type == "sBIT" && same_depth) ||
                        (chunk.type == "iCCP" && profile == PngProfile::original);
    if (in_front && wanted && chunk.sound()) chunks.append(chunk.whole);
  });
  return chunks;
}

enum class Drop { nothing, colours, colours_and_profile };

Result<Buffer> rebuilt(ByteView encoded, ByteView extra, Drop drop) {
  constexpr std::size_t signature_size = 8;
  if (encoded.size() < signature_size) {
    return fail(ErrorCode::bad_input, "the PNG data is cut off");
  }
  metadata::ByteWriter out(encoded.size() + extra.size());
  out.append(encoded.first(signature_size));
  const bool whole = for_each_png_chunk(encoded, [&](const PngChunk& chunk) {
    if (is_square_resolution(chunk)) return;
    if (drop != Drop::nothing && (tells_colour(chunk.type) || chunk.type == "sBIT")) return;
    if (drop == Drop::colours_and_profile && chunk.type == "iCCP") return;
    out.append(chunk.whole);
    if (chunk.type == "IHDR") out.append(extra);
  });
  if (!whole) return fail(ErrorCode::bad_input, "the PNG data is cut off");
  return std::move(out).take();
}

}  // namespace

Result<Buffer> carry_png_colours(ByteView original, ByteView encoded, PngProfile profile) {
  const Buffer extra = carried(original, encoded, profile).take();
  return rebuilt(encoded, extra.view(),
                 profile == PngProfile::original ? Drop::colours_and_profile : Drop::colours);
}

Result<Buffer> tidy_png(ByteView encoded) { return rebuilt(encoded, {}, Drop::nothing); }

}  // namespace imgmill

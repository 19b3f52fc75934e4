#include "codecs/png_header.h"

#include <fmt/format.h>

#include <string_view>

#include "base/try.h"
#include "metadata/bytes.h"
#include "metadata/png_chunks.h"
#include "png/raster.h"

namespace imgmill {
namespace {

std::unexpected<Error> damaged(std::string_view how) {
  return fail(ErrorCode::bad_input, fmt::format("the PNG data is damaged ({})", how),
              "restore the file from a copy; it was left as it is");
}

}  // namespace

Result<PngHeader> read_png_header(ByteView input) {
  PngHeader header;
  int colour_type = -1;
  bool overruled = false;
  bool in_front = true;  // of the first IDAT; all chunks of interest are there
  metadata::for_each_png_chunk(input, [&](const metadata::PngChunk& chunk) {
    const ByteView data = chunk.data;
    if (chunk.type == "IHDR" && data.size() == 13 && colour_type < 0) {
      header.width = metadata::u32be(data, 0);
      header.height = metadata::u32be(data, 4);
      header.bits = metadata::u8(data, 8);
      colour_type = metadata::u8(data, 9);
      header.interlaced = metadata::u8(data, 12) != 0;
    }
    if (chunk.type == "IDAT") in_front = false;
    if (!in_front || !chunk.sound()) return;
    if (chunk.type == "tRNS") header.alpha = true;
    if (chunk.type == "acTL" && data.size() == 8 && metadata::u32be(data, 0) > 0) {
      header.animated = header.still_apart = true;
      header.frames = metadata::u32be(data, 0);
      header.plays = metadata::u32be(data, 4);
    }
    if (chunk.type == "fcTL") header.still_apart = false;
    if (chunk.type == "gAMA" && data.size() == 4 && metadata::u32be(data, 0) != 0) {
      header.gamma = metadata::u32be(data, 0) / 100000.0;
    }
    if (chunk.type == "cHRM" && data.size() == 32) {
      auto& places = header.chromaticities.emplace();
      for (std::size_t i = 0; i < places.size(); ++i) {
        places[i] = metadata::u32be(data, 4 * i) / 100000.0;
      }
    }
    if (chunk.type == "sRGB" || chunk.type == "iCCP") overruled = true;
    if (chunk.type == "cICP" && data.size() == 4) {
      header.cicp = {metadata::u8(data, 0), metadata::u8(data, 1),
                     metadata::u8(data, 2) == 0 && metadata::u8(data, 3) == 1};
      overruled = true;
    }
  });
  if (overruled) {
    header.gamma.reset();
    header.chromaticities.reset();
  }

  if (colour_type < 0) return damaged("no header");
  if (header.width == 0 || header.height == 0 || header.width > 0x7FFFFFFF ||
      header.height > 0x7FFFFFFF) {
    return damaged(fmt::format("impossible size {} x {}", header.width, header.height));
  }
  if (!png::is_allowed(colour_type, header.bits)) {
    return damaged(fmt::format("colour type {} with {} bits", colour_type, header.bits));
  }
  header.palette = colour_type == 3;
  header.colour = colour_type == 2 || colour_type == 3 || colour_type == 6;
  header.alpha = header.alpha || colour_type == 4 || colour_type == 6;
  return header;
}

std::string diagnose_png(ByteView input) {
  std::string damage;
  const bool whole = metadata::for_each_png_chunk(input, [&](const metadata::PngChunk& chunk) {
    if (damage.empty() && !chunk.sound()) {
      damage = fmt::format("a {} chunk fails its checksum", chunk.type);
    }
  });
  if (damage.empty() && !whole) damage = "the file ends before the picture does";
  return damage;
}

}  // namespace imgmill

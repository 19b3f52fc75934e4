#include "support/gif_writer.h"

#include <array>
#include <map>
#include <span>

#include "support/must.h"

namespace imgmill::test {
namespace {

using Colour = std::array<std::uint16_t, 4>;

Colour colour_at(const Raster& raster, int x, int y) {
  if (raster.at(x, y, 3) == 0) return {};
  return {raster.at(x, y, 0), raster.at(x, y, 1), raster.at(x, y, 2), raster.at(x, y, 3)};
}

}  // namespace

GifFileType* open_gif(Bytes& out) {
  int error = 0;
  GifFileType* gif = EGifOpen(
      &out,
      [](GifFileType* file, const GifByteType* data, int size) {
        auto& bytes = *static_cast<Bytes*>(file->UserData);
        const auto more = std::as_bytes(std::span(data, static_cast<std::size_t>(size)));
        bytes.insert(bytes.end(), more.begin(), more.end());
        return size;
      },
      &error);
  must(gif != nullptr, "EGifOpen");
  EGifSetGifVersion(gif, true);
  return gif;
}

void close_gif(GifFileType* gif) {
  int error = 0;
  must(EGifCloseFile(gif, &error) == GIF_OK, "close");
}

void put_again(GifFileType* gif, int again) {
  must(EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK, "gif");
  must(EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0") == GIF_OK, "gif");
  const GifByteType body[3] = {1, static_cast<GifByteType>(again & 255),
                               static_cast<GifByteType>(again >> 8)};
  must(EGifPutExtensionBlock(gif, 3, body) == GIF_OK, "gif");
  must(EGifPutExtensionTrailer(gif) == GIF_OK, "gif");
}

// What the IDAT chunks of a PNG hold.
void put_part(GifFileType* gif, const GifPart& part) {
  const Raster full = rgba(part.picture);
  std::map<Colour, int> known;
  std::vector<GifColorType> colours;
  int clear = NO_TRANSPARENT_COLOR;
  std::vector<GifByteType> indices;
  for (int y = 0; y < full.height; ++y) {
    for (int x = 0; x < full.width; ++x) {
      const Colour colour = colour_at(full, x, y);
      const auto [place, fresh] = known.try_emplace(colour, static_cast<int>(colours.size()));
      if (fresh) {
        colours.push_back({static_cast<GifByteType>(colour[0]), static_cast<GifByteType>(colour[1]),
                           static_cast<GifByteType>(colour[2])});
        if (colour[3] == 0) clear = place->second;
      }
      indices.push_back(static_cast<GifByteType>(place->second));
    }
  }
  must(colours.size() <= 256, "too many colours for GIF");
  while (colours.size() < 2 || (colours.size() & (colours.size() - 1)) != 0) {
    colours.push_back({0, 0, 0});
  }
  const GraphicsControlBlock control{part.disposal, false, part.delay, clear};
  GifByteType block[4];
  EGifGCBToExtension(&control, block);
  must(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, block) == GIF_OK, "control");
  ColorMapObject* map = GifMakeMapObject(static_cast<int>(colours.size()), colours.data());
  must(EGifPutImageDesc(gif, part.left, part.top, full.width, full.height, part.interlaced, map) ==
           GIF_OK,
       "frame");
  const auto put_row = [&](int y) {
    must(EGifPutLine(gif, indices.data() + static_cast<std::ptrdiff_t>(y) * full.width,
                     full.width) == GIF_OK,
         "line");
  };
  if (part.interlaced) {
    for (const auto& [first, step] : {std::pair(0, 8), {4, 8}, {2, 4}, {1, 2}}) {
      for (int y = first; y < full.height; y += step) put_row(y);
    }
  } else {
    for (int y = 0; y < full.height; ++y) put_row(y);
  }
  GifFreeMapObject(map);
}

}  // namespace imgmill::test

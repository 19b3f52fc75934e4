#include "support/pictures.h"

#include "codecs/scenes.h"

namespace imgmill::test {

std::vector<Raster> frames_of(const Picture& picture) {
  const vips::VImage image = picture.image.copy_memory();
  const bool wide = image.format() == VIPS_FORMAT_USHORT;
  const int height = static_cast<int>(picture.height());
  std::vector<Raster> frames;
  for (std::uint32_t frame = 0; frame < picture.frames; ++frame) {
    Raster raster(image.width(), height, image.bands(), wide ? 16 : 8);
    std::size_t to = 0;
    for (int y = 0; y < height; ++y) {
      const void* row = VIPS_IMAGE_ADDR(image.get_image(), 0, static_cast<int>(frame) * height + y);
      for (int i = 0; i < image.width() * image.bands(); ++i) {
        raster.samples[to++] = wide ? static_cast<const std::uint16_t*>(row)[i]
                                    : static_cast<const std::uint8_t*>(row)[i];
      }
    }
    frames.push_back(rgba(raster));
  }
  return frames;
}

Movie movie_of(const Picture& picture) {
  Movie movie{.frames = frames_of(picture), .loop = plays_of(picture)};
  if (moves(picture)) movie.delays = picture.image.get_array_int("delay");
  return movie;
}

}  // namespace imgmill::test

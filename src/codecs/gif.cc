#include "codecs/gif.h"

#include <fmt/format.h>

#include <utility>

#include "codecs/engine.h"
#include "codecs/gif_frames.h"
#include "metadata/gif_blocks.h"

namespace imgmill {

bool GifCodec::matches(ByteView header) {
  return header.size() >= 6 &&
         (as_text(header.first(6)) == "GIF87a" || as_text(header.first(6)) == "GIF89a");
}

Result<ImageInfo> GifCodec::probe(ByteView input) {
  metadata::GifScreen screen = metadata::read_gif_screen(input);
  const bool interlaced = !screen.pictures.empty() && screen.pictures.front().interlaced;
  IMGMILL_TRY(const MovingPicture moving, gif_animation(std::move(screen)));
  ImageInfo info;
  info.format = Format::gif;
  info.width = moving.width;
  info.height = moving.height;
  info.frames = static_cast<std::uint32_t>(moving.frames.size());
  info.loop = moving.plays;
  info.alpha = !moving.opaque_frames || !covers_canvas(moving);
  info.channels = info.alpha ? 4 : 3;
  info.palette = true;
  info.progressive = interlaced;
  info.colour_space = "sRGB";
  return info;
}

Result<Picture> GifCodec::decode(ByteView input, const ImageInfo& info,
                                 const DecodeOptions& options) {
  const bool refuse = options.damage == Damage::refuse;
  // A GIF truncated between two frames would decode without an error, with fewer frames.
  if (const auto damage = diagnose(input); damage && refuse) {
    return fail(ErrorCode::bad_input, fmt::format("the GIF cannot be decoded: {}", *damage));
  }
  IMGMILL_TRY(MovingPicture moving,
              gif_animation(metadata::read_gif_screen(input),
                            refuse ? ShortFrame::refuse : ShortFrame::leave_the_rest));
  return with_engine(ErrorCode::bad_input, "the GIF cannot be decoded", [&] {
    Picture picture = stacked(std::move(moving), info.frames);
    picture.source_palette = true;
    if (options.access == Access::random) picture.image = picture.image.copy_memory();
    return picture;
  });
}

Result<Buffer> GifCodec::encode(const Picture& picture, const EncodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the picture could not be turned into GIF", [&] {
    auto* save = vips::VImage::option();
    save->set("effort", options.effort == Effort::fast       ? 3
                        : options.effort == Effort::balanced ? 7
                                                             : 10);
    const bool exact = options.lossless || options.quality >= 100;
    save->set("dither", picture.source_palette || exact ? 0.0 : 1.0);
    if (offers("gifsave_buffer", "keep_duplicate_frames")) {
      save->set("keep_duplicate_frames", true);
    }
    if (exact) {
      save->set("interframe_maxerror", 0.0)->set("interpalette_maxerror", 0.0);
    } else {
      // Frames may differ by this much, in 8-bit steps, and still share pixels and palettes;
      // quality 80 gives cgif's and libvips's own defaults.
      save->set("interframe_maxerror", (100 - options.quality) / 10.0);
      save->set("interpalette_maxerror", (100 - options.quality) * 3.0 / 20.0);
    }
    keep_profile_only(save);
    return take_blob(without_metadata(picture.image).gifsave_buffer(save));
  });
}

std::optional<std::string> GifCodec::diagnose(ByteView input) {
  std::string damage = metadata::diagnose_gif(input);
  // Whole blocks can still hold invalid data, which only the engine detects.
  if (damage.empty()) return std::nullopt;
  return damage;
}

}  // namespace imgmill

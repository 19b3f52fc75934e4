#include "codecs/gif.h"

#include <fmt/format.h>

#include <algorithm>

#include "codecs/engine.h"
#include "metadata/gif_blocks.h"

namespace imgmill {

bool GifCodec::matches(ByteView header) {
  return header.size() >= 6 &&
         (as_text(header.first(6)) == "GIF87a" || as_text(header.first(6)) == "GIF89a");
}

Result<ImageInfo> GifCodec::probe(ByteView input) {
  return with_engine(ErrorCode::bad_input, "the GIF header cannot be read", [&] {
    BlobView blob(input);
    const vips::VImage image = vips::VImage::gifload_buffer(blob.get());
    ImageInfo info;
    info.format = Format::gif;
    info.width = static_cast<std::uint32_t>(image.width());
    info.height = static_cast<std::uint32_t>(image.height());
    // Older engines stop at 4,097 frames.
    info.frames = std::max(static_cast<std::uint32_t>(header_int(image, VIPS_META_N_PAGES, 1)),
                           metadata::count_gif_frames(input));
    info.loop = header_int(image, "loop", 0);
    info.channels = image.bands();
    info.alpha = image.has_alpha();
    info.palette = true;
    info.progressive = header_int(image, "interlaced", 0) != 0;
    info.colour_space = image.bands() < 3 ? "grey" : "sRGB";
    return info;
  });
}

Result<Picture> GifCodec::decode(ByteView input, const ImageInfo& info,
                                 const DecodeOptions& options) {
  // The engine decodes a GIF that ends between two frames well, into fewer of them.
  if (const auto damage = diagnose(input); damage && options.damage == Damage::refuse) {
    return fail(ErrorCode::bad_input, fmt::format("the GIF cannot be decoded: {}", *damage));
  }
  IMGMILL_TRY(Picture picture, with_engine(ErrorCode::bad_input, "the GIF cannot be decoded", [&] {
                BlobView blob(input);
                auto* load = load_options(options, VIPS_FAIL_ON_ERROR);
                if (info.frames > 1) load->set("n", -1);
                const vips::VImage image = vips::VImage::gifload_buffer(blob.get(), load);
                return Picture{.image = image, .frames = info.frames, .source_palette = true};
              }));
  const auto read = static_cast<std::uint32_t>(header_int(picture.image, VIPS_META_N_PAGES, 1));
  if (info.frames > 1 && read < info.frames) {
    return fail(ErrorCode::unsupported,
                fmt::format("libvips {} reads only {} of the {} frames", engine_version(), read,
                            info.frames),
                "use the libvips that imgmill is built with by default");
  }
  return picture;
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
      // Frames may differ by this much, in 8-bit steps, and still share pixels
      // and palettes; quality 80 gives cgif's and libvips's own defaults.
      save->set("interframe_maxerror", (100 - options.quality) / 10.0);
      save->set("interpalette_maxerror", (100 - options.quality) * 3.0 / 20.0);
    }
    keep_profile_only(save);
    return take_blob(without_metadata(picture.image).gifsave_buffer(save));
  });
}

std::optional<std::string> GifCodec::diagnose(ByteView input) {
  std::string damage = metadata::diagnose_gif(input);
  // Whole blocks can still hold nonsense: then only the engine knows more.
  if (damage.empty()) return std::nullopt;
  return damage;
}

}  // namespace imgmill

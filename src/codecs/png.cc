#include "codecs/png.h"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

#include "codecs/engine.h"
#include "codecs/png_header.h"

namespace imgmill {
namespace {

// One way of packing the same pixels.
struct Packing {
  int filter;
  int level;
  bool palette;
};

// Filters are worth trying, because which is best is not known beforehand. The sets are
// the smallest that came within 2% of trying all, over Kodak and 40
// screenshots of gnome-user-docs.
std::span<const Packing> packings(Effort effort) {
  static constexpr std::array fast = {Packing{VIPS_FOREIGN_PNG_FILTER_ALL, 6, false}};
  static constexpr std::array balanced = {
      Packing{VIPS_FOREIGN_PNG_FILTER_ALL, 9, false},
      Packing{VIPS_FOREIGN_PNG_FILTER_NONE, 9, false},
      Packing{VIPS_FOREIGN_PNG_FILTER_SUB, 9, false},
  };
  static constexpr std::array max = {
      Packing{VIPS_FOREIGN_PNG_FILTER_ALL, 9, false},
      Packing{VIPS_FOREIGN_PNG_FILTER_NONE, 9, false},
      Packing{VIPS_FOREIGN_PNG_FILTER_SUB, 9, false},
      Packing{VIPS_FOREIGN_PNG_FILTER_UP, 9, false},
      Packing{VIPS_FOREIGN_PNG_FILTER_AVG, 9, false},
      Packing{VIPS_FOREIGN_PNG_FILTER_PAETH, 9, false},
  };
  switch (effort) {
    case Effort::fast:
      return fast;
    case Effort::balanced:
      return balanced;
    case Effort::max:
      return max;
  }
  return balanced;
}

// Whether the picture has at most 256 colours (with alpha). Stops looking at
// the 257th, so photographs cost next to nothing.
bool fits_palette(const vips::VImage& image) {
  if (image.format() != VIPS_FORMAT_UCHAR || image.bands() < 3) return false;
  std::unordered_set<std::uint32_t> colours;
  const auto bands = static_cast<std::size_t>(image.bands());
  const auto* pixel = static_cast<const std::uint8_t*>(image.data());
  const std::size_t pixels =
      static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(image.height());
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < pixels; ++i, pixel += bands) {
    std::uint32_t colour = 0;
    for (std::size_t band = 0; band < bands; ++band) colour = colour << 8 | pixel[band];
    if (i > 0 && colour == last) continue;
    last = colour;
    colours.insert(colour);
    if (colours.size() > 256) return false;
  }
  return true;
}

Buffer save(const vips::VImage& image, const Packing& packing, const EncodeOptions& options,
            int source_bits) {
  auto* save_options =
      vips::VImage::option()->set("filter", packing.filter)->set("compression", packing.level);
  if (packing.palette) {
    save_options->set("palette", true)
        ->set("Q", options.lossless ? 100 : options.quality)
        ->set("dither", options.lossless ? 0.0 : 1.0)
        ->set("effort", options.effort == Effort::fast ? 2 : 7);
  } else if (image.format() == VIPS_FORMAT_UCHAR && image.bands() == 1 && source_bits < 8) {
    save_options->set("bitdepth", source_bits);
  }
  keep_profile_only(save_options);
  return take_blob(image.pngsave_buffer(save_options));
}

}  // namespace

bool PngCodec::matches(ByteView header) {
  using namespace std::string_view_literals;
  return header.size() >= 8 && as_text(header.first(8)) == "\x89PNG\r\n\x1A\n"sv;
}

Result<ImageInfo> PngCodec::probe(ByteView input) {
  IMGMILL_TRY(const PngHeader header, read_png_header(input));
  ImageInfo info;
  info.format = Format::png;
  info.width = header.width;
  info.height = header.height;
  info.frames = header.frames;
  info.bits = header.bits;
  info.channels = (header.colour ? 3 : 1) + (header.alpha ? 1 : 0);
  info.alpha = header.alpha;
  info.palette = header.palette;
  info.lossless = true;
  info.progressive = header.interlaced;
  info.colour_space = header.colour ? "sRGB" : "grey";
  return info;
}

Result<Picture> PngCodec::decode(ByteView input, const ImageInfo& info,
                                 const DecodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the PNG cannot be decoded", [&] {
    BlobView blob(input);
    // libpng warns of many things that lose nothing; errors and broken sums do.
    return Picture{.image = vips::VImage::pngload_buffer(blob.get(),
                                                         load_options(options, VIPS_FAIL_ON_ERROR)),
                   .source_bits = info.bits,
                   .source_palette = info.palette};
  });
}

Result<Buffer> PngCodec::encode(const Picture& picture, const EncodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the picture could not be turned into PNG", [&] {
    const vips::VImage image = without_metadata(picture.image);
    const bool quantise =
        !options.lossless && options.quality < 100 && image.format() == VIPS_FORMAT_UCHAR;
    if (quantise) {
      return save(image, {VIPS_FOREIGN_PNG_FILTER_NONE, 9, true}, options, picture.source_bits);
    }
    const vips::VImage pixels = image.copy_memory();  // read once for each packing
    EncodeOptions exact = options;
    exact.lossless = true;
    std::optional<Buffer> best;
    const auto consider = [&](const Packing& packing) {
      Buffer bytes = save(pixels, packing, exact, picture.source_bits);
      if (!best || bytes.size() < best->size()) best = std::move(bytes);
    };
    for (const Packing& packing : packings(options.effort)) consider(packing);
    if (options.palette == PaletteUse::allow && fits_palette(pixels)) {
      consider({VIPS_FOREIGN_PNG_FILTER_NONE, 9, true});
    }
    return std::move(*best);
  });
}

std::optional<std::string> PngCodec::diagnose(ByteView input) {
  std::string damage = diagnose_png(input);
  // Whole chunks can still hold nonsense: then only the engine knows more.
  if (damage.empty()) return std::nullopt;
  return damage;
}

}  // namespace imgmill

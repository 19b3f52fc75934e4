#include "codecs/png.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "codecs/apng.h"
#include "codecs/engine.h"
#include "codecs/png_header.h"
#include "png/animation.h"
#include "png/optimizer.h"
#include "png/png_file.h"
#include "png/raster.h"

namespace imgmill {
namespace {

// Returns the pixels unchanged if PNG can hold them; none if they have to be converted first.
std::optional<png::Raster> raster_of(const vips::VImage& image) {
  const bool wide = image.format() == VIPS_FORMAT_USHORT;
  if (!wide && image.format() != VIPS_FORMAT_UCHAR) return std::nullopt;
  const VipsInterpretation meaning = image.interpretation();
  const bool grey = meaning == VIPS_INTERPRETATION_B_W || meaning == VIPS_INTERPRETATION_GREY16;
  const bool colour = meaning == VIPS_INTERPRETATION_sRGB || meaning == VIPS_INTERPRETATION_RGB16 ||
                      meaning == VIPS_INTERPRETATION_RGB;
  const bool says_wide =
      meaning == VIPS_INTERPRETATION_GREY16 || meaning == VIPS_INTERPRETATION_RGB16;
  const int bands = image.bands();
  if (wide != says_wide || !(grey ? bands <= 2 : colour && (bands == 3 || bands == 4))) {
    return std::nullopt;
  }
  constexpr std::array kinds = {png::Colour::grey, png::Colour::grey_alpha, png::Colour::rgb,
                                png::Colour::rgb_alpha};
  png::Raster raster;
  raster.width = static_cast<std::uint32_t>(image.width());
  raster.height = static_cast<std::uint32_t>(image.height());
  raster.colour = kinds[static_cast<std::size_t>(bands) - 1];
  raster.bits = wide ? 16 : 8;
  const auto* bytes = static_cast<const std::uint8_t*>(image.data());
  const std::size_t size = raster.stride() * raster.height;
  if (!wide) {
    raster.rows.assign(bytes, bytes + size);
    return raster;
  }
  raster.rows.resize(size);
  for (std::size_t i = 0; i < size; i += 2) {
    std::uint16_t sample = 0;
    std::memcpy(&sample, bytes + i, sizeof sample);
    raster.rows[i] = static_cast<std::uint8_t>(sample >> 8);
    raster.rows[i + 1] = static_cast<std::uint8_t>(sample);
  }
  return raster;
}

// Returns the colour space of a profile, from its header (ICC.1, 7.2): "GRAY" or "RGB ".
std::string_view space_of(ByteView profile) {
  constexpr std::size_t at = 16;
  return profile.size() < at + 4 ? std::string_view{} : as_text(profile.subspan(at, 4));
}

// Converts grey to RGB, for use with an RGB profile.
png::Raster coloured(const png::Raster& grey) {
  png::Raster out;
  out.width = grey.width;
  out.height = grey.height;
  out.bits = grey.bits;
  const bool alpha = png::has_alpha(grey.colour);
  out.colour = alpha ? png::Colour::rgb_alpha : png::Colour::rgb;
  const std::size_t sample = static_cast<std::size_t>(grey.bits) / 8;
  out.rows.resize(out.stride() * out.height);
  std::uint8_t* to = out.rows.data();
  for (std::size_t i = 0; i < grey.rows.size(); i += grey.step()) {
    for (int copy = 0; copy < 3; ++copy, to += sample) std::memcpy(to, &grey.rows[i], sample);
    if (alpha) {
      std::memcpy(to, &grey.rows[i + sample], sample);
      to += sample;
    }
  }
  return out;
}

png::Options options_for(const EncodeOptions& options) {
  return {.effort = options.effort,
          .palette = options.palette == PaletteUse::allow,
          .clean_alpha = options.clean_alpha,
          .threads = threads_per_image()};
}

// Encodes quickly with the engine.
Buffer saved(const vips::VImage& image, bool palette, const EncodeOptions& options) {
  auto* save_options =
      vips::VImage::option()->set("filter", VIPS_FOREIGN_PNG_FILTER_NONE)->set("compression", 1);
  if (palette) {
    save_options->set("palette", true)
        ->set("Q", options.whole_quality())
        ->set("dither", options.dither)
        ->set("effort", options.effort == Effort::fast ? 2 : 7);
  }
  keep_profile_only(save_options);
  return take_blob(image.pngsave_buffer(save_options));
}

// Repacks another encoder's output; returns its own bytes if that fails.
Buffer packed(Buffer bytes, const EncodeOptions& options) {
  png::Options how = options_for(options);
  Result<Buffer> better = png::optimize(bytes.view(), how);
  return better && better->size() < bytes.size() ? std::move(*better) : std::move(bytes);
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
  if (header.animated) {
    info.loop = static_cast<int>(std::min<std::uint32_t>(header.plays, 0x7FFFFFFF));
    // Frames smaller than the canvas may leave parts transparent; decoding reports errors in them.
    const Result<png::Animation> frames = png::read_animation(input);
    info.alpha = info.alpha || !frames || !covers_canvas(apng_animation(*frames));
    info.channels = (header.colour ? 3 : 1) + (info.alpha ? 1 : 0);
  }
  return info;
}

namespace {

// True if browsers show something other than the still picture that other decoders see.
bool shows_frames(const PngHeader& header, const ImageInfo& info) {
  return header.animated && (info.frames > 1 || header.still_apart);
}

Result<Picture> decode_frames(ByteView input, const ImageInfo& info) {
  IMGMILL_TRY(png::Animation frames, png::read_animation(input));
  return with_engine(ErrorCode::bad_input, "the PNG cannot be decoded", [&] {
    Picture picture = stacked(apng_animation(std::move(frames)), info.frames);
    picture.source_bits = info.bits;
    picture.source_palette = info.palette;
    const Buffer profile = read_metadata(input, Format::png).icc;
    if (!profile.empty()) {
      picture.image = picture.image.copy();
      embed_profile(picture.image, profile.view());
    }
    return picture;
  });
}

// Up to this size the whole picture may be in memory, twice while it is decoded.
constexpr std::uint64_t most_pixels_at_once = 16'000'000;

// Resolution from pHYs, if its unit is the metre (W3C PNG, third edition, 11.3.4.3).
std::optional<double> dots_per_mm(const png::Surroundings& surroundings) {
  for (const png::Chunk& chunk : surroundings.before) {
    if (chunk.type != "pHYs") continue;
    if (chunk.data.size() != 9) return std::nullopt;
    const auto number = [&](std::size_t at) {
      std::uint32_t value = 0;
      for (std::size_t i = at; i < at + 4; ++i) {
        value = value << 8 | std::to_integer<std::uint32_t>(chunk.data[i]);
      }
      return value;
    };
    const bool metres = chunk.data[8] == std::byte{1};
    if (!metres || number(0) != number(4) || number(0) == 0) return std::nullopt;
    return number(0) / 1000.0;
  }
  return 1;
}

// Returns the 8-bit pixels of `raster`, which gives them up, so that memory holds them only once.
vips::VImage image_of(png::Raster& raster, double dots_per_mm) {
  auto rows = std::make_unique<std::vector<std::uint8_t>>(std::move(raster.rows));
  vips::VImage image = vips::VImage::new_from_memory(
      rows->data(), rows->size(), static_cast<int>(raster.width), static_cast<int>(raster.height),
      png::channels(raster.colour), VIPS_FORMAT_UCHAR);
  VipsImage* const header = image.get_image();
  g_object_set_data_full(G_OBJECT(header), "imgmill-rows", rows.release(), [](gpointer data) {
    delete static_cast<std::vector<std::uint8_t>*>(data);
  });
  header->Type = png::is_grey(raster.colour) ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  header->Xres = dots_per_mm;
  header->Yres = dots_per_mm;
  return image;
}

// Decodes ordinary pictures without the engine, 1.6 times as fast. None for all others, including
// damaged ones.
std::optional<Picture> decode_here(ByteView input, const ImageInfo& info) {
  if (info.frames != 1 || info.palette || info.bits != 8 ||
      std::uint64_t{info.width} * info.height > most_pixels_at_once) {
    return std::nullopt;
  }
  Result<png::File> file = png::read_file(input);
  if (!file || file->raster.bits != 8 || file->raster.key) return std::nullopt;
  const std::optional<double> resolution = dots_per_mm(file->surroundings);
  if (!resolution) return std::nullopt;
  vips::VImage image = image_of(file->raster, *resolution);
  if (file->surroundings.profile) {
    const Buffer profile = read_metadata(input, Format::png).icc;
    if (profile.empty()) return std::nullopt;
    embed_profile(image, profile.view());
  }
  return Picture{.image = image};
}

}  // namespace

Result<Picture> PngCodec::decode(ByteView input, const ImageInfo& info,
                                 const DecodeOptions& options) {
  IMGMILL_TRY(const PngHeader header, read_png_header(input));
  if (shows_frames(header, info)) return decode_frames(input, info);
  IMGMILL_TRY(std::optional<Picture> here,
              with_engine(ErrorCode::bad_input, "the PNG cannot be decoded",
                          [&] { return decode_here(input, info); }));
  if (here) return *std::move(here);
  return with_engine(ErrorCode::bad_input, "the PNG cannot be decoded", [&] {
    BlobView blob(input);
    // libpng warns of many harmless things; errors and bad checksums count.
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
      Buffer bytes = saved(image, true, options);
      return options.draft == Draft::yes ? std::move(bytes) : packed(std::move(bytes), options);
    }
    const vips::VImage pixels = image.copy_memory();
    std::optional<png::Raster> raster = raster_of(pixels);
    if (!raster) return packed(saved(pixels, false, options), options);
    ByteView profile = profile_of(pixels);
    const std::string_view space = space_of(profile);
    if (space == "RGB " && png::is_grey(raster->colour)) raster = coloured(*raster);
    const bool explains = space == (png::is_grey(raster->colour) ? "GRAY" : "RGB ");
    if (!explains) profile = {};
    return png::encode(*std::move(raster), profile, options_for(options));
  });
}

CodecFacts PngCodec::facts(ByteView input, const ImageInfo& info) {
  CodecFacts facts;
  if (const auto header = read_png_header(input)) facts.still_apart = header->still_apart;
  facts.sequence = info.frames > 1 || facts.still_apart;
  return facts;
}

std::optional<std::string> PngCodec::diagnose(ByteView input) {
  std::string damage = diagnose_png(input);
  // Whole chunks can still hold invalid data, which only the engine detects.
  if (damage.empty()) return std::nullopt;
  return damage;
}

}  // namespace imgmill

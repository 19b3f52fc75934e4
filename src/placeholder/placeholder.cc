#include "imgmill/placeholder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/base64.h"
#include "base/try.h"
#include "codecs/engine.h"
#include "optimize/source/damage.h"
#include "optimize/source/implied_colours.h"
#include "optimize/source/source.h"
#include "placeholder/admission.h"
#include "placeholder/hashes.h"
#include "placeholder/palette.h"
#include "placeholder/small_picture.h"
#include "transform/scale.h"
#include "transform/transform.h"

namespace imgmill {
namespace {

/// The size with `longest` pixels on the longer side; never larger than before.
Extent within_side(Extent from, std::uint32_t longest) {
  const std::uint32_t side = std::max(from.width, from.height);
  if (side <= longest) return from;
  const auto scaled = [&](std::uint32_t length) {
    return std::max(
        static_cast<std::uint32_t>(std::lround(static_cast<double>(length) * longest / side)),
        std::uint32_t{1});
  };
  return {scaled(from.width), scaled(from.height)};
}

/// The first frame, small, upright, in 8-bit sRGB.
Result<Picture> small_and_upright(const Source& source, Damage damage) {
  const FormatInfo& target = info(Format::png);
  ImageInfo header = source.info;
  header.frames = 1;
  IMGMILL_TRY(Picture picture, decoded(source, header, {.damage = damage}));
  const Extent extent =
      within_side({picture.width(), picture.height()}, SmallPicture::longest_side);
  IMGMILL_TRY(picture, scaled_to(std::move(picture), extent, {}));
  IMGMILL_TRY(picture, turned_upright(std::move(picture), source.info.orientation));
  Findings findings;  // unused: placeholders have no notes
  IMGMILL_TRY(picture, with_channels_for(std::move(picture), target, true, findings));
  IMGMILL_TRY(picture,
              with_colours_for(std::move(picture), source.colours, target, true, findings));
  return with_engine(ErrorCode::bad_input, "the picture cannot be decoded", [&] {
    vips::VImage image = picture.image.colourspace(VIPS_INTERPRETATION_sRGB);
    if (!image.has_alpha()) image = image.bandjoin_const({255.0});
    picture.image = image.cast(VIPS_FORMAT_UCHAR).copy_memory();
    return picture;
  });
}

Result<SmallPicture> pixels_of(const Picture& picture) {
  if (picture.image.bands() != 4) {
    return fail(ErrorCode::internal, "a small picture does not have four channels",
                "please report this with the image");
  }
  SmallPicture small{picture.width(), picture.height(), {}};
  small.rgba.resize(std::size_t{small.width} * small.height * 4);
  std::memcpy(small.rgba.data(), VIPS_IMAGE_ADDR(picture.image.get_image(), 0, 0),
              small.rgba.size());
  return small;
}

/// Memory needed to decode the picture: that of the program, of the pixels, and of a decoder that
/// holds them once more.
std::uint64_t memory_need_of_placeholder(const Source& source) {
  constexpr std::uint64_t program = 42'000'000;
  ImageInfo first = source.info;
  first.channels = std::max(first.channels, 3);
  return program + 2 * first.decoded_bytes();
}

/// Returns the largest and best WebP that is short enough as a data URI.
Result<std::string> data_uri_of(const Picture& picture) {
  constexpr std::array<std::uint32_t, 6> sides = {32, 24, 20, 16, 12, 8};
  constexpr std::array<double, 3> qualities = {40, 20, 5};
  const Codec& webp = codec(Format::webp);
  for (const std::uint32_t side : sides) {
    IMGMILL_TRY(const Picture small,
                scaled_to(picture, within_side({picture.width(), picture.height()}, side), {}));
    for (const double quality : qualities) {
      IMGMILL_TRY(const Buffer bytes, webp.encode(small, {.quality = quality}));
      std::string uri = "data:image/webp;base64," + base64(bytes.view());
      if (uri.size() <= Placeholder::longest_data_uri) return uri;
    }
  }
  return fail(ErrorCode::internal, "no tiny picture is short enough for a data URI",
              "please report this with the image");
}

}  // namespace

Result<Placeholder> placeholder_of(ByteView input, const Limits& limits) {
  return placeholder_admitted(input, limits, {});
}

Result<Placeholder> placeholder_admitted(ByteView input, const Limits& limits,
                                         const Admission& admission) {
  try {
    IMGMILL_TRY(const Source source, open_source(input, limits));
    if (admission) IMGMILL_CHECK(admission(memory_need_of_placeholder(source)));
    IMGMILL_TRY(const Picture picture, without_damage(source, [&](Damage damage) {
                  return small_and_upright(source, damage);
                }));
    IMGMILL_TRY(const SmallPicture small, pixels_of(picture));
    const std::vector<std::uint8_t> hash = thumb_hash(small);
    const Extent extent = upright({source.info.width, source.info.height}, source.info.orientation);
    Placeholder out{.width = extent.width,
                    .height = extent.height,
                    .thumb_hash = base64(std::as_bytes(std::span(hash))),
                    .blur_hash = blur_hash(small),
                    .palette = palette_of(small)};
    if (!out.palette.empty()) out.dominant = out.palette.front().colour;
    IMGMILL_TRY(out.data_uri, data_uri_of(picture));
    return out;
  } catch (const std::bad_alloc&) {
    return std::unexpected(engine_memory_error());
  }
}

}  // namespace imgmill

#include "optimize/source/implied_colours.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "codecs/engine.h"
#include "codecs/png_header.h"
#include "metadata/jpeg_segments.h"

namespace imgmill {
namespace {

/// The colour information of a file apart from its profile.
struct ImpliedColours {
  std::optional<RgbSpace> space;  ///< empty: sRGB, or see `foreign`
  std::optional<Cicp> foreign;    ///< cannot be expressed by one of our profiles
  bool overrules = false;         ///< takes precedence over the file's profile, if any
};

ImpliedColours by_code_points(const Cicp& cicp, VideoCurve video) {
  ImpliedColours told;
  told.space = space_of(cicp, video);
  if (!told.space) told.foreign = cicp;
  return told;
}

// gAMA is the camera's exponent; the value conventional for sRGB (1/2.2) means the sRGB curve
// itself, unless the primaries differ. cHRM alone is ignored, as browsers do: it does not say which
// curve it belongs to.
std::optional<RgbSpace> by_gamma(const PngHeader& header) {
  constexpr double least = 0.1;
  constexpr double most = 10;
  if (!header.gamma || *header.gamma < least || *header.gamma > most) return std::nullopt;
  const bool usual = std::abs(*header.gamma * 2.2 - 1) <= 0.05;
  RgbSpace space{.curve = {.gamma = 1 / *header.gamma},
                 .name = fmt::format("PNG gamma {:.5g}", *header.gamma)};
  bool wide = false;
  if (header.chromaticities) {
    const auto& c = *header.chromaticities;
    space.primaries = {{c[2], c[3]}, {c[4], c[5]}, {c[6], c[7]}, {c[0], c[1]}};
    RgbSpace other = space;
    other.curve = srgb_curve;
    wide = !is_srgb(read_icc(rgb_profile(other).view()));
    space.name += " and primaries";
  }
  if (!wide) {
    if (usual) return std::nullopt;
    space.primaries = bt709_primaries;
  }
  return space;
}

ImpliedColours told_by_png(const Source& source) {
  const Result<PngHeader> header = read_png_header(source.bytes);
  if (!header) return {};
  if (header->cicp && (header->cicp->primaries != 2 || header->cicp->transfer != 2)) {
    const Cicp cicp{header->cicp->primaries, header->cicp->transfer};
    ImpliedColours told = by_code_points(cicp, VideoCurve::bt1886);
    if (!header->cicp->full_range_rgb) told = {.foreign = cicp};
    told.overrules = true;
    return told;
  }
  return {.space = by_gamma(*header)};
}

ImpliedColours told_by(const Source& source) {
  if (source.info.format == Format::png) return told_by_png(source);
  if (source.info.format == Format::jpeg && source.exif.adobe_rgb && source.info.channels == 3) {
    return {.space = adobe_rgb()};
  }
  return source.facts.code_points ? by_code_points(*source.facts.code_points, VideoCurve::srgb)
                                  : ImpliedColours{};
}

bool is_grey(const Source& source) {
  return source.info.channels - (source.info.alpha ? 1 : 0) == 1;
}

}  // namespace

void find_colours(Source& source) {
  ColourFacts& colours = source.colours;
  colours.profile = read_icc(source.metadata.icc.view());
  if (colours.profile.space == "Lab") colours.profile = {};
  const ImpliedColours told = told_by(source);
  if (told.overrules || colours.profile.space.empty()) {
    colours.implied = told.overrules || told.space || told.foreign;
    source.foreign_colours = told.foreign;
    if (colours.implied) colours.profile = {};
    if (told.space) {
      colours.made = is_grey(source) ? grey_profile(*told.space) : rgb_profile(*told.space);
      colours.profile = read_icc(colours.made.view());
      if (is_srgb(colours.profile)) {
        colours.made = {};
        colours.profile = {};
      }
    }
  }
  source.info.profile = colours.profile.description;
  if (source.info.profile.empty() && !colours.profile.space.empty()) {
    source.info.profile = fmt::format("unnamed {}", colours.profile.space);
  }
}

Result<Picture> decoded(const Source& source, const ImageInfo& info, const DecodeOptions& options) {
  IMGMILL_TRY(Picture picture, source.codec->decode(source.bytes, info, options));
  if (!source.colours.implied) return picture;
  return with_engine(ErrorCode::bad_input, "the colours could not be understood", [&] {
    picture.image = picture.image.copy();
    if (!profile_of(picture.image).empty()) picture.image.remove(VIPS_META_ICC_NAME);
    embed_profile(picture.image, source.colours.made.view());
    return picture;
  });
}

bool declares_adobe_rgb(const Source& source) {
  return source.info.format == Format::jpeg && !source.colours.made.empty();
}

Result<Buffer> jpeg_with_colours(const Source& source, Buffer file) {
  if (!declares_adobe_rgb(source)) return file;
  return metadata::insert_jpeg_profile(file.view(), source.colours.made.view());
}

}  // namespace imgmill

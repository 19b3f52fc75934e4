#include "transform/transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "codecs/engine.h"
#include "transform/icc_light.h"

namespace imgmill {
namespace {

using vips::VImage;

bool is_16_bit(const VImage& image) { return image.format() == VIPS_FORMAT_USHORT; }

bool is_grey(const VImage& image) {
  // A grey TIFF may have any number of extra channels.
  return image.bands() < 3 || image.interpretation() == VIPS_INTERPRETATION_B_W ||
         image.interpretation() == VIPS_INTERPRETATION_GREY16;
}

bool needs_translation(const VImage& image) {
  switch (image.interpretation()) {
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
    case VIPS_INTERPRETATION_MULTIBAND:
      return false;
    default:
      return true;
  }
}

VImage without_profile(const VImage& image) {
  VImage copy = image.copy();
  if (copy.get_typeof(VIPS_META_ICC_NAME) != 0) copy.remove(VIPS_META_ICC_NAME);
  return copy;
}

bool is_lab(const VImage& image) {
  return image.interpretation() == VIPS_INTERPRETATION_LAB ||
         image.interpretation() == VIPS_INTERPRETATION_LABS;
}

// Lab in files is relative to D50, as in profiles (TIFF 6.0 leaves it open, all programs agree);
// libvips' own conversion assumes D65.
VImage lab_as_srgb(const VImage& image, int bits) {
  const bool wide = bits > 8;
  VImage out = image.extract_band(0, VImage::option()->set("n", 3))
                   .copy(VImage::option()->set("interpretation", image.interpretation()))
                   .colourspace(VIPS_INTERPRETATION_LAB)
                   .icc_export(VImage::option()
                                   ->set("output_profile", "srgb")
                                   ->set("intent", VIPS_INTENT_RELATIVE)
                                   ->set("pcs", VIPS_PCS_LAB)
                                   ->set("depth", wide ? 16 : 8));
  const VipsInterpretation meaning = out.interpretation();
  // Extra channels are floats from 0 to 1.
  for (int band = 3; band < image.bands(); ++band) {
    out = out.bandjoin(
        (image.extract_band(band) * (wide ? 65535.0 : 255.0)).rint().cast(out.format()));
  }
  return out.copy(VImage::option()->set("interpretation", meaning));
}

bool is_unit_float(const VImage& image) {
  const VipsInterpretation meaning = image.interpretation();
  return image.format() == VIPS_FORMAT_FLOAT &&
         (meaning == VIPS_INTERPRETATION_B_W || meaning == VIPS_INTERPRETATION_scRGB);
}

// Floats in a file are coded like other samples, with 1 as white (as ImageMagick reads them).
// libvips takes grey floats as 0 to 255 and colour floats as linear light, whatever their profile.
VImage unit_float_as_16_bit(const VImage& image) {
  const bool grey = image.interpretation() == VIPS_INTERPRETATION_B_W;
  return (image * 65535.0)
      .rint()
      .cast(VIPS_FORMAT_USHORT)
      .copy(VImage::option()->set("interpretation",
                                  grey ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16));
}

// Converts through the embedded profile, or for CMYK without one through libvips' generic CMYK
// profile.
VImage profile_applied(const VImage& image) {
  auto* options = VImage::option()
                      ->set("embedded", true)
                      ->set("intent", VIPS_INTENT_RELATIVE)
                      ->set("black_point_compensation", true)
                      ->set("depth", is_16_bit(image) ? 16 : 8);
  if (image.interpretation() == VIPS_INTERPRETATION_CMYK) options->set("input_profile", "cmyk");
  return without_profile(image.icc_transform("srgb", options));
}

void tell_new_colours(Findings& findings, bool asked, std::string text) {
  findings.new_colours = true;
  asked ? findings.note(std::move(text)) : findings.lose(std::move(text));
}

// EXIF orientations 2, 4, 5 and 7 are mirrored.
VImage turned(const VImage& frame, int orientation) {
  switch (orientation) {
    case 2:
      return frame.fliphor();
    case 3:
      return frame.rot180();
    case 4:
      return frame.flipver();
    case 5:
      return frame.rot90().fliphor();
    case 6:
      return frame.rot90();
    case 7:
      return frame.rot270().fliphor();
    case 8:
      return frame.rot270();
    default:
      return frame;
  }
}

// The maximum sample value: white, or opaque.
double top_of(const VImage& image) {
  return image.format() == VIPS_FORMAT_UCHAR ? 255 : is_16_bit(image) ? 65535 : 1;
}

VImage bands_of(const VImage& image, int first, int count) {
  return image.extract_band(first, VImage::option()->set("n", count))
      .copy(VImage::option()->set("interpretation", image.interpretation()));
}

}  // namespace

Result<Picture> turned_upright(Picture picture, int orientation) {
  if (orientation <= 1 || orientation > 8) return picture;
  return with_engine(ErrorCode::bad_input, "the picture could not be turned upright", [&] {
    const VImage image = picture.image.copy_memory();
    if (picture.frames == 1) {
      picture.image = turned(image, orientation);
      return picture;
    }
    std::vector<VImage> frames;
    const int height = static_cast<int>(picture.height());
    for (std::uint32_t i = 0; i < picture.frames; ++i) {
      frames.push_back(
          turned(image.crop(0, static_cast<int>(i) * height, image.width(), height), orientation));
    }
    picture.image = VImage::arrayjoin(frames, VImage::option()->set("across", 1)).copy();
    picture.image.set(VIPS_META_PAGE_HEIGHT, frames.front().height());
    return picture;
  });
}

Result<Picture> with_channels_for(Picture picture, const FormatInfo& target, bool new_colours,
                                  Findings& findings) {
  if (picture.extras.empty() || (target.format == Format::tiff && !new_colours)) return picture;
  return with_engine(ErrorCode::bad_input, "the channels could not be converted", [&] {
    const VImage image = picture.image.copy_memory();  // read more than once
    const auto alpha = std::ranges::find_if(
        picture.extras, [](auto kind) { return kind != ExtraChannel::unspecified; });
    const int colours = image.bands() - static_cast<int>(picture.extras.size());
    VImage out = bands_of(image, 0, colours);
    std::size_t dropped = picture.extras.size();
    if (alpha != picture.extras.end()) {
      --dropped;
      const VImage opacity =
          image.extract_band(colours + static_cast<int>(alpha - picture.extras.begin()));
      const bool multiplied = *alpha == ExtraChannel::associated;
      if (multiplied && (out > opacity).max() > 0) {
        findings.lose("colours brighter than their transparency allows were cut off");
      }
      out = out.bandjoin(opacity);
      if (multiplied) {
        out = out.unpremultiply(
            VImage::option()->set("max_alpha", top_of(image))->set("alpha_band", colours));
        if (image.format() != VIPS_FORMAT_FLOAT) out = out.rint();
        out = out.cast(image.format());
      }
      out = out.copy(VImage::option()->set("interpretation", image.interpretation()));
    }
    if (dropped > 0) {
      findings.lose(fmt::format("{} that {} neither colour nor transparency {} dropped",
                                dropped == 1 ? "a channel" : fmt::format("{} channels", dropped),
                                dropped == 1 ? "is" : "are", dropped == 1 ? "was" : "were"));
    }
    picture.image = out;
    picture.extras.clear();
    return picture;
  });
}

Result<Picture> with_colours_for(Picture picture, const ColourFacts& facts,
                                 const FormatInfo& target, bool to_srgb, Findings& findings) {
  return with_engine(ErrorCode::bad_input, "the colours could not be converted", [&] {
    VImage& image = picture.image;
    const bool has_profile = !facts.profile.space.empty();
    const bool tiff = target.format == Format::tiff;
    if (is_unit_float(image) && !(tiff && !to_srgb)) {
      image = unit_float_as_16_bit(image);
      picture.source_bits = 16;
      findings.lose("32-bit floating point became 16 bits a channel");
    }
    if (needs_translation(image)) {
      if (tiff && !to_srgb && !is_lab(image)) return picture;
      const char* from = image.interpretation() == VIPS_INTERPRETATION_CMYK ? "CMYK"
                         : is_lab(image)                                    ? "Lab"
                                                                            : "the colour space";
      if (is_lab(image)) {
        image = without_profile(lab_as_srgb(image, picture.source_bits));
      } else if (has_profile || image.interpretation() == VIPS_INTERPRETATION_CMYK) {
        image = profile_applied(image);
      } else {
        image = without_profile(image.colourspace(VIPS_INTERPRETATION_sRGB));
      }
      tell_new_colours(findings, to_srgb, fmt::format("{} became sRGB", from));
      return picture;
    }
    // Elsewhere a grey profile would be taken as one for RGB.
    const bool grey_lost = is_grey(image) && !target.grey;
    const bool misfit =
        has_profile && ((facts.profile.space == "GRAY") != is_grey(image) ||
                        (facts.profile.space != "GRAY" && facts.profile.space != "RGB"));
    if (has_profile) {
      const bool apply =
          !misfit && (grey_lost || !target.profile || to_srgb) && !is_srgb(facts.profile);
      if (apply) {
        image = profile_applied(image);
        picture.source_bits = std::max(8, picture.source_bits);
        tell_new_colours(
            findings, to_srgb,
            fmt::format("colours converted from {} to sRGB", facts.profile.description.empty()
                                                                 ? "the embedded profile"
                                                                 : facts.profile.description));
      } else if (misfit || to_srgb || !target.profile || grey_lost) {
        image = without_profile(image);
        if (misfit) findings.note("a colour profile that does not fit the picture was dropped");
      }
    }
    return picture;
  });
}

namespace {

VImage matrix_of(std::array<double, 9> rows) {
  return VImage::new_matrix(3, 3, rows.data(), static_cast<int>(rows.size()));
}

// Matrix from libvips' CIE XYZ to linear light in sRGB's primaries. libvips takes Lab, which is
// relative to D50 in profiles (ICC.1:2022, 6.3) and in files, as relative to D65.
std::array<double, 9> light_of_engine_xyz() {
  constexpr std::array<double, 3> d50 = {0.9642, 1, 0.8249};
  constexpr std::array<double, 3> engine_white = {VIPS_D65_X0, VIPS_D65_Y0, VIPS_D65_Z0};
  std::array<double, 9> rows = srgb_light_of_d50();
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] *= d50[i % 3] / engine_white[i % 3];
  return rows;
}

// Linear light in sRGB's primaries; uses libvips' generic profile for CMYK without a profile.
// `colours` has no alpha.
VImage light_of(const VImage& colours) {
  const auto of_engine = [](const VImage& lab) {
    return lab.colourspace(VIPS_INTERPRETATION_XYZ).recomb(matrix_of(light_of_engine_xyz()));
  };
  if (is_lab(colours)) return of_engine(colours);
  const std::size_t samples = is_16_bit(colours) ? 65536 : 256;
  const auto simple = icc_light_of(profile_of(colours), samples);
  const int bands = colours.bands();
  if (simple && static_cast<int>(simple->channels) == bands) {
    const VImage tables =
        VImage::new_from_memory_copy(simple->tables.data(), simple->tables.size() * sizeof(float),
                                     static_cast<int>(samples), 1, bands, VIPS_FORMAT_FLOAT);
    const VImage light = colours.maplut(tables);
    return bands == 3 ? light.recomb(matrix_of(simple->mix)) : light;
  }
  auto* options = VImage::option()
                      ->set("embedded", true)
                      ->set("intent", VIPS_INTENT_RELATIVE)
                      ->set("black_point_compensation", true)
                      ->set("pcs", VIPS_PCS_LAB);
  if (colours.interpretation() == VIPS_INTERPRETATION_CMYK) options->set("input_profile", "cmyk");
  return of_engine(colours.icc_import(options));
}

// Converts alpha separately, lest it be taken for a colour.
VImage all_as_light(const VImage& image) {
  const bool cmyk = image.interpretation() == VIPS_INTERPRETATION_CMYK;
  const int count = cmyk ? 4 : is_grey(image) ? 1 : 3;
  const VImage colours = image.extract_band(0, VImage::option()->set("n", count))
                             .copy(VImage::option()->set("interpretation", image.interpretation()));
  VImage light = light_of(colours).cast(VIPS_FORMAT_FLOAT);
  if (image.bands() == count + 1) {
    const double opaque = is_16_bit(image) ? 65535 : image.format() == VIPS_FORMAT_UCHAR ? 255 : 1;
    light = light.bandjoin((image.extract_band(count) / opaque).cast(VIPS_FORMAT_FLOAT));
  }
  return without_profile(light);
}

}  // namespace

std::optional<IccLight> light_by_tables(const Picture& picture) {
  const VImage& image = picture.image;
  const bool plain =
      image.format() == VIPS_FORMAT_UCHAR && (image.bands() == 1 || image.bands() == 3);
  if (!plain || is_lab(image) || needs_translation(image)) return {};
  const IccFacts profile = read_icc(profile_of(image));
  if (profile.space != (is_grey(image) ? "GRAY" : "RGB") || is_srgb(profile)) return {};
  std::optional<IccLight> light = icc_light_of(profile_of(image), 256);
  if (!light || static_cast<int>(light->channels) != image.bands()) return {};
  return light;
}

Result<Picture> as_light(Picture picture) {
  return with_engine(ErrorCode::bad_input, "the colours could not be understood", [&] {
    VImage& image = picture.image;
    // Coded samples from 0 to 1, not linear light.
    if (is_unit_float(image)) image = unit_float_as_16_bit(image);
    const IccFacts profile = read_icc(profile_of(image));
    const bool whole_numbers = image.format() == VIPS_FORMAT_UCHAR || is_16_bit(image);
    const bool cmyk = image.interpretation() == VIPS_INTERPRETATION_CMYK && image.bands() >= 4;
    const bool fits = profile.space == (is_grey(image) ? "GRAY" : "RGB") && !is_srgb(profile) &&
                      !needs_translation(image);
    if (is_lab(image) || (whole_numbers && (cmyk || fits))) {
      image = all_as_light(image);
    } else if (needs_translation(image)) {
      image = without_profile(image.colourspace(VIPS_INTERPRETATION_sRGB));
    }
    if (image.format() != VIPS_FORMAT_UCHAR && !is_16_bit(image) &&
        image.format() != VIPS_FORMAT_FLOAT) {
      image = image.colourspace(VIPS_INTERPRETATION_sRGB);
      if (image.format() != VIPS_FORMAT_UCHAR) image = image.cast(VIPS_FORMAT_UCHAR);
    }
    if (image.bands() > 4) image = image.extract_band(0, VImage::option()->set("n", 3));
    return picture;
  });
}

Result<Picture> fitted_to(Picture picture, const FormatInfo& target, Colour background,
                          Findings& findings) {
  return with_engine(ErrorCode::bad_input, "the picture could not be fitted to the format", [&] {
    VImage& image = picture.image;
    const bool tiff = target.format == Format::tiff;
    const bool wide = image.format() != VIPS_FORMAT_UCHAR;
    if (wide && !tiff && (target.max_bits == 8 || !is_16_bit(image))) {
      findings.lose(fmt::format("{} bits a channel became 8",
                                8 * VIPS_IMAGE_SIZEOF_ELEMENT(image.get_image())));
      image =
          image.colourspace(is_grey(image) ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB);
      if (image.format() != VIPS_FORMAT_UCHAR) image = image.cast(VIPS_FORMAT_UCHAR);
      picture.source_bits = 8;
    } else if (is_16_bit(image) && target.max_bits == 12) {
      if (picture.source_bits > 12) findings.lose("16 bits a channel became 12");
    }
    if (image.has_alpha() && !target.alpha) {
      std::vector<double> colour{static_cast<double>(background.red),
                                 static_cast<double>(background.green),
                                 static_cast<double>(background.blue)};
      if (is_grey(image)) {
        const bool grey = background.red == background.green && background.green == background.blue;
        if (grey) {
          colour.resize(1);
        } else {
          image = image.colourspace(VIPS_INTERPRETATION_sRGB);
        }
      }
      image = image.flatten(VImage::option()->set("background", colour));
      findings.lose(fmt::format("transparency was flattened on #{:02x}{:02x}{:02x}", background.red,
                                background.green, background.blue));
    }
    return picture;
  });
}

}  // namespace imgmill

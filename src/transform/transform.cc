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

bool is_grey(const VImage& image) { return image.bands() < 3; }

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

// Through the embedded profile, or for CMYK without one through the engine's
// general CMYK profile.
VImage profile_applied(const VImage& image) {
  auto* options = VImage::option()
                      ->set("embedded", true)
                      ->set("intent", VIPS_INTENT_RELATIVE)
                      ->set("black_point_compensation", true)
                      ->set("depth", is_16_bit(image) ? 16 : 8);
  if (image.interpretation() == VIPS_INTERPRETATION_CMYK) options->set("input_profile", "cmyk");
  return without_profile(image.icc_transform("srgb", options));
}

// Colour numbers stand for light as number^(1/gamma); sRGB's curve is near
// enough to 1/2.2. Alpha is no colour.
VImage gamma_applied(const VImage& image, double gamma) {
  const double exponent = 1.0 / (gamma * 2.2);
  const bool alpha = image.has_alpha();
  const int colours = alpha ? image.bands() - 1 : image.bands();
  VImage out = image.extract_band(0, VImage::option()->set("n", colours))
                   .gamma(VImage::option()->set("exponent", 1.0 / exponent))
                   .cast(image.format());
  if (alpha) out = out.bandjoin(image.extract_band(colours));
  return out.copy(VImage::option()->set("interpretation", image.interpretation()));
}

void tell_new_colours(Findings& findings, bool asked, std::string text) {
  findings.new_colours = true;
  asked ? findings.note(std::move(text)) : findings.lose(std::move(text));
}

VImage scaled(const VImage& frame, Extent extent) {
  auto* options = VImage::option()
                      ->set("vscale", static_cast<double>(extent.height) / frame.height())
                      ->set("kernel", VIPS_KERNEL_LANCZOS3);
  return frame.resize(static_cast<double>(extent.width) / frame.width(), options);
}

}  // namespace

bool ColourFacts::has_own_gamma() const { return gamma && std::abs(*gamma * 2.2 - 1) > 0.05; }

Result<Picture> turned_upright(Picture picture, int orientation) {
  if (orientation <= 1 || orientation > 8) return picture;
  return with_engine(ErrorCode::bad_input, "the picture could not be turned upright", [&] {
    VImage image = picture.image.copy_memory();
    // EXIF 2, 4, 5 and 7 are mirror images.
    switch (orientation) {
      case 2:
        image = image.fliphor();
        break;
      case 3:
        image = image.rot180();
        break;
      case 4:
        image = image.flipver();
        break;
      case 5:
        image = image.rot90().fliphor();
        break;
      case 6:
        image = image.rot90();
        break;
      case 7:
        image = image.rot270().fliphor();
        break;
      case 8:
        image = image.rot270();
        break;
      default:
        break;
    }
    picture.image = image;
    return picture;
  });
}

Result<Picture> with_colours_for(Picture picture, const ColourFacts& facts,
                                 const FormatInfo& target, bool to_srgb, Findings& findings) {
  return with_engine(ErrorCode::bad_input, "the colours could not be converted", [&] {
    VImage& image = picture.image;
    const bool has_profile = !facts.profile.space.empty();
    const bool tiff = target.format == Format::tiff;
    if (needs_translation(image)) {
      if (tiff && !to_srgb) return picture;
      const char* from =
          image.interpretation() == VIPS_INTERPRETATION_CMYK ? "CMYK" : "the colour space";
      if (has_profile || image.interpretation() == VIPS_INTERPRETATION_CMYK) {
        image = profile_applied(image);
      } else {
        image = without_profile(image.colourspace(VIPS_INTERPRETATION_sRGB));
      }
      tell_new_colours(findings, to_srgb, fmt::format("{} became sRGB", from));
      return picture;
    }
    // WebP, AVIF and GIF know no grey: its profile would be read as one for RGB.
    const bool grey_lost = is_grey(image) && target.format != Format::jpeg &&
                           target.format != Format::png && target.format != Format::jpegxl && !tiff;
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
    } else if (facts.has_own_gamma() && (target.format != Format::png || to_srgb)) {
      image = gamma_applied(image, *facts.gamma);
      picture.source_bits = std::max(8, picture.source_bits);
      tell_new_colours(findings, to_srgb,
                       fmt::format("the PNG's gamma of {:.5g} was applied", *facts.gamma));
    }
    return picture;
  });
}

namespace {

VImage matrix_of(std::array<double, 9> rows) {
  return VImage::new_matrix(3, 3, rows.data(), static_cast<int>(rows.size()));
}

bool is_lab(const VImage& image) {
  return image.interpretation() == VIPS_INTERPRETATION_LAB ||
         image.interpretation() == VIPS_INTERPRETATION_LABS;
}

// From the engine's CIE XYZ to light in sRGB's primaries. The engine takes Lab, which is relative
// to D50 in profiles (ICC.1:2022, 6.3) and in files, for relative to D65.
std::array<double, 9> light_of_engine_xyz() {
  constexpr std::array<double, 3> d50 = {0.9642, 1, 0.8249};
  constexpr std::array<double, 3> engine_white = {VIPS_D65_X0, VIPS_D65_Y0, VIPS_D65_Z0};
  std::array<double, 9> rows = srgb_light_of_d50();
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] *= d50[i % 3] / engine_white[i % 3];
  return rows;
}

// Light in sRGB's primaries, for CMYK without a profile by the engine's general one. `colours` has
// no alpha.
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

// Alpha goes beside the colours, lest it be taken for one.
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

Result<Picture> as_light(Picture picture) {
  return with_engine(ErrorCode::bad_input, "the colours could not be understood", [&] {
    VImage& image = picture.image;
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

Result<Picture> scaled_to(Picture picture, Extent extent) {
  return with_engine(ErrorCode::bad_input, "the picture could not be resized", [&] {
    if (Extent{picture.width(), picture.height()} == extent) return picture;
    VImage image = picture.image;
    const VipsBandFormat format = image.format();
    const VipsInterpretation interpretation = image.interpretation();
    const bool alpha = image.has_alpha();
    if (picture.frames > 1) image = image.copy_memory();  // frames are read out of order
    if (alpha) image = image.premultiply();
    if (picture.frames == 1) {
      image = scaled(image, extent);
    } else {
      // Each frame for itself, or neighbours would bleed into each other.
      std::vector<VImage> frames;
      const int height = static_cast<int>(picture.height());
      for (std::uint32_t i = 0; i < picture.frames; ++i) {
        frames.push_back(
            scaled(image.crop(0, static_cast<int>(i) * height, image.width(), height), extent));
      }
      image = VImage::arrayjoin(frames, VImage::option()->set("across", 1));
    }
    if (alpha) image = image.unpremultiply();
    if (image.format() != format) {
      image = image.rint().cast(format);
    }
    image = image.copy(VImage::option()->set("interpretation", interpretation));
    if (picture.frames > 1) image.set(VIPS_META_PAGE_HEIGHT, static_cast<int>(extent.height));
    picture.image = image;
    picture.source_bits = std::max(8, picture.source_bits);  // new shades lie in between
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

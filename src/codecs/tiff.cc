#include "codecs/tiff.h"

#include "codecs/engine.h"

namespace imgmill {

bool TiffCodec::matches(ByteView header) {
  if (header.size() < 8) return false;
  using namespace std::string_view_literals;
  const std::string_view start = as_text(header.first(4));
  return start == "II*\0"sv || start == "MM\0*"sv || start == "II+\0"sv || start == "MM\0+"sv;
}

Result<ImageInfo> TiffCodec::probe(ByteView input) {
  return with_engine(ErrorCode::bad_input, "the TIFF header cannot be read", [&] {
    BlobView blob(input);
    const vips::VImage image = vips::VImage::tiffload_buffer(blob.get());
    ImageInfo info;
    info.format = Format::tiff;
    info.width = static_cast<std::uint32_t>(image.width());
    info.height = static_cast<std::uint32_t>(image.height());
    info.frames = static_cast<std::uint32_t>(header_int(image, VIPS_META_N_PAGES, 1));
    info.channels = image.bands();
    info.alpha = image.has_alpha();
    info.bits = header_int(image, bits_per_sample,
                           static_cast<int>(8 * VIPS_IMAGE_SIZEOF_ELEMENT(image.get_image())));
    info.orientation = header_int(image, VIPS_META_ORIENTATION, 1);
    switch (image.interpretation()) {
      case VIPS_INTERPRETATION_CMYK:
        info.colour_space = "CMYK";
        break;
      case VIPS_INTERPRETATION_LAB:
      case VIPS_INTERPRETATION_LABS:
        info.colour_space = "Lab";
        break;
      case VIPS_INTERPRETATION_B_W:
      case VIPS_INTERPRETATION_GREY16:
        info.colour_space = "grey";
        break;
      default:
        info.colour_space = image.bands() < 3 ? "grey" : "sRGB";
        break;
    }
    return info;
  });
}

Result<Picture> TiffCodec::decode(ByteView input, const ImageInfo& info,
                                  const DecodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the TIFF cannot be decoded", [&] {
    BlobView blob(input);
    auto* load = load_options(options, VIPS_FAIL_ON_ERROR);
    if (info.frames > 1) load->set("n", -1);
    return Picture{.image = vips::VImage::tiffload_buffer(blob.get(), load),
                   .frames = info.frames,
                   .source_bits = info.bits};
  });
}

Result<Buffer> TiffCodec::encode(const Picture& picture, const EncodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the picture could not be turned into TIFF", [&] {
    auto* save = vips::VImage::option();
    if (options.lossless || options.quality >= 100 || picture.image.format() != VIPS_FORMAT_UCHAR ||
        picture.image.has_alpha()) {
      if (picture.source_bits == 1 && picture.image.bands() == 1) {
        save->set("compression", VIPS_FOREIGN_TIFF_COMPRESSION_CCITTFAX4)->set("bitdepth", 1);
      } else {
        save->set("compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE);
        save->set("predictor", picture.image.format() == VIPS_FORMAT_FLOAT
                                   ? VIPS_FOREIGN_TIFF_PREDICTOR_FLOAT
                                   : VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL);
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 10
        save->set("level", options.effort == Effort::fast ? 6 : 9);
#endif
        if (picture.source_bits < 8 && picture.image.bands() == 1 &&
            picture.image.format() == VIPS_FORMAT_UCHAR) {
          save->set("bitdepth", picture.source_bits)
              ->set("predictor", VIPS_FOREIGN_TIFF_PREDICTOR_NONE);
        }
      }
    } else {
      save->set("compression", VIPS_FOREIGN_TIFF_COMPRESSION_JPEG)
          ->set("Q", options.whole_quality());
    }
    keep_profile_only(save);
    return take_blob(without_metadata(picture.image).tiffsave_buffer(save));
  });
}

std::optional<std::string> TiffCodec::diagnose(ByteView) { return std::nullopt; }

bool tiff_pages_differ(ByteView input, std::uint32_t pages) {
  if (pages < 2) return false;
  BlobView blob(input);
  const auto header = [&](vips::VOption* options) {
    return with_engine(ErrorCode::bad_input, "a TIFF page cannot be read",
                       [&] { return vips::VImage::tiffload_buffer(blob.get(), options); });
  };
  // The loader looks at all pages at once and takes only equal ones.
  if (header(vips::VImage::option()->set("n", -1))) return false;
  const auto first = header(nullptr);
  if (!first) return false;
  for (std::uint32_t i = 1; i < pages; ++i) {
    const auto page = header(vips::VImage::option()->set("page", static_cast<int>(i)));
    if (!page) return false;
    if (page->width() != first->width() || page->height() != first->height() ||
        page->bands() != first->bands() || page->format() != first->format()) {
      return true;
    }
  }
  return false;
}

}  // namespace imgmill

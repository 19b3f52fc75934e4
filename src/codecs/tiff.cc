#include "codecs/tiff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "codecs/engine.h"
#include "codecs/tiff_data.h"
#include "codecs/tiff_header.h"
#include "codecs/tiff_pages.h"
#include "codecs/tiff_planes.h"

namespace imgmill {
namespace {

bool any(const std::vector<ExtraChannel>& extras, ExtraChannel kind) {
  return std::ranges::find(extras, kind) != extras.end();
}

constexpr int photometric_rgb = 2;
constexpr int photometric_lab = 8;      // a* and b* are signed
constexpr int photometric_icc_lab = 9;  // they start in the middle of the range

bool is_lab(const TiffChannels& channels) {
  return channels.photometric == photometric_lab || channels.photometric == photometric_icc_lab;
}

// Returns `input` modified so that the engine reads it correctly; empty if no change is needed.
// - It divides colours by associated alpha and clips highlights: if told that alpha is straight, it
//   leaves the samples alone.
// - It rejects 64-bit floating point.
// - It rejects Lab of 8 bits and knows one of the two kinds of 16: if told that it is RGB, it
//   passes the samples through.
Buffer prepared(ByteView input, const TiffChannels& channels) {
  const bool associated = any(channels.extras, ExtraChannel::associated);
  if (!associated && !is_lab(channels) && !channels.doubles) return {};
  Buffer copy = Buffer::copy_of(input);
  const std::vector straight(channels.extras.size(), ExtraChannel::straight);
  if (associated && !set_tiff_extras(copy, straight)) {
    throw vips::VError("its pages differ in their channels");
  }
  if (channels.doubles && !make_tiff_doubles_floats(copy)) {
    throw vips::VError("compressed floating point of 64 bits");
  }
  if (is_lab(channels) && !set_tiff_photometric(copy, photometric_rgb)) {
    throw vips::VError("its pages differ in their colours");
  }
  return copy;
}

// Converts Lab samples (TIFF 6.0, section 23) to the engine's floats.
vips::VImage as_lab(const vips::VImage& image, const TiffChannels& channels) {
  const bool wide = image.format() == VIPS_FORMAT_USHORT;
  const double top = wide ? 65535 : 255;
  const double unit = wide ? 256 : 1;
  const double middle = wide ? 32768 : 128;
  const vips::VImage lightness = image.extract_band(0) * (100 / top);
  const auto opponent = [&](int band) {
    vips::VImage value = image.extract_band(band);
    if (channels.photometric == photometric_icc_lab) return (value - middle) / unit;
    value = value.copy(
        vips::VImage::option()->set("format", wide ? VIPS_FORMAT_SHORT : VIPS_FORMAT_CHAR));
    return value / unit;
  };
  vips::VImage lab = lightness.bandjoin(opponent(1)).bandjoin(opponent(2));
  for (int band = 3; band < image.bands(); ++band) {
    lab = lab.bandjoin(image.extract_band(band) / top);
  }
  return lab.cast(VIPS_FORMAT_FLOAT)
      .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_LAB));
}

// libtiff only warns when a fax row ends too early or too late, but that is lost picture data. For
// other codes warnings are ignored, because it also warns of unknown tags.
VipsFailOn strictness(ByteView file) {
  constexpr std::uint64_t first_fax = 2;
  constexpr std::uint64_t last_fax = 4;
  tiff::Pages pages(file);
  if (!pages.next()) return VIPS_FAIL_ON_ERROR;
  const std::uint64_t code = pages.one(tiff::tag::compression, 0);
  if (code < first_fax || code > last_fax) return VIPS_FAIL_ON_ERROR;
  try {
    BlobView blob(file);
    const DecodeOptions refuse;
    vips::VImage::tiffload_buffer(blob.get(), load_options(refuse, VIPS_FAIL_ON_WARNING));
    return VIPS_FAIL_ON_WARNING;
  } catch (const vips::VError&) {
    return VIPS_FAIL_ON_ERROR;
  }
}

// Loads `file` with the engine; planar channels in tiles, which it rejects, are loaded one by one.
vips::VImage loaded(ByteView file, const ImageInfo& info, const DecodeOptions& options) {
  const auto load = [&](ByteView bytes) {
    BlobView blob(bytes);
    auto* how = load_options(options, strictness(bytes));
    if (info.frames > 1) how->set("n", -1);
    return vips::VImage::tiffload_buffer(blob.get(), how);
  };
  const std::size_t planes = planes_in_tiles(file);
  if (planes == 0) return load(file);
  std::vector<vips::VImage> channels;
  for (std::size_t i = 0; i < planes; ++i) {
    const Buffer alone = plane_alone(file, i);
    if (alone.empty()) throw vips::VError("its planes are not of one kind");
    channels.push_back(load(alone.view()).copy_memory());
  }
  BlobView blob(file);
  const VipsInterpretation meaning = vips::VImage::tiffload_buffer(blob.get()).interpretation();
  return vips::VImage::bandjoin(channels).copy(
      vips::VImage::option()->set("interpretation", meaning));
}

}  // namespace

bool TiffCodec::matches(ByteView header) {
  if (header.size() < 8) return false;
  using namespace std::string_view_literals;
  const std::string_view start = as_text(header.first(4));
  return start == "II*\0"sv || start == "MM\0*"sv || start == "II+\0"sv || start == "MM\0+"sv;
}

Result<ImageInfo> TiffCodec::probe(ByteView input) {
  const TiffChannels channels = read_tiff_channels(input);
  if (!channels.unread.empty()) {
    return fail(ErrorCode::unsupported,
                fmt::format("this kind of TIFF is not read here ({})", channels.unread),
                "save it in another way with the program that made it");
  }
  return with_engine(ErrorCode::bad_input, "the TIFF header cannot be read", [&] {
    const Buffer copy = prepared(input, channels);
    BlobView blob(copy.empty() ? input : copy.view());
    const vips::VImage image = vips::VImage::tiffload_buffer(blob.get());
    ImageInfo info;
    info.format = Format::tiff;
    info.width = static_cast<std::uint32_t>(image.width());
    info.height = static_cast<std::uint32_t>(image.height());
    info.frames = static_cast<std::uint32_t>(header_int(image, VIPS_META_N_PAGES, 1));
    info.channels = image.bands();
    info.alpha = channels.extras.empty() ? image.has_alpha()
                                         : any(channels.extras, ExtraChannel::straight) ||
                                               any(channels.extras, ExtraChannel::associated);
    info.bits = header_int(image, bits_per_sample,
                           static_cast<int>(8 * VIPS_IMAGE_SIZEOF_ELEMENT(image.get_image())));
    info.orientation = header_int(image, VIPS_META_ORIENTATION, 1);
    if (is_lab(channels)) {
      info.colour_space = "Lab";
      return info;
    }
    switch (image.interpretation()) {
      case VIPS_INTERPRETATION_CMYK:
        info.colour_space = "CMYK";
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
    TiffChannels channels = read_tiff_channels(input);
    const bool usual =
        channels.extras.size() == 1 && channels.extras.front() == ExtraChannel::straight;
    const Buffer copy = prepared(input, channels);
    Picture picture{.image = loaded(copy.empty() ? input : copy.view(), info, options),
                    .frames = info.frames,
                    .source_bits = info.bits};
    if (!copy.empty()) picture.image = picture.image.copy_memory();
    if (is_lab(channels)) picture.image = as_lab(picture.image, channels);
    if (!usual) picture.extras = std::move(channels.extras);
    return picture;
  });
}

Result<Buffer> TiffCodec::encode(const Picture& picture, const EncodeOptions& options) {
  Result<Buffer> bytes =
      with_engine(ErrorCode::bad_input, "the picture could not be turned into TIFF", [&] {
        auto* save = vips::VImage::option();
        if (options.lossless || options.quality >= 100 ||
            picture.image.format() != VIPS_FORMAT_UCHAR || picture.image.has_alpha()) {
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
  // The engine's writer supports straight alpha only.
  if (bytes && !picture.extras.empty() && !set_tiff_extras(*bytes, picture.extras)) {
    return fail(ErrorCode::unsupported, "the TIFF's further channels could not be written");
  }
  return bytes;
}

CodecFacts TiffCodec::facts(ByteView input, const ImageInfo& info) {
  const TiffChannels channels = read_tiff_channels(input);
  return {.pages_differ = tiff_pages_differ(input, info.frames),
          .doubles = channels.doubles,
          .more_inks = channels.more_inks};
}

std::optional<std::string> TiffCodec::diagnose(ByteView input) {
  std::string damage = tiff_damage(input);
  // Whole pieces can still hold invalid data, which only the engine detects.
  if (damage.empty()) return std::nullopt;
  return damage;
}

bool tiff_pages_differ(ByteView input, std::uint32_t pages) {
  if (pages < 2) return false;
  if (!read_tiff_channels(input).pages_agree) return true;
  BlobView blob(input);
  const auto header = [&](vips::VOption* options) {
    return with_engine(ErrorCode::bad_input, "a TIFF page cannot be read",
                       [&] { return vips::VImage::tiffload_buffer(blob.get(), options); });
  };
  // The loader checks all pages at once and accepts only equal ones.
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

namespace {

// Checks that the engine was built with the TIFF's compression: it opens files of which it can read
// only the header. Errors: unsupported.
Result<void> check_compression(ByteView input) {
  constexpr std::array<std::uint64_t, 9> always{tiff::compression::none,
                                                2,
                                                3,
                                                4,
                                                tiff::compression::lzw,
                                                tiff::compression::jpeg,
                                                tiff::compression::deflate,
                                                tiff::compression::old_deflate,
                                                tiff::compression::packbits};
  tiff::Pages pages(input);
  if (!pages.next()) return {};
  const std::uint64_t code = pages.one(tiff::tag::compression, tiff::compression::none);
  if (std::ranges::find(always, code) != always.end()) return {};
  const auto first = with_engine(ErrorCode::bad_input, "no pixel can be read", [&] {
    BlobView blob(input);
    return vips::VImage::tiffload_buffer(blob.get()).getpoint(0, 0);
  });
  if (first || first.error().message().find("not configured") == std::string::npos) return {};
  return fail(
      ErrorCode::unsupported,
      fmt::format("this kind of TIFF is not read here ({})",
                  code == tiff::compression::old_jpeg
                      ? std::string("JPEG in the way of before 1995, which Technical Note 2 "
                                    "to TIFF 6.0 has replaced")
                      : fmt::format("compression {}", code)),
      "save it in another way with the program that made it; it was left as it is");
}

}  // namespace

Result<void> TiffCodec::check_whole(ByteView input) {
  IMGMILL_CHECK(check_compression(input));
  const std::string damage = tiff_damage(input);
  if (!damage.empty()) return std::unexpected(damage_error(format, damage));
  return {};
}

}  // namespace imgmill

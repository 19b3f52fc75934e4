#include "codecs/jpeg.h"

#include <fmt/format.h>

#include "codecs/engine.h"
#include "codecs/jpeg_coefficients.h"

namespace imgmill {
namespace {

// The profile stays, everything else is the optimizer's business.
vips::VOption* save_options(const EncodeOptions& options) {
  auto* save = vips::VImage::option()->set("Q", options.quality);
  if (options.draft == Draft::yes) {
    // The same steps, without the trellis, which takes three quarters of the time.
    save->set("optimize_coding", false);
    if (options.effort != Effort::fast) save->set("quant_table", 3);
    keep_profile_only(save);
    return save;
  }
  save->set("optimize_coding", true)->set("interlace", true);
  if (options.effort != Effort::fast) {
    // mozjpeg at its best, as sharp's `mozjpeg: true` asks for it.
    save->set("trellis_quant", true)
        ->set("overshoot_deringing", true)
        ->set("optimize_scans", true)
        ->set("quant_table", 3);
  }
  keep_profile_only(save);
  return save;
}

}  // namespace

bool JpegCodec::matches(ByteView header) {
  return header.size() >= 3 && header[0] == std::byte{0xFF} && header[1] == std::byte{0xD8} &&
         header[2] == std::byte{0xFF};
}

Result<ImageInfo> JpegCodec::probe(ByteView input) {
  IMGMILL_TRY(const JpegHeader header, read_jpeg_header(input));
  ImageInfo info;
  info.format = Format::jpeg;
  info.width = header.width;
  info.height = header.height;
  info.channels = header.components;
  info.progressive = header.progressive;
  info.quality = estimate_jpeg_quality(header.luma_steps);
  info.colour_space = header.cmyk ? "CMYK" : header.components == 1 ? "grey" : "sRGB";
  return info;
}

namespace {

// Below this many pixels, what libvips's threads say to each other about a picture
// costs as much as decoding it: 1.7 ms against 0.8 ms for one of 256 px.
constexpr std::uint64_t small_picture = 1'000'000;

Result<Picture> decode_here(ByteView input) {
  IMGMILL_TRY(const JpegPixels pixels, decode_small_jpeg(input));
  return with_engine(ErrorCode::bad_input, "the JPEG cannot be decoded", [&] {
    const std::size_t size =
        std::size_t{pixels.width} * pixels.height * static_cast<std::size_t>(pixels.channels);
    vips::VImage image = vips::VImage::new_from_memory_steal(
        pixels.samples, size, static_cast<int>(pixels.width), static_cast<int>(pixels.height),
        pixels.channels, VIPS_FORMAT_UCHAR);
    image = image.copy(vips::VImage::option()
                           ->set("interpretation", pixels.channels == 1 ? VIPS_INTERPRETATION_B_W
                                                                        : VIPS_INTERPRETATION_sRGB)
                           ->set("xres", pixels.dots_per_mm)
                           ->set("yres", pixels.dots_per_mm));
    const Buffer profile = read_metadata(input, Format::jpeg).icc;
    if (!profile.empty()) {
      vips_image_set_blob_copy(image.get_image(), VIPS_META_ICC_NAME, profile.data(),
                               profile.size());
    }
    return Picture{.image = image};
  });
}

}  // namespace

Result<Picture> JpegCodec::decode(ByteView input, const ImageInfo& info,
                                  const DecodeOptions& options) {
  if ((info.channels == 1 || info.channels == 3) && options.shrink < 2 &&
      options.damage == Damage::refuse && std::uint64_t{info.width} * info.height < small_picture) {
    return decode_here(input);
  }
  return with_engine(ErrorCode::bad_input, "the JPEG cannot be decoded", [&] {
    BlobView blob(input);
    // The inverse DCT can give a half, a quarter or an eighth of each side.
    const int shrink = options.shrink >= 8   ? 8
                       : options.shrink >= 4 ? 4
                       : options.shrink >= 2 ? 2
                                             : 1;
    // Warnings count: what libjpeg merely warns of is lost picture data.
    return Picture{
        .image = vips::VImage::jpegload_buffer(
            blob.get(), load_options(options, VIPS_FAIL_ON_WARNING)->set("shrink", shrink))};
  });
}

Result<Buffer> JpegCodec::encode(const Picture& picture, const EncodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the picture could not be turned into JPEG", [&] {
    return take_blob(without_metadata(picture.image).jpegsave_buffer(save_options(options)));
  });
}

std::optional<std::string> JpegCodec::diagnose(ByteView input) { return diagnose_jpeg(input); }

}  // namespace imgmill

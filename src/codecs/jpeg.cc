#include "codecs/jpeg.h"

#include <fmt/format.h>

#include "codecs/engine.h"
#include "codecs/jpeg_coefficients.h"

namespace imgmill {
namespace {

// The profile stays, everything else is the optimizer's business.
vips::VOption* save_options(const EncodeOptions& options) {
  auto* save = vips::VImage::option()->set("Q", options.quality);
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

Result<Picture> JpegCodec::decode(ByteView input, const ImageInfo& info,
                                  const DecodeOptions& options) {
  (void)info;
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

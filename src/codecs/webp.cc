#include "codecs/webp.h"

#include <webp/decode.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/frames.h"
#include "codecs/webp_data.h"
#include "metadata/riff_chunks.h"
#include "webp/encoder.h"

namespace imgmill {

bool WebpCodec::matches(ByteView header) {
  return header.size() >= 12 && as_text(header.first(4)) == "RIFF" &&
         as_text(header.subspan(8, 4)) == "WEBP";
}

Result<ImageInfo> WebpCodec::probe(ByteView input) {
  return with_engine(ErrorCode::bad_input, "the WebP header cannot be read", [&] {
    BlobView blob(input);
    // A single frame: its size is the canvas size, and the number of frames is known.
    const vips::VImage image = vips::VImage::webpload_buffer(blob.get());
    ImageInfo info;
    info.format = Format::webp;
    info.width = static_cast<std::uint32_t>(image.width());
    info.height = static_cast<std::uint32_t>(image.height());
    info.frames = static_cast<std::uint32_t>(header_int(image, VIPS_META_N_PAGES, 1));
    info.loop = header_int(image, "loop", 0);
    info.channels = image.bands();
    info.alpha = image.has_alpha();
    info.lossless = metadata::is_lossless_webp(input);
    info.colour_space = "sRGB";
    return info;
  });
}

namespace {

// Decodes with libwebp directly, at 10 ms a megapixel of a photograph; libvips copies every picture
// to a canvas pixel by pixel and takes 30. None if a canvas is needed or the data is damaged, about
// which libvips can tell more.
std::optional<Picture> decode_still(ByteView input, const ImageInfo& info) {
  const std::size_t channels = info.alpha ? 4 : 3;
  const std::size_t row = info.width * channels;
  const std::size_t size = row * info.height;
  std::unique_ptr<std::uint8_t, decltype(&std::free)> samples(
      static_cast<std::uint8_t*>(std::malloc(size)), &std::free);
  if (samples == nullptr) throw std::bad_alloc();
  const auto* data = reinterpret_cast<const std::uint8_t*>(input.data());
  const auto decode = info.alpha ? &WebPDecodeRGBAInto : &WebPDecodeRGBInto;
  if (decode(data, input.size(), samples.get(), size, static_cast<int>(row)) == nullptr) {
    return std::nullopt;
  }
  const vips::VImage image = vips::VImage::new_from_memory_steal(
      samples.release(), size, static_cast<int>(info.width), static_cast<int>(info.height),
      static_cast<int>(channels), VIPS_FORMAT_UCHAR);
  image.get_image()->Type = VIPS_INTERPRETATION_sRGB;
  const Buffer profile = read_metadata(input, Format::webp).icc;
  embed_profile(image, profile.view());
  return Picture{.image = image};
}

// With frame delays as browsers interpret them.
vips::VImage as_timed(const vips::VImage& image) {
  vips::VImage out = image.copy();
  std::vector<int> delays = out.get_array_int("delay");
  std::ranges::transform(delays, delays.begin(), seen_for);
  out.set("delay", delays);
  return out;
}

}  // namespace

Result<Picture> WebpCodec::decode(ByteView input, const ImageInfo& info,
                                  const DecodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the WebP cannot be decoded", [&] {
    if (info.frames == 1 && options.damage == Damage::refuse) {
      if (std::optional<Picture> still = decode_still(input, info)) return *std::move(still);
    }
    BlobView blob(input);
    auto* load = load_options(options, VIPS_FAIL_ON_ERROR);
    if (info.frames > 1) load->set("n", -1);
    const vips::VImage image = vips::VImage::webpload_buffer(blob.get(), load);
    return Picture{.image = info.frames > 1 ? as_timed(image) : image, .frames = info.frames};
  });
}

namespace {

// True for opaque still pictures, which our own encoder takes. Alpha, animation and lossless go to
// libwebp.
bool is_plain(const Picture& picture) {
  const int bands = picture.image.bands();
  return picture.frames == 1 && (bands == 1 || bands == 3) &&
         picture.image.format() == VIPS_FORMAT_UCHAR &&
         std::max(picture.width(), picture.height()) <= webp::most_side;
}

// `pixels` must be in memory.
Result<Buffer> encode_plain(const vips::VImage& pixels, const EncodeOptions& options) {
  // Relative to libwebp's method 4 (docs/adr/0019-webp.md).
  const webp::CodingEffort effort =
      options.effort == Effort::fast  ? webp::CodingEffort{.block_modes = 1, .weigh = false}
      : options.effort == Effort::max ? webp::CodingEffort{.block_modes = 4, .weigh = true}
                                      : webp::CodingEffort{.block_modes = 2, .weigh = true};
  IMGMILL_TRY(Buffer file,
              webp::encode_webp({.first = static_cast<const std::uint8_t*>(pixels.data()),
                                 .row_size = VIPS_IMAGE_SIZEOF_LINE(pixels.get_image()),
                                 .width = static_cast<std::uint32_t>(pixels.width()),
                                 .height = static_cast<std::uint32_t>(pixels.height()),
                                 .channels = pixels.bands()},
                                {.quality = options.quality, .effort = effort}));
  const ByteView profile = profile_of(pixels);
  if (profile.empty()) return file;
  return metadata::insert_webp_profile(file.view(), profile);
}

Result<Buffer> encode_with_libwebp(const Picture& picture, const EncodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the picture could not be turned into WebP", [&] {
    auto* save = vips::VImage::option()->set("Q", options.whole_quality());
    // libwebp's scale is 0..6. Relative to 4, its default, at equal mean SSIMULACRA 2 of 75 to 85
    // over six Kodak pictures and two photographs: 2 takes 0.43 of the CPU time for 3 to 5% more
    // bytes, 3 as much for the same, 5 takes 1.08 for 1.3% fewer, 6 takes 2.1 for 2.5% fewer.
    // smart_subsample takes 1.9 times as long for 0.4 to 2%, smart_deblock 4 times for nothing, and
    // so do passes.
    save->set("effort", options.effort == Effort::fast       ? 2
                        : options.effort == Effort::balanced ? 4
                                                             : 6);
    if (options.lossless) {
      // exact: colours of fully transparent pixels must survive, too.
      save->set("lossless", true);
      if (offers("webpsave_buffer", "exact")) save->set("exact", true);
    }
    keep_profile_only(save);
    return take_blob(without_metadata(picture.image).webpsave_buffer(save));
  });
}

}  // namespace

Result<Buffer> WebpCodec::encode(const Picture& picture, const EncodeOptions& options) {
  if (options.lossless || !is_plain(picture)) return encode_with_libwebp(picture, options);
  // Read once: a sequential decoder cannot be read a second time.
  Picture held = picture;
  IMGMILL_TRY(held.image,
              with_engine(ErrorCode::bad_input, "the picture could not be turned into WebP",
                          [&] { return picture.image.copy_memory(); }));
  Result<Buffer> file = encode_plain(held.image, options);
  // A picture with too many macroblocks for our encoder may still fit libwebp's.
  if (file || file.error().code() != ErrorCode::unsupported) return file;
  return encode_with_libwebp(held, options);
}

std::optional<std::string> WebpCodec::diagnose(ByteView) { return std::nullopt; }

Result<void> WebpCodec::check_whole(ByteView input) {
  const std::string damage = webp_damage(input);
  if (!damage.empty()) return std::unexpected(damage_error(format, damage));
  return {};
}

}  // namespace imgmill

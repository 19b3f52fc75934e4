#include "codecs/jpeg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "codecs/engine.h"
#include "jpeg/encoder.h"
#include "jpeg/inverse.h"
#include "jpeg/quality.h"
#include "jpeg/reader.h"
#include "jpeg/writer.h"

namespace imgmill {
namespace {

// T.81, B.2.4.6: maximum payload of a segment, without its length field.
constexpr std::size_t most_in_segment = 65533;

jpeg::Segment segment(std::uint8_t marker, std::string_view name, ByteView content) {
  jpeg::Segment made{.marker = marker, .data = {}};
  made.data.reserve(name.size() + content.size());
  std::ranges::copy(as_bytes(name), std::back_inserter(made.data));
  std::ranges::copy(content, std::back_inserter(made.data));
  return made;
}

// T.871, 10.1: samples are YCbCr or grey, and square. Metadata code sets the resolution.
jpeg::Segment jfif() {
  constexpr std::array content = {std::byte{1}, std::byte{2}, std::byte{0},
                                  std::byte{0}, std::byte{1}, std::byte{0},
                                  std::byte{1}, std::byte{0}, std::byte{0}};
  return segment(0xE0, {"JFIF\0", 5}, content);
}

// ICC.1:2010, B.4: splits a profile into as many segments as needed.
void add_profile(std::vector<jpeg::Segment>& segments, ByteView profile) {
  constexpr std::string_view name("ICC_PROFILE\0", 12);
  constexpr std::size_t most = most_in_segment - name.size() - 2;
  const std::size_t parts = (profile.size() + most - 1) / most;
  for (std::size_t part = 0; part < parts && parts <= 255; ++part) {
    Buffer content = Buffer::uninitialised(2 + std::min(most, profile.size() - part * most));
    content.data()[0] = static_cast<std::byte>(part + 1);
    content.data()[1] = static_cast<std::byte>(parts);
    std::ranges::copy(profile.subspan(part * most, content.size() - 2), content.data() + 2);
    segments.push_back(segment(0xE2, name, content.view()));
  }
}

bool is_plain(const Picture& picture) {
  const int bands = picture.image.bands();
  return (bands == 1 || bands == 3) && picture.image.format() == VIPS_FORMAT_UCHAR;
}

// CMYK is left to libvips.
Result<Buffer> encode_inks(const Picture& picture, const EncodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the picture could not be turned into JPEG", [&] {
    auto* save = vips::VImage::option()
                     ->set("Q", options.whole_quality())
                     ->set("optimize_coding", true)
                     ->set("interlace", true);
    keep_profile_only(save);
    return take_blob(without_metadata(picture.image).jpegsave_buffer(save));
  });
}

}  // namespace

bool JpegCodec::matches(ByteView header) {
  return header.size() >= 3 && header[0] == std::byte{0xFF} && header[1] == std::byte{0xD8} &&
         header[2] == std::byte{0xFF};
}

Result<ImageInfo> JpegCodec::probe(ByteView input) {
  IMGMILL_TRY(const jpeg::Header header, jpeg::read_header(input));
  ImageInfo info;
  info.format = Format::jpeg;
  info.width = header.width;
  info.height = header.height;
  info.channels = header.components;
  info.progressive = header.progressive;
  info.quality = jpeg::estimate_quality(header.luma_steps);
  info.colour_space = header.cmyk ? "CMYK" : header.components == 1 ? "grey" : "sRGB";
  return info;
}

namespace {

// Synchronization of libvips's threads costs nearly as much as decoding: 12 ms per megapixel of a
// photograph against 7, and 1.7 ms against 0.8 for one of 256 px. For pictures larger than this,
// streaming may be worth more, since it never holds the whole picture in memory.
constexpr std::uint64_t most_pixels_at_once = 32'000'000;

}  // namespace

Result<Picture> picture_of(const jpeg::Pixels& pixels, ByteView profile) {
  return with_engine(ErrorCode::bad_input, "the JPEG cannot be decoded", [&] {
    const std::size_t size =
        std::size_t{pixels.width} * pixels.height * static_cast<std::size_t>(pixels.channels);
    const vips::VImage image = vips::VImage::new_from_memory_steal(
        pixels.samples, size, static_cast<int>(pixels.width), static_cast<int>(pixels.height),
        pixels.channels, VIPS_FORMAT_UCHAR);
    // Nothing else refers to the image yet: it stays in memory and can be modified.
    VipsImage* const raw = image.get_image();
    raw->Type = pixels.channels == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
    raw->Xres = raw->Yres = pixels.dots_per_mm;
    embed_profile(image, profile);
    return Picture{.image = image};
  });
}

namespace {

using Coefficients = std::shared_ptr<const jpeg::Picture>;

// The functions that libvips calls, from C: they must not throw.

void* start_decoding(VipsImage* /*image*/, void* coefficients, void* /*unused*/) {
  try {
    return new jpeg::RegionDecoder(**static_cast<const Coefficients*>(coefficients));
  } catch (const std::exception& error) {
    vips_error("jpeg", "%s", error.what());
    return nullptr;
  }
}

int decode_region(VipsRegion* out, void* decoder, void* /*coefficients*/, void* /*unused*/,
                  gboolean* /*stop*/) {
  const VipsRect& part = out->valid;
  try {
    static_cast<jpeg::RegionDecoder*>(decoder)->decode(
        {.left = static_cast<std::uint32_t>(part.left),
         .top = static_cast<std::uint32_t>(part.top),
         .width = static_cast<std::uint32_t>(part.width),
         .height = static_cast<std::uint32_t>(part.height)},
        VIPS_REGION_ADDR(out, part.left, part.top), VIPS_REGION_LSKIP(out));
    return 0;
  } catch (const std::exception& error) {
    vips_error("jpeg", "%s", error.what());
    return -1;
  }
}

int stop_decoding(void* decoder, void* /*coefficients*/, void* /*unused*/) {
  delete static_cast<jpeg::RegionDecoder*>(decoder);
  return 0;
}

// The same pixels as shown_pixels(), computed from `coefficients` whenever they are read.
Result<Picture> picture_on_demand(Coefficients coefficients, ByteView profile) {
  return with_engine(ErrorCode::bad_input, "the JPEG cannot be decoded", [&] {
    const jpeg::Picture& from = *coefficients;
    const vips::VImage image(vips_image_new());
    VipsImage* const raw = image.get_image();
    const auto bands = static_cast<int>(from.planes.size());
    vips_image_init_fields(raw, static_cast<int>(from.width), static_cast<int>(from.height), bands,
                           VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
                           bands == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, 1, 1);
    embed_profile(image, profile);
    auto* const kept = new Coefficients(std::move(coefficients));
    g_object_set_data_full(G_OBJECT(raw), "imgmill-coefficients", kept,
                           [](gpointer it) { delete static_cast<Coefficients*>(it); });
    if (vips_image_pipelinev(raw, VIPS_DEMAND_STYLE_THINSTRIP, nullptr) != 0 ||
        vips_image_generate(raw, start_decoding, decode_region, stop_decoding, kept, nullptr) !=
            0) {
      throw vips::VError();
    }
    return Picture{.image = image, .on_demand = true};
  });
}

}  // namespace

Result<Picture> shown_picture(std::shared_ptr<const jpeg::Picture> coefficients, ByteView profile) {
  if (!jpeg::can_be_shown(*coefficients)) {
    return fail(ErrorCode::unsupported, "only decoders know what they show of this JPEG");
  }
  if (1.0 * coefficients->width * coefficients->height > large_picture) {
    return picture_on_demand(std::move(coefficients), profile);
  }
  return picture_of(jpeg::shown_pixels(*coefficients), profile);
}

Result<Encoding> encoding_of(jpeg::Picture coefficients, const EncodeOptions& options,
                             ByteView profile) {
  const jpeg::ScanSearch search = jpeg::scan_search(jpeg_settings(options).effort);
  if (!jpeg::can_be_shown(coefficients)) {
    IMGMILL_TRY(Buffer bytes, jpeg::write_jpeg(coefficients, search));
    return Encoding(std::move(bytes));
  }
  const auto kept = std::make_shared<const jpeg::Picture>(std::move(coefficients));
  IMGMILL_TRY(Picture shown, shown_picture(kept, profile));
  return Encoding(std::move(shown), [kept, search]() -> Result<Buffer> {
    IMGMILL_TRY(Buffer bytes, jpeg::write_jpeg(*kept, search));
    IMGMILL_CHECK(jpeg::check_jpeg(bytes.view(), *kept));
    return bytes;
  });
}

Result<Picture> JpegCodec::decode(ByteView input, const ImageInfo& info,
                                  const DecodeOptions& options) {
  const std::uint64_t pixels = std::uint64_t{info.width} * info.height;
  if ((info.channels == 1 || info.channels == 3) && options.damage == Damage::refuse &&
      pixels <= most_pixels_at_once) {
    IMGMILL_TRY(const jpeg::Pixels decoded, jpeg::decode_pixels(input));
    return picture_of(decoded, read_metadata(input, Format::jpeg).icc.view());
  }
  // The engine stops reading at the last row and so misses libjpeg's final warning about leftover
  // data.
  if (options.damage == Damage::refuse) {
    if (const std::string damage = jpeg::diagnose(input); !damage.empty()) {
      return fail(ErrorCode::bad_input, fmt::format("the JPEG data is damaged ({})", damage),
                  "restore the file from a copy; it was left as it is");
    }
  }
  return with_engine(ErrorCode::bad_input, "the JPEG cannot be decoded", [&] {
    BlobView blob(input);
    // Warnings count: what libjpeg merely warns of is lost picture data.
    return Picture{.image = vips::VImage::jpegload_buffer(
                       blob.get(), load_options(options, VIPS_FAIL_ON_WARNING))};
  });
}

namespace {

// A picture in the form our encoder takes.
struct Input {
  vips::VImage pixels;
  jpeg::Samples samples;  ///< of `pixels`
  std::vector<jpeg::Segment> segments;
};

Result<Input> input_of(const Picture& picture) {
  if (!is_plain(picture)) return fail(ErrorCode::unsupported, "neither grey nor RGB of 8 bits");
  IMGMILL_TRY(const vips::VImage pixels,
              with_engine(ErrorCode::bad_input, "the picture could not be turned into JPEG",
                          [&] { return picture.image.copy_memory(); }));
  Input input{.pixels = pixels,
              .samples = {.first = static_cast<const std::uint8_t*>(pixels.data()),
                          .row_size = VIPS_IMAGE_SIZEOF_LINE(pixels.get_image()),
                          .width = static_cast<std::uint32_t>(pixels.width()),
                          .height = static_cast<std::uint32_t>(pixels.height()),
                          .channels = pixels.bands()},
              .segments = {}};
  input.segments.push_back(jfif());
  add_profile(input.segments, profile_of(pixels));
  return input;
}

}  // namespace

Result<Buffer> JpegCodec::encode(const Picture& picture, const EncodeOptions& options) {
  if (!is_plain(picture)) return encode_inks(picture, options);
  IMGMILL_TRY(Input input, input_of(picture));
  return jpeg::encode_jpeg(input.samples, jpeg_settings(options), std::move(input.segments));
}

PictureEncoder JpegCodec::encoder(const Picture& picture) {
  struct Prepared {
    Input input;  // owns the samples the encoder refers to
    jpeg::SamplesEncoder encoder;
  };
  return [picture, prepared = std::shared_ptr<Prepared>()](
             const EncodeOptions& options) mutable -> Result<Encoding> {
    if (!is_plain(picture)) {
      IMGMILL_TRY(Buffer bytes, encode_inks(picture, options));
      return Encoding(std::move(bytes));
    }
    if (!prepared) {
      IMGMILL_TRY(Input input, input_of(picture));
      jpeg::SamplesEncoder encoder(input.samples, std::move(input.segments));
      prepared = std::make_shared<Prepared>(std::move(input), std::move(encoder));
    }
    return encoding_of(prepared->encoder.quantised(jpeg_settings(options)), options,
                       profile_of(prepared->input.pixels));
  };
}

jpeg::EncoderSettings jpeg_settings(const EncodeOptions& options) {
  const jpeg::CodingEffort effort = options.effort == Effort::fast  ? jpeg::CodingEffort::quick
                                    : options.effort == Effort::max ? jpeg::CodingEffort::thorough
                                                                    : jpeg::CodingEffort::weighed;
  return {.quality = options.quality, .effort = effort, .halve_chroma = options.halve_chroma};
}

std::optional<std::string> JpegCodec::diagnose(ByteView input) { return jpeg::diagnose(input); }

}  // namespace imgmill

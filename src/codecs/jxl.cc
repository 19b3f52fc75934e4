#include "codecs/jxl.h"

#include <fmt/format.h>
#include <jxl/decode_cxx.h>
#include <jxl/encode_cxx.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/jxl_output.h"
#include "metadata/jxl_boxes.h"

namespace imgmill {
namespace {

using std::string_view_literals::operator""sv;

const std::uint8_t* octets(ByteView bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

std::unexpected<Error> cannot_read(std::string_view how) {
  return fail(ErrorCode::bad_input, fmt::format("the JPEG XL file cannot be read ({})", how),
              "restore the file from a copy");
}

bool is_srgb(const JxlColorEncoding& colours) {
  return colours.white_point == JXL_WHITE_POINT_D65 &&
         colours.transfer_function == JXL_TRANSFER_FUNCTION_SRGB &&
         (colours.color_space == JXL_COLOR_SPACE_GRAY ||
          (colours.color_space == JXL_COLOR_SPACE_RGB && colours.primaries == JXL_PRIMARIES_SRGB));
}

bool is_high_range(const JxlColorEncoding& colours) {
  return colours.transfer_function == JXL_TRANSFER_FUNCTION_PQ ||
         colours.transfer_function == JXL_TRANSFER_FUNCTION_HLG;
}

// Output colour space for files with a profile that libjxl cannot convert to. By default libjxl
// would silently use linear light, for which 8 bits are too few. Display P3 holds the colours of
// nearly all photographs and screens.
JxlColorEncoding stand_in(bool grey) {
  JxlColorEncoding colours{};
  JxlColorEncodingSetToSRGB(&colours, grey ? JXL_TRUE : JXL_FALSE);
  if (!grey) colours.primaries = JXL_PRIMARIES_P3;
  return colours;
}

/// A decoder that has read the header: basic information and colour encoding.
class Reading {
 public:
  /// `events` are requested in addition to those of the header.
  static Result<Reading> begin(ByteView input, int events) {
    Reading reading;
    reading.decoder_ = JxlDecoderMake(nullptr);
    JxlDecoder* const decoder = reading.decoder_.get();
    if (decoder == nullptr) return std::unexpected(engine_memory_error());
    const int header = JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING;
    if (JxlDecoderSubscribeEvents(decoder, header | events) != JXL_DEC_SUCCESS ||
        JxlDecoderSetUnpremultiplyAlpha(decoder, JXL_TRUE) != JXL_DEC_SUCCESS ||
        JxlDecoderSetInput(decoder, octets(input), input.size()) != JXL_DEC_SUCCESS) {
      return cannot_read("the decoder refused it");
    }
    JxlDecoderCloseInput(decoder);
    if (JxlDecoderProcessInput(decoder) != JXL_DEC_BASIC_INFO ||
        JxlDecoderGetBasicInfo(decoder, &reading.basic_) != JXL_DEC_SUCCESS) {
      return cannot_read("its header is damaged or incomplete");
    }
    if (JxlDecoderProcessInput(decoder) != JXL_DEC_COLOR_ENCODING) {
      return cannot_read("its colours are damaged or incomplete");
    }
    reading.read_channels();
    reading.choose_colours();
    return reading;
  }

  [[nodiscard]] JxlDecoder* decoder() const { return decoder_.get(); }
  [[nodiscard]] const JxlBasicInfo& basic() const { return basic_; }
  [[nodiscard]] bool black() const { return black_; }
  [[nodiscard]] bool more_channels() const { return more_channels_; }
  [[nodiscard]] bool alpha() const { return basic_.alpha_bits > 0; }
  [[nodiscard]] bool grey() const { return basic_.num_color_channels == 1; }
  [[nodiscard]] bool wide() const {
    return basic_.bits_per_sample > 8 || basic_.exponent_bits_per_sample > 0;
  }
  [[nodiscard]] int channels() const {
    return static_cast<int>(basic_.num_color_channels) + (alpha() ? 1 : 0);
  }
  /// The colour encoding of the decoded samples, if it can be named.
  [[nodiscard]] const std::optional<JxlColorEncoding>& colours() const { return colours_; }

  /// Returns the ICC profile of the decoded samples; empty for sRGB.
  [[nodiscard]] Buffer profile() const {
    if (colours_ && (is_srgb(*colours_) || is_high_range(*colours_))) return {};
    std::size_t size = 0;
    if (JxlDecoderGetICCProfileSize(decoder(), &any_format, JXL_COLOR_PROFILE_TARGET_DATA, &size) !=
            JXL_DEC_SUCCESS ||
        size == 0) {
      return {};
    }
    Buffer icc = Buffer::uninitialised(size);
    const JxlDecoderStatus got =
        JxlDecoderGetColorAsICCProfile(decoder(), &any_format, JXL_COLOR_PROFILE_TARGET_DATA,
                                       reinterpret_cast<std::uint8_t*>(icc.data()), icc.size());
    return got == JXL_DEC_SUCCESS ? std::move(icc) : Buffer();
  }

 private:
  static constexpr JxlPixelFormat any_format = {3, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};

  Reading() = default;

  void read_channels() {
    const std::uint32_t known = alpha() ? 1 : 0;
    more_channels_ = basic_.num_extra_channels > known;
    for (std::uint32_t i = 0; i < basic_.num_extra_channels; ++i) {
      JxlExtraChannelInfo channel{};
      if (JxlDecoderGetExtraChannelInfo(decoder(), i, &channel) != JXL_DEC_SUCCESS) continue;
      black_ = black_ || channel.type == JXL_CHANNEL_BLACK;
    }
  }

  std::optional<JxlColorEncoding> named(JxlColorProfileTarget target) const {
    JxlColorEncoding colours{};
    if (JxlDecoderGetColorAsEncodedProfile(decoder(), &any_format, target, &colours) !=
        JXL_DEC_SUCCESS) {
      return std::nullopt;
    }
    return colours;
  }

  void choose_colours() {
    if (basic_.uses_original_profile == JXL_FALSE && !named(JXL_COLOR_PROFILE_TARGET_ORIGINAL)) {
      const JxlColorEncoding instead = stand_in(grey());
      JxlDecoderSetPreferredColorProfile(decoder(), &instead);  // on failure, colours_ says so
    }
    colours_ = named(JXL_COLOR_PROFILE_TARGET_DATA);
  }

  JxlDecoderPtr decoder_;
  JxlBasicInfo basic_{};
  std::optional<JxlColorEncoding> colours_;
  bool black_ = false;
  bool more_channels_ = false;
};

VipsInterpretation interpretation_of(bool grey, bool wide) {
  if (grey) return wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
  return wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

// Decodes the whole first frame into `samples`.
Result<void> read_samples(const Reading& reading, const JxlPixelFormat& format,
                          std::span<std::byte> samples) {
  JxlDecoder* const decoder = reading.decoder();
  for (;;) {
    switch (JxlDecoderProcessInput(decoder)) {
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER: {
        std::size_t size = 0;
        if (JxlDecoderImageOutBufferSize(decoder, &format, &size) != JXL_DEC_SUCCESS ||
            size != samples.size() ||
            JxlDecoderSetImageOutBuffer(decoder, &format, samples.data(), size) !=
                JXL_DEC_SUCCESS) {
          return cannot_read("its frame is not of the size that its header says");
        }
        break;
      }
      case JXL_DEC_FULL_IMAGE:
        return {};
      case JXL_DEC_NEED_MORE_INPUT:
        return cannot_read("it ends too soon");
      case JXL_DEC_SUCCESS:
        return cannot_read("it holds no picture");
      case JXL_DEC_ERROR:
        return cannot_read("its picture data is damaged");
      default:
        break;
    }
  }
}

// Effort 9 takes 27 s of CPU time per megapixel, 9 times that of effort 7, for 3% fewer bytes. This
// limits it to a few minutes.
constexpr double most_pixels_for_9 = 8e6;

// Measured on Kodak pictures: effort 3 takes a fifth of the time of 5 and gives 8% more bytes; 7
// takes twice the time and gives no fewer, 8 nine times for 2% fewer. Lossless, 7 takes 1.5 times
// as long as 5 for 4% fewer.
int effort_of(const EncodeOptions& options, double pixels) {
  if (options.draft == Draft::yes) return 3;
  switch (options.effort) {
    case Effort::fast:
      return 3;
    case Effort::balanced:
      return options.lossless ? 7 : 5;
    case Effort::max:
      return !options.lossless ? 8 : pixels <= most_pixels_for_9 ? 9 : 7;
  }
  return 5;
}

// A profile that libjxl cannot read is ignored and the samples are taken for sRGB, as viewers do.
bool set_colours(JxlEncoder* encoder, const vips::VImage& image, bool grey) {
  const ByteView profile = profile_of(image);
  if (!profile.empty() &&
      JxlEncoderSetICCProfile(encoder, reinterpret_cast<const std::uint8_t*>(profile.data()),
                              profile.size()) == JXL_ENC_SUCCESS) {
    return true;
  }
  JxlColorEncoding colours{};
  JxlColorEncodingSetToSRGB(&colours, grey ? JXL_TRUE : JXL_FALSE);
  return JxlEncoderSetColorEncoding(encoder, &colours) == JXL_ENC_SUCCESS;
}

bool set_frame_options(JxlEncoderFrameSettings* frame, const EncodeOptions& options,
                       double pixels) {
  if (JxlEncoderFrameSettingsSetOption(frame, JXL_ENC_FRAME_SETTING_EFFORT,
                                       effort_of(options, pixels)) != JXL_ENC_SUCCESS) {
    return false;
  }
  if (options.lossless) return JxlEncoderSetFrameLossless(frame, JXL_TRUE) == JXL_ENC_SUCCESS;
  return JxlEncoderSetFrameDistance(frame, jxl_distance(options.whole_quality())) ==
         JXL_ENC_SUCCESS;
}

}  // namespace

float jxl_distance(int quality) {
  constexpr float at_30 = 6.4F;
  constexpr float at_1 = 15.0F;
  const auto q = static_cast<float>(std::clamp(quality, 1, 100));
  return q >= 30 ? 0.1F + (100 - q) * 0.09F : at_30 + (30 - q) / 29 * (at_1 - at_30);
}

bool JxlCodec::matches(ByteView header) {
  const std::string_view text = as_text(header);
  return (text.size() > 2 && text.starts_with("\xFF\x0A"sv)) ||
         text.starts_with("\0\0\0\x0CJXL \x0D\x0A\x87\x0A"sv);
}

Result<ImageInfo> JxlCodec::probe(ByteView input) {
  IMGMILL_TRY(const Reading reading, Reading::begin(input, 0));
  const JxlBasicInfo& basic = reading.basic();
  if (reading.black()) {
    return fail(ErrorCode::unsupported, "this JPEG XL file is CMYK, which imgmill does not read",
                "convert it to RGB with the program that made it");
  }
  ImageInfo info;
  info.format = Format::jpegxl;
  info.width = basic.xsize;
  info.height = basic.ysize;
  info.channels = reading.channels();
  info.alpha = reading.alpha();
  info.bits = reading.wide() ? std::clamp(static_cast<int>(basic.bits_per_sample), 9, 16) : 8;
  if (basic.exponent_bits_per_sample > 0) info.bits = 16;
  info.colour_space = reading.grey() ? "grey" : "sRGB";
  // Encoders keep the original profile in lossless mode; a repacked JPEG is lossy, though.
  info.lossless = basic.uses_original_profile == JXL_TRUE && !metadata::holds_jpeg(input);
  return info;
}

Result<Picture> JxlCodec::decode(ByteView input, const ImageInfo& info, const DecodeOptions&) {
  IMGMILL_TRY(const Reading reading, Reading::begin(input, JXL_DEC_FULL_IMAGE));
  const JxlBasicInfo& basic = reading.basic();
  // Limits were checked against `info`.
  if (basic.xsize != info.width || basic.ysize != info.height ||
      reading.channels() != info.channels) {
    return cannot_read("its header says two things");
  }
  const bool wide = reading.wide();
  const JxlPixelFormat format = {static_cast<std::uint32_t>(reading.channels()),
                                 wide ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
  const std::size_t size = std::size_t{basic.xsize} * basic.ysize * format.num_channels *
                           (wide ? sizeof(std::uint16_t) : 1);
  auto made = with_engine(ErrorCode::bad_input, "the JPEG XL cannot be decoded", [&] {
    void* const samples = g_try_malloc(size);
    if (samples == nullptr) throw std::bad_alloc();
    return vips::VImage::new_from_memory_steal(samples, size, static_cast<int>(basic.xsize),
                                               static_cast<int>(basic.ysize), reading.channels(),
                                               wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
  });
  IMGMILL_TRY(vips::VImage image, std::move(made));
  IMGMILL_CHECK(
      read_samples(reading, format,
                   {reinterpret_cast<std::byte*>(VIPS_IMAGE_ADDR(image.get_image(), 0, 0)), size}));
  return with_engine(ErrorCode::bad_input, "the JPEG XL cannot be decoded", [&] {
    image = image.copy(
        vips::VImage::option()->set("interpretation", interpretation_of(reading.grey(), wide)));
    const Buffer profile = reading.profile();
    embed_profile(image, profile.view());
    return Picture{.image = image, .source_bits = info.bits};
  });
}

Result<Buffer> JxlCodec::encode(const Picture& picture, const EncodeOptions& options) {
  IMGMILL_TRY(const vips::VImage image,
              with_engine(ErrorCode::bad_input, "the picture could not be turned into JPEG XL",
                          [&] { return picture.image.copy_memory(); }));
  const bool grey = image.bands() < 3;
  const bool alpha = image.bands() == 2 || image.bands() == 4;
  const bool wide = image.format() == VIPS_FORMAT_USHORT;
  if (image.bands() > 4 || (!wide && image.format() != VIPS_FORMAT_UCHAR)) {
    return fail(ErrorCode::internal, "JPEG XL was given samples of a kind that it is not for");
  }

  const JxlEncoderPtr encoder = JxlEncoderMake(nullptr);
  if (!encoder) return std::unexpected(engine_memory_error());
  JxlBasicInfo basic;
  JxlEncoderInitBasicInfo(&basic);
  basic.xsize = static_cast<std::uint32_t>(image.width());
  basic.ysize = static_cast<std::uint32_t>(image.height());
  basic.bits_per_sample = wide ? 16 : 8;
  basic.num_color_channels = grey ? 1 : 3;
  if (alpha) {
    basic.alpha_bits = basic.bits_per_sample;
    basic.num_extra_channels = 1;
  }
  basic.uses_original_profile = options.lossless ? JXL_TRUE : JXL_FALSE;
  const auto refused = [](std::string_view what) {
    return fail(ErrorCode::unsupported, fmt::format("JPEG XL cannot take {}", what),
                "convert the colours with --to-srgb, or choose another format");
  };
  if (JxlEncoderSetBasicInfo(encoder.get(), &basic) != JXL_ENC_SUCCESS) {
    return refused("a picture of this size and kind");
  }
  // Some 16-bit pictures exceed level 5 and have to signal their level.
  const int level = JxlEncoderGetRequiredCodestreamLevel(encoder.get());
  if (level == 10 && JxlEncoderSetCodestreamLevel(encoder.get(), 10) != JXL_ENC_SUCCESS) {
    return refused("a picture of this size and kind");
  }
  if (!set_colours(encoder.get(), image, grey)) return refused("these colours");
  JxlEncoderFrameSettings* const frame = JxlEncoderFrameSettingsCreate(encoder.get(), nullptr);
  const JxlPixelFormat format = {static_cast<std::uint32_t>(image.bands()),
                                 wide ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
  const double pixels = static_cast<double>(image.width()) * image.height();
  if (frame == nullptr || !set_frame_options(frame, options, pixels) ||
      JxlEncoderAddImageFrame(frame, &format, image.data(),
                              VIPS_IMAGE_SIZEOF_IMAGE(image.get_image())) != JXL_ENC_SUCCESS) {
    return refused("this picture");
  }
  JxlEncoderCloseInput(encoder.get());
  return jxl_output(encoder.get());
}

CodecFacts JxlCodec::facts(ByteView input, const ImageInfo& /*info*/) {
  CodecFacts facts{.packed_jpeg = metadata::holds_jpeg(input), .profile = Buffer{}};
  const Result<Reading> reading = Reading::begin(input, 0);
  if (!reading) return facts;
  facts.more_channels = reading->more_channels();
  facts.sequence = reading->basic().have_animation == JXL_TRUE;  // only the first frame is read
  facts.profile = reading->profile();
  // High dynamic range, for which we have no profile.
  if (const auto& colours = reading->colours(); colours && is_high_range(*colours)) {
    facts.code_points =
        Cicp{static_cast<int>(colours->primaries), static_cast<int>(colours->transfer_function)};
  }
  return facts;
}

std::optional<std::string> JxlCodec::diagnose(ByteView) { return std::nullopt; }

}  // namespace imgmill

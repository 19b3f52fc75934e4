// Creates JPEG XL and HEIC files.
#include <jxl/encode_cxx.h>
#include <libheif/heif.h>

#include <cstring>

#include "support/make.h"
#include "support/must.h"

namespace imgmill::test {
namespace {

const std::uint8_t* octets(const Bytes& bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

std::vector<std::uint16_t> spread(const Raster& raster) {
  std::vector<std::uint16_t> samples(raster.samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::uint16_t>(raster.samples[i] * 65535U /
                                            static_cast<unsigned>(raster.top()));
  }
  return samples;
}

}  // namespace

Bytes make_jxl(const Movie& movie, const JxlMake& how) {
  const Raster& first = movie.frames.front();
  const JxlEncoderPtr encoder = JxlEncoderMake(nullptr);
  JxlEncoder* const jxl = encoder.get();
  const auto well = [](JxlEncoderStatus status, const char* what) {
    must(status == JXL_ENC_SUCCESS, what);
  };
  const bool meta = !how.exif.empty() || !how.xmp.empty();
  if (how.boxes || meta) well(JxlEncoderUseContainer(jxl, JXL_TRUE), "container");
  if (meta) well(JxlEncoderUseBoxes(jxl), "boxes");
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = static_cast<std::uint32_t>(first.width);
  info.ysize = static_cast<std::uint32_t>(first.height);
  const bool wide = first.bits > 8;
  info.bits_per_sample = wide ? 16 : 8;
  info.num_color_channels = first.channels < 3 ? 1 : 3;
  if (first.alpha()) {
    info.num_extra_channels = 1;
    info.alpha_bits = info.bits_per_sample;
  }
  info.orientation = static_cast<JxlOrientation>(how.orientation);
  info.uses_original_profile = how.lossless ? JXL_TRUE : JXL_FALSE;
  if (movie.frames.size() > 1) {
    info.have_animation = JXL_TRUE;
    info.animation.tps_numerator = 1000;
    info.animation.tps_denominator = 1;
  }
  well(JxlEncoderSetBasicInfo(jxl, &info), "info");
  if (JxlEncoderGetRequiredCodestreamLevel(jxl) == 10) {
    well(JxlEncoderSetCodestreamLevel(jxl, 10), "level");
  }
  if (how.icc.empty()) {
    JxlColorEncoding colours{};
    JxlColorEncodingSetToSRGB(&colours, info.num_color_channels == 1 ? JXL_TRUE : JXL_FALSE);
    well(JxlEncoderSetColorEncoding(jxl, &colours), "colours");
  } else {
    well(JxlEncoderSetICCProfile(jxl, octets(how.icc), how.icc.size()), "profile");
  }
  if (!how.exif.empty()) {
    Bytes box(4);
    box.insert(box.end(), how.exif.begin(), how.exif.end());
    well(JxlEncoderAddBox(jxl, "Exif", octets(box), box.size(), JXL_FALSE), "Exif");
  }
  if (!how.xmp.empty()) {
    well(JxlEncoderAddBox(jxl, "xml ", octets(how.xmp), how.xmp.size(), JXL_TRUE), "xml");
  }
  if (meta) JxlEncoderCloseBoxes(jxl);
  JxlEncoderFrameSettings* const frame = JxlEncoderFrameSettingsCreate(jxl, nullptr);
  well(JxlEncoderFrameSettingsSetOption(frame, JXL_ENC_FRAME_SETTING_EFFORT, 3), "effort");
  if (how.lossless) well(JxlEncoderSetFrameLossless(frame, JXL_TRUE), "lossless");
  const JxlPixelFormat format = {static_cast<std::uint32_t>(first.channels), JXL_TYPE_UINT16,
                                 JXL_NATIVE_ENDIAN, 0};
  for (const Raster& raster : movie.frames) {
    if (movie.frames.size() > 1) {
      JxlFrameHeader header;
      JxlEncoderInitFrameHeader(&header);
      header.duration = 100;
      well(JxlEncoderSetFrameHeader(frame, &header), "frame header");
    }
    const std::vector<std::uint16_t> samples = spread(raster);
    well(JxlEncoderAddImageFrame(frame, &format, samples.data(), samples.size() * 2), "frame");
  }
  JxlEncoderCloseInput(jxl);
  Bytes out(1 << 16);
  std::size_t used = 0;
  for (;;) {
    auto* next = reinterpret_cast<std::uint8_t*>(out.data() + used);
    std::size_t room = out.size() - used;
    const JxlEncoderStatus status = JxlEncoderProcessOutput(jxl, &next, &room);
    used = out.size() - room;
    if (status == JXL_ENC_SUCCESS) break;
    must(status == JXL_ENC_NEED_MORE_OUTPUT, "JPEG XL encoding");
    out.resize(out.size() * 2);
  }
  out.resize(used);
  return out;
}

std::vector<FormatInfo> written_formats() {
  std::vector<FormatInfo> rows;
  for (const FormatInfo& row : formats()) {
    if (row.writable) rows.push_back(row);
  }
  return rows;
}

std::vector<FormatInfo> made_formats() {
  std::vector<FormatInfo> rows = written_formats();
  if (can_make_heic()) rows.push_back(info(Format::heic));
  return rows;
}

bool can_make_heic() { return heif_have_encoder_for_format(heif_compression_HEVC) != 0; }

Bytes make_heic(const Raster& raster, const HeicMake& how) {
  heif_context* const context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  must(heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder));
  must(heif_encoder_set_lossy_quality(encoder, how.quality));
  heif_encoder_set_parameter_string(encoder, "preset", "ultrafast");
  const bool wide = raster.bits > 8;
  const int channels = raster.alpha() ? 4 : 3;
  heif_image* image = nullptr;
  const heif_chroma layout =
      wide ? (channels == 4 ? heif_chroma_interleaved_RRGGBBAA_LE
                            : heif_chroma_interleaved_RRGGBB_LE)
           : (channels == 4 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB);
  must(heif_image_create(raster.width, raster.height, heif_colorspace_RGB, layout, &image));
  must(heif_image_add_plane(image, heif_channel_interleaved, raster.width, raster.height,
                            raster.bits));
  int stride = 0;
  std::uint8_t* const pixels = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  const Raster full = rgba(raster, raster.bits);
  for (int y = 0; y < raster.height; ++y) {
    std::uint8_t* const row = pixels + static_cast<std::ptrdiff_t>(y) * stride;
    for (int x = 0; x < raster.width; ++x) {
      for (int c = 0; c < channels; ++c) {
        const int at = x * channels + c;
        const std::uint16_t sample = full.at(x, y, c);
        if (wide) {
          std::memcpy(row + 2 * at, &sample, 2);
        } else {
          row[at] = static_cast<std::uint8_t>(sample);
        }
      }
    }
  }
  if (!how.icc.empty()) {
    must(heif_image_set_raw_color_profile(image, "prof", how.icc.data(), how.icc.size()));
  }
  heif_encoding_options* const options = heif_encoding_options_alloc();
  options->macOS_compatibility_workaround_no_nclx_profile = 0;
  options->image_orientation = how.turn == 90    ? heif_orientation_rotate_90_cw
                               : how.turn == 180 ? heif_orientation_rotate_180
                               : how.turn == 270 ? heif_orientation_rotate_270_cw
                                                 : heif_orientation_normal;
  heif_image_handle* handle = nullptr;
  must(heif_context_encode_image(context, image, encoder, options, &handle));
  must(heif_context_set_primary_image(context, handle));
  if (!how.exif.empty()) {
    must(heif_context_add_exif_metadata(context, handle, how.exif.data(),
                                        static_cast<int>(how.exif.size())));
  }
  if (!how.xmp.empty()) {
    must(heif_context_add_XMP_metadata(context, handle, how.xmp.data(),
                                       static_cast<int>(how.xmp.size())));
  }
  heif_image_handle_release(handle);
  if (how.more) {
    must(heif_context_encode_image(context, image, encoder, options, &handle));
    heif_image_handle_release(handle);
  }
  heif_encoding_options_free(options);
  heif_image_release(image);
  heif_encoder_release(encoder);
  Bytes out;
  heif_writer writer{};
  writer.writer_api_version = 1;
  writer.write = [](heif_context*, const void* data, std::size_t size, void* to) {
    const auto* start = static_cast<const std::byte*>(data);
    static_cast<Bytes*>(to)->assign(start, start + size);
    return heif_error{heif_error_Ok, heif_suberror_Unspecified, ""};
  };
  must(heif_context_write(context, &writer, &out));
  heif_context_free(context);
  // libheif 1.15 writes its own values there.
  for (std::size_t at = 0; how.icc.empty(); ++at) {
    at = as_text(out).find("colrnclx", at);
    if (at == std::string_view::npos) break;
    out[at + 9] = static_cast<std::byte>(how.cicp[0]);
    out[at + 11] = static_cast<std::byte>(how.cicp[1]);
  }
  return out;
}

}  // namespace imgmill::test

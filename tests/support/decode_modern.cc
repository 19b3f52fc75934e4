#include "support/decode_modern.h"

#include <jxl/decode_cxx.h>
#include <libheif/heif.h>

#include <cstring>

#include "support/must.h"

namespace imgmill::test {

Decoded decode_jxl(ByteView file) {
  const JxlDecoderPtr decoder = JxlDecoderMake(nullptr);
  const int wanted = JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FULL_IMAGE;
  must(JxlDecoderSubscribeEvents(decoder.get(), wanted) == JXL_DEC_SUCCESS, "events");
  must(JxlDecoderSetInput(decoder.get(), reinterpret_cast<const std::uint8_t*>(file.data()),
                          file.size()) == JXL_DEC_SUCCESS,
       "input");
  JxlDecoderCloseInput(decoder.get());
  Decoded out;
  JxlBasicInfo info{};
  JxlPixelFormat format{};
  std::vector<std::uint8_t> bytes;
  for (;;) {
    const JxlDecoderStatus status = JxlDecoderProcessInput(decoder.get());
    if (status == JXL_DEC_SUCCESS) break;
    must(status != JXL_DEC_ERROR && status != JXL_DEC_NEED_MORE_INPUT, "damaged JPEG XL");
    if (status == JXL_DEC_BASIC_INFO) {
      must(JxlDecoderGetBasicInfo(decoder.get(), &info) == JXL_DEC_SUCCESS, "info");
      out.bits = static_cast<int>(info.bits_per_sample);
      format = {info.num_color_channels + (info.alpha_bits > 0 ? 1U : 0U),
                out.bits > 8 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
    } else if (status == JXL_DEC_COLOR_ENCODING) {
      JxlColorEncoding named{};
      const bool srgb =
          JxlDecoderGetColorAsEncodedProfile(decoder.get(), &format, JXL_COLOR_PROFILE_TARGET_DATA,
                                             &named) == JXL_DEC_SUCCESS &&
          named.transfer_function == JXL_TRANSFER_FUNCTION_SRGB &&
          (info.num_color_channels == 1 || named.primaries == JXL_PRIMARIES_SRGB);
      std::size_t size = 0;
      if (!srgb &&
          JxlDecoderGetICCProfileSize(decoder.get(), &format, JXL_COLOR_PROFILE_TARGET_DATA,
                                      &size) == JXL_DEC_SUCCESS) {
        out.icc.resize(size);
        must(JxlDecoderGetColorAsICCProfile(decoder.get(), &format, JXL_COLOR_PROFILE_TARGET_DATA,
                                            reinterpret_cast<std::uint8_t*>(out.icc.data()),
                                            size) == JXL_DEC_SUCCESS,
             "profile");
      }
    } else if (status == JXL_DEC_NEED_IMAGE_OUT_BUFFER) {
      std::size_t size = 0;
      must(JxlDecoderImageOutBufferSize(decoder.get(), &format, &size) == JXL_DEC_SUCCESS, "size");
      bytes.resize(size);
      must(JxlDecoderSetImageOutBuffer(decoder.get(), &format, bytes.data(), size) ==
               JXL_DEC_SUCCESS,
           "buffer");
    } else if (status == JXL_DEC_FULL_IMAGE) {
      Raster raster(static_cast<int>(info.xsize), static_cast<int>(info.ysize),
                    static_cast<int>(format.num_channels), out.bits > 8 ? 16 : 8);
      if (raster.bits == 8) {
        raster.samples.assign(bytes.begin(), bytes.end());
      } else {
        std::memcpy(raster.samples.data(), bytes.data(), bytes.size());
      }
      out.movie.frames.push_back(std::move(raster));
    }
  }
  must(!out.movie.frames.empty(), "no frame");
  return out;
}

Decoded decode_heic(ByteView file) {
  heif_context* const context = heif_context_alloc();
  must(heif_context_read_from_memory(context, file.data(), file.size(), nullptr));
  heif_image_handle* handle = nullptr;
  must(heif_context_get_primary_image_handle(context, &handle));
  Decoded out;
  out.bits = heif_image_handle_get_luma_bits_per_pixel(handle);
  out.icc.resize(heif_image_handle_get_raw_color_profile_size(handle));
  if (!out.icc.empty()) must(heif_image_handle_get_raw_color_profile(handle, out.icc.data()));
  const bool wide = out.bits > 8;
  heif_image* image = nullptr;
  must(heif_decode_image(handle, &image, heif_colorspace_RGB,
                         wide ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RGBA,
                         nullptr));
  int stride = 0;
  const std::uint8_t* const pixels =
      heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
  Raster raster(heif_image_get_width(image, heif_channel_interleaved),
                heif_image_get_height(image, heif_channel_interleaved), 4, out.bits);
  const int line = raster.width * 4;
  for (int y = 0; y < raster.height; ++y) {
    const std::uint8_t* const row = pixels + static_cast<std::ptrdiff_t>(y) * stride;
    for (int i = 0; i < line; ++i) {
      const unsigned sample = wide ? row[2 * i] | unsigned{row[2 * i + 1]} << 8 : row[i];
      raster.at(i / 4, y, i % 4) = static_cast<std::uint16_t>(sample);
    }
  }
  out.movie.frames.push_back(std::move(raster));
  heif_image_release(image);
  heif_image_handle_release(handle);
  heif_context_free(context);
  return out;
}

}  // namespace imgmill::test

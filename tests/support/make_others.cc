#include <avif/avif.h>
#include <tiffio.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "support/gif_writer.h"
#include "support/make.h"
#include "support/memory_tiff.h"
#include "support/must.h"

namespace imgmill::test {
namespace {

std::vector<std::uint8_t> eight_bits(const Raster& raster) {
  const Raster full = rgba(raster);
  return {full.samples.begin(), full.samples.end()};
}

struct WebpPicture {
  WebPPicture picture;
  explicit WebpPicture(const Raster& raster) {
    must(WebPPictureInit(&picture) != 0, "WebPPictureInit");
    picture.use_argb = 1;
    picture.width = raster.width;
    picture.height = raster.height;
    const auto pixels = eight_bits(raster);
    must(WebPPictureImportRGBA(&picture, pixels.data(), raster.width * 4) != 0, "import");
  }
  ~WebpPicture() { WebPPictureFree(&picture); }
  WebpPicture(const WebpPicture&) = delete;
  WebpPicture& operator=(const WebpPicture&) = delete;
};

WebPConfig webp_config(const WebpMake& how) {
  WebPConfig config;
  must(WebPConfigInit(&config) != 0, "WebPConfigInit");
  config.lossless = how.lossless ? 1 : 0;
  config.exact = 1;
  config.quality = how.lossless ? 30.F : static_cast<float>(how.quality);
  config.method = 2;
  return config;
}

Bytes with_chunks(const WebPData& file, const WebpMake& how) {
  WebPMux* mux = WebPMuxCreate(&file, 1);
  must(mux != nullptr, "WebPMuxCreate");
  const auto chunk = [&](const char* name, const Bytes& body) {
    if (body.empty()) return;
    const WebPData data{reinterpret_cast<const std::uint8_t*>(body.data()), body.size()};
    must(WebPMuxSetChunk(mux, name, &data, 1) == WEBP_MUX_OK, "WebPMuxSetChunk");
  };
  chunk("ICCP", how.icc);
  chunk("EXIF", how.exif);
  chunk("XMP ", how.xmp);
  WebPData out{};
  must(WebPMuxAssemble(mux, &out) == WEBP_MUX_OK, "WebPMuxAssemble");
  const auto* start = reinterpret_cast<const std::byte*>(out.bytes);
  Bytes bytes(start, start + out.size);
  WebPDataClear(&out);
  WebPMuxDelete(mux);
  return bytes;
}

/// GIF has no half-transparent pixels.
Raster opaque_or_clear(const Raster& raster) {
  Raster out = rgba(raster);
  for (std::size_t i = 0; i < out.samples.size(); i += 4) {
    const bool clear = out.samples[i + 3] < 128;
    if (clear) std::fill_n(out.samples.begin() + static_cast<std::ptrdiff_t>(i), 3, 0);
    out.samples[i + 3] = clear ? 0 : 255;
  }
  return out;
}

}  // namespace

Bytes make_webp(const Raster& raster, const WebpMake& how) {
  WebpPicture picture(raster);
  const WebPConfig config = webp_config(how);
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  picture.picture.writer = WebPMemoryWrite;
  picture.picture.custom_ptr = &writer;
  must(WebPEncode(&config, &picture.picture) != 0, "WebPEncode");
  const WebPData file{writer.mem, writer.size};
  Bytes out = with_chunks(file, how);
  WebPMemoryWriterClear(&writer);
  return out;
}

Bytes make_webp(const Movie& movie, const WebpMake& how) {
  WebPAnimEncoderOptions options;
  must(WebPAnimEncoderOptionsInit(&options) != 0, "anim options");
  // The container counts plays, with 0 for endless.
  options.anim_params.loop_count = movie.loop;
  const Raster& first = movie.frames.front();
  WebPAnimEncoder* encoder = WebPAnimEncoderNew(first.width, first.height, &options);
  must(encoder != nullptr, "WebPAnimEncoderNew");
  const WebPConfig config = webp_config(how);
  int time = 0;
  for (std::size_t i = 0; i < movie.frames.size(); ++i) {
    WebpPicture picture(movie.frames[i]);
    must(WebPAnimEncoderAdd(encoder, &picture.picture, time, &config) != 0, "add frame");
    time += movie.delays[i];
  }
  must(WebPAnimEncoderAdd(encoder, nullptr, time, nullptr) != 0, "end");
  WebPData file{};
  must(WebPAnimEncoderAssemble(encoder, &file) != 0, "assemble");
  Bytes out = with_chunks(file, how);
  WebPDataClear(&file);
  WebPAnimEncoderDelete(encoder);
  return out;
}

Bytes make_gif(const Movie& movie) {
  Bytes out;
  GifFileType* gif = open_gif(out);
  const Raster& first = movie.frames.front();
  must(EGifPutScreenDesc(gif, first.width, first.height, 8, 0, nullptr) == GIF_OK, "screen");
  // The block counts repetitions after the first play.
  if (movie.frames.size() > 1 && movie.loop != 1) {
    put_again(gif, movie.loop == 0 ? 0 : movie.loop - 1);
  }
  for (std::size_t i = 0; i < movie.frames.size(); ++i) {
    put_part(gif,
             {.picture = opaque_or_clear(movie.frames[i]),
              .delay = movie.delays[i] / 10,
              .disposal = movie.frames.size() > 1 ? DISPOSE_BACKGROUND : DISPOSAL_UNSPECIFIED});
  }
  close_gif(gif);
  return out;
}

Bytes make_gif(const Raster& raster) { return make_gif(Movie{{raster}, {0}, 0}); }

namespace {

// 8 bits per sample; padding beyond the edges is black.
void write_tiles(TIFF* tiff, const Raster& page, int side) {
  TIFFSetField(tiff, TIFFTAG_TILEWIDTH, side);
  TIFFSetField(tiff, TIFFTAG_TILELENGTH, side);
  for (int top = 0; top < page.height; top += side) {
    for (int left = 0; left < page.width; left += side) {
      std::vector<std::uint8_t> tile(static_cast<std::size_t>(side * side * page.channels));
      for (int y = 0; y < side && top + y < page.height; ++y) {
        for (int x = 0; x < side && left + x < page.width; ++x) {
          for (int c = 0; c < page.channels; ++c) {
            const auto from =
                static_cast<std::size_t>(((top + y) * page.width + left + x) * page.channels + c);
            tile[static_cast<std::size_t>((y * side + x) * page.channels + c)] =
                static_cast<std::uint8_t>(page.samples[from]);
          }
        }
      }
      must(TIFFWriteTile(tiff, tile.data(), static_cast<std::uint32_t>(left),
                         static_cast<std::uint32_t>(top), 0, 0) > 0,
           "tile");
    }
  }
}

}  // namespace

Bytes make_tiff(const std::vector<Raster>& pages, const TiffMake& how) {
  MemoryTiff file;
  TIFF* tiff = file.open("w");
  must(tiff != nullptr, "TIFFClientOpen");
  for (const Raster& page : pages) {
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, page.width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, page.height);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, page.channels);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, how.unit_float ? 32 : page.bits);
    if (how.unit_float) TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG,
                 how.planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    if (how.tile == 0) TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, how.orientation);
    std::vector<std::uint16_t> extras = how.extras;
    if (extras.empty() && page.alpha()) extras = {EXTRASAMPLE_UNASSALPHA};
    if (!extras.empty()) {
      TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, static_cast<int>(extras.size()), extras.data());
    }
    const int colours = page.channels - static_cast<int>(extras.size());
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                 how.photometric >= 0 ? how.photometric
                 : page.cmyk          ? PHOTOMETRIC_SEPARATED
                 : colours >= 3       ? PHOTOMETRIC_RGB
                                      : PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION,
                 how.deflate ? COMPRESSION_ADOBE_DEFLATE : COMPRESSION_NONE);
    if (!how.icc.empty()) {
      TIFFSetField(tiff, TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(how.icc.size()),
                   how.icc.data());
    }
    if (!how.copyright.empty()) {
      TIFFSetField(tiff, TIFFTAG_COPYRIGHT, std::string(how.copyright).c_str());
    }
    if (how.tile > 0) write_tiles(tiff, page, how.tile);
    const int samples = page.width * page.channels;
    for (int plane = 0; how.planes && plane < page.channels; ++plane) {
      for (int y = 0; y < page.height; ++y) {
        std::vector<std::uint8_t> row(static_cast<std::size_t>(page.width));
        for (int x = 0; x < page.width; ++x) {
          row[static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(page.at(x, y, plane));
        }
        must(TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y),
                               static_cast<std::uint16_t>(plane)) == 1,
             "row");
      }
    }
    for (int y = 0; y < page.height && !how.planes && how.tile == 0; ++y) {
      if (how.unit_float) {
        std::vector<float> row(static_cast<std::size_t>(samples));
        for (int i = 0; i < samples; ++i) {
          row[static_cast<std::size_t>(i)] =
              static_cast<float>(page.samples[static_cast<std::size_t>(y * samples + i)]) /
              static_cast<float>(page.top());
        }
        must(TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y), 0) == 1, "row");
        continue;
      }
      std::vector<std::uint8_t> row(static_cast<std::size_t>((samples * page.bits + 7) / 8));
      for (int i = 0; i < samples; ++i) {
        const unsigned value = page.samples[static_cast<std::size_t>(y * samples + i)];
        const auto bit = static_cast<std::size_t>(i * page.bits);
        if (page.bits == 16) {
          const auto sample = static_cast<std::uint16_t>(value);
          std::memcpy(&row[bit / 8], &sample, 2);
        } else {
          row[bit / 8] = static_cast<std::uint8_t>(
              row[bit / 8] | value << (8 - static_cast<unsigned>(page.bits) - bit % 8));
        }
      }
      must(TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y), 0) == 1, "row");
    }
    must(TIFFWriteDirectory(tiff) == 1, "directory");
  }
  TIFFClose(tiff);
  return std::move(file.bytes);
}

Bytes make_avif(const Raster& raster, const AvifMake& how) {
  const avifPixelFormat layout = how.lossless ? AVIF_PIXEL_FORMAT_YUV444 : AVIF_PIXEL_FORMAT_YUV420;
  avifImage* image = avifImageCreate(raster.width, raster.height, raster.bits, layout);
  image->yuvRange = AVIF_RANGE_FULL;
  image->matrixCoefficients =
      how.lossless ? AVIF_MATRIX_COEFFICIENTS_IDENTITY : AVIF_MATRIX_COEFFICIENTS_BT601;
  image->colorPrimaries = how.cicp[0];
  image->transferCharacteristics = how.cicp[1];
  image->alphaPremultiplied = how.premultiplied ? AVIF_TRUE : AVIF_FALSE;
  if (how.turns != 0) {
    image->transformFlags |= AVIF_TRANSFORM_IROT;
    image->irot.angle = static_cast<std::uint8_t>(how.turns);
  }
  if (how.mirror) {
    image->transformFlags |= AVIF_TRANSFORM_IMIR;
    image->imir.mode = static_cast<std::uint8_t>(*how.mirror);
  }
  const auto data = [](const Bytes& bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
  };
  if (!how.icc.empty()) avifImageSetProfileICC(image, data(how.icc), how.icc.size());
  if (!how.exif.empty()) avifImageSetMetadataExif(image, data(how.exif), how.exif.size());

  avifRGBImage pixels;
  avifRGBImageSetDefaults(&pixels, image);
  pixels.format = raster.alpha() ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  pixels.alphaPremultiplied = image->alphaPremultiplied;
  avifRGBImageAllocatePixels(&pixels);
  const Raster full = rgba(raster, raster.bits);
  const int channels = raster.alpha() ? 4 : 3;
  for (int y = 0; y < raster.height; ++y) {
    std::uint8_t* row = pixels.pixels + static_cast<std::size_t>(y) * pixels.rowBytes;
    for (int x = 0; x < raster.width; ++x) {
      for (int c = 0; c < channels; ++c) {
        const auto at = static_cast<std::size_t>(x * channels + c);
        if (raster.bits > 8) {
          const std::uint16_t sample = full.at(x, y, c);
          std::memcpy(row + 2 * at, &sample, 2);
        } else {
          row[at] = static_cast<std::uint8_t>(full.at(x, y, c));
        }
      }
    }
  }
  must(avifImageRGBToYUV(image, &pixels) == AVIF_RESULT_OK, "avifImageRGBToYUV");
  avifEncoder* encoder = avifEncoderCreate();
  encoder->speed = 8;
  encoder->maxThreads = 1;
  const int steps = how.lossless ? 0 : (100 - how.quality) * 63 / 100;
  encoder->minQuantizer = encoder->maxQuantizer = steps;
  encoder->minQuantizerAlpha = encoder->maxQuantizerAlpha = steps;
  avifRWData file = AVIF_DATA_EMPTY;
  must(avifEncoderWrite(encoder, image, &file) == AVIF_RESULT_OK, "avifEncoderWrite");
  const auto* start = reinterpret_cast<const std::byte*>(file.data);
  Bytes out(start, start + file.size);
  avifRWDataFree(&file);
  avifEncoderDestroy(encoder);
  avifRGBImageFreePixels(&pixels);
  avifImageDestroy(image);
  return out;
}

Bytes make(Format format, const Raster& raster) {
  switch (format) {
    case Format::jpeg: {
      const Raster full = flattened(raster);
      Raster opaque(raster.width, raster.height, 3);
      for (int y = 0; y < raster.height; ++y) {
        for (int x = 0; x < raster.width; ++x) {
          for (int c = 0; c < 3; ++c) opaque.at(x, y, c) = full.at(x, y, c);
        }
      }
      return make_jpeg(opaque);
    }
    case Format::png:
      return make_png(raster);
    case Format::webp:
      return make_webp(raster);
    case Format::avif:
      return make_avif(raster);
    case Format::gif:
      return make_gif(raster);
    case Format::tiff:
      return make_tiff(raster);
    case Format::jpegxl:
      return make_jxl(raster);
    case Format::heic:
      return make_heic(raster);
    case Format::qoi:
      return make_qoi(raster);
    case Format::svg:
      break;
  }
  throw std::runtime_error("a format that the tests cannot make");
}

}  // namespace imgmill::test

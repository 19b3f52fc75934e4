#include "support/decode_others.h"

#include <avif/avif.h>
#include <gif_lib.h>
#include <tiffio.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "support/memory_tiff.h"
#include "support/must.h"

namespace imgmill::test {
namespace {

Bytes copied(const void* data, std::size_t size) {
  const auto* start = static_cast<const std::byte*>(data);
  return {start, start + size};
}

const std::uint8_t* octets(ByteView file) {
  return reinterpret_cast<const std::uint8_t*>(file.data());
}

Raster from_rgba(const std::uint8_t* pixels, int width, int height) {
  Raster out(width, height, 4);
  out.samples.assign(pixels, pixels + out.samples.size());
  return out;
}

}  // namespace

Decoded decode_webp(ByteView file) {
  Decoded out;
  const WebPData data{octets(file), file.size()};
  WebPDemuxer* demuxer = WebPDemux(&data);
  must(demuxer != nullptr, "WebPDemux");
  WebPChunkIterator chunk;
  if (WebPDemuxGetChunk(demuxer, "ICCP", 1, &chunk) != 0) {
    out.icc = copied(chunk.chunk.bytes, chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
  }
  const std::uint32_t frames = WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT);
  WebPDemuxDelete(demuxer);
  if (frames == 1) {
    int width = 0;
    int height = 0;
    std::uint8_t* pixels = WebPDecodeRGBA(data.bytes, data.size, &width, &height);
    must(pixels != nullptr, "WebPDecodeRGBA");
    out.movie.frames.push_back(from_rgba(pixels, width, height));
    WebPFree(pixels);
    return out;
  }
  WebPAnimDecoder* decoder = WebPAnimDecoderNew(&data, nullptr);
  must(decoder != nullptr, "WebPAnimDecoderNew");
  WebPAnimInfo info;
  must(WebPAnimDecoderGetInfo(decoder, &info) != 0, "WebPAnimDecoderGetInfo");
  out.movie.loop = static_cast<int>(info.loop_count);
  int before = 0;
  while (WebPAnimDecoderHasMoreFrames(decoder) != 0) {
    std::uint8_t* pixels = nullptr;
    int time = 0;
    must(WebPAnimDecoderGetNext(decoder, &pixels, &time) != 0, "WebPAnimDecoderGetNext");
    out.movie.frames.push_back(from_rgba(pixels, static_cast<int>(info.canvas_width),
                                         static_cast<int>(info.canvas_height)));
    out.movie.delays.push_back(time - before);
    before = time;
  }
  WebPAnimDecoderDelete(decoder);
  must(out.movie.frames.size() == frames, "frames are missing");
  return out;
}

Decoded decode_avif(ByteView file) {
  avifDecoder* decoder = avifDecoderCreate();
  must(avifDecoderSetIOMemory(decoder, octets(file), file.size()) == AVIF_RESULT_OK, "avif io");
  must(avifDecoderParse(decoder) == AVIF_RESULT_OK, "avifDecoderParse");
  must(avifDecoderNextImage(decoder) == AVIF_RESULT_OK, "avifDecoderNextImage");
  const avifImage* image = decoder->image;
  Decoded out;
  out.bits = static_cast<int>(image->depth);
  out.icc = copied(image->icc.data, image->icc.size);
  avifRGBImage pixels;
  avifRGBImageSetDefaults(&pixels, image);
  avifRGBImageAllocatePixels(&pixels);
  must(avifImageYUVToRGB(image, &pixels) == AVIF_RESULT_OK, "avifImageYUVToRGB");
  Raster picture(static_cast<int>(image->width), static_cast<int>(image->height), 4, out.bits);
  for (int y = 0; y < picture.height; ++y) {
    const std::uint8_t* row = pixels.pixels + static_cast<std::size_t>(y) * pixels.rowBytes;
    for (int i = 0; i < picture.width * 4; ++i) {
      std::uint16_t sample = row[i];
      if (out.bits > 8) std::memcpy(&sample, row + static_cast<std::ptrdiff_t>(2) * i, 2);
      picture.samples[static_cast<std::size_t>(y * picture.width * 4 + i)] = sample;
    }
  }
  avifRGBImageFreePixels(&pixels);
  avifDecoderDestroy(decoder);
  out.movie.frames.push_back(std::move(picture));
  return out;
}

Decoded decode_gif(ByteView file) {
  struct Reader {
    ByteView bytes;
    std::size_t place;
  } reader{file, 0};
  int error = 0;
  GifFileType* gif = DGifOpen(
      &reader,
      [](GifFileType* from, GifByteType* to, int size) {
        auto& source = *static_cast<Reader*>(from->UserData);
        const std::size_t count =
            std::min(static_cast<std::size_t>(size), source.bytes.size() - source.place);
        std::memcpy(to, source.bytes.data() + source.place, count);
        source.place += count;
        return static_cast<int>(count);
      },
      &error);
  must(gif != nullptr, "DGifOpen");
  must(DGifSlurp(gif) == GIF_OK, "DGifSlurp");
  Decoded out;
  out.palette = true;
  out.movie.loop = 1;
  // As in browsers, the first frame may enlarge the canvas, and later ones are clipped.
  const GifImageDesc& opening = gif->SavedImages[0].ImageDesc;
  Raster canvas(std::max(gif->SWidth, opening.Left + opening.Width),
                std::max(gif->SHeight, opening.Top + opening.Height), 4);
  for (int i = 0; i < gif->ImageCount; ++i) {
    const SavedImage& frame = gif->SavedImages[i];
    for (int e = 0; e + 1 < frame.ExtensionBlockCount; ++e) {
      const ExtensionBlock& name = frame.ExtensionBlocks[e];
      const ExtensionBlock& body = frame.ExtensionBlocks[e + 1];
      if (name.Function == APPLICATION_EXT_FUNC_CODE && name.ByteCount == 11 &&
          std::memcmp(name.Bytes, "NETSCAPE2.0", 11) == 0 && body.ByteCount >= 3) {
        const int again = body.Bytes[1] | body.Bytes[2] << 8;
        out.movie.loop = again == 0 ? 0 : again + 1;
      }
    }
    GraphicsControlBlock control{DISPOSAL_UNSPECIFIED, false, 0, NO_TRANSPARENT_COLOR};
    DGifSavedExtensionToGCB(gif, i, &control);
    const ColorMapObject* map =
        frame.ImageDesc.ColorMap != nullptr ? frame.ImageDesc.ColorMap : gif->SColorMap;
    must(map != nullptr, "no colours");
    const Raster before = canvas;
    const GifImageDesc& place = frame.ImageDesc;
    for (int y = 0; y < place.Height; ++y) {
      for (int x = 0; x < place.Width; ++x) {
        if (place.Left + x >= canvas.width || place.Top + y >= canvas.height) continue;
        const int index = frame.RasterBits[y * place.Width + x];
        if (index == control.TransparentColor) continue;
        must(index < map->ColorCount, "a colour out of range");
        const GifColorType& colour = map->Colors[index];
        canvas.at(place.Left + x, place.Top + y, 0) = colour.Red;
        canvas.at(place.Left + x, place.Top + y, 1) = colour.Green;
        canvas.at(place.Left + x, place.Top + y, 2) = colour.Blue;
        canvas.at(place.Left + x, place.Top + y, 3) = 255;
      }
    }
    out.movie.frames.push_back(canvas);
    out.movie.delays.push_back(control.DelayTime * 10);
    if (control.DisposalMode == DISPOSE_PREVIOUS) canvas = before;
    if (control.DisposalMode == DISPOSE_BACKGROUND) {
      for (int y = 0; y < place.Height; ++y) {
        for (int x = 0; x < place.Width; ++x) {
          if (place.Left + x >= canvas.width || place.Top + y >= canvas.height) continue;
          for (int c = 0; c < 4; ++c) canvas.at(place.Left + x, place.Top + y, c) = 0;
        }
      }
    }
  }
  DGifCloseFile(gif, &error);
  must(!out.movie.frames.empty(), "no frames");
  return out;
}

namespace {

// 8 bits per sample.
void read_tiles(TIFF* tiff, Raster& page) {
  std::uint32_t wide = 0;
  std::uint32_t high = 0;
  must(TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &wide) == 1, "tile width");
  must(TIFFGetField(tiff, TIFFTAG_TILELENGTH, &high) == 1, "tile length");
  std::vector<std::uint8_t> tile(static_cast<std::size_t>(TIFFTileSize(tiff)));
  for (int top = 0; top < page.height; top += static_cast<int>(high)) {
    for (int left = 0; left < page.width; left += static_cast<int>(wide)) {
      must(TIFFReadTile(tiff, tile.data(), static_cast<std::uint32_t>(left),
                        static_cast<std::uint32_t>(top), 0, 0) == TIFFTileSize(tiff),
           "TIFFReadTile");
      for (int y = 0; y < static_cast<int>(high) && top + y < page.height; ++y) {
        for (int x = 0; x < static_cast<int>(wide) && left + x < page.width; ++x) {
          for (int c = 0; c < page.channels; ++c) {
            const auto from =
                static_cast<std::size_t>((y * static_cast<int>(wide) + x) * page.channels + c);
            const auto to =
                static_cast<std::size_t>(((top + y) * page.width + left + x) * page.channels + c);
            page.samples[to] = tile[from];
          }
        }
      }
    }
  }
}

}  // namespace

Decoded decode_tiff(ByteView file) {
  MemoryTiff memory;
  memory.bytes.assign(file.begin(), file.end());
  TIFF* tiff = memory.open("r");
  must(tiff != nullptr, "TIFFClientOpen");
  Decoded out;
  do {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint16_t channels = 1;
    std::uint16_t bits = 1;
    std::uint16_t photometric = 0;
    std::uint16_t orientation = 1;
    std::uint16_t compression = 0;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &channels);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
    TIFFGetField(tiff, TIFFTAG_COMPRESSION, &compression);
    if (compression == COMPRESSION_JPEG) {
      TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    }
    std::uint32_t size = 0;
    void* profile = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &profile) == 1) {
      out.icc = copied(profile, size);
    }
    std::uint16_t extras = 0;
    std::uint16_t* kinds = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extras, &kinds) == 1) {
      out.extras.assign(kinds, kinds + extras);
    }
    out.bits = bits;
    out.orientation = orientation;
    const int samples = static_cast<int>(width) * channels;
    Raster page(static_cast<int>(width), static_cast<int>(height), channels, bits);
    page.cmyk = photometric == PHOTOMETRIC_SEPARATED;
    if (TIFFIsTiled(tiff) != 0) {
      if (bits != 8) throw std::runtime_error("tiles of other than 8 bits");
      read_tiles(tiff, page);
      out.movie.frames.push_back(std::move(page));
      continue;
    }
    std::vector<std::uint8_t> row(static_cast<std::size_t>(TIFFScanlineSize(tiff)));
    for (std::uint32_t y = 0; y < height; ++y) {
      must(TIFFReadScanline(tiff, row.data(), y, 0) == 1, "TIFFReadScanline");
      for (int i = 0; i < samples; ++i) {
        const auto bit = static_cast<std::size_t>(i * bits);
        std::uint16_t sample = 0;
        if (bits == 16) {
          std::memcpy(&sample, &row[bit / 8], 2);
        } else {
          sample = static_cast<std::uint16_t>(row[bit / 8] >> (8U - bits - bit % 8) &
                                              ((1U << bits) - 1));
        }
        if (photometric == PHOTOMETRIC_MINISWHITE) {
          sample = static_cast<std::uint16_t>(page.top() - sample);
        }
        page.samples[static_cast<std::size_t>(y) * static_cast<std::size_t>(samples) +
                     static_cast<std::size_t>(i)] = sample;
      }
    }
    out.movie.frames.push_back(std::move(page));
  } while (TIFFReadDirectory(tiff) == 1);
  TIFFClose(tiff);
  return out;
}

}  // namespace imgmill::test

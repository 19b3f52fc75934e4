#include "support/pieces.h"

#include <avif/avif.h>
#include <tiffio.h>

#include <algorithm>
#include <array>
#include <random>
#include <span>
#include <stdexcept>
#include <string_view>

#include "support/memory_tiff.h"
#include "support/must.h"

namespace imgmill::test {
namespace {

std::size_t byte_at(ByteView file, std::size_t at) {
  must(at < file.size(), "a piece ends too early");
  return std::to_integer<std::size_t>(file[at]);
}

std::size_t big(ByteView file, std::size_t at, int size) {
  std::size_t value = 0;
  for (int i = 0; i < size; ++i)
    value = value << 8 | byte_at(file, at + static_cast<std::size_t>(i));
  return value;
}

std::size_t little32(ByteView file, std::size_t at) {
  return byte_at(file, at) | byte_at(file, at + 1) << 8 | byte_at(file, at + 2) << 16 |
         byte_at(file, at + 3) << 24;
}

std::string_view name_at(ByteView file, std::size_t at) {
  must(at + 4 <= file.size(), "a name ends too early");
  return as_text(file.subspan(at, 4));
}

std::string numbered(std::string_view name, std::size_t index) {
  return std::string(name) + " " + std::to_string(index);
}

// Between markers, including restart markers.
std::vector<Piece> of_jpeg(ByteView file) {
  std::vector<Piece> pieces;
  std::size_t at = 2;
  while (byte_at(file, at + 1) != 0xD9) {
    must(byte_at(file, at) == 0xFF, "no marker");
    const bool scan = byte_at(file, at + 1) == 0xDA;
    const bool restart = byte_at(file, at + 1) >= 0xD0 && byte_at(file, at + 1) <= 0xD7;
    at += 2;
    if (!restart) at += big(file, at, 2);
    if (!scan && !restart) continue;
    const std::size_t begin = at;
    while (byte_at(file, at) != 0xFF || byte_at(file, at + 1) == 0) ++at;
    pieces.push_back({numbered("scan data", pieces.size()), begin, at});
  }
  return pieces;
}

std::vector<Piece> of_png(ByteView file) {
  std::vector<Piece> pieces;
  for (std::size_t at = 8; at < file.size(); at += big(file, at, 4) + 12) {
    const std::string_view name = name_at(file, at + 4);
    if (name != "IDAT" && name != "fdAT") continue;
    pieces.push_back({numbered(name, pieces.size()), at + 8, at + 8 + big(file, at, 4)});
  }
  return pieces;
}

void of_riff(ByteView file, std::size_t at, std::size_t end, std::vector<Piece>& pieces) {
  while (at + 8 <= end) {
    const std::string_view name = name_at(file, at);
    const std::size_t size = little32(file, at + 4);
    if (name == "ANMF") of_riff(file, at + 24, at + 8 + size, pieces);
    if (name == "VP8 " || name == "VP8L" || name == "ALPH") {
      pieces.push_back({numbered(name, pieces.size()), at + 8, at + 8 + size});
    }
    at += 8 + size + size % 2;
  }
}

// The data blocks of each picture, one by one.
std::vector<Piece> of_gif(ByteView file) {
  std::vector<Piece> pieces;
  const auto table = [&](std::size_t at) {
    const std::size_t flags = byte_at(file, at);
    return (flags & 0x80) == 0 ? 0 : std::size_t{3} << ((flags & 7) + 1);
  };
  std::size_t at = 13 + table(10);
  while (byte_at(file, at) != ';') {
    const bool picture = byte_at(file, at) == ',';
    at += picture ? 10 + table(at + 9) + 1 : 2;
    while (byte_at(file, at) != 0) {
      const std::size_t end = at + 1 + byte_at(file, at);
      if (picture) pieces.push_back({numbered("block", pieces.size()), at + 1, end});
      at = end;
    }
    ++at;
  }
  return pieces;
}

std::vector<Piece> of_tiff(ByteView file) {
  std::vector<Piece> pieces;
  MemoryTiff memory;
  memory.bytes.assign(file.begin(), file.end());
  TIFF* tiff = memory.open("r");
  must(tiff != nullptr, "TIFFClientOpen");
  do {
    const bool tiles = TIFFIsTiled(tiff) != 0;
    const std::uint32_t count = tiles ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto begin = static_cast<std::size_t>(TIFFGetStrileOffset(tiff, i));
      const auto size = static_cast<std::size_t>(TIFFGetStrileByteCount(tiff, i));
      pieces.push_back({numbered(tiles ? "tile" : "strip", pieces.size()), begin, begin + size});
    }
  } while (TIFFReadDirectory(tiff) == 1);
  TIFFClose(tiff);
  return pieces;
}

// Items of AVIF and HEIC, from the "iloc" box (ISO/IEC 14496-12, 8.11.3).
std::vector<Piece> of_items(ByteView file) {
  std::vector<Piece> pieces;
  std::size_t at = as_text(file).find("iloc");
  must(at != std::string_view::npos, "no iloc");
  const std::size_t version = byte_at(file, at + 4);
  const std::size_t sizes = big(file, at + 8, 2);
  const auto offset = static_cast<int>(sizes >> 12 & 15);
  const auto length = static_cast<int>(sizes >> 8 & 15);
  const auto base = static_cast<int>(sizes >> 4 & 15);
  const std::size_t count = big(file, at + 10, 2);
  at += 12;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t item = big(file, at, 2);
    const bool in_idat = version > 0 && (big(file, at + 2, 2) & 15) == 1;
    at += version > 0 ? 6 : 4;
    const std::size_t start = big(file, at, base);
    at += static_cast<std::size_t>(base);
    const std::size_t extents = big(file, at, 2);
    at += 2;
    for (std::size_t e = 0; e < extents; ++e) {
      const std::size_t begin = start + big(file, at, offset);
      const std::size_t size = big(file, at + static_cast<std::size_t>(offset), length);
      at += static_cast<std::size_t>(offset + length);
      if (!in_idat && size > 16) pieces.push_back({numbered("item", item), begin, begin + size});
    }
  }
  return pieces;
}

std::vector<Piece> of_jxl(ByteView file) {
  std::vector<Piece> pieces;
  const auto in_parts = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < 8; ++i) {
      const std::size_t size = end - begin;
      pieces.push_back({numbered("part", i), begin + size * i / 8, begin + size * (i + 1) / 8});
    }
  };
  if (byte_at(file, 0) == 0xFF) {
    in_parts(0, file.size());
    return pieces;
  }
  for (std::size_t at = 0; at + 8 <= file.size();) {
    std::size_t size = big(file, at, 4);
    const std::string_view name = name_at(file, at + 4);
    if (size == 0) size = file.size() - at;
    must(size >= 8 && size <= file.size() - at, "a box is too long");
    if (name == "jxlc") in_parts(at + 8, at + size);
    if (name == "jxlp") in_parts(at + 12, at + size);
    if (name == "jbrd") pieces.push_back({"jbrd", at + 8, at + size});
    at += size;
  }
  return pieces;
}

std::vector<std::uint8_t> piece_of(const Raster& raster, const TiffKind& kind, int left, int top,
                                   int width, int height, int plane) {
  std::vector<std::uint8_t> out;
  const int first = kind.planes ? plane : 0;
  const int last = kind.planes ? plane + 1 : raster.channels;
  for (int y = top; y < top + height; ++y) {
    for (int x = left; x < left + width; ++x) {
      for (int c = first; c < last; ++c) {
        const bool inside = x < raster.width && y < raster.height;
        out.push_back(inside ? static_cast<std::uint8_t>(raster.at(x, y, c)) : std::uint8_t{0});
      }
    }
  }
  return out;
}

bool is_fax(std::uint16_t compression) {
  return compression >= COMPRESSION_CCITTRLE && compression <= COMPRESSION_CCITTFAX4;
}

// Eight per byte; 0 bits are white.
std::vector<std::uint8_t> packed(const std::vector<std::uint8_t>& samples, int width) {
  std::vector<std::uint8_t> out;
  const auto row = static_cast<std::size_t>(width);
  for (std::size_t y = 0; y < samples.size() / row; ++y) {
    for (std::size_t x = 0; x < row; x += 8) {
      unsigned byte = 0;
      for (std::size_t i = 0; i < 8; ++i) {
        const bool ink = x + i < row && samples[y * row + x + i] < 128;
        byte = byte << 1 | (ink ? 1U : 0U);
      }
      out.push_back(static_cast<std::uint8_t>(byte));
    }
  }
  return out;
}

// Nothing but chunks between the header and the end marker.
std::vector<Piece> of_qoi(ByteView file) {
  constexpr std::size_t parts = 8;
  constexpr std::size_t header = 14;
  std::vector<Piece> pieces;
  const std::size_t size = (file.size() - header - 8) / parts;
  for (std::size_t i = 0; i < parts; ++i) {
    pieces.push_back({"part " + std::to_string(i), header + i * size, header + (i + 1) * size});
  }
  return pieces;
}

}  // namespace

std::vector<Piece> pieces_of(ByteView file, Format format) {
  std::vector<Piece> riff;
  switch (format) {
    case Format::jpeg:
      return of_jpeg(file);
    case Format::png:
      return of_png(file);
    case Format::webp:
      of_riff(file, 12, file.size(), riff);
      return riff;
    case Format::gif:
      return of_gif(file);
    case Format::tiff:
      return of_tiff(file);
    case Format::avif:
    case Format::heic:
      return of_items(file);
    case Format::jpegxl:
      return of_jxl(file);
    case Format::qoi:
      return of_qoi(file);
    case Format::svg:
      break;
  }
  throw std::runtime_error("a format without pieces");
}

std::string_view name_of(Blow blow) {
  constexpr std::array<std::string_view, blows.size()> names{
      "cut before", "cut within", "cut after", "zeros", "ones", "noise", "zeros at the end"};
  return names[static_cast<std::size_t>(blow)];
}

Bytes struck(const Bytes& file, const Piece& piece, Blow blow) {
  const std::size_t size = piece.end - piece.begin;
  const auto cut = [&](std::size_t at) {
    return Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(at));
  };
  Bytes broken = file;
  const auto fill = [&](std::size_t from, std::size_t to, const auto& value) {
    for (std::size_t i = from; i < to; ++i) broken[i] = static_cast<std::byte>(value());
  };
  const std::size_t from = piece.begin + size / 3;
  const std::size_t to = std::max(from + 1, piece.begin + size * 2 / 3);
  std::mt19937 random(static_cast<std::uint32_t>(piece.begin));
  switch (blow) {
    case Blow::cut_before:
      return cut(piece.begin);
    case Blow::cut_within:
      return cut(piece.begin + size / 2);
    case Blow::cut_after:
      return cut(piece.end);
    case Blow::zeros:
      fill(from, to, [] { return 0; });
      break;
    case Blow::ones:
      fill(from, to, [] { return 255; });
      break;
    case Blow::noise:
      fill(from, to, [&] { return random() & 255; });
      break;
    case Blow::end_zeros:
      fill(piece.end - std::max<std::size_t>(1, size / 4), piece.end, [] { return 0; });
      break;
  }
  return broken;
}

Bytes make_grid_avif(const Raster& raster, int columns, int rows) {
  const int width = raster.width / columns;
  const int height = raster.height / rows;
  std::vector<avifImage*> cells;
  for (int cell = 0; cell < columns * rows; ++cell) {
    avifImage* image = avifImageCreate(width, height, 8, AVIF_PIXEL_FORMAT_YUV420);
    image->yuvRange = AVIF_RANGE_FULL;
    image->matrixCoefficients = AVIF_MATRIX_COEFFICIENTS_BT601;
    avifRGBImage pixels;
    avifRGBImageSetDefaults(&pixels, image);
    pixels.format = raster.alpha() ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
    avifRGBImageAllocatePixels(&pixels);
    const int left = cell % columns * width;
    const int top = cell / columns * height;
    for (int y = 0; y < height; ++y) {
      std::uint8_t* to = pixels.pixels + static_cast<std::size_t>(y) * pixels.rowBytes;
      for (int x = 0; x < width; ++x) {
        for (int c = 0; c < raster.channels; ++c) {
          *to++ = static_cast<std::uint8_t>(raster.at(left + x, top + y, c));
        }
      }
    }
    must(avifImageRGBToYUV(image, &pixels) == AVIF_RESULT_OK, "avifImageRGBToYUV");
    avifRGBImageFreePixels(&pixels);
    cells.push_back(image);
  }
  avifEncoder* encoder = avifEncoderCreate();
  encoder->speed = 8;
  encoder->minQuantizer = encoder->maxQuantizer = 8;
  encoder->minQuantizerAlpha = encoder->maxQuantizerAlpha = 8;
  must(avifEncoderAddImageGrid(encoder, static_cast<std::uint32_t>(columns),
                               static_cast<std::uint32_t>(rows), cells.data(),
                               AVIF_ADD_IMAGE_FLAG_SINGLE) == AVIF_RESULT_OK,
       "avifEncoderAddImageGrid");
  avifRWData file = AVIF_DATA_EMPTY;
  must(avifEncoderFinish(encoder, &file) == AVIF_RESULT_OK, "avifEncoderFinish");
  const auto bytes = std::as_bytes(std::span(file.data, file.size));
  Bytes out(bytes.begin(), bytes.end());
  avifRWDataFree(&file);
  avifEncoderDestroy(encoder);
  for (avifImage* cell : cells) avifImageDestroy(cell);
  return out;
}

Bytes make_tiff_kind(const Raster& raster, const TiffKind& kind) {
  must(TIFFIsCODECConfigured(kind.compression) != 0, "this libtiff has no such compression");
  const bool fax = is_fax(kind.compression);
  const bool jpeg = kind.compression == COMPRESSION_JPEG;
  MemoryTiff file;
  TIFF* tiff = file.open("w");
  must(tiff != nullptr, "TIFFClientOpen");
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, raster.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, raster.height);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, raster.channels);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, fax ? 1 : 8);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG,
               kind.planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, kind.compression);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
               fax                    ? PHOTOMETRIC_MINISWHITE
               : raster.cmyk          ? PHOTOMETRIC_SEPARATED
               : raster.channels < 3  ? PHOTOMETRIC_MINISBLACK
               : jpeg && !kind.planes ? PHOTOMETRIC_YCBCR
                                      : PHOTOMETRIC_RGB);
  const std::array<std::uint16_t, 1> alpha{EXTRASAMPLE_UNASSALPHA};
  if (raster.alpha()) TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, alpha.data());
  if (kind.predictor) TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
  if (jpeg && !kind.planes) TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  constexpr int rows = 16;
  if (kind.tile > 0) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, kind.tile);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, kind.tile);
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, rows);
  }
  const int wide = kind.tile > 0 ? kind.tile : raster.width;
  const int high = kind.tile > 0 ? kind.tile : rows;
  std::uint32_t index = 0;
  for (int plane = 0; plane < (kind.planes ? raster.channels : 1); ++plane) {
    for (int top = 0; top < raster.height; top += high) {
      const int lines = kind.tile > 0 ? high : std::min(high, raster.height - top);
      for (int left = 0; left < raster.width; left += wide, ++index) {
        std::vector<std::uint8_t> data = piece_of(raster, kind, left, top, wide, lines, plane);
        if (fax) data = packed(data, wide);
        const auto size = static_cast<tmsize_t>(data.size());
        must((kind.tile > 0 ? TIFFWriteEncodedTile(tiff, index, data.data(), size)
                            : TIFFWriteEncodedStrip(tiff, index, data.data(), size)) == size,
             "a piece of a TIFF");
      }
    }
  }
  must(TIFFWriteDirectory(tiff) == 1, "directory");
  TIFFClose(tiff);
  return std::move(file.bytes);
}

Bytes make_old_jpeg_tiff(const Bytes& jpeg, int width, int height) {
  constexpr std::size_t entries = 14;
  constexpr std::size_t extra = 8 + 2 + entries * 12 + 4;
  constexpr std::size_t start = extra + 6;
  Bytes out;
  const auto put = [&](std::size_t value, int size) {
    for (int i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
  };
  const auto entry = [&](std::size_t tag, std::size_t type, std::size_t count, std::size_t value) {
    put(tag, 2);
    put(type, 2);
    put(count, 4);
    put(value, 4);
  };
  constexpr std::size_t shorts = 3;
  constexpr std::size_t longs = 4;
  put(0x002A4949, 4);
  put(8, 4);
  put(entries, 2);
  entry(256, longs, 1, static_cast<std::size_t>(width));
  entry(257, longs, 1, static_cast<std::size_t>(height));
  entry(258, shorts, 3, extra);
  entry(259, shorts, 1, COMPRESSION_OJPEG);
  entry(262, shorts, 1, PHOTOMETRIC_YCBCR);
  entry(273, longs, 1, start);
  entry(277, shorts, 1, 3);
  entry(278, longs, 1, static_cast<std::size_t>(height));
  entry(279, longs, 1, jpeg.size());
  entry(284, shorts, 1, PLANARCONFIG_CONTIG);
  entry(512, shorts, 1, 1);  // baseline, sequential
  entry(513, longs, 1, start);
  entry(514, longs, 1, jpeg.size());
  entry(530, shorts, 2, 0x00020002);  // chroma subsampled in both directions
  put(0, 4);
  for (int i = 0; i < 3; ++i) put(8, 2);
  out.insert(out.end(), jpeg.begin(), jpeg.end());
  return out;
}

}  // namespace imgmill::test

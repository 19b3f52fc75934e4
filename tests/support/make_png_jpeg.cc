#include <png.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>

extern "C" {
#include <jpeglib.h>
}

#include "metadata/tiff_view.h"
#include "support/make.h"

namespace imgmill::test {
namespace {

using metadata::TiffField;

TiffField text_field(std::uint16_t tag, std::string_view value) {
  const ByteView bytes = as_bytes(value);
  TiffField field{
      tag, 2, static_cast<std::uint32_t>(value.size() + 1), {bytes.begin(), bytes.end()}};
  field.value.push_back(std::byte{0});
  return field;
}

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

[[noreturn]] void png_failed(png_structp, png_const_charp what) { throw std::runtime_error(what); }
[[noreturn]] void jpeg_failed(j_common_ptr info) {
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  throw std::runtime_error(text);
}

png_bytep bytes_of(const Bytes& bytes) {
  return reinterpret_cast<png_bytep>(const_cast<std::byte*>(bytes.data()));
}

using Entry = std::array<std::uint16_t, 4>;

struct Palette {
  std::vector<Entry> entries;
  std::vector<std::uint8_t> indices;
};

Palette palette_of(const Raster& raster) {
  const Raster full = rgba(raster);
  Palette out;
  std::map<Entry, std::uint8_t> known;
  for (std::size_t i = 0; i < full.samples.size(); i += 4) {
    const Entry colour{full.samples[i], full.samples[i + 1], full.samples[i + 2],
                       full.samples[i + 3]};
    auto [place, fresh] = known.try_emplace(colour, static_cast<std::uint8_t>(out.entries.size()));
    if (fresh) out.entries.push_back(colour);
    out.indices.push_back(place->second);
  }
  if (out.entries.size() > 256) throw std::runtime_error("too many colours for a palette");
  return out;
}

void set_palette(png_structp png, png_infop info, const Palette& palette) {
  std::vector<png_color> colours;
  std::vector<png_byte> alpha;
  bool clear = false;
  for (const Entry& entry : palette.entries) {
    colours.push_back({static_cast<png_byte>(entry[0]), static_cast<png_byte>(entry[1]),
                       static_cast<png_byte>(entry[2])});
    alpha.push_back(static_cast<png_byte>(entry[3]));
    clear = clear || entry[3] != 255;
  }
  png_set_PLTE(png, info, colours.data(), static_cast<int>(colours.size()));
  if (clear) png_set_tRNS(png, info, alpha.data(), static_cast<int>(alpha.size()), nullptr);
}

std::vector<png_byte> packed_row(const Raster& raster, const Palette& palette, int y, int bits) {
  const int samples = palette.entries.empty() ? raster.width * raster.channels : raster.width;
  std::vector<png_byte> row((static_cast<std::size_t>(samples * bits) + 7) / 8);
  for (int i = 0; i < samples; ++i) {
    const auto at = static_cast<std::size_t>(y) * static_cast<std::size_t>(samples) +
                    static_cast<std::size_t>(i);
    const unsigned value = palette.entries.empty() ? raster.samples[at] : palette.indices[at];
    const auto bit = static_cast<std::size_t>(i * bits);
    if (bits == 16) {
      row[bit / 8] = static_cast<png_byte>(value >> 8);
      row[bit / 8 + 1] = static_cast<png_byte>(value & 255);
    } else {
      row[bit / 8] = static_cast<png_byte>(row[bit / 8] |
                                           value << (8 - static_cast<unsigned>(bits) - bit % 8));
    }
  }
  return row;
}

}  // namespace

Bytes exif_block(int orientation, bool telling) {
  std::vector<TiffField> main{{0x0112, 3, 1, {static_cast<std::byte>(orientation), std::byte{0}}}};
  std::vector<TiffField> exif;
  std::vector<TiffField> gps;
  if (telling) {
    main.push_back(text_field(0x8298, owner));
    main.push_back(text_field(0x010F, secret_camera));
    exif.push_back(text_field(0xA431, secret_camera));
    gps.push_back(text_field(0x001D, secret_place));
  }
  const Buffer block = metadata::write_tiff(false, main, exif, gps);
  return {block.view().begin(), block.view().end()};
}

Bytes dcf_exif(std::uint16_t color_space, std::string_view index) {
  // Main directory at 8, EXIF directory at 26, interoperability directory at 56.
  Bytes out;
  const auto u16 = [&](unsigned value) {
    out.push_back(static_cast<std::byte>(value & 255));
    out.push_back(static_cast<std::byte>(value >> 8));
  };
  const auto u32 = [&](unsigned value) {
    u16(value & 0xFFFF);
    u16(value >> 16);
  };
  append(out, as_bytes(std::string_view("II*\0", 4)));
  u32(8);
  u16(1);
  u16(0x8769), u16(4), u32(1), u32(26), u32(0);
  u16(index.empty() ? 1 : 2);
  u16(0xA001), u16(3), u32(1), u32(color_space);
  if (index.empty()) {
    u32(0);
    return out;
  }
  u16(0xA005), u16(4), u32(1), u32(56), u32(0);
  u16(1);
  u16(0x0001), u16(2), u32(4);
  append(out, as_bytes(index.substr(0, 3)));
  out.push_back(std::byte{0});
  u32(0);
  return out;
}

Bytes xmp_packet() {
  Bytes out;
  append(out, as_bytes("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"));
  append(out, as_bytes(secret_xmp));
  append(out, as_bytes("</x:xmpmeta>"));
  return out;
}

Bytes make_png(const Raster& raster, const PngMake& how) {
  Bytes out;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, png_failed, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &out,
      [](png_structp writer, png_bytep data, std::size_t size) {
        append(*static_cast<Bytes*>(png_get_io_ptr(writer)),
               {reinterpret_cast<const std::byte*>(data), size});
      },
      nullptr);
  constexpr int types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                           PNG_COLOR_TYPE_RGB_ALPHA};
  const Palette palette = how.palette ? palette_of(raster) : Palette{};
  int bits = raster.bits;
  if (how.palette) {
    const std::size_t count = palette.entries.size();
    bits = count <= 2 ? 1 : count <= 4 ? 2 : count <= 16 ? 4 : 8;
  }
  png_set_IHDR(png, info, static_cast<png_uint_32>(raster.width),
               static_cast<png_uint_32>(raster.height), bits,
               how.palette ? PNG_COLOR_TYPE_PALETTE : types[raster.channels - 1],
               how.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, how.level);
  if (how.palette) set_palette(png, info, palette);
  if (how.clear_first) {
    png_color_16 colour{};
    colour.gray = colour.red = raster.at(0, 0, 0);
    if (raster.channels == 3) {
      colour.green = raster.at(0, 0, 1);
      colour.blue = raster.at(0, 0, 2);
    }
    png_set_tRNS(png, info, nullptr, 0, &colour);
  }
  if (how.gamma > 0) png_set_gAMA(png, info, how.gamma);
  if (how.chromaticities) {
    const auto& c = *how.chromaticities;
    png_set_cHRM(png, info, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
  }
  if (!how.icc.empty()) {
    png_set_iCCP(png, info, "test", PNG_COMPRESSION_TYPE_BASE, bytes_of(how.icc),
                 static_cast<png_uint_32>(how.icc.size()));
  }
  if (!how.exif.empty()) {
    png_set_eXIf_1(png, info, static_cast<png_uint_32>(how.exif.size()), bytes_of(how.exif));
  }
  std::string xmp(as_text(how.xmp));
  if (!xmp.empty()) {
    png_text text{};
    text.compression = PNG_ITXT_COMPRESSION_NONE;
    text.key = const_cast<char*>("XML:com.adobe.xmp");
    text.text = xmp.data();
    png_set_text(png, info, &text, 1);
  }
  png_write_info_before_PLTE(png, info);
  if (how.cicp) {
    const png_byte chunk[] = {(*how.cicp)[0], (*how.cicp)[1], 0, 1};
    png_write_chunk(png, reinterpret_cast<png_const_bytep>("cICP"), chunk, sizeof chunk);
  }
  png_write_info(png, info);
  std::vector<std::vector<png_byte>> rows;
  std::vector<png_bytep> starts;
  for (int y = 0; y < raster.height; ++y) rows.push_back(packed_row(raster, palette, y, bits));
  for (auto& row : rows) starts.push_back(row.data());
  png_write_image(png, starts.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return out;
}

Bytes make_jpeg(const Raster& raster, const JpegMake& how) {
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  errors.error_exit = jpeg_failed;
  jpeg_create_compress(&encoder);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &data, &size);
  encoder.image_width = static_cast<JDIMENSION>(raster.width);
  encoder.image_height = static_cast<JDIMENSION>(raster.height);
  encoder.input_components = raster.channels;
  encoder.in_color_space = raster.channels == 1   ? JCS_GRAYSCALE
                           : raster.channels == 4 ? JCS_CMYK
                                                  : JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, how.quality, TRUE);
  if (raster.channels == 3) {
    encoder.comp_info[0].h_samp_factor = how.across;
    encoder.comp_info[0].v_samp_factor = how.down;
  }
  encoder.restart_in_rows = how.restart_rows;
  encoder.arith_code = how.arithmetic ? TRUE : FALSE;
  if (how.progressive) jpeg_simple_progression(&encoder);
  jpeg_start_compress(&encoder, TRUE);

  const auto marker = [&](int code, std::string_view name, ByteView body) {
    if (body.empty()) return;
    Bytes all;
    append(all, as_bytes(name));
    append(all, body);
    jpeg_write_marker(&encoder, code, reinterpret_cast<const JOCTET*>(all.data()),
                      static_cast<unsigned>(all.size()));
  };
  marker(JPEG_APP0 + 1, {"Exif\0\0", 6}, how.exif);
  marker(JPEG_APP0 + 1, {"http://ns.adobe.com/xap/1.0/\0", 29}, how.xmp);
  if (!how.icc.empty()) {
    jpeg_write_icc_profile(&encoder, reinterpret_cast<const JOCTET*>(how.icc.data()),
                           static_cast<unsigned>(how.icc.size()));
  }
  marker(JPEG_COM, {}, as_bytes(how.comment));

  std::vector<JSAMPLE> row(static_cast<std::size_t>(raster.width * raster.channels));
  for (int y = 0; y < raster.height; ++y) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto value =
          static_cast<JSAMPLE>(raster.samples[static_cast<std::size_t>(y) * row.size() + i]);
      // Adobe stores inverted CMYK, and all readers expect that.
      row[i] = raster.channels == 4 ? static_cast<JSAMPLE>(255 - value) : value;
    }
    JSAMPROW rows[1] = {row.data()};
    jpeg_write_scanlines(&encoder, rows, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  const auto* start = reinterpret_cast<const std::byte*>(data);
  Bytes out(start, start + size);
  std::free(data);
  return out;
}

}  // namespace imgmill::test

// Builds the test files.
#include "metadata/test_files.h"

#include <zlib.h>

#include "metadata/deflate.h"

namespace imgmill::metadata::test {
namespace {

void segment(ByteWriter& out, unsigned marker, std::string_view payload) {
  out.u8(0xFF);
  out.u8(marker);
  out.u16be(payload.size() + 2);
  out.append(payload);
}

void png_chunk(ByteWriter& out, std::string_view type, std::string_view data) {
  out.u32be(data.size());
  const std::size_t begin = out.size();
  out.append(type);
  out.append(data);
  const ByteView covered = out.view().subspan(begin);
  out.u32be(crc32_z(0, reinterpret_cast<const Bytef*>(covered.data()), covered.size()));
}

void riff_chunk(ByteWriter& out, std::string_view type, std::string_view data) {
  out.append(type);
  out.u32le(data.size());
  out.append(data);
  out.zeros(data.size() % 2);
}

std::string box(std::string_view type, std::string_view payload) {
  ByteWriter out;
  out.u32be(8 + payload.size());
  out.append(type);
  out.append(payload);
  return text(out.take());
}

std::string be16(std::size_t value) {
  ByteWriter out;
  out.u16be(value);
  return text(out.take());
}

std::string be32(std::size_t value) {
  ByteWriter out;
  out.u32be(value);
  return text(out.take());
}

}  // namespace

Buffer jpeg_file(std::string_view tail, std::string_view extra_app2) {
  ByteWriter out;
  out.append("\xFF\xD8"sv);
  segment(out, 0xE0, "JFIF\0\1\1\0\0\1\0\1\1\1RGB"sv);  // with a thumbnail of one pixel
  segment(out, 0xE1, "Exif\0\0"s.append(text(camera_exif())));
  segment(out, 0xE1, "http://ns.adobe.com/xap/1.0/\0"s.append(xmp_packet));
  // The profile in two pieces, the second one first.
  segment(out, 0xE2, "ICC_PROFILE\0\2\2"s.append(profile.substr(10)));
  segment(out, 0xE2, "ICC_PROFILE\0\1\2"s.append(profile.substr(0, 10)));
  if (!extra_app2.empty()) segment(out, 0xE2, extra_app2);
  segment(out, 0xED,
          "Photoshop 3.0\0"
          "8BIM\x03\xED\0\0\0\0\0\2xx"
          "8BIM\x04\x04\0\0\0\0\0\x10"s.append(iptc_records));
  segment(out, 0xEE, "Adobe\0\x64\0\0\0\0\1"sv);
  segment(out, 0xEC, "Ducky"s.append(camera_secret));
  segment(out, 0xFE, comment_secret);
  out.append("\xFF\xFF\xFF"sv);  // fill bytes
  segment(out, 0xDB, std::string(65, '\1'));
  segment(out, 0xC0, "\x08\0\x10\0\x10\1\1\x11\0"sv);
  out.append(jpeg_scan);
  segment(out, 0xFE, comment_secret);
  out.append(jpeg_scan);
  out.append("\xFF\xD9"sv);
  out.append(tail);
  return out.take();
}

Buffer png_file() {
  ByteWriter out;
  out.append("\x89PNG\r\n\x1a\n"sv);
  png_chunk(out, "IHDR", "\0\0\0\1\0\0\0\1\x08\0\0\0\0"sv);
  png_chunk(out, "gAMA", "\0\0\xb1\x8f"sv);
  png_chunk(out, "iCCP", "name\0\0"s.append(text(deflated(as_bytes(profile)))));
  png_chunk(out, "pHYs", "\0\0\0\2\0\0\0\1\0"sv);
  png_chunk(out, "eXIf", text(camera_exif(true)));
  png_chunk(out, "iTXt", "XML:com.adobe.xmp\0\0\0\0\0"s.append(xmp_packet));
  png_chunk(out, "tEXt", "Copyright\0"s.append(owner));
  png_chunk(out, "tEXt", "Comment\0"s.append(comment_secret));
  png_chunk(out, "tEXt", "exif:GPSLatitude\0"s.append(gps_secret));
  png_chunk(out, "tEXt",
            "Raw profile type iptc\0\niptc\n 16\n1c02"s
            "78000b495054432d534543524554\n");
  png_chunk(out, "tIME", "\7\xE0\1\1\0\0\0"sv);
  png_chunk(out, "acTL", "\0\0\0\1\0\0\0\3"sv);
  png_chunk(out, "fcTL", std::string(26, '\0'));
  png_chunk(out, "IDAT", "pixels, first");
  png_chunk(out, "IDAT", "pixels, last");
  png_chunk(out, "IEND", "");
  out.append("trailing");
  return out.take();
}

std::string png_chunk_of(std::string_view type, std::string_view data) {
  ByteWriter out;
  png_chunk(out, type, data);
  return text(out.take());
}

std::string png_text_chunk(std::string_view keyword_and_text) {
  return png_chunk_of("tEXt", keyword_and_text);
}

Buffer webp_file() {
  ByteWriter chunks;
  riff_chunk(chunks, "VP8X", "\x2C\0\0\0\x0F\0\0\x07\0\0"sv);  // profile, EXIF, XMP; 16 x 8
  riff_chunk(chunks, "ICCP", profile);
  riff_chunk(chunks, "VP8 ", "\x10\0\0\x9d\x01\x2a\x10\0\x08\0pixels"sv);
  riff_chunk(chunks, "EXIF", "Exif\0\0"s.append(text(camera_exif())));
  riff_chunk(chunks, "XMP ", xmp_packet);
  riff_chunk(chunks, "JUNK", foreign_data);
  ByteWriter out;
  out.append("RIFF");
  out.u32le(4 + chunks.size());
  out.append("WEBP");
  out.append(chunks.view());
  out.append("trailing");
  return out.take();
}

Buffer gif_file() {
  ByteWriter out;
  out.append("GIF89a\2\0\2\0\x80\0\0"sv);
  out.append("\0\0\0\xFF\xFF\xFF"sv);
  out.append("!\xFF\x0BNETSCAPE2.0\3\1\7\0\0"sv);
  out.append("!\xFF\x0BICCRGBG1012"sv);
  out.u8(profile.size());
  out.append(profile);
  out.u8(0);
  out.append("!\xFE"sv);
  out.u8(comment_secret.size());
  out.append(comment_secret);
  out.u8(0);
  out.append("!\xFF\x0BXMP DataXMP"sv);
  out.append(xmp_packet);
  out.u8(1);
  for (unsigned i = 256; i-- > 0;) out.u8(i);
  out.u8(0);
  out.append(
      "!\xFF\x0B"
      "ACMEDATA1.0"sv);
  out.u8(foreign_data.size());
  out.append(foreign_data);
  out.u8(0);
  out.append("!\xF9\4\0\x0A\0\0\0"sv);
  out.append(",\0\0\0\0\2\0\2\0\0\2\3\x84\x51\0\0;"sv);
  out.append("trailing");
  return out.take();
}

Buffer tiff_file(bool big_endian) {
  const auto bytes = [](std::uint16_t which, std::uint16_t type, std::string_view value) {
    const ByteView view = as_bytes(value);
    return TiffField{
        which, type, static_cast<std::uint32_t>(value.size()), {view.begin(), view.end()}};
  };
  // The strip is last, so its offset is known only after a first pass.
  std::size_t strip = 0;
  ByteWriter out;
  for (int round = 0; round < 2; ++round) {
    const Buffer directory = write_tiff(
        big_endian,
        {number(big_endian, 0x0100, 3, 4), number(big_endian, 0x0101, 3, 1),
         number(big_endian, tag::strip_offsets, 4, static_cast<std::uint32_t>(strip)),
         number(big_endian, tag::strip_byte_counts, 4, 6),
         number(big_endian, tag::orientation, 3, 6), ascii(tag::make, camera_secret),
         ascii(tag::software, camera_secret), ascii(tag::image_description, comment_secret),
         ascii(tag::artist, "Ada"), ascii(tag::copyright, owner), bytes(tag::xmp, 1, xmp_packet),
         bytes(tag::iptc, 7, iptc_records), bytes(tag::icc, 7, profile),
         bytes(tag::photoshop, 7, "8BIM\x04\x22\0\0\0\0\0\x10GPSSECRET-52N13E"sv)},
        {ascii(0xA431, camera_secret), ascii(tag::maker_note, gps_secret)},
        {ascii(0x001D, gps_secret)});
    strip = directory.size();
    if (round == 1) out.append(directory.view());
  }
  out.append("pixels");
  return out.take();
}

Buffer jxl_file() {
  return Buffer::copy_of(
      as_bytes("\0\0\0\x0CJXL \x0D\x0A\x87\x0A"s + box("ftyp", "jxl \0\0\0\0jxl "sv) +
               box("jxlc",
                   "\xFF\x0A"
                   "codestream"sv) +
               box("Exif", std::string(4, '\0') + text(camera_exif())) + box("xml ", xmp_packet) +
               box("jumb", "a claim "s + std::string(comment_secret))));
}

Buffer heic_file() {
  std::string file = text(avif_file());
  for (std::size_t at = 0; (at = file.find("avif", at)) != std::string::npos;) {
    file.replace(at, 4, "heic");
  }
  file.replace(file.find("av01"), 4, "hvc1");
  return Buffer::copy_of(as_bytes(file));
}

Buffer avif_file(bool in_idat) {
  const std::string exif = std::string(4, '\0') + text(camera_exif());
  const std::string pixels = "pixels of the picture";
  const std::string data = pixels + exif + std::string(xmp_packet);
  const auto infe = [](unsigned id, std::string_view type, std::string_view rest) {
    return box("infe",
               "\2\0\0\0"s + be16(id) + "\0\0"s + std::string(type) + "\0"s + std::string(rest));
  };
  std::string head;
  std::size_t data_at = 0;  // known after a first pass, as in tiff_file
  for (int round = 0; round < 2; ++round) {
    const auto location = [&](unsigned id, std::size_t offset, std::size_t size, bool idat) {
      return be16(id) + be16(idat ? 1 : 0) + be16(0) + be16(1) +
             be32(offset + (idat ? 0 : data_at)) + be32(size);
    };
    const std::size_t side = in_idat ? 0 : pixels.size();
    const std::string locations = location(1, 0, pixels.size(), false) +
                                  location(2, side, exif.size(), in_idat) +
                                  location(3, side + exif.size(), xmp_packet.size(), in_idat);
    const std::string meta =
        "\0\0\0\0"s + box("hdlr", std::string(8, '\0') + "pict" + std::string(13, '\0')) +
        box("pitm", "\0\0\0\0\0\1"sv) +
        box("iinf", "\0\0\0\0\0\3"s + infe(1, "av01", "") + infe(2, "Exif", "") +
                        infe(3, "mime", "application/rdf+xml\0"sv)) +
        box("iloc", "\1\0\0\0\x44\0\0\3"s + locations) +
        box("iprp", box("ipco", box("colr", "nclx\0\x0C\0\x10\0\x06\x80"sv) +
                                    box("colr", "prof"s + std::string(profile))) +
                        box("ipma", "\0\0\0\0\0\0\0\1\0\1\2\1\2"sv)) +
        (in_idat ? box("idat", exif + std::string(xmp_packet)) : "");
    head = box("ftyp", "avif\0\0\0\0mif1avif"sv) + box("meta", meta) +
           box("uuid", "0123456789abcdef"s + std::string(foreign_data));
    data_at = head.size() + 8;
  }
  return Buffer::copy_of(as_bytes(head + box("mdat", in_idat ? pixels : data)));
}

Buffer file_of(Format format) {
  switch (format) {
    case Format::jpeg:
      return jpeg_file("trailing");
    case Format::png:
      return png_file();
    case Format::webp:
      return webp_file();
    case Format::avif:
      return avif_file();
    case Format::gif:
      return gif_file();
    case Format::tiff:
      return tiff_file();
    case Format::jpegxl:
      return jxl_file();
    case Format::heic:
      return heic_file();
    case Format::qoi:
      break;  // holds none
    case Format::svg:
      break;  // text: src/svg handles its metadata
  }
  return {};
}

}  // namespace imgmill::metadata::test

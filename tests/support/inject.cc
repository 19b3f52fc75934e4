#include "support/inject.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace imgmill::test {
namespace {

using std::string_literals::operator""s;

const std::string marker = "NOBODY-KNOWS-THIS-7f3a";

std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes bytes_of(const std::string& text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

std::string number(std::uint64_t value, int size, bool big_endian) {
  std::string out;
  for (int i = 0; i < size; ++i) {
    out += static_cast<char>(value >> 8 * (big_endian ? size - 1 - i : i) & 0xFF);
  }
  return out;
}

std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  return number(data.size(), 4, true) + body +
         number(crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size()), 4, true);
}

std::uint64_t read(const std::string& text, std::size_t at, int size, bool big_endian) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(
        text.at(at + static_cast<std::size_t>(big_endian ? i : size - 1 - i)));
    value = value << 8 | byte;
  }
  return value;
}

// Appends a copy of the first directory with one more entry: a SubIFD with a picture of one pixel
// if `below`, else tag 65000 with text.
std::string tiff_with(const std::string& file, bool below) {
  const bool big = file[0] == 'M';
  std::string out = file;
  if (out.size() % 2 != 0) out += '\0';
  std::string entry;
  if (below) {
    const std::size_t pixels = out.size();
    out += marker;
    if (out.size() % 2 != 0) out += '\0';
    const std::size_t at = out.size();
    const auto field = [&](unsigned tag, unsigned type, std::uint64_t value) {
      return number(tag, 2, big) + number(type, 2, big) + number(1, 4, big) +
             (type == 3 ? number(value, 2, big) + "\0\0"s : number(value, 4, big));
    };
    out += number(8, 2, big) + field(0x0100, 4, marker.size()) + field(0x0101, 4, 1) +
           field(0x0102, 3, 8) + field(0x0103, 3, 1) + field(0x0106, 3, 1) +
           field(0x0111, 4, pixels) + field(0x0116, 4, 1) + field(0x0117, 4, marker.size()) +
           number(0, 4, big);
    entry = field(0x014A, 4, at);
  } else {
    const std::size_t at = out.size();
    out += marker;
    if (out.size() % 2 != 0) out += '\0';
    entry = number(65000, 2, big) + number(2, 2, big) + number(marker.size(), 4, big) +
            number(at, 4, big);
  }
  const std::size_t first = read(file, 4, 4, big);
  const std::size_t count = read(file, first, 2, big);
  const std::uint64_t tag = read(entry, 0, 2, big);
  const std::size_t table = out.size();
  out += number(count + 1, 2, big);
  bool put = false;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string old = file.substr(first + 2 + 12 * i, 12);
    if (!put && read(old, 0, 2, big) > tag) {
      out += entry;
      put = true;
    }
    out += old;
  }
  if (!put) out += entry;
  out += file.substr(first + 2 + 12 * count, 4);
  const std::string pointer = number(table, 4, big);
  out.replace(4, 4, pointer);
  return out;
}

std::string box(const std::string& type, const std::string& payload) {
  return number(8 + payload.size(), 4, true) + type + payload;
}

}  // namespace

std::vector<Injected> with_unknown(Format format, const Bytes& good) {
  const std::string file = text_of(good);
  std::vector<Injected> made;
  const auto add = [&](const std::string& what, const std::string& text) {
    made.push_back({what, bytes_of(text), marker});
  };
  switch (format) {
    case Format::jpeg: {
      const std::string payload = "SOMETHING\0"s + marker;
      const std::string segment = number(payload.size() + 2, 2, true) + payload;
      add("a segment APP9", file.substr(0, 2) + "\xFF\xE9" + segment + file.substr(2));
      add("a segment APP4", file.substr(0, 2) + "\xFF\xE4" + segment + file.substr(2));
      add("bytes behind the end", file + marker);
      break;
    }
    case Format::png: {
      const std::size_t after_header = 8 + 25;
      const std::size_t end = file.size() - 12;
      add("a chunk that may be copied",
          file.substr(0, after_header) + png_chunk("teSt", marker) + file.substr(after_header));
      add("a chunk that must not be copied",
          file.substr(0, after_header) + png_chunk("teST", marker) + file.substr(after_header));
      add("a chunk behind the pixels",
          file.substr(0, end) + png_chunk("teSt", marker) + file.substr(end));
      add("bytes behind the end", file + marker);
      break;
    }
    case Format::webp: {
      // Unknown chunks belong to the extended layout, but readers accept them in the simple one.
      std::string chunk = "TEST" + number(marker.size(), 4, false) + marker;
      if (marker.size() % 2 != 0) chunk += '\0';
      std::string longer = file + chunk;
      longer.replace(4, 4, number(longer.size() - 8, 4, false));
      add("a chunk", longer);
      add("bytes behind the end", file + marker);
      break;
    }
    case Format::gif: {
      const unsigned packed = static_cast<unsigned char>(file[10]);
      const std::size_t head =
          13 + ((packed & 0x80) != 0 ? std::size_t{3} << ((packed & 7) + 1) : 0);
      const std::string extension =
          "\x21\xFF\x0B"s + "NOBODYS 1.0" + static_cast<char>(marker.size()) + marker + '\0';
      add("an extension", file.substr(0, head) + extension + file.substr(head));
      add("bytes behind the end", file + marker);
      break;
    }
    case Format::tiff:
      add("a tag", tiff_with(file, false));
      add("a SubIFD", tiff_with(file, true));
      add("bytes behind the end", file + marker);
      break;
    case Format::avif:
    case Format::heic:
      add("a box", file + box("teSt", marker));
      add("a box of its own kind", file + box("uuid", "0123456789abcdef" + marker));
      break;
    case Format::jpegxl:
      if (file.compare(0, 2, "\xFF\x0A") == 0) throw std::runtime_error("JPEG XL without boxes");
      add("a box", file + box("teSt", marker));
      break;
    case Format::qoi:
    case Format::svg:
      break;
  }
  return made;
}

}  // namespace imgmill::test

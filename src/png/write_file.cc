#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "png/png_file.h"

namespace imgmill::png {
namespace {

using std::string_view_literals::operator""sv;

using Bytes = std::vector<std::uint8_t>;

void put_u32(Bytes& out, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

void put_u16(Bytes& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

/// The file under construction; its bytes are moved out at the end.
class Writer {
 public:
  explicit Writer(std::size_t size) { bytes_.reserve(size); }

  void raw(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

  void chunk(std::string_view type, ByteView data) {
    number(data.size());
    const std::size_t begin = bytes_.size();
    raw(as_bytes(type));
    raw(data);
    number(libdeflate_crc32(0, bytes_.data() + begin, bytes_.size() - begin));
  }
  void chunk(std::string_view type, std::span<const std::uint8_t> data) {
    chunk(type, std::as_bytes(data));
  }

  Buffer take() { return Buffer::adopt(std::move(bytes_)); }

 private:
  void number(std::size_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<std::byte>(value >> shift & 0xFF));
    }
  }

  std::vector<std::byte> bytes_;
};

Bytes header(const Raster& raster) {
  Bytes out;
  put_u32(out, raster.width);
  put_u32(out, raster.height);
  out.push_back(static_cast<std::uint8_t>(raster.bits));
  out.push_back(static_cast<std::uint8_t>(raster.colour));
  out.insert(out.end(), 3, 0);  // deflate, the five filters, no interlacing
  return out;
}

// A colour as tRNS and bKGD encode it for greyscale and truecolour.
Bytes spelled(const Raster& raster, const Triple& colour) {
  Bytes out;
  for (std::size_t i = 0; i < (is_grey(raster.colour) ? 1U : 3U); ++i) put_u16(out, colour[i]);
  return out;
}

Bytes palette(const Raster& raster) {
  Bytes out;
  for (const Entry& entry : raster.palette) out.insert(out.end(), entry.begin(), entry.begin() + 3);
  return out;
}

// Opaque entries at the end can be omitted.
Bytes transparency(const Raster& raster) {
  if (raster.key) return spelled(raster, *raster.key);
  Bytes out;
  for (const Entry& entry : raster.palette) out.push_back(entry[3]);
  while (!out.empty() && out.back() == 255) out.pop_back();
  return out;
}

Bytes background(const Raster& raster) {
  if (!raster.background) return {};
  if (raster.colour != Colour::palette) return spelled(raster, *raster.background);
  const auto found = std::ranges::find_if(raster.palette, [&](const Entry& entry) {
    return Triple{entry[0], entry[1], entry[2]} == *raster.background;
  });
  if (found == raster.palette.end()) return {};
  return {static_cast<std::uint8_t>(found - raster.palette.begin())};
}

Bytes significant(const Raster& raster, const std::array<std::uint8_t, 4>& bits) {
  if (bits[0] == 0) return {};
  const auto most = static_cast<std::uint8_t>(raster.colour == Colour::palette ? 8 : raster.bits);
  const auto fit = [&](std::uint8_t said) { return std::min(said, most); };
  Bytes out;
  if (is_grey(raster.colour)) {
    out.push_back(fit(std::max({bits[0], bits[1], bits[2]})));
  } else {
    for (std::size_t i = 0; i < 3; ++i) out.push_back(fit(bits[i]));
  }
  if (has_alpha(raster.colour)) out.push_back(fit(bits[3] == 0 ? most : bits[3]));
  return out;
}

// True if a chunk may be copied although the pixels are stored differently: known standard chunks,
// and others whose fourth letter is lowercase (14.2 of the standard).
bool may_be_copied(std::string_view type) {
  constexpr std::array known = {"cHRM"sv, "gAMA"sv, "iCCP"sv, "sRGB"sv, "cICP"sv, "mDCV"sv,
                                "cLLI"sv, "mDCv"sv, "cLLi"sv, "sPLT"sv, "tIME"sv, "sTER"sv};
  return type[3] >= 'a' || std::ranges::find(known, type) != known.end();
}

constexpr std::size_t around_a_chunk = 12;

}  // namespace

std::size_t overhead(const Raster& raster) {
  std::size_t bytes = 0;
  for (const std::size_t part :
       {palette(raster).size(), transparency(raster).size(), background(raster).size()}) {
    if (part > 0) bytes += part + around_a_chunk;
  }
  return bytes;
}

Buffer write_file(const Raster& raster, std::span<const std::uint8_t> stream,
                  const Surroundings& surroundings) {
  std::size_t size = 256 + overhead(raster) + stream.size();
  for (const auto* chunks : {&surroundings.before, &surroundings.after}) {
    for (const Chunk& chunk : *chunks) size += chunk.data.size() + around_a_chunk;
  }
  Writer out(size);
  out.raw(as_bytes("\x89PNG\r\n\x1a\n"sv));
  out.chunk("IHDR", header(raster));
  if (const Bytes bits = significant(raster, surroundings.significant); !bits.empty()) {
    out.chunk("sBIT", bits);
  }
  const auto copy = [&](const std::vector<Chunk>& chunks) {
    for (const Chunk& chunk : chunks) {
      if (may_be_copied(chunk.type)) out.chunk(chunk.type, chunk.data);
    }
  };
  copy(surroundings.before);
  if (const Bytes entries = palette(raster); !entries.empty()) out.chunk("PLTE", entries);
  if (const Bytes alpha = transparency(raster); !alpha.empty()) out.chunk("tRNS", alpha);
  if (const Bytes behind = background(raster); !behind.empty()) out.chunk("bKGD", behind);
  // A chunk holds at most 2 GiB.
  constexpr std::size_t most = std::size_t{1} << 30;
  for (std::size_t at = 0; at == 0 || at < stream.size(); at += most) {
    out.chunk("IDAT", stream.subspan(at, std::min(most, stream.size() - at)));
  }
  copy(surroundings.after);
  out.chunk("IEND", ByteView{});
  return out.take();
}

}  // namespace imgmill::png

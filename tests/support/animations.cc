#include "support/animations.h"

#include <gif_lib.h>
#include <webp/mux.h>

#include <array>
#include <cmath>
#include <string_view>

#include "support/gif_writer.h"
#include "support/must.h"

namespace imgmill::test {
namespace {

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void u32(Bytes& to, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<std::byte>(value >> shift));
}

void u16(Bytes& to, int value) {
  to.push_back(static_cast<std::byte>(value >> 8));
  to.push_back(static_cast<std::byte>(value & 255));
}

// Returns the contents of the IDAT chunks of a PNG.
Bytes pixels_of(ByteView png) {
  Bytes out;
  for (std::size_t at = 8; at + 12 <= png.size();) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i)
      size = size << 8 | std::to_integer<std::size_t>(png[at + i]);
    if (as_text(png.subspan(at + 4, 4)) == "IDAT") append(out, png.subspan(at + 8, size));
    at += size + 12;
  }
  return out;
}

// Composites one pixel over another, by the textbook formula.
void blend(const Raster& from, int x, int y, Raster& to, int left, int top) {
  const double upper = from.at(x, y, 3) / 255.0;
  const double lower = to.at(left + x, top + y, 3) / 255.0 * (1 - upper);
  const double alpha = upper + lower;
  if (alpha == 0) return;
  for (int c = 0; c < 3; ++c) {
    const double mixed = (from.at(x, y, c) * upper + to.at(left + x, top + y, c) * lower) / alpha;
    to.at(left + x, top + y, c) = static_cast<std::uint16_t>(std::lround(mixed));
  }
  to.at(left + x, top + y, 3) = static_cast<std::uint16_t>(std::lround(alpha * 255));
}

void clear_hidden(Raster& raster) {
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x) {
      if (raster.at(x, y, 3) != 0) continue;
      for (int c = 0; c < 3; ++c) raster.at(x, y, c) = 0;
    }
  }
}

}  // namespace

Bytes make_gif(const GifMake& how) {
  Bytes out;
  GifFileType* gif = open_gif(out);
  const std::array<GifColorType, 2> shared = {{{200, 30, 40}, {20, 180, 60}}};
  ColorMapObject* map = GifMakeMapObject(2, shared.data());
  must(EGifPutScreenDesc(gif, how.width, how.height, 8, how.background, map) == GIF_OK, "screen");
  GifFreeMapObject(map);
  if (how.again) put_again(gif, *how.again);
  for (const GifPart& part : how.parts) put_part(gif, part);
  close_gif(gif);
  return out;
}

Bytes png_chunk(std::string_view type, ByteView data) {
  Bytes out;
  u32(out, data.size());
  append(out, as_bytes(type));
  append(out, data);
  std::uint32_t sum = 0xFFFFFFFF;
  for (std::size_t i = 4; i < out.size(); ++i) {
    sum ^= std::to_integer<std::uint32_t>(out[i]);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xEDB88320 : 0);
  }
  u32(out, ~sum);
  return out;
}

Bytes make_apng(const ApngMake& how) {
  const Bytes plain = make_png(how.still ? *how.still : how.parts.front().picture, how.how);
  const std::size_t pixels = as_text(plain).find("IDAT") - 4;
  Bytes out(plain.begin(), plain.begin() + 33);
  Bytes data;
  u32(data, how.parts.size());
  u32(data, static_cast<std::size_t>(how.plays));
  append(out, png_chunk("acTL", data));
  // Palette, transparency, profile and other chunks.
  append(out, ByteView(plain).subspan(33, pixels - 33));
  std::size_t number = 0;
  bool still = how.still.has_value();
  if (still) append(out, png_chunk("IDAT", pixels_of(plain)));
  for (const ApngPart& part : how.parts) {
    Bytes control;
    u32(control, number++);
    u32(control, static_cast<std::size_t>(part.picture.width));
    u32(control, static_cast<std::size_t>(part.picture.height));
    u32(control, static_cast<std::size_t>(part.left));
    u32(control, static_cast<std::size_t>(part.top));
    u16(control, part.delay);
    u16(control, part.parts);
    control.push_back(static_cast<std::byte>(part.dispose));
    control.push_back(static_cast<std::byte>(part.blend));
    append(out, png_chunk("fcTL", control));
    const Bytes stream = pixels_of(make_png(part.picture, how.how));
    if (!still) {
      append(out, png_chunk("IDAT", stream));
      still = true;
      continue;
    }
    // Split in two, as encoders do with large frames.
    const ByteView all(stream);
    for (const ByteView piece : {all.first(all.size() / 2), all.subspan(all.size() / 2)}) {
      Bytes numbered;
      u32(numbered, number++);
      append(numbered, piece);
      append(out, png_chunk("fdAT", numbered));
    }
  }
  append(out, png_chunk("IEND", {}));
  return out;
}

Bytes make_webp(const WebpFramesMake& how) {
  WebPMux* mux = WebPMuxNew();
  must(mux != nullptr, "WebPMuxNew");
  for (const WebpPart& part : how.parts) {
    const Bytes file = make_webp(part.picture);
    WebPMuxFrameInfo frame{};
    frame.bitstream = {reinterpret_cast<const std::uint8_t*>(file.data()), file.size()};
    frame.x_offset = part.left;
    frame.y_offset = part.top;
    frame.duration = part.delay;
    frame.id = WEBP_CHUNK_ANMF;
    frame.dispose_method = part.dispose ? WEBP_MUX_DISPOSE_BACKGROUND : WEBP_MUX_DISPOSE_NONE;
    frame.blend_method = part.blend ? WEBP_MUX_BLEND : WEBP_MUX_NO_BLEND;
    must(WebPMuxPushFrame(mux, &frame, 1) == WEBP_MUX_OK, "WebPMuxPushFrame");
  }
  // A background colour that renderers ignore.
  const WebPMuxAnimParams all{.bgcolor = 0xFFFF0000, .loop_count = how.plays};
  must(WebPMuxSetAnimationParams(mux, &all) == WEBP_MUX_OK, "WebPMuxSetAnimationParams");
  must(WebPMuxSetCanvasSize(mux, how.width, how.height) == WEBP_MUX_OK, "WebPMuxSetCanvasSize");
  WebPData out{};
  must(WebPMuxAssemble(mux, &out) == WEBP_MUX_OK, "WebPMuxAssemble");
  const auto* start = reinterpret_cast<const std::byte*>(out.bytes);
  Bytes bytes(start, start + out.size);
  WebPDataClear(&out);
  WebPMuxDelete(mux);
  return bytes;
}

Movie drawn(const ApngMake& how) {
  const Raster& whole = how.still ? *how.still : how.parts.front().picture;
  Movie out{.loop = how.plays};
  Raster canvas(whole.width, whole.height, 4);
  for (const ApngPart& part : how.parts) {
    const Raster before = canvas;
    const Raster picture = rgba(part.picture);
    for (int y = 0; y < picture.height; ++y) {
      for (int x = 0; x < picture.width; ++x) {
        if (part.blend == 1) {
          blend(picture, x, y, canvas, part.left, part.top);
          continue;
        }
        for (int c = 0; c < 4; ++c) {
          canvas.at(part.left + x, part.top + y, c) = picture.at(x, y, c);
        }
      }
    }
    out.frames.push_back(canvas);
    const double parts = part.parts == 0 ? 100 : part.parts;
    out.delays.push_back(static_cast<int>(std::lround(1000 * part.delay / parts)));
    if (part.dispose == 2) canvas = before;
    if (part.dispose == 1) {
      for (int y = 0; y < picture.height; ++y) {
        for (int x = 0; x < picture.width; ++x) {
          for (int c = 0; c < 4; ++c) canvas.at(part.left + x, part.top + y, c) = 0;
        }
      }
    }
  }
  return out;
}

Movie as_seen(const Movie& movie) {
  Movie out{.loop = movie.loop};
  for (std::size_t i = 0; i < movie.frames.size(); ++i) {
    Raster frame = rgba(movie.frames[i]);
    clear_hidden(frame);
    const int stored = i < movie.delays.size() ? movie.delays[i] : 0;
    const int delay = stored <= 10 ? 100 : stored;
    if (!out.frames.empty() && out.frames.back() == frame) {
      out.delays.back() += delay;
      continue;
    }
    out.frames.push_back(std::move(frame));
    out.delays.push_back(delay);
  }
  if (out.frames.size() == 1) {
    out.delays.clear();
    out.loop = 0;
  }
  return out;
}

}  // namespace imgmill::test

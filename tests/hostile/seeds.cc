#include "seeds.h"

#include <span>
#include <string_view>

#include "support/animations.h"
#include "support/pieces.h"

namespace imgmill::test {
namespace {

Bytes of_text(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

constexpr std::string_view drawing = R"svg(<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 60 40">
  <style>.a { fill: url(#g); stroke: #00f } rect.b { opacity: .5 }</style>
  <defs><linearGradient id="g"><stop stop-color="#ff0000"/><stop offset="1.0" stop-color="blue"/></linearGradient>
  <symbol id="s"><circle r="4.000"/></symbol><clipPath id="c"><rect width="9" height="9"/></clipPath>
  <filter id="f"><feGaussianBlur stdDeviation="1.50"/></filter></defs>
  <rect class="a b" width="30.00" height="40" filter="url(#f)" transform="rotate(10.000) scale(1,1)"/>
  <path d="M 30.123456 10 A 10 10 0 0 1 50.5 10.25 L 40 30 C 1 2 3 4 5 6 S 7 8 9 9 z" stroke-width="1.2345678"/>
  <use xlink:href="#s" x="20" y="20"/><g clip-path="url(#c)"><text x="3" y="9">text</text></g>
  <image width="9" height="9" xlink:href="data:image/png;base64,iVBORw0KGgo="/>
  <switch><g systemLanguage="de"><path d="M 0.00 0 h 9 v 9 z"/></g><path d="M 0.00 0 h 9 v 9 z"/></switch>
</svg>
)svg";

Bytes made_apng() {
  ApngMake how;
  for (const Raster& frame : movie(48, 32, 3).frames) how.parts.push_back({.picture = frame});
  return make_apng(how);
}

void add_tiffs(std::vector<Seed>& all, const Raster& picture) {
  for (const std::uint16_t code : {std::uint16_t{1}, std::uint16_t{5}, std::uint16_t{7},
                                   std::uint16_t{8}, std::uint16_t{32773}}) {
    for (const int tile : {0, 16}) {
      for (const bool planes : {false, true}) {
        all.push_back(
            {"tiff " + std::to_string(code) + (tile > 0 ? ", tiles" : "") +
                 (planes ? ", planes" : ""),
             make_tiff_kind(picture, {.compression = code, .tile = tile, .planes = planes})});
      }
    }
  }
  for (const std::uint16_t code : {std::uint16_t{2}, std::uint16_t{3}, std::uint16_t{4}}) {
    all.push_back(
        {"fax " + std::to_string(code), make_tiff_kind(graphic(64, 48, 1), {.compression = code})});
  }
  all.push_back({"tiff pages", make_tiff(std::vector{picture, picture}, {.copyright = owner})});
  all.push_back({"float tiff", make_tiff(picture, {.unit_float = true})});
  all.push_back({"16-bit tiff", make_tiff(photo(64, 48, 4, 16))});
  all.push_back({"old tiff", make_old_jpeg_tiff(make_jpeg(picture), 64, 48)});
}

}  // namespace

std::vector<Seed> seeds() {
  const Raster picture = photo(64, 48);
  const Raster clear = photo(64, 48, 4);
  const Bytes exif = exif_block(6);
  const Bytes xmp = xmp_packet();
  std::vector<Seed> all = {
      {"jpeg", make_jpeg(picture, {.exif = exif, .xmp = xmp, .comment = secret_comment})},
      {"progressive jpeg", make_jpeg(picture, {.progressive = true})},
      {"arithmetic jpeg", make_jpeg(picture, {.arithmetic = true})},
      {"jpeg with restarts", make_jpeg(picture, {.across = 1, .down = 1, .restart_rows = 1})},
      {"grey jpeg", make_jpeg(photo(64, 48, 1))},
      {"png", make_png(clear, {.exif = exif, .xmp = xmp})},
      {"16-bit png", make_png(photo(64, 48, 3, 16), {.gamma = 0.45455, .cicp = CodePoints{9, 16}})},
      {"interlaced png", make_png(picture, {.interlaced = true})},
      {"palette png", make_png(graphic(64, 48, 3), {.palette = true})},
      {"apng", made_apng()},
      {"lossless webp", make_webp(clear, {.exif = exif, .xmp = xmp})},
      {"lossy webp", make_webp(clear, {.lossless = false})},
      {"webp animation", make_webp(movie(48, 32, 3))},
      {"gif", make_gif(graphic(64, 48))},
      {"gif animation", make_gif(movie(48, 32, 4, true))},
      {"avif", make_avif(picture, {.lossless = false, .exif = exif})},
      {"avif with alpha", make_avif(clear, {.turns = 1})},
      {"avif grid", make_grid_avif(photo(128, 64), 2, 1)},
      {"jxl", make_jxl(picture, {.lossless = false})},
      {"lossless jxl", make_jxl(clear, {.exif = exif, .xmp = xmp})},
      {"jxl animation", make_jxl(movie(48, 32, 3))},
      {"qoi", make_qoi(clear)},
      {"svg", of_text(drawing)},
  };
  if (can_make_heic()) {
    all.push_back({"heic", make_heic(picture, {.turn = 90, .exif = exif})});
    all.push_back({"heic with alpha", make_heic(clear)});
  }
  add_tiffs(all, picture);
  return all;
}

}  // namespace imgmill::test

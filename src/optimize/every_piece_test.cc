// Every piece of every kind of file, truncated and corrupted in turn: the file is rejected, or the
// output shows the same as the whole file. (The pipeline leaves files reported as damaged alone.)
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "imgmill/optimize.h"
#include "support/animations.h"
#include "support/decode.h"
#include "support/pieces.h"

namespace imgmill {
namespace {

using namespace test;

// The damage that can be detected in a format, besides every missing piece. Corrupted Huffman codes
// may yield as many bits and as many blocks as the right ones; where every bit pattern is a picture
// (uncompressed samples, raw bits), a corrupted piece is another picture.
enum class Findable { all, mostly, cuts };
// The fraction of corruptions that may go unnoticed with `mostly`.
constexpr double mostly_missed = 0.1;

struct Victim {
  std::string what;
  Format format;
  Bytes file;
  std::vector<Raster> shows;  ///< the frames or pages of the whole file
  Findable findable = Findable::all;
};

struct Mode {
  std::string_view name;
  ImageSettings settings;
};

std::vector<Mode> modes_for(const Victim& victim) {
  ImageSettings target;
  target.target = Target{.score = 80};
  ImageSettings fixed;
  fixed.quality.global = 60;
  ImageSettings lossless{.compression = Compression::lossless};
  ImageSettings convert{.output_format = victim.format == Format::png ? Format::webp : Format::png};
  ImageSettings smaller;
  smaller.resize = {.mode = ResizeMode::percent, .percent = 50};
  if (!info(victim.format).writable) smaller.output_format = Format::png;
  std::vector<Mode> modes = {{"target", target},
                             {"quality", fixed},
                             {"lossless", lossless},
                             {"convert", convert},
                             {"smaller", smaller}};
  for (Mode& mode : modes) mode.settings.effort = Effort::fast;
  return modes;
}

// The similarity of an output to the whole file's picture in dB, the worst of its frames; 0: no
// similarity.
double likeness(const Optimized& made, const Victim& victim) {
  if (std::ranges::equal(made.bytes.view(), victim.file)) return 99;
  try {
    const std::vector<Raster> shown = decode(made.bytes.view(), made.format).movie.frames;
    if (shown.size() != victim.shows.size()) return 0;
    double worst = 99;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const Raster& whole = victim.shows[i];
      const bool smaller = shown[i].width != whole.width;
      worst = std::min(worst, psnr(shown[i], smaller ? shrunk(whole, 2) : whole));
    }
    return worst;
  } catch (const std::runtime_error&) {
    return 0;
  }
}

// Outputs that show something else than the whole file, out of a number of tries.
struct Survivors {
  std::vector<std::string> found;
  int tries = 0;
};

Survivors survivors(const Victim& victim) {
  Survivors out;
  std::vector<std::string>& found = out.found;
  for (const Mode& mode : modes_for(victim)) {
    const auto whole = optimize(victim.file, mode.settings);
    if (!whole) {
      if (whole.error().code() != ErrorCode::unsupported) {
        found.push_back(
            fmt::format("{}, whole, {}: {}", victim.what, mode.name, whole.error().describe()));
      }
      continue;
    }
    const double best = likeness(*whole, victim);
    if (best < 20) found.push_back(fmt::format("{}, whole, {}: {}", victim.what, mode.name, best));
    for (const Piece& piece : pieces_of(victim.file, victim.format)) {
      for (const Blow blow : blows) {
        const Bytes broken = struck(victim.file, piece, blow);
        const bool cut = blow <= Blow::cut_after;
        if (broken == victim.file || (!cut && victim.findable == Findable::cuts)) continue;
        ++out.tries;
        const auto made = optimize(broken, mode.settings);
        std::string how;
        if (!made) {
          if (made.error().code() == ErrorCode::internal) how = made.error().describe();
        } else if (!std::ranges::equal(made->bytes.view(), broken)) {  // not left as it is
          const double like = likeness(*made, victim);
          if (like < best - 0.1) how = fmt::format("{:.1f} dB, not {:.1f}", like, best);
        }
        if (!how.empty()) {
          found.push_back(fmt::format("{}: {}, {}, {}: {}", victim.what, piece.name, name_of(blow),
                                      mode.name, how));
        }
      }
    }
  }
  return out;
}

void expect_none(const Victim& victim) {
  const Survivors all = survivors(victim);
  EXPECT_GT(all.tries, 0) << victim.what;
  if (victim.findable == Findable::mostly &&
      static_cast<double>(all.found.size()) < mostly_missed * all.tries) {
    return;
  }
  for (const std::string& survivor : all.found) ADD_FAILURE() << survivor;
}
// Decoded by another decoder than ours.
void expect_none(std::string_view what, Format format, const Bytes& file,
                 Findable findable = Findable::all) {
  expect_none({std::string(what), format, file, decode(file, format).movie.frames, findable});
}

Raster large() { return photo(160, 128); }

// Grey noise, which fills many blocks.
Raster grain(std::uint32_t seed) {
  const Raster noise = photo(80, 64, 1, 8, seed);
  Raster picture(80, 64, 3);
  for (std::size_t i = 0; i < picture.samples.size(); ++i) {
    picture.samples[i] = noise.samples[i / 3];
  }
  return picture;
}

// Pieces of intact files that only look odd are not damage.
TEST(EveryPiece, OfAnOldJpegInATiffIsToldAsAKindThatIsNotRead) {
  const Bytes file = make_old_jpeg_tiff(make_jpeg(large()), 160, 128);
  for (const Format to : {Format::tiff, Format::png}) {
    const auto made = optimize(file, {.output_format = to});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), ErrorCode::unsupported) << made.error().describe();
    EXPECT_NE(made.error().message().find("Technical Note 2"), std::string::npos);
  }
}

TEST(EveryPiece, OfATiffWithPlanesInTilesComesTogetherAgain) {
  const Raster alpha = photo(160, 128, 4);
  const Raster inks = [] {
    Raster made = photo(160, 128, 4);
    made.cmyk = true;
    return made;
  }();
  for (const Raster* const raster : {&alpha, &inks}) {
    const Bytes file = make_tiff_kind(*raster, {.compression = 8, .tile = 32, .planes = true});
    const auto made = optimize(file, {.compression = Compression::lossless});
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_EQ(made->decision, Decision::transcoded);
    EXPECT_EQ(decode(made->bytes.view(), Format::tiff).picture(), *raster);
  }
}

TEST(EveryPiece, OfAJpeg) {
  expect_none("jpeg", Format::jpeg, make_jpeg(large()));
  expect_none("jpeg with restarts", Format::jpeg, make_jpeg(large(), {.restart_rows = 2}));
  expect_none("progressive jpeg", Format::jpeg, make_jpeg(large(), {.progressive = true}),
              Findable::mostly);
  expect_none("arithmetic jpeg", Format::jpeg, make_jpeg(large(), {.arithmetic = true}));
}

TEST(EveryPiece, OfAPng) {
  expect_none("png", Format::png, make_png(large()));
  expect_none("interlaced png", Format::png, make_png(large(), {.interlaced = true}));
  ApngMake moving;
  for (const Raster& frame : movie(80, 64, 3).frames) moving.parts.push_back({.picture = frame});
  const Bytes apng = make_apng(moving);
  // Debian's libpng shows only the first frame, so the frames it was made from are the reference.
  Victim animated{"apng", Format::png, apng, movie(80, 64, 3).frames};
  expect_none(animated);
  expect_none("palette png", Format::png, make_png(graphic(160, 128), {.palette = true}));
}

TEST(EveryPiece, OfAWebp) {
  expect_none("lossless webp", Format::webp, make_webp(large()));
  expect_none("lossy webp", Format::webp, make_webp(large(), {.lossless = false}));
  expect_none("lossy webp, alpha", Format::webp,
              make_webp(photo(160, 128, 4), {.lossless = false}));
  expect_none("webp animation", Format::webp, make_webp(movie(80, 64, 3)));
}

TEST(EveryPiece, OfAGif) {
  expect_none("gif", Format::gif, make_gif(graphic(160, 128)));
  expect_none("gif animation", Format::gif, make_gif(movie(80, 64, 3)));
  expect_none("gif of noise", Format::gif, make_gif(Movie{{grain(1), grain(2)}, {100, 100}, 0}),
              Findable::mostly);
}

// Nearly all bytes are valid chunks, and another picture.
TEST(EveryPiece, OfAQoi) {
  expect_none("qoi", Format::qoi, make_qoi(large()), Findable::cuts);
  expect_none("qoi with alpha", Format::qoi, make_qoi(photo(160, 128, 4)), Findable::cuts);
}

TEST(EveryPiece, OfAnAvif) {
  expect_none("avif", Format::avif, make_avif(large(), {.lossless = false}));
  expect_none("avif, alpha", Format::avif, make_avif(photo(160, 128, 4), {.lossless = false}));
  expect_none("avif grid", Format::avif, make_grid_avif(photo(192, 128), 3, 2));
  expect_none("avif grid, alpha", Format::avif, make_grid_avif(photo(192, 128, 4), 3, 2));
}

TEST(EveryPiece, OfAJpegXl) {
  expect_none("jxl", Format::jpegxl, make_jxl(photo(300, 200), {.lossless = false}));
  expect_none("lossless jxl", Format::jpegxl, make_jxl(photo(300, 200)));
  expect_none("jxl in boxes", Format::jpegxl, make_jxl(large(), {.boxes = true}));
}

TEST(EveryPiece, OfAHeic) {
  if (!can_make_heic()) GTEST_SKIP() << "libheif has no encoder for HEVC (libheif-plugin-x265)";
  expect_none("heic", Format::heic, make_heic(large()), Findable::cuts);
  expect_none("heic, alpha", Format::heic, make_heic(photo(160, 128, 4)), Findable::cuts);
}

TEST(EveryPiece, OfATiff) {
  struct Packing {
    std::string_view name;
    std::uint16_t code;
  };
  for (const Packing& packing :
       {Packing{"plain", 1}, {"lzw", 5}, {"deflate", 8}, {"packbits", 32773}, {"jpeg", 7}}) {
    for (const int tile : {0, 64}) {
      for (const bool planes : {false, true}) {
        const Bytes file =
            make_tiff_kind(large(), {.compression = packing.code, .tile = tile, .planes = planes});
        const std::string what = fmt::format("tiff, {}{}{}", packing.name,
                                             tile > 0 ? ", tiles" : "", planes ? ", planes" : "");
        const Findable findable = packing.code == 1   ? Findable::cuts
                                  : packing.code == 7 ? Findable::mostly
                                                      : Findable::all;
        expect_none({what, Format::tiff, file, {large()}, findable});
      }
    }
  }
  expect_none("tiff pages", Format::tiff,
              make_tiff(std::vector{large(), photo(160, 128, 3, 8, 2)}));
  for (const Packing& packing : {Packing{"rle", 2}, {"fax 3", 3}, {"fax 4", 4}}) {
    expect_none(fmt::format("tiff, {}", packing.name), Format::tiff,
                make_tiff_kind(graphic(160, 128, 1), {.compression = packing.code}),
                Findable::mostly);
  }
}

}  // namespace
}  // namespace imgmill

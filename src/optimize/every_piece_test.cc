// Every piece of every kind of file, cut and broken in turn: the file is refused, or what comes out
// shows what the whole file shows. (Whatever is told as damage is left alone by the pipeline.)
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/pieces.h"

namespace imgmill {
namespace {

using namespace test;

// What a format lets anybody find, beside every piece that is missing. Broken codes of Huffman's
// kind may come to as many bits and as many blocks as the right ones; where every bit pattern is a
// picture (samples as they are, raw bits), a broken piece is another picture.
enum class Findable { all, mostly, cuts };
// Share of blows that may go unseen where it is `mostly`.
constexpr double mostly_missed = 0.1;

struct Victim {
  std::string what;
  Format format;
  Bytes file;
  Raster shows;  ///< the first frame or page of the whole file
  Findable findable = Findable::all;
};

// How a piece is broken. A cut ends the file there.
enum class Blow { cut_before, cut_within, cut_after, zeros, ones, noise, end_zeros };
constexpr std::array blows{Blow::cut_before, Blow::cut_within, Blow::cut_after, Blow::zeros,
                           Blow::ones,       Blow::noise,      Blow::end_zeros};
constexpr std::array<std::string_view, 7> blow_names{
    "cut before", "cut within", "cut after", "zeros", "ones", "noise", "zeros at the end"};

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

// How much like the whole file's picture an output looks, dB; 0: like nothing at all.
double likeness(const Optimized& made, const Victim& victim) {
  if (std::ranges::equal(made.bytes.view(), victim.file)) return 99;
  try {
    const Raster shown = decode(made.bytes.view(), made.format).picture();
    const bool smaller = shown.width != victim.shows.width;
    return psnr(shown, smaller ? shrunk(victim.shows, 2) : victim.shows);
  } catch (const std::runtime_error&) {
    return 0;
  }
}

// What came out although it shows something else than the whole file, of how many tries.
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
      for (std::size_t i = 0; i < blows.size(); ++i) {
        const Bytes broken = struck(victim.file, piece, blows[i]);
        const bool cut = blows[i] <= Blow::cut_after;
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
          found.push_back(fmt::format("{}: {}, {}, {}: {}", victim.what, piece.name, blow_names[i],
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
// Shown by another decoder than ours.
void expect_none(std::string_view what, Format format, const Bytes& file,
                 Findable findable = Findable::all) {
  expect_none({std::string(what), format, file, decode(file, format).picture(), findable});
}

Raster large() { return photo(160, 128); }

// Pieces of whole files that only look odd are no damage.
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
        expect_none({what, Format::tiff, file, large(), findable});
      }
    }
  }
  for (const Packing& packing : {Packing{"rle", 2}, {"fax 3", 3}, {"fax 4", 4}}) {
    expect_none(fmt::format("tiff, {}", packing.name), Format::tiff,
                make_tiff_kind(graphic(160, 128, 1), {.compression = packing.code}),
                Findable::mostly);
  }
}

}  // namespace
}  // namespace imgmill

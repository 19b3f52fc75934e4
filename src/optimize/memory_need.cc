#include "optimize/memory_need.h"

#include <algorithm>
#include <array>

#include "jpeg/reader.h"

namespace imgmill {
namespace {

// The program with its libraries, warmed up.
constexpr double program = 42e6;

/// What it takes at the peak to make a file of some format from pixels of three samples of 8 bits
/// in memory, the pixels included: encoders' rooms, what a search keeps of the original and of its
/// candidates, and what it takes to make sure of the result. Bytes a pixel.
struct Row {
  Format format;
  double fixed;     ///< at a quality that is given
  double searched;  ///< for a score
  double lossless;
};
constexpr std::array rows = {
    Row{Format::jpeg, 16.5, 31, 16.5}, Row{Format::png, 23, 19, 14},
    Row{Format::webp, 6.6, 17.5, 30},  Row{Format::avif, 55, 64, 43},
    Row{Format::gif, 21, 21, 21},      Row{Format::tiff, 8, 14, 11},
    Row{Format::jpegxl, 48, 64, 95},
};
// WebP by libwebp: of what is transparent.
constexpr Row transparent_webp = {Format::webp, 15, 27, 30};
// Animations, whose frames are worked on one by one.
constexpr std::array moving = {Row{Format::webp, 2.5, 27, 15}, Row{Format::gif, 5, 8, 8}};

// libaom's own, which small pictures do not use up.
constexpr double avif_fixed = 75e6;
constexpr double avif_searched = 190e6;
constexpr double avif_small = 90;  ///< bytes a pixel at most of the above

// Of a picture that gets another size on its way: what decoders hold of it (but for JPEG, which
// is read row by row or as a whole), weights and bands of numbers, bytes a row and column.
constexpr double strips = 20e6;
constexpr double weights = 200;
constexpr double bands = 700;

/// Of a JPEG made coarser or packed anew, which is done by its coefficients: two bytes for each in
/// the file, twice, and for a score pixels and the metric's rooms.
double by_coefficients(const Source& source, bool searched) {
  const Result<jpeg::Header> header = jpeg::read_header(source.bytes);
  const double levels = 2 * (header ? header->samples_a_pixel : 3);
  const double pixels = source.info.channels;
  return searched ? 2 * levels + 2 * pixels + 10 : 2.1 * levels + 1.2;
}

// What a decoder holds beside the pixels that it gives, bytes a pixel.
double beside_pixels(Format format) {
  switch (format) {
    case Format::jpeg:
    case Format::webp:
      return 0;
    default:
      return 1;
  }
}

// The decoded samples of a pixel, in bytes.
double bytes_of(const ImageInfo& from) {
  return std::max(from.channels, 3) * (from.bits > 16 ? 4.0 : from.bits > 8 ? 2.0 : 1.0);
}

// Of what three samples of 8 bits take, how much these take where `target` holds them; where there
// is transparency the metric looks twice.
double weight(const ImageInfo& from, const FormatInfo& target, bool searched) {
  const double samples = std::max(from.channels, 3) / 3.0;
  const int bits = std::min(from.bits, target.max_bits);
  const double depth = bits > 16 ? 2.5 : bits > 8 ? 1.5 : 1;
  return samples * depth * (from.alpha && searched ? 1.6 : 1);
}

const Row& row_for(Format target, bool alpha, bool moves) {
  const auto found = std::ranges::find(moving, target, &Row::format);
  if (moves && found != moving.end()) return *found;
  if (target == Format::webp && alpha) return transparent_webp;
  return *std::ranges::find(rows, target, &Row::format);
}

double need_for(const Source& source, const FormatPlan& plan) {
  const Format target = plan.format;
  const Extent extent = plan.layout.extent;
  const ImageInfo& from = source.info;
  const double in = static_cast<double>(from.width) * from.height * from.frames;
  const double frames = info(target).animation || info(target).pages ? from.frames : 1;
  const double out = static_cast<double>(extent.width) * extent.height * frames;
  const bool same_size = plan.layout == Layout::unchanged(whole_extent(source));
  const bool lossless = plan.lossless;
  const bool searched =
      !lossless && info(target).scored && (plan.target || plan.max_bytes || plan.measure);
  if (same_size && from.format == Format::jpeg && target == Format::jpeg) {
    return in * by_coefficients(source, searched);
  }
  const Row& row = row_for(target, from.alpha, frames > 1);
  const double each = lossless ? row.lossless : searched ? row.searched : row.fixed;
  // JPEG has three samples, whatever they come from.
  double need = out * each * (target == Format::jpeg ? 1 : weight(from, info(target), searched));
  if (target == Format::avif && !lossless) {
    need += std::min(searched ? avif_searched : avif_fixed, out * avif_small);
  }
  const double beside = beside_pixels(from.format);
  // Rows of a PNG are packed anew as they are: the pixels, twice where they are compared, the file
  // without some metadata, in one piece, and what it becomes. A palette is put into several orders.
  const bool by_rows = lossless && from.format == Format::png && target == Format::png;
  if (by_rows && same_size && frames == 1) {
    const auto file = static_cast<double>(source.bytes.size());
    return (from.palette ? 9 : 6) * in * weight(from, info(target), false) + 3.5 * file;
  }
  if (same_size) return need + in * beside;
  const double numbers = weights * (0.0 + from.width + from.height + extent.width + extent.height) +
                         bands * from.width + (from.format == Format::jpeg ? 0 : strips);
  // A JPEG is scaled plane by plane on its way in, unless that has to be exact; progressive ones
  // have their coefficients in memory.
  const bool whole = from.format != Format::jpeg || lossless || searched || from.channels == 4 ||
                     plan.resize.light == ResizeLight::linear ||
                     plan.resize.filter == ResizeFilter::nearest;
  const double before = in * (whole ? bytes_of(from) + beside : from.progressive ? 4 : 0.2);
  // What was decoded is gone before the encoder begins.
  return numbers + std::max(need, before + out * bytes_of(from));
}

}  // namespace

std::uint64_t memory_need(const Source& source, const EncodePlan& plan) {
  double most = 0;
  for (const FormatPlan& each : plan.formats) {
    if (info(each.format).writable) most = std::max(most, need_for(source, each));
  }
  return static_cast<std::uint64_t>(program + most);
}

std::uint64_t memory_need_of_comparison(const Source& original, const Source& other) {
  const double pixels =
      static_cast<double>(original.info.width) * original.info.height * original.info.frames;
  const double each =
      bytes_of(original.info) + bytes_of(other.info) +
      std::max(beside_pixels(original.info.format), beside_pixels(other.info.format)) +
      11 * (original.info.alpha || other.info.alpha ? 1.6 : 1);
  return static_cast<std::uint64_t>(program + pixels * each);
}

}  // namespace imgmill

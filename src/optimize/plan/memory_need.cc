#include "optimize/plan/memory_need.h"

#include <algorithm>

#include "codecs/picture.h"
#include "jpeg/reader.h"
#include "transform/icc_light.h"

namespace imgmill {
namespace {

// Memory of the program with its libraries, warmed up.
constexpr double program = 42e6;

// For a picture that is resized: strips held by decoders (except JPEG, which is read row by row or
// as a whole), and the resampler's weights and bands, in bytes per row and column.
constexpr double strips = 20e6;
constexpr double weights = 200;
constexpr double bands = 700;

// The tiles that represent a large picture, with what a metric keeps of them.
constexpr double sample = 20e6;

bool is_large(Extent extent) { return 1.0 * extent.width * extent.height > large_picture; }

/// True if the metric converts the colours while it reads them. Otherwise it keeps floats.
bool converted_while_read(const Source& source) {
  const ByteView profile =
      source.colours.implied ? source.colours.made.view() : source.metadata.icc.view();
  return is_srgb_picture(source) || icc_light_of(profile, 256).has_value();
}

/// For a JPEG that is requantised or repacked by its coefficients: two bytes per coefficient in the
/// file, twice; for a score also the metric's buffers, and unless they are computed on demand both
/// sides' pixels.
double by_coefficients(const Source& source, bool searched) {
  const Result<jpeg::Header> header = jpeg::read_header(source.bytes);
  const ImageInfo& from = source.info;
  const double pixels = 1.0 * from.width * from.height;
  const double levels = 2 * (header ? header->samples_a_pixel : 3);
  if (!searched) return pixels * (2.1 * levels + 1.2);
  const double floats = converted_while_read(source) ? 0 : 24;
  if (is_large({from.width, from.height}) && from.channels < 4) {
    return sample + pixels * (2 * levels + 2.7 + floats);
  }
  return pixels * (2 * levels + 2 * from.channels + 10 + floats);
}

// Size of a decoded pixel, in bytes.
double bytes_of(const ImageInfo& from) {
  return std::max(from.channels, 3) * (from.bits > 16 ? 4.0 : from.bits > 8 ? 2.0 : 1.0);
}

// The memory of a pixel as stored by `target`, relative to three 8-bit samples. With transparency
// the metric runs twice.
double weight(const ImageInfo& from, const FormatInfo& target, bool searched) {
  const double samples = std::max(from.channels, 3) / 3.0;
  const int bits = std::min(from.bits, target.max_bits);
  const double depth = bits > 16 ? 2.5 : bits > 8 ? 1.5 : 1;
  return samples * depth * (from.alpha && searched ? 1.6 : 1);
}

const EncodeMemory& encode_memory(const MemoryTraits& target, bool alpha, bool moves) {
  if (moves && target.moving) return *target.moving;
  return alpha && target.transparent ? *target.transparent : target.encode;
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
    return by_coefficients(source, searched);
  }
  const MemoryTraits& memory = codec(target).memory;
  const EncodeMemory& row = encode_memory(memory, from.alpha, frames > 1);
  const bool spares = searched && frames == 1 && !from.alpha && is_large(extent);
  const double each = lossless   ? row.lossless
                      : searched ? row.searched - (spares ? memory.spared : 0)
                                 : row.fixed;
  // JPEG has three samples, whatever the source has.
  double need = out * each * (target == Format::jpeg ? 1 : weight(from, info(target), searched));
  if (!lossless) {
    need += std::min(searched ? memory.base_searched : memory.base, out * memory.base_of_pixel);
  }
  const double beside = source.codec->memory.beside_pixels;
  // A PNG's rows are repacked as they are: this takes the pixels, twice while they are compared,
  // the file without some metadata, in one piece, and the result. A palette is tried in several
  // orders.
  const bool by_rows = lossless && from.format == Format::png && target == Format::png;
  if (by_rows && same_size && frames == 1) {
    const auto file = static_cast<double>(source.bytes.size());
    return (from.palette ? 9 : 6) * in * weight(from, info(target), false) + 3.5 * file;
  }
  if (same_size) return need + in * beside;
  const double numbers = weights * (0.0 + from.width + from.height + extent.width + extent.height) +
                         bands * from.width + (from.format == Format::jpeg ? 0 : strips);
  // A JPEG is scaled plane by plane while it is read, unless the result must be exact. Progressive
  // ones have their coefficients in memory.
  const bool whole = from.format != Format::jpeg || lossless || searched || from.channels == 4 ||
                     plan.resize.light == ResizeLight::linear ||
                     plan.resize.filter == ResizeFilter::nearest;
  const double before = in * (whole ? bytes_of(from) + beside : from.progressive ? 4 : 0.2);
  // The decoded input is freed before the encoder starts.
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
      std::max(original.codec->memory.beside_pixels, other.codec->memory.beside_pixels) +
      11 * (original.info.alpha || other.info.alpha ? 1.6 : 1);
  return static_cast<std::uint64_t>(program + pixels * each);
}

}  // namespace imgmill

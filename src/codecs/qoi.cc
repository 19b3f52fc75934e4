#include "codecs/qoi.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/try.h"
#include "codecs/engine.h"
#include "metadata/bytes.h"
#include "metadata/qoi_stream.h"

namespace imgmill {
namespace {

using metadata::u8;

// The first bytes of chunks. The other kinds are told apart by their two highest bits, which leave
// two lengths of runs to these.
constexpr unsigned rgb_chunk = 0xFE;
constexpr unsigned rgba_chunk = 0xFF;
constexpr unsigned kind_bits = 0xC0;
constexpr unsigned index_kind = 0x00;
constexpr unsigned diff_kind = 0x40;
constexpr unsigned luma_kind = 0x80;
constexpr unsigned run_kind = 0xC0;
constexpr std::size_t longest_run = 62;

/// A pixel. Sums and differences of samples wrap around.
struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  std::uint8_t alpha = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};
constexpr Colour before_first = {.alpha = 255};

std::uint8_t wrapped(unsigned value) { return static_cast<std::uint8_t>(value); }

/// The colours that chunks can refer to; at first all zero.
class Seen {
 public:
  static std::size_t place(Colour colour) {
    return (colour.red * 3U + colour.green * 5U + colour.blue * 7U + colour.alpha * 11U) % 64;
  }
  [[nodiscard]] Colour at(std::size_t place) const { return colours_[place]; }
  void add(Colour colour) { colours_[place(colour)] = colour; }

 private:
  std::array<Colour, 64> colours_{};
};

std::size_t size_of_chunk(unsigned first) {
  if (first == rgb_chunk) return 4;
  if (first == rgba_chunk) return 5;
  return (first & kind_bits) == luma_kind ? 2 : 1;
}

/// Returns the colour of a chunk other than a run. `chunk` is whole.
Colour colour_of(ByteView chunk, Colour before, const Seen& seen) {
  const unsigned first = u8(chunk, 0);
  if (first == rgb_chunk) return {u8(chunk, 1), u8(chunk, 2), u8(chunk, 3), before.alpha};
  if (first == rgba_chunk) return {u8(chunk, 1), u8(chunk, 2), u8(chunk, 3), u8(chunk, 4)};
  const unsigned value = first & ~kind_bits;
  if ((first & kind_bits) == index_kind) return seen.at(value);
  if ((first & kind_bits) == diff_kind) {
    return {wrapped(before.red + (value >> 4) - 2), wrapped(before.green + (value >> 2 & 3) - 2),
            wrapped(before.blue + (value & 3) - 2), before.alpha};
  }
  const unsigned green = value - 32;
  const unsigned beside = u8(chunk, 1);
  return {wrapped(before.red + green + (beside >> 4) - 8), wrapped(before.green + green),
          wrapped(before.blue + green + (beside & 15) - 8), before.alpha};
}

std::unexpected<Error> damaged(std::string_view how) {
  return std::unexpected(damage_error(Format::qoi, how));
}

// Fills `samples` with pixels of `channels`. `stream` follows the header.
Result<void> decode_stream(ByteView stream, std::size_t channels, std::span<std::uint8_t> samples) {
  Seen seen;
  Colour colour = before_first;
  for (std::size_t done = 0; done < samples.size();) {
    if (stream.empty() || stream.size() < size_of_chunk(u8(stream, 0))) {
      return damaged("its pixels are cut off");
    }
    const unsigned first = u8(stream, 0);
    const bool run = first < rgb_chunk && (first & kind_bits) == run_kind;
    if (!run) colour = colour_of(stream, colour, seen);
    seen.add(colour);
    const std::size_t size = channels * (run ? (first & ~kind_bits) + 1 : 1);
    if (size > samples.size() - done) return damaged("a run is longer than its picture");
    for (const std::size_t end = done + size; done < end; done += channels) {
      samples[done] = colour.red;
      samples[done + 1] = colour.green;
      samples[done + 2] = colour.blue;
      if (channels == 4) samples[done + 3] = colour.alpha;
    }
    stream = stream.subspan(size_of_chunk(first));
  }
  if (!std::ranges::equal(stream, metadata::qoi_end)) {
    return damaged("its end is not where its pixels end");
  }
  return {};
}

/// Writes chunks to memory that is large enough for the largest.
class ChunkWriter {
 public:
  explicit ChunkWriter(std::byte* to) : to_(to) {}

  void add(Colour colour) {
    if (colour == before_) {
      if (++run_ == longest_run) end_run();
      return;
    }
    end_run();
    // Colours of runs are not added: only the first pixels of a picture can differ by that, and
    // decoders do not agree there.
    const std::size_t place = Seen::place(colour);
    if (seen_.at(place) == colour) {
      put(index_kind | static_cast<unsigned>(place));
    } else {
      seen_.add(colour);
      put_new(colour);
    }
    before_ = colour;
  }

  /// Returns the end of what was written.
  std::byte* finish() {
    end_run();
    return to_ = std::ranges::copy(metadata::qoi_end, to_).out;
  }

 private:
  void put(unsigned value) { *to_++ = static_cast<std::byte>(value); }

  void end_run() {
    if (run_ > 0) put(run_kind | static_cast<unsigned>(run_ - 1));
    run_ = 0;
  }

  void put_new(Colour colour) {
    if (colour.alpha == before_.alpha) {
      const auto red = static_cast<unsigned>(colour.red - before_.red);
      const auto green = static_cast<unsigned>(colour.green - before_.green);
      const auto blue = static_cast<unsigned>(colour.blue - before_.blue);
      const unsigned small_red = wrapped(red + 2);
      const unsigned small_green = wrapped(green + 2);
      const unsigned small_blue = wrapped(blue + 2);
      if (small_red < 4 && small_green < 4 && small_blue < 4) {
        put(diff_kind | small_red << 4 | small_green << 2 | small_blue);
        return;
      }
      const unsigned luma = wrapped(green + 32);
      const unsigned red_beside = wrapped(red - green + 8);
      const unsigned blue_beside = wrapped(blue - green + 8);
      if (luma < 64 && red_beside < 16 && blue_beside < 16) {
        put(luma_kind | luma);
        put(red_beside << 4 | blue_beside);
        return;
      }
    }
    const bool same_alpha = colour.alpha == before_.alpha;
    put(same_alpha ? rgb_chunk : rgba_chunk);
    put(colour.red);
    put(colour.green);
    put(colour.blue);
    if (!same_alpha) put(colour.alpha);
  }

  std::byte* to_;
  Seen seen_;
  Colour before_ = before_first;
  std::size_t run_ = 0;
};

// Grey becomes RGB.
Colour colour_at(const std::uint8_t* pixel, int bands) {
  if (bands < 3) return {pixel[0], pixel[0], pixel[0], bands == 2 ? pixel[1] : std::uint8_t{255}};
  return {pixel[0], pixel[1], pixel[2], bands == 4 ? pixel[3] : std::uint8_t{255}};
}

void put_number(std::byte* to, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) *to++ = static_cast<std::byte>(value >> shift);
}

}  // namespace

bool QoiCodec::matches(ByteView header) {
  return header.size() >= 4 && as_text(header.first(4)) == "qoif";
}

Result<ImageInfo> QoiCodec::probe(ByteView input) {
  IMGMILL_TRY(const metadata::QoiHeader header, metadata::read_qoi_header(input));
  ImageInfo info;
  info.format = format;
  info.width = header.width;
  info.height = header.height;
  info.channels = header.channels;
  info.alpha = header.channels == 4;
  info.lossless = true;
  info.colour_space = "sRGB";
  return info;
}

Result<Picture> QoiCodec::decode(ByteView input, const ImageInfo& info,
                                 const DecodeOptions& /*options*/) {
  if (std::cmp_greater(std::max(info.width, info.height), VIPS_MAX_COORD)) {
    return fail(ErrorCode::limit,
                fmt::format("{} x {} pixels, over the engine's limit of {} a side", info.width,
                            info.height, VIPS_MAX_COORD));
  }
  const ByteView stream = metadata::from(input, metadata::qoi_header_size);
  // Checked before memory is allocated for the pixels.
  if ((std::uint64_t{info.width} * info.height - 1) / longest_run >= stream.size()) {
    return damaged("its pixels are cut off");
  }
  IMGMILL_TRY(
      const vips::VImage image, with_engine(ErrorCode::bad_input, "the QOI cannot be decoded", [&] {
        vips::VImage target = vips::VImage::new_memory();
        vips_image_init_fields(target.get_image(), static_cast<int>(info.width),
                               static_cast<int>(info.height), info.channels, VIPS_FORMAT_UCHAR,
                               VIPS_CODING_NONE, VIPS_INTERPRETATION_sRGB, 1, 1);
        if (vips_image_write_prepare(target.get_image()) != 0) throw std::bad_alloc();
        return target;
      }));
  auto* const samples = static_cast<std::uint8_t*>(VIPS_IMAGE_ADDR(image.get_image(), 0, 0));
  const auto channels = static_cast<std::size_t>(info.channels);
  IMGMILL_CHECK(
      decode_stream(stream, channels, {samples, std::size_t{info.width} * info.height * channels}));
  return Picture{.image = image};
}

Result<Buffer> QoiCodec::encode(const Picture& picture, const EncodeOptions& /*options*/) {
  const vips::VImage& source = picture.image;
  if (source.format() != VIPS_FORMAT_UCHAR || source.bands() > 4) {
    return fail(ErrorCode::internal, "QOI was given samples of a kind that it is not for");
  }
  return with_engine(ErrorCode::bad_input, "the picture could not be turned into QOI", [&] {
    const int bands = source.bands();
    const auto width = static_cast<std::size_t>(source.width());
    const auto height = static_cast<std::size_t>(source.height());
    const bool alpha = bands == 2 || bands == 4;
    // Only the pages that are written to take memory.
    Buffer file = Buffer::uninitialised(
        metadata::qoi_header_size + width * height * (alpha ? 5 : 4) + metadata::qoi_end.size());
    std::ranges::copy(as_bytes("qoif"), file.data());
    put_number(file.data() + 4, static_cast<std::uint32_t>(width));
    put_number(file.data() + 8, static_cast<std::uint32_t>(height));
    file.data()[12] = static_cast<std::byte>(alpha ? 4 : 3);
    file.data()[13] = std::byte{0};  // sRGB
    ChunkWriter writer(file.data() + metadata::qoi_header_size);
    const vips::VRegion region = source.region();
    // Rows in strips, so that they need not all be in memory.
    constexpr int thickness = 64;
    for (int top = 0; top < source.height(); top += thickness) {
      const int rows = std::min(thickness, source.height() - top);
      region.prepare(0, top, source.width(), rows);
      for (int y = top; y < top + rows; ++y) {
        const auto* pixel = reinterpret_cast<const std::uint8_t*>(region.addr(0, y));
        for (std::size_t x = 0; x < width; ++x, pixel += bands) writer.add(colour_at(pixel, bands));
      }
    }
    file.shrink(static_cast<std::size_t>(writer.finish() - file.data()));
    return file;
  });
}

CodecFacts QoiCodec::facts(ByteView input, const ImageInfo& /*info*/) {
  const Result<metadata::QoiHeader> header = metadata::read_qoi_header(input);
  constexpr Cicp linear_light = {.primaries = 1, .transfer = 8};
  CodecFacts facts;
  if (header && header->linear) facts.code_points = linear_light;
  return facts;
}

std::optional<std::string> QoiCodec::diagnose(ByteView /*input*/) { return std::nullopt; }

}  // namespace imgmill

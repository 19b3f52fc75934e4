#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/try.h"
#include "png/deflate.h"
#include "png/filter_rows.h"
#include "png/png_file.h"

namespace imgmill::png {
namespace {

using std::string_view_literals::operator""sv;

constexpr auto signature = "\x89PNG\r\n\x1a\n"sv;
constexpr std::uint32_t longest = 0x7FFFFFFF;
// Keeps all products below in 64 bits; callers have limits of their own.
constexpr std::uint64_t most_pixels = std::uint64_t{1} << 40;

std::unexpected<Error> damaged(std::string what) {
  return fail(ErrorCode::bad_input, fmt::format("the PNG data is damaged ({})", what),
              "restore the file from a copy; it was left as it is");
}

std::uint8_t u8(ByteView bytes, std::size_t at) { return std::to_integer<std::uint8_t>(bytes[at]); }

std::uint16_t u16(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(u8(bytes, at) << 8 | u8(bytes, at + 1));
}

std::uint32_t u32(ByteView bytes, std::size_t at) {
  return std::uint32_t{u16(bytes, at)} << 16 | u16(bytes, at + 2);
}

std::span<const std::uint8_t> as_u8(ByteView bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// One of Adam7's seven reductions of the picture.
struct Pass {
  std::uint32_t x, y, step_x, step_y;

  [[nodiscard]] std::uint32_t width(const Raster& raster) const {
    return (raster.width + step_x - 1 - x) / step_x;
  }
  [[nodiscard]] std::uint32_t height(const Raster& raster) const {
    return (raster.height + step_y - 1 - y) / step_y;
  }
  [[nodiscard]] std::size_t stride(const Raster& raster) const {
    return (width(raster) * raster.pixel_bits() + 7) / 8;
  }
  [[nodiscard]] std::uint64_t filtered_size(const Raster& raster) const {
    return width(raster) == 0 ? 0 : std::uint64_t{height(raster)} * (stride(raster) + 1);
  }
};

constexpr std::array<Pass, 7> adam7 = {{{0, 0, 8, 8},
                                        {4, 0, 8, 8},
                                        {0, 4, 4, 8},
                                        {2, 0, 4, 4},
                                        {0, 2, 2, 4},
                                        {1, 0, 2, 2},
                                        {0, 1, 1, 2}}};
constexpr std::array<Pass, 1> straight = {{{0, 0, 1, 1}}};

// Puts the pixels of a pass where they belong.
void scatter(const Pass& pass, const std::vector<std::uint8_t>& from, Raster& raster) {
  const std::size_t bits = raster.pixel_bits();
  const std::size_t stride = raster.stride();
  const std::size_t pass_stride = pass.stride(raster);
  for (std::uint32_t row = 0; row < pass.height(raster); ++row) {
    const std::uint8_t* in = from.data() + row * pass_stride;
    std::uint8_t* out = raster.rows.data() + (pass.y + std::size_t{row} * pass.step_y) * stride;
    for (std::uint32_t column = 0; column < pass.width(raster); ++column) {
      const std::size_t x = pass.x + std::size_t{column} * pass.step_x;
      if (bits >= 8) {
        std::memcpy(out + x * bits / 8, in + column * bits / 8, bits / 8);
        continue;
      }
      const std::size_t from_bit = column * bits;
      const std::size_t to_bit = x * bits;
      const unsigned mask = (1U << bits) - 1;
      const unsigned sample = in[from_bit / 8] >> (8 - bits - from_bit % 8) & mask;
      out[to_bit / 8] =
          static_cast<std::uint8_t>(out[to_bit / 8] | sample << (8 - bits - to_bit % 8));
    }
  }
}

// What stands in the last byte of a row behind the last pixel means nothing.
void clear_padding(Raster& raster) {
  const std::size_t used = raster.width * raster.pixel_bits() % 8;
  if (used == 0) return;
  const auto mask = static_cast<std::uint8_t>(0xFF00U >> used);
  const std::size_t stride = raster.stride();
  for (std::size_t end = stride; end <= raster.rows.size(); end += stride) {
    raster.rows[end - 1] &= mask;
  }
}

bool indices_are_inside(const Raster& raster) {
  const std::size_t entries = raster.palette.size();
  if (entries >= std::size_t{1} << raster.bits) return true;
  const std::size_t bits = static_cast<std::size_t>(raster.bits);
  const std::size_t stride = raster.stride();
  for (std::uint32_t y = 0; y < raster.height; ++y) {
    const std::uint8_t* row = raster.rows.data() + y * stride;
    for (std::size_t at = 0; at < raster.width * bits; at += bits) {
      if ((row[at / 8] >> (8 - bits - at % 8) & ((1U << bits) - 1)) >= entries) return false;
    }
  }
  return true;
}

/// Reads the chunks one by one, in the order that the standard wants them.
class Reader {
 public:
  explicit Reader(ByteView input) : input_(input) {}

  Result<File> read() {
    if (input_.size() < signature.size() || as_text(input_.first(signature.size())) != signature) {
      return damaged("it does not begin as a PNG");
    }
    std::size_t at = signature.size();
    bool ended = false;
    while (!ended) {
      if (input_.size() - at < 12) return damaged("its end is missing");
      const std::uint32_t size = u32(input_, at);
      if (size > longest || input_.size() - at - 12 < size) return damaged("its end is missing");
      const ByteView checked = input_.subspan(at + 4, std::size_t{size} + 4);
      if (libdeflate_crc32(0, checked.data(), checked.size()) != u32(input_, at + 8 + size)) {
        return damaged("a checksum is wrong");
      }
      const Chunk chunk{as_text(checked.first(4)), checked.subspan(4)};
      IMGMILL_CHECK(take(chunk));
      ended = chunk.type == "IEND";
      at += std::size_t{size} + 12;
    }
    IMGMILL_CHECK(unpack());
    return std::move(file_);
  }

 private:
  Result<void> take(const Chunk& chunk) {
    const bool first = !header_;
    if (first != (chunk.type == "IHDR")) return damaged("its header is missing or twice");
    if (first) return header(chunk.data);
    if (chunk.type == "IDAT") {
      if (data_ended_) return damaged("its pixels are torn apart");
      data_.push_back(chunk.data);
      return {};
    }
    data_ended_ = !data_.empty();
    if (chunk.type == "PLTE") return palette(chunk.data);
    if (chunk.type == "tRNS") return transparency(chunk.data);
    if (chunk.type == "bKGD") return background(chunk.data);
    if (chunk.type == "sBIT") return significant(chunk.data);
    if (chunk.type == "IEND") return {};
    if (chunk.type == "acTL" || chunk.type == "fcTL" || chunk.type == "fdAT") {
      return fail(ErrorCode::unsupported, "an animated PNG keeps its frames as they are");
    }
    if (chunk.type[0] >= 'A' && chunk.type[0] <= 'Z') {
      return fail(ErrorCode::unsupported, "the PNG file has a critical chunk of its own kind",
                  "convert it with the program that made it");
    }
    // A histogram belongs to one palette only.
    if (chunk.type == "hIST") return {};
    if (chunk.type == "iCCP") file_.surroundings.profile = true;
    (data_.empty() ? file_.surroundings.before : file_.surroundings.after).push_back(chunk);
    return {};
  }

  Result<void> header(ByteView data) {
    header_ = true;
    if (data.size() != 13) return damaged("its header has a wrong size");
    Raster& raster = file_.raster;
    raster.width = u32(data, 0);
    raster.height = u32(data, 4);
    raster.bits = u8(data, 8);
    const std::uint8_t colour = u8(data, 9);
    if (raster.width == 0 || raster.height == 0 || raster.width > longest ||
        raster.height > longest) {
      return damaged(fmt::format("impossible size {} x {}", raster.width, raster.height));
    }
    if (raster.pixels() > most_pixels) {
      return fail(ErrorCode::limit, "the PNG picture is too large to be taken apart");
    }
    if (!is_allowed(colour, raster.bits)) {
      return damaged(fmt::format("colour type {} with {} bits", colour, raster.bits));
    }
    raster.colour = static_cast<Colour>(colour);
    if (u8(data, 10) != 0 || u8(data, 11) != 0 || u8(data, 12) > 1) {
      return damaged("an unknown compression, filter or interlace method");
    }
    interlaced_ = u8(data, 12) == 1;
    return {};
  }

  Result<void> palette(ByteView data) {
    Raster& raster = file_.raster;
    if (!data_.empty() || !raster.palette.empty() || data.empty() || data.size() % 3 != 0 ||
        data.size() > 3 * 256 || is_grey(raster.colour)) {
      return damaged("its palette is wrong");
    }
    // Beside true colours a palette is advice for displays that are no more.
    if (raster.colour != Colour::palette) return {};
    if (data.size() / 3 > std::size_t{1} << raster.bits) return damaged("its palette is too long");
    for (std::size_t at = 0; at < data.size(); at += 3) {
      raster.palette.push_back({u8(data, at), u8(data, at + 1), u8(data, at + 2), 255});
    }
    return {};
  }

  [[nodiscard]] std::uint16_t sample(ByteView data, std::size_t at) const {
    return static_cast<std::uint16_t>(u16(data, at) & ((1U << file_.raster.bits) - 1));
  }

  // A colour as tRNS and bKGD spell it.
  Result<Triple> triple(ByteView data) const {
    const bool grey = is_grey(file_.raster.colour);
    if (data.size() != (grey ? 2 : 6)) return damaged("a colour has a wrong size");
    const std::uint16_t first = sample(data, 0);
    if (grey) return Triple{first, first, first};
    return Triple{first, sample(data, 2), sample(data, 4)};
  }

  Result<void> transparency(ByteView data) {
    Raster& raster = file_.raster;
    if (!data_.empty() || has_alpha(raster.colour) || raster.key || transparent_) {
      return damaged("its transparency is wrong");
    }
    transparent_ = true;
    if (raster.colour != Colour::palette) {
      IMGMILL_TRY(raster.key, triple(data));
      return {};
    }
    if (data.size() > raster.palette.size()) return damaged("its transparency is too long");
    for (std::size_t i = 0; i < data.size(); ++i) raster.palette[i][3] = u8(data, i);
    return {};
  }

  Result<void> background(ByteView data) {
    Raster& raster = file_.raster;
    if (!data_.empty() || raster.background) return damaged("its background is wrong");
    if (raster.colour != Colour::palette) {
      IMGMILL_TRY(raster.background, triple(data));
      return {};
    }
    if (data.size() != 1 || u8(data, 0) >= raster.palette.size()) {
      return damaged("its background is wrong");
    }
    const Entry& entry = raster.palette[u8(data, 0)];
    raster.background = {entry[0], entry[1], entry[2]};
    return {};
  }

  Result<void> significant(ByteView data) {
    const Raster& raster = file_.raster;
    auto& bits = file_.surroundings.significant;
    const bool grey = is_grey(raster.colour);
    const bool alpha = has_alpha(raster.colour);
    if (data.size() != (grey ? 1U : 3U) + (alpha ? 1U : 0U)) return damaged("a wrong sBIT chunk");
    const int most = raster.colour == Colour::palette ? 8 : raster.bits;
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (u8(data, i) == 0 || u8(data, i) > most) return damaged("a wrong sBIT chunk");
    }
    for (std::size_t i = 0; i < 3; ++i) bits[i] = u8(data, grey ? 0 : i);
    if (alpha) bits[3] = u8(data, data.size() - 1);
    return {};
  }

  Result<void> unpack() {
    Raster& raster = file_.raster;
    if (data_.empty()) return damaged("it has no pixels");
    if (raster.colour == Colour::palette && raster.palette.empty()) {
      return damaged("its palette is missing");
    }
    const std::span<const Pass> passes =
        interlaced_ ? std::span<const Pass>(adam7) : std::span<const Pass>(straight);
    std::uint64_t size = 0;
    for (const Pass& pass : passes) size += pass.filtered_size(raster);

    std::vector<std::uint8_t> joined;
    std::span<const std::uint8_t> stream = as_u8(data_.front());
    if (data_.size() > 1) {
      for (const ByteView part : data_) {
        joined.insert(joined.end(), as_u8(part).begin(), as_u8(part).end());
      }
      stream = joined;
    }
    const auto filtered = inflated(stream, size);
    if (!filtered) return damaged("its pixels cannot be inflated");

    raster.rows.resize(raster.stride() * raster.height);
    std::span<const std::uint8_t> rest = *filtered;
    for (const Pass& pass : passes) {
      if (pass.width(raster) == 0 || pass.height(raster) == 0) continue;
      const auto own = rest.first(pass.filtered_size(raster));
      rest = rest.subspan(own.size());
      std::vector<std::uint8_t> pass_rows;
      if (interlaced_) pass_rows.resize(pass.stride(raster) * pass.height(raster));
      std::uint8_t* out = interlaced_ ? pass_rows.data() : raster.rows.data();
      if (!unfilter(own, pass.height(raster), pass.stride(raster), raster.step(), out)) {
        return damaged("an unknown filter");
      }
      if (interlaced_) scatter(pass, pass_rows, raster);
    }
    clear_padding(raster);
    if (raster.colour == Colour::palette && !indices_are_inside(raster)) {
      return damaged("a pixel has no colour in the palette");
    }
    return {};
  }

  ByteView input_;
  File file_;
  bool header_ = false;
  bool interlaced_ = false;
  bool transparent_ = false;
  bool data_ended_ = false;
  std::vector<ByteView> data_;
};

}  // namespace

Result<File> read_file(ByteView input) { return Reader(input).read(); }

}  // namespace imgmill::png

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/try.h"
#include "png/animation.h"
#include "png/png_file.h"
#include "png/unpack.h"

namespace imgmill::png {
namespace {

using std::string_view_literals::operator""sv;

constexpr auto signature = "\x89PNG\r\n\x1a\n"sv;
constexpr std::uint32_t longest = 0x7FFFFFFF;
// Keeps all products below within 64 bits; callers have their own limits.
constexpr std::uint64_t most_pixels = std::uint64_t{1} << 40;

std::uint8_t u8(ByteView bytes, std::size_t at) { return std::to_integer<std::uint8_t>(bytes[at]); }

std::uint16_t u16(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(u8(bytes, at) << 8 | u8(bytes, at + 1));
}

std::uint32_t u32(ByteView bytes, std::size_t at) {
  return std::uint32_t{u16(bytes, at)} << 16 | u16(bytes, at + 2);
}

/// Reads the chunks one by one, in the order that the standard requires.
class Reader {
 public:
  explicit Reader(ByteView input) : input_(input) {}

  Result<File> still() {
    IMGMILL_CHECK(read());
    IMGMILL_CHECK(unpack(data_, interlaced_, file_.raster));
    return std::move(file_);
  }

  Result<Animation> moving() {
    moves_ = true;
    IMGMILL_CHECK(read());
    if (!announced_) return fail(ErrorCode::unsupported, "the PNG is not animated");
    Animation& animation = animation_;
    if (!animation.apart) animation.frames.front().data = data_;
    const auto empty = [](const AnimationFrame& frame) { return frame.data.empty(); };
    if (animation.frames.size() != *announced_ || std::ranges::any_of(animation.frames, empty)) {
      return damaged("frames are missing");
    }
    animation.form = std::move(file_.raster);
    animation.interlaced = interlaced_;
    return std::move(animation);
  }

 private:
  Result<void> read() {
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
    if (data_.empty()) return damaged("it has no pixels");
    if (file_.raster.colour == Colour::palette && file_.raster.palette.empty()) {
      return damaged("its palette is missing");
    }
    return {};
  }

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
    if (chunk.type == "IEND") return {};
    if (chunk.type == "acTL" || chunk.type == "fcTL" || chunk.type == "fdAT") {
      if (moves_) return frames(chunk);
      return fail(ErrorCode::unsupported, "an animated PNG keeps its frames as they are");
    }
    if (chunk.type[0] >= 'A' && chunk.type[0] <= 'Z') {
      return fail(ErrorCode::unsupported, "the PNG file has a critical chunk of its own kind",
                  "convert it with the program that made it");
    }
    // hIST belongs to one palette only; callers that read frames do not use the other chunks.
    if (chunk.type == "hIST" || moves_) return {};
    if (chunk.type == "bKGD") return background(chunk.data);
    if (chunk.type == "sBIT") return significant(chunk.data);
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
    // With truecolour, a palette is only a suggestion for displays that no longer exist.
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

  // A colour as tRNS and bKGD encode it.
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

  // acTL, fcTL and fdAT. The latter two share one sequence of numbers.
  Result<void> frames(const Chunk& chunk) {
    const ByteView data = chunk.data;
    if (chunk.type == "acTL") {
      if (announced_ || !data_.empty() || data.size() != 8 || u32(data, 0) == 0) {
        return damaged("what it says of its frames is wrong");
      }
      announced_ = u32(data, 0);
      animation_.plays = u32(data, 4);
      animation_.apart = true;  // until a frame starts before the still picture
      return {};
    }
    if (!announced_ || data.size() < 4 || u32(data, 0) != number_++) {
      return damaged("its frames are not in order");
    }
    if (chunk.type == "fcTL") return frame(data);
    const bool stray = data_.empty() || animation_.frames.empty() ||
                       (animation_.frames.size() == 1 && !animation_.apart);
    if (stray) return damaged("its frames are not in order");
    animation_.frames.back().data.push_back(data.subspan(4));
    return {};
  }

  Result<void> frame(ByteView data) {
    if (data.size() != 26) return damaged("a frame is not described in full");
    const Raster& raster = file_.raster;
    const std::uint8_t dispose = u8(data, 24);
    const std::uint8_t blend = u8(data, 25);
    AnimationFrame frame{.left = u32(data, 12),
                         .top = u32(data, 16),
                         .width = u32(data, 4),
                         .height = u32(data, 8),
                         .delay = u16(data, 20),
                         .parts = u16(data, 22)};
    const auto inside = [](std::uint32_t from, std::uint32_t size, std::uint32_t whole) {
      return size > 0 && std::uint64_t{from} + size <= whole;
    };
    if (!inside(frame.left, frame.width, raster.width) ||
        !inside(frame.top, frame.height, raster.height) || dispose > 2 || blend > 1) {
      return damaged("a frame does not lie inside the picture");
    }
    if (frame.parts == 0) frame.parts = 100;
    frame.dispose = static_cast<Dispose>(dispose);
    frame.blend = static_cast<Blend>(blend);
    if (data_.empty()) {
      const bool whole = frame.width == raster.width && frame.height == raster.height;
      if (!animation_.frames.empty() || !whole) return damaged("its first frame is wrong");
      animation_.apart = false;
    }
    animation_.frames.push_back(std::move(frame));
    return {};
  }

  ByteView input_;
  File file_;
  bool header_ = false;
  bool interlaced_ = false;
  bool transparent_ = false;
  bool data_ended_ = false;
  std::vector<ByteView> data_;
  bool moves_ = false;  ///< reading an animation
  Animation animation_;
  std::optional<std::uint32_t> announced_;  ///< number of frames
  std::uint32_t number_ = 0;                ///< next sequence number of fcTL and fdAT
};

}  // namespace

Result<File> read_file(ByteView input) { return Reader(input).still(); }

Result<Animation> read_animation(ByteView input) { return Reader(input).moving(); }

Result<Raster> raster_of(const Animation& animation, const AnimationFrame& frame) {
  Raster raster = animation.form;
  raster.width = frame.width;
  raster.height = frame.height;
  IMGMILL_CHECK(unpack(frame.data, animation.interlaced, raster));
  return raster;
}

}  // namespace imgmill::png

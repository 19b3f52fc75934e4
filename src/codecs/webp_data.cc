#include "codecs/webp_data.h"

#include <fmt/format.h>
#include <webp/decode.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "metadata/bytes.h"

namespace imgmill {
namespace {

using metadata::u8;

// Encoders end a partition with up to four unneeded bytes (libvpx), and an arithmetic decoder reads
// two bytes ahead. Trailing zeros may be padding for hardware.
constexpr std::size_t spare_bytes = 16;
constexpr std::size_t most_padding = 64;
// Shorter data is inconclusive.
constexpr std::size_t least_bytes = 2 * spare_bytes;

constexpr std::size_t frame_header = 10;  // RFC 6386, 9.1

std::size_t u24(ByteView bytes, std::size_t at) {
  return std::size_t{u8(bytes, at)} | std::size_t{u8(bytes, at + 1)} << 8 |
         std::size_t{u8(bytes, at + 2)} << 16;
}

// Returns the end of `data` without bytes that a valid decode may not need; none if little is left.
std::optional<std::size_t> needed(ByteView data) {
  std::size_t end = data.size();
  while (end > 0 && data.size() - end < most_padding && data[end - 1] == std::byte{0}) --end;
  if (end < least_bytes) return std::nullopt;
  return end - spare_bytes;
}

// True if `data`, a VP8 or VP8L bitstream, decodes. Filters and samples do not matter.
bool decodes(ByteView data) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return false;
  std::array<std::uint8_t, 4> pixel{};
  config.options.use_scaling = 1;
  config.options.scaled_width = config.options.scaled_height = 1;
  config.options.bypass_filtering = 1;
  config.options.no_fancy_upsampling = 1;
  config.output.colorspace = MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {pixel.data(), 4, pixel.size()};
  return WebPDecode(reinterpret_cast<const std::uint8_t*>(data.data()), data.size(), &config) ==
         VP8_STATUS_OK;
}

std::string lossless_damage(ByteView data) {
  const auto end = needed(data);
  if (!end || !decodes(data.first(*end))) return {};
  return "its lossless data goes on behind the end of the picture";
}

// Leftover data in all but the last of several partitions is not detected: their number is known
// only after decoding the frame's header. The last partition's blocks depend on those of the
// others.
std::string lossy_damage(ByteView data) {
  if (data.size() < frame_header) return {};
  const auto end = needed(data);
  if (!end || !decodes(data.first(*end))) return {};
  return "its data goes on behind the end of the picture";
}

// Alpha is a headerless lossless picture (RFC 9649, 2.7.1.2).
std::string alpha_damage(ByteView chunk, std::uint32_t width, std::uint32_t height) {
  const bool compressed = !chunk.empty() && (u8(chunk, 0) & 3) == 1;
  if (!compressed || width == 0 || height == 0 || width > 16384 || height > 16384) return {};
  const std::uint32_t sizes = (width - 1) | (height - 1) << 14;
  std::vector<std::byte> picture{std::byte{0x2F}};
  for (int i = 0; i < 4; ++i) picture.push_back(static_cast<std::byte>(sizes >> (8 * i) & 0xFF));
  picture.insert(picture.end(), chunk.begin() + 1, chunk.end());
  return lossless_damage(picture).empty() ? std::string()
                                          : "its alpha goes on behind the end of the picture";
}

class Chunks {
 public:
  // Checks the chunks in `bytes` in order, including those nested in frames.
  std::string look_at(ByteView bytes) {
    for (std::size_t at = 0; at + 8 <= bytes.size();) {
      const std::string_view name = as_text(bytes.subspan(at, 4));
      const std::size_t size = u24(bytes, at + 4) | std::size_t{u8(bytes, at + 7)} << 24;
      if (size > bytes.size() - at - 8) return {};  // libwebp reports this in more detail
      const ByteView payload = bytes.subspan(at + 8, size);
      std::string damage = look_at(name, payload);
      if (!damage.empty()) return damage;
      at += 8 + size + size % 2;
    }
    return {};
  }

 private:
  std::string look_at(std::string_view name, ByteView payload) {
    if (name == "ANMF" && payload.size() > 16) {
      ++frame_;
      return look_at(payload.subspan(16));
    }
    if (name == "ALPH") alpha_ = payload;
    if (name == "VP8L") return told(lossless_damage(payload));
    if (name != "VP8 " || payload.size() < frame_header) return {};
    std::string damage = lossy_damage(payload);
    const auto side = [&](std::size_t at) {
      return static_cast<std::uint32_t>((u8(payload, at) | u8(payload, at + 1) << 8) & 0x3FFF);
    };
    if (damage.empty()) damage = alpha_damage(alpha_, side(6), side(8));
    alpha_ = {};
    return told(std::move(damage));
  }

  [[nodiscard]] std::string told(std::string damage) const {
    if (damage.empty() || frame_ == 0) return damage;
    return fmt::format("frame {}: {}", frame_, damage);
  }

  ByteView alpha_;
  std::size_t frame_ = 0;
};

}  // namespace

std::string webp_damage(ByteView file) {
  constexpr std::size_t header = 12;
  if (file.size() < header) return {};
  return Chunks().look_at(file.subspan(header));
}

}  // namespace imgmill

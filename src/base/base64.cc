#include "base/base64.h"

#include <cstdint>

namespace imgmill {
namespace {

std::string encoded(ByteView bytes, std::string_view letters) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const std::byte byte : bytes) {
    held = held << 8 | std::to_integer<std::uint32_t>(byte);
    for (bits += 8; bits >= 6; bits -= 6) text += letters[held >> (bits - 6) & 63U];
  }
  if (bits > 0) text += letters[held << (6 - bits) & 63U];
  return text;
}

}  // namespace

std::string base64(ByteView bytes) {
  std::string text =
      encoded(bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string base64_url(ByteView bytes) { return encoded(bytes, base64_url_letters); }

}  // namespace imgmill

#include "store/content_hash.h"

#include <fmt/core.h>
#include <xxhash.h>

#include <charconv>

namespace imgmill {

std::array<std::byte, 16> ContentHash::bytes() const {
  std::array<std::byte, 16> result{};
  for (unsigned i = 0; i < 8; ++i) {
    result[i] = static_cast<std::byte>(high >> (56 - 8 * i));
    result[8 + i] = static_cast<std::byte>(low >> (56 - 8 * i));
  }
  return result;
}

std::optional<ContentHash> ContentHash::from(ByteView bytes) {
  if (bytes.size() != 16) return std::nullopt;
  ContentHash hash;
  for (unsigned i = 0; i < 8; ++i) {
    hash.high = hash.high << 8 | std::to_integer<std::uint64_t>(bytes[i]);
    hash.low = hash.low << 8 | std::to_integer<std::uint64_t>(bytes[8 + i]);
  }
  return hash;
}

std::string ContentHash::hex() const { return fmt::format("{:016x}{:016x}", high, low); }

std::optional<ContentHash> ContentHash::from_hex(std::string_view text) {
  ContentHash hash;
  if (text.size() != 32) return std::nullopt;
  const auto half = [](std::string_view digits, std::uint64_t& value) {
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
    return error == std::errc{} && stop == end;
  };
  if (!half(text.substr(0, 16), hash.high) || !half(text.substr(16), hash.low)) return std::nullopt;
  return hash;
}

ContentHash content_hash(ByteView bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

}  // namespace imgmill

// Types and helpers shared by the match finders.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace imgmill::png {

/// An earlier position with the same bytes.
struct Match {
  std::uint16_t length;
  std::uint16_t distance;  // at most 32768
  std::uint32_t symbol;    // of the distance
};

inline std::uint32_t load32(const std::uint8_t* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

inline std::uint64_t load64(const std::uint8_t* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// Returns how many bytes at both positions are equal, at most `most`. Reads no byte beyond that.
inline unsigned common_length(const std::uint8_t* a, const std::uint8_t* b, unsigned most) {
  unsigned length = 0;
  while (length + 8 <= most) {
    const std::uint64_t difference = load64(a + length) ^ load64(b + length);
    if (difference != 0) {
      const int bits = std::endian::native == std::endian::little ? std::countr_zero(difference)
                                                                  : std::countl_zero(difference);
      return length + static_cast<unsigned>(bits) / 8;
    }
    length += 8;
  }
  while (length < most && a[length] == b[length]) ++length;
  return length;
}

/// Hashes three or four bytes to `bits` bits. Byte order within a word does not matter, as long as
/// three bytes are used.
[[nodiscard]] constexpr std::size_t hash_of_3(std::uint32_t bytes, unsigned bits) {
  if constexpr (std::endian::native == std::endian::big) bytes >>= 8;
  return ((bytes & 0xFFFFFF) * 0x9E3779B1U) >> (32 - bits);
}
[[nodiscard]] constexpr std::size_t hash_of_4(std::uint32_t bytes, unsigned bits) {
  return (bytes * 0x9E3779B1U) >> (32 - bits);
}

}  // namespace imgmill::png

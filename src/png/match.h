// What finders of matches share.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace imgmill::png {

/// One earlier place with the same bytes.
struct Match {
  std::uint16_t length;
  std::uint16_t distance;  // 32768 at most
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

/// How many bytes are the same at both places, `most` at most; those are all that is read.
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

/// A number of `bits` bits for three or four bytes. Which of a word's bytes come first does not
/// matter, as long as there are three.
[[nodiscard]] constexpr std::size_t hash_of_3(std::uint32_t bytes, unsigned bits) {
  if constexpr (std::endian::native == std::endian::big) bytes >>= 8;
  return ((bytes & 0xFFFFFF) * 0x9E3779B1U) >> (32 - bits);
}
[[nodiscard]] constexpr std::size_t hash_of_4(std::uint32_t bytes, unsigned bits) {
  return (bytes * 0x9E3779B1U) >> (32 - bits);
}

}  // namespace imgmill::png

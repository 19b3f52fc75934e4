// What bytes are called: files with one content have one name, wherever they lie.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "imgmill/buffer.h"

namespace imgmill {

/// XXH3, 128 bits. Tells contents apart that differ by accident; it is no
/// protection against somebody who makes two contents with one hash on purpose.
struct ContentHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend bool operator==(const ContentHash&, const ContentHash&) = default;

  /// Most significant byte first, the same on every machine.
  [[nodiscard]] std::array<std::byte, 16> bytes() const;
  /// Nothing unless `bytes` are 16.
  [[nodiscard]] static std::optional<ContentHash> from(ByteView bytes);
  /// 32 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex() const;
  /// Nothing unless `text` is what hex() gives.
  [[nodiscard]] static std::optional<ContentHash> from_hex(std::string_view text);
};

[[nodiscard]] ContentHash content_hash(ByteView bytes);

}  // namespace imgmill

// Hashes that identify file contents, wherever the files are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "imgmill/buffer.h"

namespace imgmill {

/// XXH3, 128 bits. Detects accidental differences; not secure against deliberate collisions.
struct ContentHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend bool operator==(const ContentHash&, const ContentHash&) = default;

  /// Most significant byte first, the same on every machine.
  [[nodiscard]] std::array<std::byte, 16> bytes() const;
  /// Nothing unless `bytes` has 16 bytes.
  [[nodiscard]] static std::optional<ContentHash> from(ByteView bytes);
  /// 32 lowercase hexadecimal digits.
  [[nodiscard]] std::string hex() const;
  /// Nothing unless `text` has the format of hex().
  [[nodiscard]] static std::optional<ContentHash> from_hex(std::string_view text);
};

[[nodiscard]] ContentHash content_hash(ByteView bytes);

}  // namespace imgmill

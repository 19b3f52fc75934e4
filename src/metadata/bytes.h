// Byte-level reading and writing, and helpers shared by the container formats.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/settings.h"

namespace imgmill::metadata {

// These do not check bounds; callers must.
[[nodiscard]] inline std::uint8_t u8(ByteView bytes, std::size_t at) {
  return std::to_integer<std::uint8_t>(bytes[at]);
}
[[nodiscard]] inline std::uint16_t u16be(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(u8(bytes, at) << 8 | u8(bytes, at + 1));
}
[[nodiscard]] inline std::uint32_t u32be(ByteView bytes, std::size_t at) {
  return std::uint32_t{u16be(bytes, at)} << 16 | u16be(bytes, at + 2);
}
[[nodiscard]] inline std::uint64_t u64be(ByteView bytes, std::size_t at) {
  return std::uint64_t{u32be(bytes, at)} << 32 | u32be(bytes, at + 4);
}
[[nodiscard]] inline std::uint16_t u16le(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(u8(bytes, at) | u8(bytes, at + 1) << 8);
}
[[nodiscard]] inline std::uint32_t u24le(ByteView bytes, std::size_t at) {
  return std::uint32_t{u16le(bytes, at)} | std::uint32_t{u8(bytes, at + 2)} << 16;
}
[[nodiscard]] inline std::uint32_t u32le(ByteView bytes, std::size_t at) {
  return std::uint32_t{u16le(bytes, at)} | std::uint32_t{u16le(bytes, at + 2)} << 16;
}

/// True if `size` bytes from `at` on lie inside `bytes`. Never overflows.
[[nodiscard]] inline bool fits(ByteView bytes, std::uint64_t at, std::uint64_t size) {
  return at <= bytes.size() && size <= bytes.size() - at;
}

/// Returns `bytes` from `at` on; empty if `at` is past the end.
[[nodiscard]] inline ByteView from(ByteView bytes, std::size_t at) {
  return at < bytes.size() ? bytes.subspan(at) : ByteView{};
}

[[nodiscard]] inline bool starts_with(ByteView bytes, std::string_view text) {
  return as_text(bytes).starts_with(text);
}

[[nodiscard]] inline bool equal(ByteView a, ByteView b) { return std::ranges::equal(a, b); }

/// A growing byte buffer.
class ByteWriter {
 public:
  explicit ByteWriter(std::size_t expected = 0) { bytes_.reserve(expected); }

  void append(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void append(std::string_view text) { append(as_bytes(text)); }
  /// Writes the lowest bits of `value`, here and below.
  void u8(std::size_t value) { bytes_.push_back(static_cast<std::byte>(value & 0xFF)); }
  void u16be(std::size_t value) {
    u8(value >> 8);
    u8(value);
  }
  void u32be(std::size_t value) {
    u16be(value >> 16);
    u16be(value);
  }
  void u16le(std::size_t value) {
    u8(value);
    u8(value >> 8);
  }
  void u24le(std::size_t value) {
    u16le(value);
    u8(value >> 16);
  }
  void u32le(std::size_t value) {
    u16le(value);
    u16le(value >> 16);
  }
  void zeros(std::size_t count) { bytes_.resize(bytes_.size() + count); }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] ByteView view() const { return bytes_; }
  [[nodiscard]] Buffer take() { return Buffer::adopt(std::move(bytes_)); }

 private:
  std::vector<std::byte> bytes_;
};

/// True if the policy keeps data that none of its flags names.
[[nodiscard]] inline bool keeps_everything(const Keep& keep) {
  return keep.exif && keep.xmp && keep.iptc && keep.comment;
}

/// True if the policy keeps nothing but the picture and what is needed to display it.
[[nodiscard]] inline bool keeps_nothing(const Keep& keep) {
  return !keep.copyright && !keep.exif && !keep.xmp && !keep.iptc && !keep.comment;
}

/// Adds `text` unless the list contains it.
inline void add_once(std::vector<std::string>& list, std::string text) {
  if (std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
}

/// Returns an EXIF block from its TIFF header on: some writers copy JPEG's "Exif\0\0" prefix to
/// other containers. Empty if it is not an EXIF block.
[[nodiscard]] inline ByteView tiff_part(ByteView block) {
  using std::string_view_literals::operator""sv;
  if (starts_with(block, "Exif\0"sv) && block.size() >= 6) block = block.subspan(6);
  return starts_with(block, "II*\0"sv) || starts_with(block, "MM\0*"sv) ? block : ByteView{};
}

}  // namespace imgmill::metadata

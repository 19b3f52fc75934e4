// A bit writer for the entropy-coded segments of a JPEG file.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace imgmill::jpeg {

/// Appends bits, most significant first, and a zero byte after each byte 0xFF (T.81, F.1.2.3).
class BitWriter {
 public:
  explicit BitWriter(std::vector<std::uint8_t>& out) : out_(out) {}

  /// Appends the lowest `count` bits of `bits`, at most 32; the other bits must be 0.
  void put(std::uint32_t bits, int count) {
    waiting_ = waiting_ << count | bits;
    held_ += count;
    if (held_ >= 32) flush_word();
  }

  /// Pads the last byte with ones.
  void finish() {
    const int rest = -held_ & 7;
    put((1U << rest) - 1, rest);
    while (held_ > 0) {
      held_ -= 8;
      byte(static_cast<std::uint8_t>(waiting_ >> held_));
    }
    out_.resize(used());
    room_ = next_ = nullptr;
  }

 private:
  static constexpr std::size_t growth = 64 * 1024;

  [[nodiscard]] std::size_t used() const {
    return next_ == nullptr ? out_.size() : static_cast<std::size_t>(next_ - out_.data());
  }

  // Ensures space for a word, each byte of which may need a stuffed zero.
  void make_room() {
    if (next_ != nullptr && room_ - next_ >= 8) return;
    const std::size_t at = used();
    out_.resize(at + std::max(growth, at / 2));
    next_ = out_.data() + at;
    room_ = out_.data() + out_.size();
  }

  void byte(std::uint8_t value) {
    make_room();
    *next_++ = value;
    if (value == 0xFF) *next_++ = 0;
  }

  void flush_word() {
    held_ -= 32;
    const auto word = static_cast<std::uint32_t>(waiting_ >> held_);
    make_room();
    // A byte of 0xFF has its high bit set and overflows when 1 is added.
    if ((word & 0x80808080U & ~(word + 0x01010101U)) == 0) {
      const std::uint32_t big =
          std::endian::native == std::endian::little ? __builtin_bswap32(word) : word;
      std::memcpy(next_, &big, sizeof big);
      next_ += sizeof big;
      return;
    }
    for (int shift = 24; shift >= 0; shift -= 8) byte(static_cast<std::uint8_t>(word >> shift));
  }

  std::vector<std::uint8_t>& out_;
  std::uint8_t* next_ = nullptr;
  std::uint8_t* room_ = nullptr;
  std::uint64_t waiting_ = 0;
  int held_ = 0;
};

}  // namespace imgmill::jpeg

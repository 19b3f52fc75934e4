// VP8's binary arithmetic coder.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace imgmill::webp {

/// Writes bits with given probabilities (RFC 6386, section 7). Throws std::bad_alloc.
class BoolWriter {
 public:
  /// `probability`, 1..255, is that of a 0, in 256ths.
  void put(bool bit, std::uint32_t probability) {
    const std::uint32_t split = 1 + (((range_ - 1) * probability) >> 8);
    if (bit) {
      low_ += split;
      range_ -= split;
    } else {
      range_ = split;
    }
    const int shift = std::countl_zero(static_cast<std::uint8_t>(range_));
    range_ <<= shift;
    low_ <<= shift;
    waiting_ += shift;
    if (waiting_ >= 16) flush();
  }
  /// Writes the lowest `bits` of a number, most significant first, each with even probability.
  void put_number(std::uint32_t number, int bits) {
    while (bits-- > 0) put(((number >> bits) & 1) != 0, 128);
  }
  /// Writes a flag and, if it is set, a number and its sign.
  void put_signed(int number, int bits) {
    put(number != 0, 128);
    if (number == 0) return;
    put_number(static_cast<std::uint32_t>(number < 0 ? -number : number), bits);
    put(number < 0, 128);
  }
  /// Returns the output; nothing may be written afterwards.
  [[nodiscard]] std::vector<std::uint8_t> finish() {
    put_number(0, 32);
    return std::move(bytes_);
  }
  /// Returns the approximate number of bytes so far.
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  // `low_` holds 8 bits that may still change, `waiting_` bits that only a carry can change, and
  // the carry.
  void flush() {
    while (waiting_ >= 8) {
      const auto top = static_cast<std::uint32_t>(low_ >> waiting_);
      if ((top & 0x100) != 0) carry();
      bytes_.push_back(static_cast<std::uint8_t>(top));
      low_ &= (std::uint64_t{1} << waiting_) - 1;
      waiting_ -= 8;
    }
  }
  void carry() {
    std::size_t at = bytes_.size();
    while (at-- > 0 && ++bytes_[at] == 0) {
    }
  }

  std::vector<std::uint8_t> bytes_;
  std::uint64_t low_ = 0;
  std::uint32_t range_ = 255;
  int waiting_ = 0;
};

}  // namespace imgmill::webp

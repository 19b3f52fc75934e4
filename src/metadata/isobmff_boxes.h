// Parses nested boxes (ISO/IEC 14496-12, 4.2) of untrusted files.
#pragma once

#include <cstdint>
#include <string_view>

#include "metadata/bytes.h"

namespace imgmill::metadata {

/// The "uuid" box of a C2PA manifest (C2PA 2.1, A.4).
inline constexpr std::string_view c2pa_uuid(
    "\xD8\xFE\xC3\xD6\x1B\x0E\x48\x3C\x92\x97\x58\x28\x87\x7E\xC4\x81", 16);

struct Box {
  std::string_view type;
  std::size_t begin = 0;
  ByteView payload;
  std::size_t payload_at = 0;
  [[nodiscard]] std::size_t end() const { return payload_at + payload.size(); }
};

/// Visits the boxes in file[begin, end) as far as they are valid. Returns true if nothing was left
/// over.
template <typename Visit>
bool for_each_box(ByteView file, std::size_t begin, std::size_t end, const Visit& visit) {
  std::size_t at = begin;
  while (at + 8 <= end) {
    std::uint64_t size = u32be(file, at);
    std::size_t header = 8;
    if (size == 1) {
      if (at + 16 > end) return false;
      size = u64be(file, at + 8);
      header = 16;
    } else if (size == 0) {
      size = end - at;
    }
    if (size < header || size > end - at) return false;
    Box box;
    box.type = as_text(file.subspan(at + 4, 4));
    box.begin = at;
    box.payload_at = at + header;
    box.payload = file.subspan(box.payload_at, static_cast<std::size_t>(size) - header);
    visit(box);
    at += static_cast<std::size_t>(size);
  }
  return at == end;
}

/// Sequential reader; past the end everything reads as 0 and `good` is false.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::size_t position() const { return at_; }

  std::uint64_t number(std::size_t size) {
    if (!fits(bytes_, at_, size)) {
      good_ = false;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | u8(bytes_, at_++);
    return value;
  }
  std::string_view text() {
    const std::string_view rest = as_text(from(bytes_, at_));
    const std::size_t size = rest.find('\0');
    if (size == std::string_view::npos) {
      good_ = false;
      return {};
    }
    at_ += size + 1;
    return rest.substr(0, size);
  }

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

}  // namespace imgmill::metadata

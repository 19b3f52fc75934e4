#include "codecs/tiff_pages.h"

#include <algorithm>
#include <string_view>

#include "metadata/bytes.h"

namespace imgmill::tiff {
namespace {

constexpr std::uint64_t type_short = 3;
constexpr std::uint64_t type_long = 4;
constexpr std::uint64_t type_undefined = 7;
constexpr std::uint64_t type_long8 = 16;
constexpr std::size_t most_pages = 100'000;
constexpr std::size_t most_channels = 64;

std::size_t size_of(std::uint64_t type) {
  switch (type) {
    case type_undefined:
      return 1;
    case type_short:
      return 2;
    case type_long:
      return 4;
    case type_long8:
      return 8;
    default:
      return 0;
  }
}

}  // namespace

Pages::Pages(ByteView file) : file_(file) {
  using namespace std::string_view_literals;
  const std::string_view start = as_text(file.first(std::min<std::size_t>(4, file.size())));
  big_endian_ = start.starts_with("MM");
  wide_ = start == "II+\0"sv || start == "MM\0+"sv;
  next_ = wide_ ? number(8, 8) : number(4, 4);
}

bool Pages::next() {
  const std::size_t count_size = wide_ ? 8 : 2;
  if (next_ == 0 || ++pages_ > most_pages || !fits(next_, count_size)) return false;
  entries_ = static_cast<std::size_t>(next_) + count_size;
  const std::uint64_t count = number(next_, count_size);
  const std::size_t size = wide_ ? 20 : 12;
  const std::uint64_t room = (file_.size() - entries_) / size;
  if (count > room) return false;
  count_ = static_cast<std::size_t>(count);
  const std::size_t end = entries_ + count_ * size;
  const std::size_t link = wide_ ? 8 : 4;
  next_ = fits(end, link) ? number(end, link) : 0;
  return true;
}

std::optional<Field> Pages::field(std::uint64_t tag) const {
  const std::size_t entry_size = wide_ ? 20 : 12;
  const std::size_t word = wide_ ? 8 : 4;
  for (std::size_t i = 0; i < count_; ++i) {
    const std::size_t entry = entries_ + i * entry_size;
    if (number(entry, 2) != tag) continue;
    const std::uint64_t type = number(entry + 2, 2);
    const std::size_t size = size_of(type);
    const std::uint64_t count = number(entry + 4, word);
    if (size == 0 || count > file_.size() / size) return std::nullopt;
    std::uint64_t at = entry + 4 + word;
    if (count * size > word) at = number(at, word);
    if (!fits(at, count * size)) return std::nullopt;
    return Field{type, size, static_cast<std::size_t>(at), static_cast<std::size_t>(count), entry};
  }
  return std::nullopt;
}

std::optional<Shorts> Pages::find(std::uint64_t tag) const {
  const std::optional<Field> found = field(tag);
  if (!found || found->type != type_short || found->count > most_channels) return std::nullopt;
  return Shorts{found->at, found->count};
}

std::vector<std::uint64_t> Pages::numbers(std::uint64_t tag) const {
  const std::optional<Field> found = field(tag);
  std::vector<std::uint64_t> values;
  if (!found) return values;
  values.reserve(found->count);
  for (std::size_t i = 0; i < found->count; ++i) {
    values.push_back(number(found->at + i * found->size, found->size));
  }
  return values;
}

std::uint64_t Pages::one(std::uint64_t tag, std::uint64_t otherwise) const {
  const std::optional<Field> found = field(tag);
  return found && found->count > 0 ? number(found->at, found->size) : otherwise;
}

int Pages::value(const std::optional<Shorts>& shorts, std::size_t index, int otherwise) const {
  if (!shorts || index >= shorts->count) return otherwise;
  return static_cast<int>(number(shorts->at + 2 * index, 2));
}

bool Pages::fits(std::uint64_t at, std::uint64_t size) const {
  return metadata::fits(file_, at, size);
}

std::uint64_t Pages::number(std::uint64_t at, std::size_t size) const {
  if (!fits(at, size)) return 0;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t place = big_endian_ ? i : size - 1 - i;
    value = value << 8 | metadata::u8(file_, static_cast<std::size_t>(at) + place);
  }
  return value;
}

}  // namespace imgmill::tiff

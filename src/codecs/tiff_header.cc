#include "codecs/tiff_header.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "metadata/bytes.h"

namespace imgmill {
namespace {

constexpr std::uint64_t bits_per_sample = 258;
constexpr std::uint64_t compression = 259;
constexpr std::uint64_t photometric_interpretation = 262;
constexpr std::uint64_t strip_offsets = 273;
constexpr std::uint64_t samples_per_pixel = 277;
constexpr std::uint64_t strip_byte_counts = 279;
constexpr std::uint64_t planar_configuration = 284;
constexpr std::uint64_t tile_offsets = 324;
constexpr std::uint64_t tile_byte_counts = 325;
constexpr std::uint64_t ink_set = 332;
constexpr std::uint64_t extra_samples = 338;
constexpr std::uint64_t sample_format = 339;

constexpr int photometric_inks = 5;
constexpr int format_float = 3;
constexpr int not_compressed = 1;
constexpr int planes_apart = 2;
constexpr std::uint64_t type_short = 3;
constexpr std::uint64_t type_long = 4;
constexpr std::uint64_t type_long8 = 16;
constexpr std::size_t most_pages = 100'000;
constexpr std::size_t most_channels = 64;

/// A directory's entry of SHORTs.
struct Shorts {
  std::size_t at = 0;  ///< of the first
  std::size_t count = 0;
};

/// Classic and big TIFF alike; no offset is trusted.
class Pages {
 public:
  explicit Pages(ByteView file) : file_(file) {
    using namespace std::string_view_literals;
    const std::string_view start = as_text(file.first(std::min<std::size_t>(4, file.size())));
    big_endian_ = start.starts_with("MM");
    wide_ = start == "II+\0"sv || start == "MM\0+"sv;
    next_ = wide_ ? number(8, 8) : number(4, 4);
  }

  /// Goes to the next page; false: there is none.
  bool next() {
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

  /// Of the page that next() went to.
  [[nodiscard]] std::optional<Shorts> find(std::uint64_t tag) const {
    const std::optional<Field> found = field(tag);
    if (!found || found->type != type_short || found->count > most_channels) return std::nullopt;
    return Shorts{found->at, found->count};
  }

  /// Offsets or sizes, which may be of several types; empty where there are none.
  [[nodiscard]] std::vector<std::uint64_t> numbers(std::uint64_t tag) const {
    const std::optional<Field> found = field(tag);
    std::vector<std::uint64_t> values;
    if (!found) return values;
    values.reserve(found->count);
    for (std::size_t i = 0; i < found->count; ++i) {
      values.push_back(number(found->at + i * found->size, found->size));
    }
    return values;
  }

  [[nodiscard]] int value(const std::optional<Shorts>& shorts, std::size_t index,
                          int otherwise) const {
    if (!shorts || index >= shorts->count) return otherwise;
    return static_cast<int>(number(shorts->at + 2 * index, 2));
  }

  [[nodiscard]] bool big_endian() const { return big_endian_; }

 private:
  /// Whole numbers that lie inside the file.
  struct Field {
    std::uint64_t type = 0;
    std::size_t size = 0;  ///< of one number
    std::size_t at = 0;
    std::size_t count = 0;
  };

  [[nodiscard]] std::optional<Field> field(std::uint64_t tag) const {
    const std::size_t entry_size = wide_ ? 20 : 12;
    const std::size_t word = wide_ ? 8 : 4;
    for (std::size_t i = 0; i < count_; ++i) {
      const std::size_t entry = entries_ + i * entry_size;
      if (number(entry, 2) != tag) continue;
      const std::uint64_t type = number(entry + 2, 2);
      const std::size_t size = type == type_short   ? 2
                               : type == type_long  ? 4
                               : type == type_long8 ? 8
                                                    : 0;
      const std::uint64_t count = number(entry + 4, word);
      if (size == 0 || count > file_.size() / size) return std::nullopt;
      std::uint64_t at = entry + 4 + word;
      if (count * size > word) at = number(at, word);
      if (!fits(at, count * size)) return std::nullopt;
      return Field{type, size, static_cast<std::size_t>(at), static_cast<std::size_t>(count)};
    }
    return std::nullopt;
  }

  [[nodiscard]] bool fits(std::uint64_t at, std::uint64_t size) const {
    return metadata::fits(file_, at, size);
  }
  [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t size) const {
    if (!fits(at, size)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t place = big_endian_ ? i : size - 1 - i;
      value = value << 8 | metadata::u8(file_, static_cast<std::size_t>(at) + place);
    }
    return value;
  }

  ByteView file_;
  bool big_endian_ = false;
  bool wide_ = false;
  std::uint64_t next_ = 0;
  std::size_t entries_ = 0;
  std::size_t count_ = 0;
  std::size_t pages_ = 0;
};

// Channels that a photometric interpretation counts.
std::size_t colours_of(int photometric) {
  switch (photometric) {
    case 0:
    case 1:
    case 3:
    case 4:
      return 1;
    case photometric_inks:
      return 4;
    default:
      return 3;
  }
}

std::vector<ExtraChannel> extras_of(const Pages& page, int photometric) {
  const int samples = page.value(page.find(samples_per_pixel), 0, 1);
  const std::size_t colours = colours_of(photometric);
  const auto count = static_cast<std::size_t>(samples);
  if (count <= colours || count > most_channels) return {};
  const auto said = page.find(extra_samples);
  std::vector<ExtraChannel> extras;
  for (std::size_t i = 0; i < count - colours; ++i) {
    const int kind = page.value(said, i, 0);
    extras.push_back(kind == 1   ? ExtraChannel::associated
                     : kind == 2 ? ExtraChannel::straight
                                 : ExtraChannel::unspecified);
  }
  return extras;
}

// The SHORTs of `tag` in all pages.
bool overwrite(Buffer& file, std::uint64_t tag, const std::vector<int>& values) {
  std::vector<std::size_t> places;
  Pages pages(file.view());
  while (pages.next()) {
    const auto found = pages.find(tag);
    if (!found || found->count != values.size()) return false;
    places.push_back(found->at);
  }
  const std::size_t low = pages.big_endian() ? 1 : 0;
  for (const std::size_t place : places) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<unsigned>(values[i]);
      file.writable()[place + 2 * i + low] = static_cast<std::byte>(value & 0xFF);
      file.writable()[place + 2 * i + 1 - low] = static_cast<std::byte>(value >> 8);
    }
  }
  return !places.empty();
}

}  // namespace

TiffChannels read_tiff_channels(ByteView file) {
  TiffChannels found;
  if (file.size() < 8) return found;
  Pages pages(file);
  if (!pages.next()) return found;
  found.photometric = pages.value(pages.find(photometric_interpretation), 0, -1);
  found.bits = pages.value(pages.find(bits_per_sample), 0, 1);
  found.extras = extras_of(pages, found.photometric);
  found.more_inks = found.photometric == photometric_inks &&
                    (!found.extras.empty() || pages.value(pages.find(ink_set), 0, 1) != 1);
  found.doubles = found.bits == 64 && pages.value(pages.find(sample_format), 0, 1) == format_float;
  if (found.doubles && pages.value(pages.find(compression), 0, not_compressed) != not_compressed) {
    found.unread = "compressed floating point of 64 bits";
  }
  // The engine takes the planes for one.
  if (colours_of(found.photometric) == 1 && !found.extras.empty() &&
      pages.value(pages.find(planar_configuration), 0, 1) == planes_apart) {
    found.unread = "grey with further channels in planes of their own";
  }
  while (found.pages_agree && pages.next()) {
    const int photometric = pages.value(pages.find(photometric_interpretation), 0, -1);
    found.pages_agree = extras_of(pages, photometric) == found.extras;
  }
  return found;
}

bool set_tiff_extras(Buffer& file, const std::vector<ExtraChannel>& extras) {
  std::vector<int> values;
  for (const ExtraChannel kind : extras) values.push_back(static_cast<int>(kind));
  return overwrite(file, extra_samples, values);
}

bool make_tiff_doubles_floats(Buffer& file) {
  struct Piece {
    std::size_t at, samples;
  };
  std::vector<Piece> pieces;
  std::vector<Shorts> depths;
  Pages pages(file.view());
  while (pages.next()) {
    const auto depth = pages.find(bits_per_sample);
    if (!depth || pages.value(depth, 0, 1) != 64 ||
        pages.value(pages.find(sample_format), 0, 1) != format_float ||
        pages.value(pages.find(compression), 0, not_compressed) != not_compressed) {
      return false;
    }
    depths.push_back(*depth);
    const bool tiles = !pages.numbers(tile_offsets).empty();
    const auto offsets = pages.numbers(tiles ? tile_offsets : strip_offsets);
    const auto sizes = pages.numbers(tiles ? tile_byte_counts : strip_byte_counts);
    if (offsets.size() != sizes.size()) return false;
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      if (!metadata::fits(file.view(), offsets[i], sizes[i])) return false;
      pieces.push_back(
          {static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(sizes[i] / 8)});
    }
  }
  // Pieces that lie over each other would be converted twice.
  std::ranges::sort(pieces, {}, &Piece::at);
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    if (pieces[i].at < pieces[i - 1].at + 8 * pieces[i - 1].samples) return false;
  }
  const bool swap = pages.big_endian() != (std::endian::native == std::endian::big);
  std::byte* const bytes = file.writable().data();
  for (const Piece& piece : pieces) {
    for (std::size_t i = 0; i < piece.samples; ++i) {
      std::uint64_t wide = 0;
      std::memcpy(&wide, bytes + piece.at + 8 * i, sizeof wide);
      const double value = std::bit_cast<double>(swap ? std::byteswap(wide) : wide);
      const auto narrow = std::bit_cast<std::uint32_t>(static_cast<float>(value));
      const std::uint32_t stored = swap ? std::byteswap(narrow) : narrow;
      std::memcpy(bytes + piece.at + 4 * i, &stored, sizeof stored);
    }
  }
  const std::size_t low = pages.big_endian() ? 1 : 0;
  for (const Shorts& depth : depths) {
    for (std::size_t i = 0; i < depth.count; ++i) {
      bytes[depth.at + 2 * i + low] = std::byte{32};
      bytes[depth.at + 2 * i + 1 - low] = std::byte{0};
    }
  }
  return !depths.empty();
}

bool set_tiff_photometric(Buffer& file, int photometric) {
  return overwrite(file, photometric_interpretation, {photometric});
}

}  // namespace imgmill

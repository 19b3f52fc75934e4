#include "codecs/tiff_header.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "codecs/tiff_pages.h"
#include "metadata/bytes.h"

namespace imgmill {
namespace {

using tiff::Pages;
using tiff::planes_apart;
using tiff::Shorts;
namespace tag = tiff::tag;

constexpr std::size_t most_channels = 64;
constexpr int photometric_inks = 5;
constexpr int photometric_ycbcr = 6;
constexpr int photometric_lab = 8;
constexpr int photometric_icc_lab = 9;
constexpr int format_whole = 1;
constexpr int format_float = 3;
constexpr int not_compressed = 1;

// Returns the number of channels that a photometric interpretation implies.
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
  const int samples = page.value(page.find(tag::samples_per_pixel), 0, 1);
  const std::size_t colours = colours_of(photometric);
  const auto count = static_cast<std::size_t>(samples);
  if (count <= colours || count > most_channels) return {};
  const auto said = page.find(tag::extra_samples);
  std::vector<ExtraChannel> extras;
  for (std::size_t i = 0; i < count - colours; ++i) {
    const int kind = page.value(said, i, 0);
    extras.push_back(kind == 1   ? ExtraChannel::associated
                     : kind == 2 ? ExtraChannel::straight
                                 : ExtraChannel::unspecified);
  }
  return extras;
}

// With 8 bits a* and b* are sometimes declared signed, which they are.
bool is_common_lab(const Pages& page) {
  const int bits = page.value(page.find(tag::bits_per_sample), 0, 1);
  const bool whole = page.value(page.find(tag::sample_format), 0, format_whole) == format_whole;
  return page.value(page.find(tag::samples_per_pixel), 0, 1) >= 3 &&
         (bits == 8 || (bits == 16 && whole));
}

// Overwrites the SHORTs of `tag` in all pages.
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
  found.photometric = pages.value(pages.find(tag::photometric), 0, -1);
  found.bits = pages.value(pages.find(tag::bits_per_sample), 0, 1);
  found.extras = extras_of(pages, found.photometric);
  found.more_inks = found.photometric == photometric_inks &&
                    (!found.extras.empty() || pages.value(pages.find(tag::ink_set), 0, 1) != 1);
  found.doubles =
      found.bits == 64 && pages.value(pages.find(tag::sample_format), 0, 1) == format_float;
  if (found.doubles &&
      pages.value(pages.find(tag::compression), 0, not_compressed) != not_compressed) {
    found.unread = "compressed floating point of 64 bits";
  }
  if ((found.photometric == photometric_lab || found.photometric == photometric_icc_lab) &&
      !is_common_lab(pages)) {
    found.unread = "Lab in other samples than three of 8 or 16 bits";
  }
  if (found.photometric == photometric_ycbcr && found.bits != 8) {
    found.unread = "YCbCr in other samples than of 8 bits";
  }
  // The engine mistakes the planes for one.
  if (colours_of(found.photometric) == 1 && !found.extras.empty() &&
      pages.value(pages.find(tag::planar_configuration), 0, 1) == planes_apart) {
    found.unread = "grey with further channels in planes of their own";
  }
  while (found.pages_agree && pages.next()) {
    const int photometric = pages.value(pages.find(tag::photometric), 0, -1);
    found.pages_agree = extras_of(pages, photometric) == found.extras;
  }
  return found;
}

bool set_tiff_extras(Buffer& file, const std::vector<ExtraChannel>& extras) {
  std::vector<int> values;
  for (const ExtraChannel kind : extras) values.push_back(static_cast<int>(kind));
  return overwrite(file, tag::extra_samples, values);
}

bool make_tiff_doubles_floats(Buffer& file) {
  struct Piece {
    std::size_t at, samples;
  };
  std::vector<Piece> pieces;
  std::vector<Shorts> depths;
  Pages pages(file.view());
  while (pages.next()) {
    const auto depth = pages.find(tag::bits_per_sample);
    if (!depth || pages.value(depth, 0, 1) != 64 ||
        pages.value(pages.find(tag::sample_format), 0, 1) != format_float ||
        pages.value(pages.find(tag::compression), 0, not_compressed) != not_compressed) {
      return false;
    }
    depths.push_back(*depth);
    const bool tiles = !pages.numbers(tag::tile_offsets).empty();
    const auto offsets = pages.numbers(tiles ? tag::tile_offsets : tag::strip_offsets);
    const auto sizes = pages.numbers(tiles ? tag::tile_byte_counts : tag::strip_byte_counts);
    if (offsets.size() != sizes.size()) return false;
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      if (!metadata::fits(file.view(), offsets[i], sizes[i])) return false;
      pieces.push_back(
          {static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(sizes[i] / 8)});
    }
  }
  // Overlapping pieces would be converted twice.
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
  return overwrite(file, tag::photometric, {photometric});
}

}  // namespace imgmill

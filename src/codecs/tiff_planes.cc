#include "codecs/tiff_planes.h"

#include <optional>

#include "codecs/tiff_pages.h"

namespace imgmill {
namespace {

using tiff::Field;
using tiff::Pages;
namespace tag = tiff::tag;

constexpr std::uint64_t black_is_zero = 1;
// A private tag that nobody uses (TIFF 6.0, section 8): readers skip entries with it.
constexpr std::uint64_t nobodys_tag = 65000;

// Overwrites numbers in the byte order of the file.
class Editor {
 public:
  Editor(Buffer& file, const Pages& page) : file_(file), page_(page) {}

  void put(std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t place = page_.big_endian() ? size - 1 - i : i;
      file_.writable()[at + place] = static_cast<std::byte>(value >> (8 * i) & 0xFF);
    }
  }

  void rename(const Field& field, std::uint64_t tag) { put(field.entry, tag, 2); }

  // Reduces an entry to its numbers [first, first + count).
  void keep(const Field& field, std::size_t first, std::size_t count) {
    const std::size_t word = page_.wide() ? 8 : 4;
    const std::size_t at = field.at + first * field.size;
    const std::size_t inside = field.entry + 4 + word;
    put(field.entry + 4, count, word);
    if (count * field.size > word) {
      put(inside, at, word);
      return;
    }
    std::uint64_t value[8] = {};
    for (std::size_t i = 0; i < count; ++i)
      value[i] = page_.number(at + i * field.size, field.size);
    for (std::size_t i = 0; i < count; ++i) put(inside + i * field.size, value[i], field.size);
  }

  void set(const Field& field, std::uint64_t value) {
    keep(field, 0, 1);
    put(field.entry + 4 + (page_.wide() ? 8 : 4), value, field.size);
  }

 private:
  Buffer& file_;
  const Pages& page_;
};

}  // namespace

std::size_t planes_in_tiles(ByteView file) {
  std::optional<std::uint64_t> planes;
  Pages pages(file);
  while (pages.next()) {
    const bool apart = pages.one(tag::planar_configuration, 1) == tiff::planes_apart &&
                       pages.field(tag::tile_offsets).has_value();
    const std::uint64_t samples = apart ? pages.one(tag::samples_per_pixel, 1) : 1;
    if (samples < 2 || (planes && *planes != samples)) return 0;
    planes = samples;
  }
  return static_cast<std::size_t>(planes.value_or(0));
}

Buffer plane_alone(ByteView file, std::size_t index) {
  Buffer copy = Buffer::copy_of(file);
  Pages pages(file);  // of the unmodified file
  while (pages.next()) {
    Editor editor(copy, pages);
    const auto samples = pages.field(tag::samples_per_pixel);
    const auto photometric = pages.field(tag::photometric);
    const auto apart = pages.field(tag::planar_configuration);
    const std::uint64_t planes = pages.one(tag::samples_per_pixel, 1);
    if (!samples || !photometric || !apart || index >= planes) return {};
    for (const std::uint64_t name : {tag::tile_offsets, tag::tile_byte_counts}) {
      const auto field = pages.field(name);
      if (!field || field->count % planes != 0 || field->count == 0) return {};
      const std::size_t each = field->count / static_cast<std::size_t>(planes);
      editor.keep(*field, index * each, each);
    }
    for (const std::uint64_t name : {tag::bits_per_sample, tag::sample_format}) {
      const auto field = pages.field(name);
      if (field && field->count == planes) editor.keep(*field, index, 1);
    }
    editor.set(*samples, 1);
    editor.set(*apart, 1);
    editor.set(*photometric, black_is_zero);
    if (const auto extras = pages.field(tag::extra_samples)) editor.rename(*extras, nobodys_tag);
  }
  return copy;
}

}  // namespace imgmill

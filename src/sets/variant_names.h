// Names the files of a set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/error.h"
#include "imgmill/format.h"
#include "store/content_hash.h"

namespace imgmill {

/// A pattern with the fields {stem} or {name} (the source's name without its extension), {from}
/// (its extension), {width}, {height}, {format}, {hash8} (the first eight digits of the hash of the
/// file's bytes) and, at the end, {ext}. Immutable.
class VariantNames {
 public:
  static constexpr std::string_view usual = "{stem}-{width}w.{ext}";

  /// `several_widths`: a picture may have more than one variant of a format. Errors: usage (unknown
  /// fields, or names that several variants would share).
  [[nodiscard]] static Result<VariantNames> parse(std::string_view pattern, bool several_widths);

  struct Variant {
    Format format = Format::jpeg;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    ContentHash bytes;
  };
  /// `source` is a file name without folders.
  [[nodiscard]] std::string name_for(std::string_view source, const Variant& variant) const;

  /// Names tell sources of one stem and several extensions apart.
  [[nodiscard]] bool has_extension_of_source() const;

 private:
  enum class Field { text, stem, from, width, height, format, ext, hash8 };
  struct Piece {
    Field field = Field::text;
    std::string text;
  };
  [[nodiscard]] bool has(Field field) const;

  std::vector<Piece> pieces_;
};

}  // namespace imgmill

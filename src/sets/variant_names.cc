#include "sets/variant_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"

namespace imgmill {
namespace {

std::unexpected<Error> wrong(std::string_view pattern, std::string_view why,
                             std::string advice =
                                 "write for example '{stem}-{width}w.{ext}' or "
                                 "'{stem}-{width}w.{hash8}.{ext}'") {
  return fail(ErrorCode::usage, fmt::format("the name '{}' {}", printable(pattern), why),
              std::move(advice));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<VariantNames> VariantNames::parse(std::string_view pattern, bool several_widths) {
  constexpr std::array<std::pair<std::string_view, Field>, 8> fields = {
      {{"{stem}", Field::stem},
       {"{name}", Field::stem},
       {"{from}", Field::from},
       {"{width}", Field::width},
       {"{height}", Field::height},
       {"{format}", Field::format},
       {"{ext}", Field::ext},
       {"{hash8}", Field::hash8}}};
  VariantNames names;
  if (pattern.contains('/')) return wrong(pattern, "has a slash, but results keep their folders");
  if (pattern.starts_with('.')) return wrong(pattern, "begins with a dot, as hidden files do");
  for (std::string_view rest = pattern; !rest.empty();) {
    if (rest.front() != '{' && rest.front() != '}') {
      const std::size_t end = std::min(rest.find_first_of("{}"), rest.size());
      names.pieces_.push_back({Field::text, std::string(rest.substr(0, end))});
      rest.remove_prefix(end);
      continue;
    }
    const auto* const field = std::ranges::find_if(
        fields, [&](const auto& known) { return rest.starts_with(known.first); });
    if (field == fields.end()) {
      return wrong(pattern, "has more in braces than it may",
                   "fields are {stem}, {from}, {width}, {height}, {format}, {ext} and {hash8}");
    }
    // "{stem}{width}" of "a" and 1480 would be that of "a1" and 480.
    const bool number = field->second == Field::width || field->second == Field::height;
    if (number && !names.pieces_.empty() &&
        (names.pieces_.back().field != Field::text || is_digit(names.pieces_.back().text.back()))) {
      return wrong(pattern,
                   fmt::format("has nothing between {} and what is before it", field->first));
    }
    names.pieces_.push_back({field->second, {}});
    rest.remove_prefix(field->first.size());
  }
  if (!names.has(Field::stem)) return wrong(pattern, "is the same for all, without a {stem}");
  if (several_widths && !names.has(Field::width) && !names.has(Field::hash8)) {
    return wrong(pattern, "is the same for all widths, without a {width}");
  }
  const std::size_t count = names.pieces_.size();
  const bool extension = count > 1 && names.pieces_[count - 1].field == Field::ext &&
                         names.pieces_[count - 2].text.ends_with('.');
  if (!extension) return wrong(pattern, "does not end with .{ext}, which tells formats apart");
  return names;
}

std::string VariantNames::name_for(std::string_view source, const Variant& variant) const {
  const bool known = format_of_name(source).has_value();
  const std::size_t dot = known ? source.rfind('.') : source.size();
  std::string name;
  for (const Piece& piece : pieces_) {
    switch (piece.field) {
      case Field::text:
        name += piece.text;
        break;
      case Field::stem:
        name += source.substr(0, dot);
        break;
      case Field::from:
        if (known) name += lower_case(source.substr(dot + 1));
        break;
      case Field::width:
        name += std::to_string(variant.width);
        break;
      case Field::height:
        name += std::to_string(variant.height);
        break;
      case Field::format:
        name += info(variant.format).name;
        break;
      case Field::ext:
        name += info(variant.format).extensions.front();
        break;
      case Field::hash8:
        name += variant.bytes.hex().substr(0, 8);
        break;
    }
  }
  return name;
}

bool VariantNames::has_extension_of_source() const { return has(Field::from); }

bool VariantNames::has(Field field) const {
  return std::ranges::find(pieces_, field, &Piece::field) != pieces_.end();
}

}  // namespace imgmill

#include "batch/output_names.h"

#include <fmt/core.h>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"

namespace imgmill {
namespace {

constexpr std::string_view input_name = "{name}";
constexpr std::string_view input_extension = "{from}";
constexpr std::string_view added_anyway = ".{ext}";

std::unexpected<Error> wrong(std::string_view pattern, std::string_view why) {
  return fail(ErrorCode::usage, fmt::format("the name '{}' {}", printable(pattern), why),
              "write for example '{name}-small' or '{name}-{from}', which makes logo-png.webp of "
              "logo.png");
}

}  // namespace

Result<OutputNames> OutputNames::parse(std::string_view pattern) {
  OutputNames names;
  if (pattern.empty()) return names;
  std::string_view text = pattern;
  if (text.ends_with(added_anyway)) text.remove_suffix(added_anyway.size());
  if (!text.contains(input_name)) return wrong(pattern, "is the same for all, without a {name}");
  if (text.contains('/')) return wrong(pattern, "has a slash, but results keep their folders");
  std::string_view rest = text;
  for (std::size_t at = 0; (at = rest.find_first_of("{}")) != rest.npos;) {
    rest.remove_prefix(at);
    const bool known = rest.starts_with(input_name) || rest.starts_with(input_extension);
    if (!known) return wrong(pattern, "has more in braces than {name} and {from}");
    rest.remove_prefix(rest.find('}') + 1);
  }
  names.pattern_ = text;
  return names;
}

std::string OutputNames::name_for(std::string_view input, std::optional<Format> wanted) const {
  const std::optional<Format> says = format_of_name(input);
  std::string as_before =
      says != Format::svg && wanted ? imgmill::name_for(input, *wanted) : std::string(input);
  if (pattern_.empty()) return as_before;
  const std::size_t dot = says ? input.rfind('.') : input.size();
  const std::string_view stem = input.substr(0, dot);
  const std::string from = says ? lower_case(input.substr(dot + 1)) : std::string();
  std::string name;
  std::string_view rest = pattern_;
  while (!rest.empty()) {
    if (rest.starts_with(input_name)) {
      name += stem;
      rest.remove_prefix(input_name.size());
    } else if (rest.starts_with(input_extension)) {
      name += from;
      rest.remove_prefix(input_extension.size());
    } else {
      name += rest.front();
      rest.remove_prefix(1);
    }
  }
  if (says || wanted) name += as_before.substr(as_before.rfind('.'));
  return name;
}

}  // namespace imgmill

#include "schema/json_fields.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "base/words.h"

namespace imgmill {
namespace {

std::string joined(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) {
    if (!list.empty()) list += ", ";
    list += word;
  }
  return list;
}

std::unexpected<Error> wrong_kind(const JsonPlace& at, std::string_view wanted) {
  return json_error(at, fmt::format("must be {}, not {}", wanted, at.value.type_name()),
                    fmt::format("write {} there", wanted));
}

}  // namespace

JsonPlace JsonPlace::child(const std::string& field) const {
  return {value.at(field), path.empty() ? field : path + '.' + field};
}

std::optional<JsonPlace> JsonPlace::find(const std::string& field) const {
  const auto found = value.find(field);
  if (found == value.end() || found->is_null()) return std::nullopt;
  return child(field);
}

std::unexpected<Error> json_error(const JsonPlace& at, std::string_view problem,
                                  std::string advice) {
  const std::string place = at.path.empty() ? "the document" : printable(at.path);
  return fail(ErrorCode::usage, fmt::format("{} {}", place, problem), std::move(advice));
}

std::optional<std::string_view> did_you_mean(std::string_view text,
                                             std::span<const std::string_view> words) {
  if (text.size() > 64) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t least = std::min<std::size_t>(3, text.size() / 2 + 1);
  for (const std::string_view word : words) {
    const std::size_t away = edit_distance(lower_case(text), lower_case(word));
    if (away < least) {
      least = away;
      best = word;
    }
  }
  return best;
}

Result<void> check_fields(const JsonPlace& at, std::span<const std::string_view> known) {
  if (!at.value.is_object()) return wrong_kind(at, "an object");
  for (const auto& [field, value] : at.value.items()) {
    if (std::ranges::find(known, std::string_view(field)) != known.end()) continue;
    const auto meant = did_you_mean(field, known);
    return json_error({value, at.path.empty() ? field : at.path + '.' + field},
                      "is not a field imgmill knows",
                      meant ? fmt::format("did you mean \"{}\"?", *meant)
                            : fmt::format("the fields here are: {}", joined(known)));
  }
  return {};
}

Result<JsonPlace> required_at(const JsonPlace& at, const std::string& field) {
  if (auto place = at.find(field)) return *std::move(place);
  return json_error(at, fmt::format("has no \"{}\"", field), "");
}

Result<std::string> text_at(const JsonPlace& at) {
  if (!at.value.is_string()) return wrong_kind(at, "a string");
  return at.value.get<std::string>();
}

Result<bool> flag_at(const JsonPlace& at) {
  if (!at.value.is_boolean()) return wrong_kind(at, "true or false");
  return at.value.get<bool>();
}

Result<double> number_at(const JsonPlace& at) {
  if (!at.value.is_number()) return wrong_kind(at, "a number");
  return at.value.get<double>();
}

Result<std::int64_t> integer_at(const JsonPlace& at, std::int64_t least, std::int64_t most) {
  const auto outside = [&] {
    return json_error(at, fmt::format("is {}", printable(at.value.dump())),
                      fmt::format("write a whole number from {} to {}", least, most));
  };
  if (!at.value.is_number()) return wrong_kind(at, "a number");
  const double value = at.value.get<double>();
  if (value != std::floor(value)) return outside();
  if (value < static_cast<double>(least) || value > static_cast<double>(most)) return outside();
  return static_cast<std::int64_t>(value);
}

Result<std::size_t> word_at(const JsonPlace& at, std::span<const std::string_view> words) {
  IMGMILL_TRY(const std::string text, text_at(at));
  const std::string wanted = lower_case(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (lower_case(words[i]) == wanted) return i;
  }
  const auto meant = did_you_mean(text, words);
  return json_error(at, fmt::format("is \"{}\"", printable(text)),
                    meant ? fmt::format("did you mean \"{}\"?", *meant)
                          : fmt::format("write one of: {}", joined(words)));
}

}  // namespace imgmill

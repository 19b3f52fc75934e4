// Reads JSON objects with a known set of fields.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/setting_words.h"
#include "imgmill/error.h"

namespace imgmill {

using Json = nlohmann::ordered_json;

/// A position in a document ("tasks[3].settings.quality") and its value.
struct JsonPlace {
  const Json& value;
  std::string path;

  [[nodiscard]] JsonPlace child(const std::string& field) const;
  /// Returns none if the field is missing or null. `value` must be an object.
  [[nodiscard]] std::optional<JsonPlace> find(const std::string& field) const;
};

/// Returns an error of the form "`path` is ..., but ...".
[[nodiscard]] std::unexpected<Error> json_error(const JsonPlace& at, std::string_view problem,
                                                std::string advice);

/// Checks that `at` is an object without fields other than `known`. For a misspelt field the error
/// suggests the likely name.
[[nodiscard]] Result<void> check_fields(const JsonPlace& at,
                                        std::span<const std::string_view> known);
[[nodiscard]] inline Result<void> check_fields(const JsonPlace& at,
                                               std::initializer_list<std::string_view> known) {
  return check_fields(at, std::span(known.begin(), known.size()));
}

/// Returns the child `field`, which must exist.
[[nodiscard]] Result<JsonPlace> required_at(const JsonPlace& at, const std::string& field);

[[nodiscard]] Result<std::string> text_at(const JsonPlace& at);
[[nodiscard]] Result<bool> flag_at(const JsonPlace& at);
[[nodiscard]] Result<double> number_at(const JsonPlace& at);
/// Reads an integer from `least` to `most`; 80.0 counts as 80.
[[nodiscard]] Result<std::int64_t> integer_at(const JsonPlace& at, std::int64_t least,
                                              std::int64_t most);

/// Returns the place of a word in a list; case is ignored.
[[nodiscard]] Result<std::size_t> word_at(const JsonPlace& at,
                                          std::span<const std::string_view> words);

template <typename T, std::size_t N>
[[nodiscard]] Result<T> choice_at(const JsonPlace& at, const std::array<Word<T>, N>& choices) {
  std::array<std::string_view, N> words{};
  for (std::size_t i = 0; i < N; ++i) words[i] = choices[i].word;
  const Result<std::size_t> found = word_at(at, words);
  if (!found) return std::unexpected(found.error());
  return choices[*found].value;
}

template <typename T, std::size_t N>
[[nodiscard]] std::string_view word_for(T value, const std::array<Word<T>, N>& choices) {
  for (const Word<T>& choice : choices) {
    if (choice.value == value) return choice.word;
  }
  return choices.front().word;
}

/// Reads a value of a contiguous enumeration, from 0 to `last`, by its name_of().
template <typename T>
[[nodiscard]] Result<T> named_at(const JsonPlace& at, T last) {
  const Result<std::string> name = text_at(at);
  if (!name) return std::unexpected(name.error());
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<T>(i)) == *name) return static_cast<T>(i);
  }
  return json_error(at, "is not a known name", "");
}

/// Returns the word in `words` that is closest to `text`, if any is close.
[[nodiscard]] std::optional<std::string_view> did_you_mean(std::string_view text,
                                                           std::span<const std::string_view> words);

}  // namespace imgmill

// Helpers to define options with their value parsers and error messages. Included only by the files
// that implement CommandLine.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/setting_words.h"
#include "base/text.h"
#include "base/try.h"
#include "options/options.h"

namespace imgmill::cli {

/// Thrown by value parsers through CLI11; caught in parse().
struct WrongValue {
  Error error;
};

// CLI11 splits a word such as "[a,b]" as a list, but it may be a file name: words that start with a
// bracket get this guard in front while CLI11 handles them.
inline constexpr char guard = '\1';
inline std::string guarded(const std::string& word) {
  return word.starts_with('[') || word.starts_with(guard) ? guard + word : word;
}
inline std::string unguarded(const std::string& word) {
  return word.starts_with(guard) ? word.substr(1) : word;
}

/// Adds an option with a value that `parse` reads into `target`. If it is given twice, the last one
/// counts, so that an alias can be overridden.
template <typename T, typename Parse>
CLI::Option* add_value(CLI::App& app, const std::string& names, const std::string& value, T& target,
                       Parse parse, const std::string& help) {
  const std::size_t dashes = names.find("--");
  const std::string shown = dashes == std::string::npos ? names : names.substr(dashes);
  const auto read = [&target, parse, shown](const CLI::results_t& words) {
    const std::string word = unguarded(words.back());
    // CLI11 takes any following word as the value. An option there more likely means a forgotten
    // value.
    if (word.size() > 2 && word.starts_with("--")) {
      throw WrongValue{Error(
          ErrorCode::usage, fmt::format("{} needs a value, but {} follows", shown, printable(word)),
          "write the value directly behind it")};
    }
    auto result = parse(std::string_view(word));
    if (!result) {
      throw WrongValue{Error(ErrorCode::usage,
                             fmt::format("{}: {}", shown, result.error().message()),
                             result.error().advice())};
    }
    target = *std::move(result);
    return true;
  };
  CLI::Option* const option = app.add_option(names, CLI::callback_t(read), help);
  option->type_name(value)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  return option;
}

/// Adds positional words.
inline CLI::Option* add_words(CLI::App& app, const std::string& name,
                              std::vector<std::string>& target, const std::string& help) {
  const auto read = [&target](const CLI::results_t& words) {
    for (const std::string& word : words) target.push_back(unguarded(word));
    return true;
  };
  CLI::Option* const option = app.add_option(name, CLI::callback_t(read), help);
  return option->type_name(name)->expected(-1)->expected(1, CLI::detail::expected_max_vector_size);
}

/// Adds an option that may be given several times, each time with one more value.
inline CLI::Option* add_list(CLI::App& app, const std::string& name, const std::string& value,
                             std::vector<std::string>& target, const std::string& help) {
  const auto read = [&target](const CLI::results_t& words) {
    for (const std::string& word : words) target.push_back(unguarded(word));
    return true;
  };
  CLI::Option* const option = app.add_option(name, CLI::callback_t(read), help);
  return option->type_name(value)->expected(1)->multi_option_policy(
      CLI::MultiOptionPolicy::TakeAll);
}

inline Result<std::string> any_text(std::string_view text) {
  if (text.empty()) return fail(ErrorCode::usage, "the value is empty");
  return std::string(text);
}
inline Result<std::filesystem::path> any_path(std::string_view text) {
  IMGMILL_TRY(const std::string path, any_text(text));
  return std::filesystem::path(path);
}

inline constexpr std::array<Word<Isolation>, 2> isolations = {
    {{"process", Isolation::process}, {"thread", Isolation::thread}}};
inline constexpr std::array<Word<SandboxMode>, 3> sandbox_modes = {
    {{"require", SandboxMode::require},
     {"auto", SandboxMode::automatic},
     {"off", SandboxMode::off}}};

/// Returns a parser for one of a few words, for a setting of type T.
template <typename T, typename Words>
auto one_of(const Words& choices) {
  return [choices](std::string_view text) -> Result<T> {
    std::vector<std::string> words;
    for (const auto& [word, value] : choices) {
      if (word == text) return value;
      words.emplace_back(word);
    }
    return fail(ErrorCode::usage, "'" + printable(text) + "' is not one of the choices",
                "write " + listed(words, "or"));
  };
}
template <typename T>
auto one_of(std::initializer_list<Word<T>> choices) {
  return one_of<T>(std::vector<Word<T>>(choices));
}

}  // namespace imgmill::cli

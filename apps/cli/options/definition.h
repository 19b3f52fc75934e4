// The command line's definition as plain data, from which help, manual page, completions and
// suggestions are generated, so that none of them can drift from it.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill::cli {

enum class Completes { nothing, choices, files, folders };

/// One option or positional argument.
struct OptionFacts {
  std::string short_name;  ///< "-q"; empty: none
  std::string long_name;   ///< "--quality"; empty: positional
  std::string value;       ///< placeholder of its value: "N", "on|off"; empty: a flag
  std::string help;
  std::string group;
  bool repeats = false;              ///< positional argument that may be repeated
  std::vector<std::string> choices;  ///< the words that `value` may be, if it is a choice
  Completes completes = Completes::nothing;

  [[nodiscard]] bool positional() const { return long_name.empty() && short_name.empty(); }
  [[nodiscard]] bool flag() const { return !positional() && value.empty(); }
};

struct Example {
  std::string_view command;
  std::string_view purpose;
};

/// One command; the program itself has an empty name.
struct CommandFacts {
  std::string name;
  std::string help;
  std::vector<OptionFacts> options;
  std::span<const Example> examples;
  bool hidden = false;

  /// "imgmill optimize [OPTION]... INPUT..."
  [[nodiscard]] std::string synopsis() const;
};

[[nodiscard]] CommandFacts facts_of(const CLI::App& app);
/// All commands in order of definition, hidden ones last.
[[nodiscard]] std::vector<CommandFacts> commands_of(const CLI::App& program);
/// The option groups, in order of appearance.
[[nodiscard]] std::vector<std::string> groups_of(const CommandFacts& command);

/// Examples for the help of a command; of the program if `command` is empty.
[[nodiscard]] std::span<const Example> examples_of(std::string_view command);

/// An exit status and its meaning.
struct StatusFact {
  int status;
  std::string_view meaning;
};
[[nodiscard]] std::span<const StatusFact> status_facts();

/// `--help`: at most `width` columns wide.
[[nodiscard]] std::string help_text(const CLI::App& program, const CLI::App& app,
                                    std::size_t width = 80);
/// imgmill(1), as roff (man macros).
[[nodiscard]] std::string man_page(const CLI::App& program);
/// A completion script. `shell`: "bash", "zsh" or "fish".
[[nodiscard]] std::string completions(const CLI::App& program, std::string_view shell);

/// The candidate that `word` was probably meant to be; empty: none is close.
[[nodiscard]] std::string closest(std::string_view word,
                                  const std::vector<std::string>& candidates);

}  // namespace imgmill::cli

// The text of `--help`, generated from the definition.
#include <fmt/format.h>

#include <algorithm>

#include "options/definition.h"

namespace imgmill::cli {
namespace {

constexpr std::size_t help_column = 30;

/// Wraps `text` at spaces into lines of at most `width` columns. The first line continues the
/// caller's, the others start at column `indent`.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (column > indent && column + 1 + word.size() > width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

void add_row(std::string_view left, std::string_view right, std::size_t width, std::string& text) {
  std::string line = "  " + std::string(left);
  if (line.size() + 2 > help_column) {
    line += "\n" + std::string(help_column, ' ');
  } else {
    line.resize(help_column, ' ');
  }
  text += line + wrapped(right, help_column, width) + "\n";
}

std::string left_side(const OptionFacts& option) {
  if (option.positional()) return option.value + (option.repeats ? "..." : "");
  std::string text = option.short_name.empty() ? "    " : option.short_name;
  if (!option.long_name.empty()) {
    text += (option.short_name.empty() ? "" : ", ") + option.long_name;
  }
  if (!option.value.empty()) text += " " + option.value;
  return text;
}

}  // namespace

std::string help_text(const CLI::App& program, const CLI::App& app, std::size_t width) {
  const CommandFacts facts = facts_of(app);
  std::string text = facts.help + "\n\nUsage: " + facts.synopsis() + "\n";
  if (facts.name.empty()) {
    text += "\nCommands:\n";
    for (const CommandFacts& command : commands_of(program)) {
      if (!command.hidden) add_row(command.name, command.help, width, text);
    }
  }
  for (const OptionFacts& option : facts.options) {
    if (!option.positional()) continue;
    text += "\n";
    add_row(left_side(option), option.help, width, text);
  }
  for (const std::string& group : groups_of(facts)) {
    text += "\n" + group + ":\n";
    for (const OptionFacts& option : facts.options) {
      if (!option.positional() && option.group == group) {
        add_row(left_side(option), option.help, width, text);
      }
    }
  }
  if (!facts.examples.empty()) {
    text += "\nExamples:\n";
    for (const Example& example : facts.examples) {
      text += fmt::format("  # {}\n  {}\n", example.purpose, example.command);
    }
  }
  text += "\nExit status:\n";
  for (const StatusFact& fact : status_facts()) {
    text += fmt::format("  {:>3}  {}\n", fact.status, fact.meaning);
  }
  if (facts.name.empty()) text += "\nimgmill help COMMAND says more about a command.\n";
  return text;
}

}  // namespace imgmill::cli

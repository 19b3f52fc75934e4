// Command line: errors for words that were not understood, with suggestions.
#include <fmt/format.h>

#include <algorithm>

#include "base/file_names.h"
#include "base/text.h"
#include "options/app.h"
#include "options/define.h"
#include "options/definition.h"

namespace imgmill::cli {

Error CommandLine::unexpected_words() const {
  const CLI::App& app = chosen();
  std::vector<std::string> words = app.remaining();
  if (words.empty()) {
    // These words precede the command.
    words = app_.remaining();
    if (!words.empty() && words.front().starts_with('-')) {
      return option_without_command(unguarded(words.front()));
    }
  }
  const std::string word = words.empty() ? std::string() : unguarded(words.front());
  const CommandFacts facts = facts_of(app);
  std::vector<std::string> candidates;
  if (facts.name.empty() && word.starts_with('-')) return option_without_command(word);
  if (word.starts_with('-')) {
    for (const OptionFacts& option : facts.options) {
      if (!option.long_name.empty()) candidates.push_back(option.long_name);
    }
    const std::string name = word.substr(0, word.find('='));
    std::string meant = closest(name, candidates);
    if (meant.empty() && name.size() > 4) {
      // Abbreviated names, and long names with a single dash.
      const std::string start = name.starts_with("--") ? name : "-" + name;
      const auto found = std::ranges::find_if(
          candidates, [&](const std::string& candidate) { return candidate.starts_with(start); });
      if (found != candidates.end()) meant = *found;
    }
    std::string advice = meant.empty() ? std::string() : "did you mean " + meant + "?";
    if (meant.empty() && format_of_name(word)) {
      advice = fmt::format("if it is a file, write ./{}", printable(word));
    }
    return {ErrorCode::usage, fmt::format("there is no option {}", printable(name)), advice};
  }
  if (!facts.name.empty()) {
    return {ErrorCode::usage, fmt::format("'{}' is one argument too many for imgmill {}",
                                          printable(word), facts.name)};
  }
  for (const CommandFacts& command : commands_of(app_)) {
    if (!command.hidden) candidates.push_back(command.name);
  }
  const std::string meant = closest(word, candidates);
  const std::string message = fmt::format("there is no command '{}'", printable(word));
  if (!meant.empty()) return {ErrorCode::usage, message, "did you mean imgmill " + meant + "?"};
  // Most likely an input of `optimize`: a file by its looks, else a folder.
  const bool quoted = word.find_first_of(" '\"") != std::string::npos;
  const std::string shown = quoted ? "FILE" : printable(word);
  if (format_of_name(word) || word.find('/') != std::string::npos) {
    return {ErrorCode::usage, message,
            fmt::format("to make it smaller, write: imgmill optimize {} -o smaller/", shown)};
  }
  return {ErrorCode::usage, message,
          fmt::format("the commands are {}; for files and folders write: imgmill optimize {} -o "
                      "smaller/",
                      listed(candidates, "and"), shown)};
}

/// The error for an option before any command.
Error CommandLine::option_without_command(const std::string& option) const {
  const std::string name = option.substr(0, option.find('='));
  for (const CommandFacts& command : commands_of(app_)) {
    for (const OptionFacts& facts : command.options) {
      const bool meant = facts.long_name == name ||
                         (!facts.short_name.empty() && name.starts_with(facts.short_name) &&
                          !name.starts_with("--"));
      if (!meant) continue;
      return {ErrorCode::usage, fmt::format("{} stands without a command", printable(name)),
              fmt::format("write the command first: imgmill {} {} ...", command.name,
                          printable(option))};
    }
  }
  return {ErrorCode::usage, fmt::format("there is no option {}", printable(name)),
          "write the command first: imgmill optimize photos -o smaller/"};
}

Error CommandLine::explain(const CLI::ParseError& error) const {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return unexpected_words();
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    return {ErrorCode::usage, "--overwrite and --skip-existing contradict each other",
            "leave one of them out"};
  }
  const std::string said = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string option = said.substr(0, said.find_first_of(": "));
    for (const OptionFacts& facts : facts_of(chosen()).options) {
      if (facts.long_name != option) continue;
      if (facts.flag()) {
        return {ErrorCode::usage, option + " takes no value", "write it alone"};
      }
      return {ErrorCode::usage, option + " needs a value",
              fmt::format("write {} {}", option, facts.value)};
    }
  }
  return {ErrorCode::usage, said};
}

/// "help", "help optimize".
std::expected<Request, UsageError> CommandLine::help(const std::vector<std::string>& words) const {
  if (words.size() < 2 || words[1].starts_with('-')) return PrintText{help_text(app_, app_)};
  std::vector<std::string> names;
  for (const CLI::App* app : app_.get_subcommands({})) {
    if (app->get_name() == words[1]) return PrintText{help_text(app_, *app)};
    if (!app->get_group().empty()) names.push_back(app->get_name());
  }
  const std::string meant = closest(words[1], names);
  return std::unexpected(UsageError{
      "", Error(ErrorCode::usage, fmt::format("there is no command '{}'", printable(words[1])),
                meant.empty() ? "the commands are " + listed(names, "and")
                              : "did you mean imgmill help " + meant + "?")});
}

}  // namespace imgmill::cli

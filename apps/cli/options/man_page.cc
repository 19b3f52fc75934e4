// The manual page imgmill(1), generated from the definition.
#include <fmt/format.h>

#include "imgmill/version.h"
#include "options/definition.h"

namespace imgmill::cli {
namespace {

/// Escapes text for roff: hyphens stay hyphens that can be searched and copied, and no line starts
/// a request.
std::string roff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n')) {
      result += "\\&";
      result += c;
    } else {
      result += c;
    }
  }
  return result;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

void add_option(const OptionFacts& option, std::string& page) {
  page += ".TP\n";
  if (option.positional()) {
    page += italic(option.value) + (option.repeats ? "..." : "");
  } else {
    if (!option.short_name.empty()) page += bold(option.short_name);
    if (!option.short_name.empty() && !option.long_name.empty()) page += ", ";
    if (!option.long_name.empty()) page += bold(option.long_name);
    if (!option.value.empty()) page += " " + italic(option.value);
  }
  page += "\n" + roff(option.help) + "\n";
}

void add_examples(const CommandFacts& command, std::string& page) {
  for (const Example& example : command.examples) {
    page += fmt::format(".TP\n{}\n{}\n", roff(example.purpose), bold(example.command));
  }
}

void add_command(const CommandFacts& command, std::string& page) {
  page += fmt::format(".SS \"imgmill {}\"\n{}\n.PP\n{}\n", command.name, roff(command.help),
                      bold(command.synopsis()));
  for (const OptionFacts& option : command.options) {
    if (option.positional()) add_option(option, page);
  }
  for (const std::string& group : groups_of(command)) {
    page += fmt::format(".PP\n{}\n", italic(group + ":"));
    for (const OptionFacts& option : command.options) {
      if (!option.positional() && option.group == group) add_option(option, page);
    }
  }
}

}  // namespace

std::string man_page(const CLI::App& program) {
  const CommandFacts facts = facts_of(program);
  std::vector<CommandFacts> commands = commands_of(program);
  std::erase_if(commands, &CommandFacts::hidden);

  std::string page =
      fmt::format(".TH IMGMILL 1 \"\" \"imgmill {}\" \"User Commands\"\n", roff(version));
  page += ".SH NAME\nimgmill \\- make images as small as they can be while looking the same\n";
  page += ".SH SYNOPSIS\n";
  for (const CommandFacts& command : commands) page += bold(command.synopsis()) + "\n.br\n";
  page += ".SH DESCRIPTION\n" + roff(facts.help) + "\n";
  page +=
      ".PP\nAn input is never harmed: an output gets its name only when it is complete, and "
      "in the same format it is never bigger than its input. One image that cannot be read costs "
      "that image; the others are done.\n"
      ".PP\nStandard output carries data only; everything for people goes to standard error.\n";
  page += ".SH COMMANDS\n";
  for (const CommandFacts& command : commands) add_command(command, page);
  page += ".SH OPTIONS\n";
  for (const OptionFacts& option : facts.options) add_option(option, page);
  page += ".SH EXIT STATUS\n";
  for (const StatusFact& fact : status_facts()) {
    page += fmt::format(".TP\n{}\n{}\n", bold(std::to_string(fact.status)), roff(fact.meaning));
  }
  page +=
      ".SH ENVIRONMENT\n.TP\n\\fBNO_COLOR\\fR\nWhen set, nothing is coloured.\n"
      ".TP\n\\fBTERM\\fR\nWith \\fBdumb\\fR there is no progress bar.\n";
  page += ".SH EXAMPLES\n";
  for (const CommandFacts& command : commands) add_examples(command, page);
  return page;
}

}  // namespace imgmill::cli

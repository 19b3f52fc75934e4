// Completion scripts for bash, zsh and fish, generated from the definition.
#include <fmt/format.h>

#include "options/definition.h"

namespace imgmill::cli {
namespace {

/// Quotes `text` in single quotes for a POSIX shell.
std::string shell_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

/// Quotes `text` for fish, which knows two escapes inside single quotes.
std::string fish_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

std::string names(const OptionFacts& option, std::string_view separator) {
  if (option.short_name.empty() || option.long_name.empty()) {
    return option.short_name + option.long_name;
  }
  return option.short_name + std::string(separator) + option.long_name;
}

std::string words(const OptionFacts& option) {
  return fmt::format("{}", fmt::join(option.choices, " "));
}

/// Cuts a help text at the first full stop, semicolon or bracket: enough for a list.
std::string brief(std::string_view help) {
  return std::string(help.substr(0, help.find_first_of(";:([")));
}

std::string bash(const std::vector<CommandFacts>& commands, const CommandFacts& program) {
  std::vector<std::string> command_names;
  std::string flags;
  std::string values;
  for (const CommandFacts& command : commands) {
    if (command.name.empty()) continue;
    std::string list;
    for (const OptionFacts& option : command.options) {
      if (option.positional()) continue;
      if (!list.empty()) list += ' ';
      list += names(option, " ");
      if (option.flag()) continue;
      values += fmt::format("    '{}:{}')", command.name, option.long_name);
      if (!option.short_name.empty()) {
        values.pop_back();
        values += fmt::format("|'{}:{}')", command.name, option.short_name);
      }
      switch (option.completes) {
        case Completes::choices:
          values +=
              fmt::format(" mapfile -t COMPREPLY < <(compgen -W {} -- \"$word\"); return ;;\n",
                          shell_quoted(words(option)));
          break;
        case Completes::files:
          values +=
              " compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return "
              ";;\n";
          break;
        case Completes::folders:
          values +=
              " compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$word\"); return "
              ";;\n";
          break;
        case Completes::nothing:
          values += " return ;;\n";
      }
    }
    if (!command.hidden) command_names.push_back(command.name);
    flags += fmt::format("    {}) flags={} ;;\n", command.name, shell_quoted(list));
  }
  std::string general;
  for (const OptionFacts& option : program.options) general += " " + names(option, " ");
  return fmt::format(
      R"(# bash completion for imgmill
_imgmill() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command='' flags='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${{COMP_WORDS[i]}} != -* ]]; then command=${{COMP_WORDS[i]}}; break; fi
  done
  if [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W {0} -- "$word")
    return
  fi
  # "--option=value" arrives as three words.
  if [[ $word == '=' ]]; then word=''
  elif [[ $before == '=' ]]; then before=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  case "$command:$before" in
{1}  esac
  case "$command" in
{2}  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$word")
  else
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}}
complete -F _imgmill imgmill
)",
      shell_quoted(fmt::format("{}{}", fmt::join(command_names, " "), general)), values, flags);
}

/// Escapes `text` for the brackets of an _arguments specification.
std::string zsh_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_action(const OptionFacts& option) {
  switch (option.completes) {
    case Completes::choices:
      return fmt::format("({})", words(option));
    case Completes::files:
      return "_files";
    case Completes::folders:
      return "_files -/";
    default:
      return "";
  }
}

std::string zsh(const std::vector<CommandFacts>& commands) {
  std::string list;
  std::string cases;
  for (const CommandFacts& command : commands) {
    if (command.hidden) continue;
    list += fmt::format("    {}\n", shell_quoted(command.name + ":" + brief(command.help)));
    cases += fmt::format("    {})\n      _arguments", command.name);
    for (const OptionFacts& option : command.options) {
      if (option.positional()) {
        cases += fmt::format(" \\\n        {}", shell_quoted((option.repeats ? "*:" : ":") +
                                                             option.value + ":_files"));
        continue;
      }
      // Each name needs its own specification.
      for (const std::string& name : {option.short_name, option.long_name}) {
        if (name.empty()) continue;
        std::string spec = name + "[" + zsh_text(brief(option.help)) + "]";
        if (!option.flag()) spec += ":" + zsh_text(option.value) + ":" + zsh_action(option);
        cases += fmt::format(" \\\n        {}", shell_quoted(spec));
      }
    }
    cases += "\n      ;;\n";
  }
  return fmt::format(
      R"(#compdef imgmill
_imgmill() {{
  local -a commands=(
{0}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{1}  esac
}}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _imgmill "$@"; else compdef _imgmill imgmill; fi
)",
      list, cases);
}

std::string fish(const std::vector<CommandFacts>& commands) {
  std::string text = "# fish completion for imgmill\n";
  for (const CommandFacts& command : commands) {
    if (command.hidden) continue;
    text += fmt::format("complete -c imgmill -n __fish_use_subcommand -f -a {} -d {}\n",
                        command.name, fish_quoted(brief(command.help)));
    for (const OptionFacts& option : command.options) {
      if (option.positional()) continue;
      text += fmt::format("complete -c imgmill -n '__fish_seen_subcommand_from {}'", command.name);
      if (!option.short_name.empty()) text += " -s " + option.short_name.substr(1);
      if (!option.long_name.empty()) text += " -l " + option.long_name.substr(2);
      if (!option.flag()) {
        switch (option.completes) {
          case Completes::choices:
            text += " -x -a " + fish_quoted(words(option));
            break;
          case Completes::files:
            text += " -r -F";
            break;
          case Completes::folders:
            text += " -x -a '(__fish_complete_directories)'";
            break;
          case Completes::nothing:
            text += " -x";
        }
      }
      text += " -d " + fish_quoted(brief(option.help)) + "\n";
    }
  }
  return text;
}

}  // namespace

std::string completions(const CLI::App& program, std::string_view shell) {
  const std::vector<CommandFacts> commands = commands_of(program);
  if (shell == "bash") return bash(commands, facts_of(program));
  if (shell == "zsh") return zsh(commands);
  return fish(commands);
}

}  // namespace imgmill::cli

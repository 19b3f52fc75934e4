// Settings by name, each with the place it was said: what configuration files, presets and the
// command line have in common.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill {

/// What a setting may be called and what it takes. The command line defines them; see
/// `setting_keys()` there.
struct SettingKey {
  enum class Takes {
    flag,   ///< true or false
    value,  ///< a word or a number
    list,   ///< words; a single one, or an array
  };
  std::string name;  ///< the option without its dashes: "max-bytes"
  Takes takes = Takes::value;
  std::string value;                 ///< as help shows it: "N|good|high"; empty: a flag
  std::vector<std::string> choices;  ///< words of `value` that may be written as they are
  std::string help;
  std::string usual;  ///< what holds where nobody says anything; may be empty
};

/// Where a setting was said.
struct Origin {
  enum class Source { preset, file, command_line };
  Source source = Source::command_line;
  std::string name = {};   ///< of the preset, or the file's path
  std::size_t line = 0;    ///< in the file, from 1
  std::string match = {};  ///< the patterns of the file's rule; empty: for all images

  /// "command line", "imgmill.toml:4", "preset web".
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Origin&, const Origin&) = default;
};

struct Setting {
  std::string key;
  std::string value;  ///< of a flag: "true" or "false"
  Origin origin;
  friend bool operator==(const Setting&, const Setting&) = default;
};

/// The ways to say how good a result is, of which one image has one. `none`: the setting is about
/// something else.
enum class Aim { none, quality, target, lossless, budget };
[[nodiscard]] Aim aim_of(std::string_view key);

/// `below` with `above` put on top: what `above` says replaces the same setting and what
/// contradicts it. A quality for all formats replaces those of single formats; "lossless = false"
/// replaces only "lossless = true".
[[nodiscard]] std::vector<Setting> overlaid(std::vector<Setting> below,
                                            std::span<const Setting> above);

/// The candidate that `word` was probably meant to be; empty: none is close.
[[nodiscard]] std::string nearest_name(std::string_view word,
                                       std::span<const std::string> candidates);

}  // namespace imgmill

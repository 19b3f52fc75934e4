// imgmill.toml: settings that a project keeps beside its images.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batch/path_patterns.h"
#include "config/setting.h"
#include "imgmill/error.h"

namespace imgmill {

inline constexpr std::string_view config_file_name = "imgmill.toml";

/// The settings of one table: those at the top of the file, which hold for all images, or those of
/// one `[[rules]]`.
struct ConfigTable {
  std::size_t line = 1;
  std::string preset = {};
  std::size_t preset_line = 0;
  std::vector<Setting> settings = {};
};

struct ConfigRule {
  ConfigTable table;
  std::vector<std::string> match;  ///< patterns as they were written
  PathPatterns patterns;
};

/// One file, read and checked as far as names and kinds of values go; the values themselves are
/// words that the command line's parsers read. Holds nothing but image settings: no paths, no
/// commands, so that a file that came with somebody's folder can do no more than make pictures
/// other than expected.
class ConfigFile {
 public:
  /// Files are at most this large, bytes.
  static constexpr std::size_t most_bytes = std::size_t{64} << 10;

  /// `path` is for messages, and its folder is where patterns begin. Errors: usage, with file, line
  /// and, for a misspelt name, the nearest one.
  [[nodiscard]] static Result<ConfigFile> parse(std::string_view text, std::filesystem::path path,
                                                std::span<const SettingKey> keys);
  /// Errors: also environment.
  [[nodiscard]] static Result<ConfigFile> read(const std::filesystem::path& path,
                                               std::span<const SettingKey> keys);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Absolute, normal, with a final '/'.
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const ConfigTable& top() const { return top_; }
  [[nodiscard]] const std::vector<ConfigRule>& rules() const { return rules_; }

  /// Which rules hold for the image at `path` (absolute and normal), in the order of the file.
  [[nodiscard]] std::vector<std::size_t> rules_for(std::string_view path) const;

 private:
  std::filesystem::path path_;
  std::string folder_;
  std::string text_;
  ConfigTable top_;
  std::vector<ConfigRule> rules_;
};

/// The nearest imgmill.toml in `folder` or above it.
[[nodiscard]] std::optional<std::filesystem::path> config_file_above(
    const std::filesystem::path& folder);

}  // namespace imgmill

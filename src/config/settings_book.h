// Which settings hold for an image: command line over configuration file over preset.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/config_file.h"
#include "config/setting.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"

namespace imgmill {

/// What a command line says about where settings come from.
struct ConfigChoice {
  std::optional<std::filesystem::path> file;  ///< none: looked for upwards from each input
  bool off = false;                           ///< no file at all
  std::string preset;                         ///< empty: the file's, if it names one
  std::vector<Setting> given;                 ///< on the command line
};

/// How settings are named and read. The command line's own definition, so that there is one.
struct SettingLanguage {
  std::vector<SettingKey> keys;
  /// Reads the value of one setting and forgets it. Errors: usage.
  std::function<Result<void>(const Setting&)> check;
  /// All settings of an image, the later over the earlier. Errors: usage (contradictions).
  std::function<Result<ImageSettings>(std::span<const Setting>)> make;
};

/// Reads files when inputs are added, before any image, and then only answers. Answers are
/// thread-safe.
class SettingsBook {
 public:
  /// Reads and checks the file that `choice` names, if it does. Errors: as add().
  [[nodiscard]] static Result<std::shared_ptr<SettingsBook>> open(ConfigChoice choice,
                                                                  SettingLanguage language);
  /// Finds and checks the file for an input, a file or a folder: the nearest imgmill.toml in its
  /// folder (of a folder: in itself) or above. All below a folder has the folder's. Errors: usage
  /// with file and line; environment.
  [[nodiscard]] Result<void> add(const std::filesystem::path& input);

  /// One object for all images with the same settings. Errors: usage, if rules that meet at this
  /// image contradict each other.
  [[nodiscard]] Result<std::shared_ptr<const ImageSettings>> settings_for(
      const std::filesystem::path& input);
  /// What was said, as far as it holds for the image, in the order in which it is read.
  [[nodiscard]] std::vector<Setting> layers_for(const std::filesystem::path& input) const;
  /// The file that is asked about the image, if there is one.
  [[nodiscard]] const ConfigFile* file_for(const std::filesystem::path& input) const;

  [[nodiscard]] std::vector<std::filesystem::path> files() const;
  /// Everything that makes two books alike besides the command line.
  [[nodiscard]] std::string identity() const;
  /// Patterns of rules for the inputs that no image has matched so far, each a sentence with file,
  /// line and the nearest name.
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// The same files, where `change` has the last word about each image's settings.
  using Change = std::function<void(ImageSettings&)>;
  [[nodiscard]] std::shared_ptr<SettingsBook> with(Change change) const;

 private:
  /// Shared by all books made of one.
  struct Files {
    std::vector<std::unique_ptr<const ConfigFile>> files;
    /// By the folder of an input (absolute, with a final '/').
    std::map<std::string, const ConfigFile*, std::less<>> by_folder;
    std::mutex patterns;  ///< which remember what they have matched
  };
  using Rules = std::vector<std::size_t>;

  SettingsBook(ConfigChoice choice, SettingLanguage language, std::shared_ptr<Files> files)
      : choice_(std::move(choice)), language_(std::move(language)), files_(std::move(files)) {}

  [[nodiscard]] const ConfigFile* file_of(const std::string& path) const;
  [[nodiscard]] Rules rules_of(const ConfigFile* file, const std::string& path) const;
  [[nodiscard]] std::vector<Setting> layers(const ConfigFile* file, const Rules& rules) const;
  [[nodiscard]] Result<ImageSettings> made(const ConfigFile* file, const Rules& rules) const;
  [[nodiscard]] Result<const ConfigFile*> read(const std::filesystem::path& path);
  [[nodiscard]] Result<void> check(const ConfigFile& file) const;

  const ConfigChoice choice_;
  const SettingLanguage language_;
  const std::shared_ptr<Files> files_;
  Change change_;
  std::mutex known_mutex_;
  std::map<std::pair<const ConfigFile*, Rules>, Result<std::shared_ptr<const ImageSettings>>>
      known_;
};

}  // namespace imgmill

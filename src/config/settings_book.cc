#include "config/settings_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "config/presets.h"
#include "platform/folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

std::string absolute_path(const fs::path& path) {
  std::error_code error;
  return fs::absolute(path, error).lexically_normal().native();
}

std::string folder_of_input(const fs::path& input) {
  std::error_code error;
  std::string folder = absolute_path(input);
  if (!fs::is_directory(input, error)) folder.resize(folder.rfind('/') + 1);
  if (!folder.ends_with('/')) folder += '/';
  return folder;
}

/// "assets/icons/" of "/assets/icons/*.png": as far as a pattern names folders and nothing else.
std::string named_folders(std::string_view pattern) {
  while (pattern.starts_with("./")) pattern.remove_prefix(2);
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  const std::size_t special = std::min(pattern.find_first_of("*?[{\\"), pattern.size());
  const std::size_t slash = pattern.substr(0, special).rfind('/');
  return std::string(pattern.substr(0, slash == std::string_view::npos ? 0 : slash + 1));
}

/// The pattern as it was probably meant: with the name of a folder that is there.
std::string nearest_pattern(const std::string& base, const std::string& pattern) {
  const std::size_t skipped = pattern.starts_with('/') ? 1 : 0;
  std::string at = base;
  std::size_t start = skipped;
  const std::size_t end = skipped + named_folders(pattern).size();
  while (start < end) {
    const std::size_t slash = pattern.find('/', start);
    const std::string name = pattern.substr(start, slash - start);
    std::error_code error;
    if (!fs::exists(at + name, error)) {
      const Result<FolderListing> listing = list_folder(at);
      std::vector<std::string> names;
      for (std::size_t i = 0; listing && i < listing->size(); ++i) {
        if ((*listing)[i].kind == EntryKind::folder) names.emplace_back((*listing)[i].name);
      }
      const std::string meant = nearest_name(name, names);
      return meant.empty() ? meant : pattern.substr(0, start) + meant + pattern.substr(slash);
    }
    at += name + '/';
    start = slash + 1;
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<SettingsBook>> SettingsBook::open(ConfigChoice choice,
                                                         SettingLanguage language) {
  std::shared_ptr<SettingsBook> book(
      new SettingsBook(std::move(choice), std::move(language), std::make_shared<Files>()));
  if (book->choice_.file) {
    IMGMILL_TRY(const ConfigFile* const file, book->read(*book->choice_.file));
    book->files_->by_folder.emplace("/", file);
  }
  return book;
}

Result<void> SettingsBook::add(const fs::path& input) {
  if (choice_.file || choice_.off) return {};
  const std::string folder = folder_of_input(input);
  if (files_->by_folder.contains(folder)) return {};
  const ConfigFile* file = nullptr;
  if (const std::optional<fs::path> path = config_file_above(folder)) {
    IMGMILL_TRY(file, read(*path));
  }
  files_->by_folder.emplace(folder, file);
  return {};
}

Result<const ConfigFile*> SettingsBook::read(const fs::path& path) {
  for (const auto& file : files_->files) {
    if (file->path() == path) return file.get();
  }
  IMGMILL_TRY(ConfigFile file, ConfigFile::read(path, language_.keys));
  IMGMILL_CHECK(check(file));
  files_->files.push_back(std::make_unique<const ConfigFile>(std::move(file)));
  return files_->files.back().get();
}

/// Every value, and each rule together with what holds for all images.
Result<void> SettingsBook::check(const ConfigFile& file) const {
  const auto check_values = [&](const ConfigTable& table) -> Result<void> {
    for (const Setting& setting : table.settings) {
      if (const auto read = language_.check(setting); !read) {
        return fail(ErrorCode::usage,
                    fmt::format("{}: {}", printable(setting.origin.text()), read.error().message()),
                    read.error().advice());
      }
    }
    return {};
  };
  const auto check_together = [&](std::size_t line, const Rules& rules) -> Result<void> {
    const auto settings = made(&file, rules);
    if (settings) return {};
    return fail(ErrorCode::usage,
                fmt::format("{}:{}: {}", printable(file.path()), line, settings.error().message()),
                settings.error().advice());
  };
  IMGMILL_CHECK(check_values(file.top()));
  IMGMILL_CHECK(
      check_together(file.top().settings.empty() ? 1 : file.top().settings[0].origin.line, {}));
  for (std::size_t i = 0; i < file.rules().size(); ++i) {
    IMGMILL_CHECK(check_values(file.rules()[i].table));
    IMGMILL_CHECK(check_together(file.rules()[i].table.line, {i}));
  }
  return {};
}

const ConfigFile* SettingsBook::file_of(const std::string& path) const {
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && !files_->files.empty();
       slash = slash == 0 ? std::string::npos : path.rfind('/', slash - 1)) {
    const auto found = files_->by_folder.find(std::string_view(path).substr(0, slash + 1));
    if (found != files_->by_folder.end()) return found->second;
  }
  return nullptr;
}

SettingsBook::Rules SettingsBook::rules_of(const ConfigFile* file, const std::string& path) const {
  if (file == nullptr) return {};
  const std::lock_guard lock(files_->patterns);
  return file->rules_for(path);
}

std::vector<Setting> SettingsBook::layers(const ConfigFile* file, const Rules& rules) const {
  std::string preset = choice_.preset;
  std::vector<Setting> of_file;
  if (file != nullptr) {
    of_file = file->top().settings;
    std::string named = file->top().preset;
    for (const std::size_t rule : rules) {
      const ConfigTable& table = file->rules()[rule].table;
      of_file = overlaid(std::move(of_file), table.settings);
      if (!table.preset.empty()) named = table.preset;
    }
    if (preset.empty()) preset = named;
  }
  std::vector<Setting> settings;
  if (!preset.empty()) settings = preset_settings(preset).value_or(std::vector<Setting>());
  settings = overlaid(std::move(settings), of_file);
  return overlaid(std::move(settings), choice_.given);
}

Result<ImageSettings> SettingsBook::made(const ConfigFile* file, const Rules& rules) const {
  IMGMILL_TRY(ImageSettings settings, language_.make(layers(file, rules)));
  if (change_) change_(settings);
  return settings;
}

Result<std::shared_ptr<const ImageSettings>> SettingsBook::settings_for(const fs::path& input) {
  const std::string path = absolute_path(input);
  const ConfigFile* const file = file_of(path);
  auto key = std::pair(file, rules_of(file, path));
  const std::lock_guard lock(known_mutex_);
  const auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  Result<std::shared_ptr<const ImageSettings>> shared = nullptr;
  if (const auto settings = made(file, key.second)) {
    shared = std::make_shared<const ImageSettings>(*settings);
  } else {
    const Error& error = settings.error();
    shared = fail(error.code(),
                  fmt::format("the rules of '{}' for '{}' do not go together: {}",
                              printable(file == nullptr ? fs::path() : file->path()),
                              printable(input), error.message()),
                  error.advice());
  }
  return known_.emplace(std::move(key), std::move(shared)).first->second;
}

std::vector<Setting> SettingsBook::layers_for(const fs::path& input) const {
  const std::string path = absolute_path(input);
  const ConfigFile* const file = file_of(path);
  return layers(file, rules_of(file, path));
}

const ConfigFile* SettingsBook::file_for(const fs::path& input) const {
  return file_of(absolute_path(input));
}

std::vector<fs::path> SettingsBook::files() const {
  std::vector<fs::path> paths;
  for (const auto& file : files_->files) paths.push_back(file->path());
  return paths;
}

std::string SettingsBook::identity() const {
  std::string text = choice_.preset.empty() ? "" : "\npreset " + choice_.preset;
  for (const auto& file : files_->files) {
    text += "\nconfig " + absolute_path(file->path()) + '\0' + file->text();
  }
  return text;
}

std::vector<std::string> SettingsBook::warnings() const {
  std::vector<std::string> sentences;
  const std::lock_guard lock(files_->patterns);
  for (const auto& file : files_->files) {
    for (const ConfigRule& rule : file->rules()) {
      for (const std::string& pattern : rule.patterns.idle()) {
        // A rule for folders that were not asked for has nothing to match.
        const std::string place = file->folder() + named_folders(pattern);
        const bool asked = std::ranges::any_of(files_->by_folder, [&](const auto& row) {
          return row.second == file.get() && place.starts_with(row.first);
        });
        if (!asked || choice_.file) continue;
        const std::string meant = nearest_pattern(file->folder(), pattern);
        sentences.push_back(fmt::format(
            "{}:{}: '{}' has matched no image{}", printable(file->path()), rule.table.line,
            printable(pattern),
            meant.empty() ? "" : fmt::format("; did you mean '{}'?", printable(meant))));
      }
    }
  }
  return sentences;
}

std::shared_ptr<SettingsBook> SettingsBook::with(Change change) const {
  std::shared_ptr<SettingsBook> book(new SettingsBook(choice_, language_, files_));
  book->change_ = std::move(change);
  return book;
}

}  // namespace imgmill

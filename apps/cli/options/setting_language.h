// Settings as configuration files name them: the picture options of the command line, so that
// there is one definition of both.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/settings_book.h"

namespace imgmill::cli {

/// Settings as words of a command line: "--target=80", "--lossless".
[[nodiscard]] std::vector<std::string> words_for(std::span<const Setting> settings);

[[nodiscard]] SettingLanguage setting_language();

}  // namespace imgmill::cli

#include "options/setting_language.h"

#include "base/try.h"
#include "options/app.h"

namespace imgmill::cli {

std::vector<std::string> words_for(std::span<const Setting> settings) {
  std::vector<std::string> words;
  for (const Setting& setting : settings) {
    // A budget is shared out among all images; of one it says no more than that nothing else does.
    if (aim_of(setting.key) == Aim::budget) continue;
    if (setting.value == "true") {
      words.push_back("--" + setting.key);
    } else if (setting.value != "false") {
      words.push_back("--" + setting.key + "=" + setting.value);
    }
  }
  return words;
}

SettingLanguage setting_language() {
  return {.keys = CommandLine().setting_keys(),
          .check = [](const Setting& setting) { return CommandLine().read(setting); },
          .make = [](std::span<const Setting> settings) -> Result<ImageSettings> {
            std::vector<std::string> words = words_for(settings);
            // Inputs and outputs that are never looked at, since the command needs some.
            words.insert(words.begin(), "optimize");
            words.insert(words.end(), {"--output=folder/", "input"});
            auto request = CommandLine().parse(words);
            if (!request) return std::unexpected(std::move(request).error().error);
            return std::get<OptimizeOptions>(*request).settings;
          }};
}

}  // namespace imgmill::cli

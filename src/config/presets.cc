#include "config/presets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace imgmill {
namespace {

// The smallest format that every browser of today shows, at a score where no difference is seen
// side by side; twice the width of most columns of text.
constexpr std::array web = {
    PresetValue{"target", "high"},         PresetValue{"format", "auto"},
    PresetValue{"resize", "longest=2560"}, PresetValue{"to-srgb", "true"},
    PresetValue{"clean-alpha", "true"},    PresetValue{"animation", "keep"}};
// Nothing is lost, neither pixels nor what is known about them.
constexpr std::array archive = {PresetValue{"lossless", "true"}, PresetValue{"keep", "all"},
                                PresetValue{"effort", "max"}, PresetValue{"animation", "keep"}};
// Mail programs show JPEG and PNG; mailboxes refuse letters of some 20 MB.
constexpr std::array email = {
    PresetValue{"target", "high"},         PresetValue{"format", "auto"},
    PresetValue{"allow", "jpeg,png"},      PresetValue{"max-bytes", "1MB"},
    PresetValue{"resize", "longest=1600"}, PresetValue{"to-srgb", "true"},
    PresetValue{"animation", "keep"}};
// Small pictures hide more, and what they carry beside pixels would be most of their bytes.
constexpr std::array thumbnails = {
    PresetValue{"target", "good"},        PresetValue{"format", "webp"},
    PresetValue{"resize", "longest=320"}, PresetValue{"to-srgb", "true"},
    PresetValue{"keep", "none"},          PresetValue{"animation", "first-frame"}};
// The networks encode once more, so what they get must have reserves; they read JPEG and PNG.
constexpr std::array social = {PresetValue{"target", "visually-lossless"},
                               PresetValue{"format", "auto"},
                               PresetValue{"allow", "jpeg,png"},
                               PresetValue{"resize", "longest=2048"},
                               PresetValue{"to-srgb", "true"},
                               PresetValue{"animation", "keep"}};

constexpr std::array rows = {
    Preset{"web", "pages, in whichever format is smallest", web},
    Preset{"archive", "nothing is lost", archive},
    Preset{"email", "JPEG or PNG of at most 1 MB", email},
    Preset{"thumbnails", "WebP of at most 320 pixels", thumbnails},
    Preset{"social", "JPEG or PNG for sites that encode again", social},
};

}  // namespace

std::span<const Preset> presets() { return rows; }

Result<std::vector<Setting>> preset_settings(std::string_view name) {
  const auto row = std::ranges::find(rows, name, &Preset::name);
  if (row == rows.end()) {
    std::vector<std::string> names;
    for (const Preset& preset : rows) names.emplace_back(preset.name);
    const std::string meant = nearest_name(name, names);
    return std::unexpected(
        Error(ErrorCode::usage, fmt::format("there is no preset '{}'", printable(name)),
              meant.empty() ? fmt::format("the presets are {}", fmt::join(names, ", "))
                            : fmt::format("did you mean '{}'?", meant)));
  }
  std::vector<Setting> settings;
  for (const PresetValue& value : row->values) {
    settings.push_back({std::string(value.key),
                        std::string(value.value),
                        {Origin::Source::preset, std::string(name)}});
  }
  return settings;
}

}  // namespace imgmill

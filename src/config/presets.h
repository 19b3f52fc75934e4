// Named sets of settings for common purposes.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/setting.h"
#include "imgmill/error.h"

namespace imgmill {

struct PresetValue {
  std::string_view key;
  std::string_view value;
};

struct Preset {
  std::string_view name;
  std::string_view purpose;
  std::span<const PresetValue> values;
};

[[nodiscard]] std::span<const Preset> presets();
/// Errors: usage, with the nearest name.
[[nodiscard]] Result<std::vector<Setting>> preset_settings(std::string_view name);

}  // namespace imgmill

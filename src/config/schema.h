// A JSON Schema of imgmill.toml, for editors.
#pragma once

#include <span>
#include <string>

#include "config/setting.h"

namespace imgmill {

/// The schema (draft 2020-12), indented, with a line feed at its end.
[[nodiscard]] std::string config_schema(std::span<const SettingKey> keys);

}  // namespace imgmill

// Folders for data that outlives a run, by the XDG Base Directory specification.
#pragma once

#include <filesystem>
#include <optional>

namespace imgmill::cli {

/// $XDG_CACHE_HOME/imgmill, or ~/.cache/imgmill; nothing if there is no home.
[[nodiscard]] std::optional<std::filesystem::path> cache_place();
/// $XDG_DATA_HOME/imgmill, or ~/.local/share/imgmill.
[[nodiscard]] std::optional<std::filesystem::path> data_place();
/// The user's home, if there is one.
[[nodiscard]] std::optional<std::filesystem::path> home_place();
/// $XDG_STATE_HOME/imgmill, or ~/.local/state/imgmill.
[[nodiscard]] std::optional<std::filesystem::path> state_place();

}  // namespace imgmill::cli

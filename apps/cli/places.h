// Where imgmill keeps what outlives a run, as the XDG base directories say.
#pragma once

#include <filesystem>
#include <optional>

namespace imgmill::cli {

/// $XDG_CACHE_HOME/imgmill, or ~/.cache/imgmill; nothing when there is no home.
[[nodiscard]] std::optional<std::filesystem::path> cache_place();
/// $XDG_STATE_HOME/imgmill, or ~/.local/state/imgmill.
[[nodiscard]] std::optional<std::filesystem::path> state_place();

}  // namespace imgmill::cli

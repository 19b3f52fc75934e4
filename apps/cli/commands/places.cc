#include "commands/places.h"

#include <cstdlib>
#include <system_error>

namespace imgmill::cli {
namespace {

std::optional<std::filesystem::path> place(const char* variable, const char* below_home) {
  // The specification declares relative paths invalid.
  const char* const chosen = std::getenv(variable);
  if (chosen != nullptr && chosen[0] == '/') return std::filesystem::path(chosen) / "imgmill";
  const auto home = home_place();
  if (!home) return std::nullopt;
  return *home / below_home / "imgmill";
}

}  // namespace

std::optional<std::filesystem::path> cache_place() { return place("XDG_CACHE_HOME", ".cache"); }
std::optional<std::filesystem::path> data_place() { return place("XDG_DATA_HOME", ".local/share"); }
std::optional<std::filesystem::path> home_place() {
  const char* const home = std::getenv("HOME");
  std::error_code error;
  // Services often have a home that does not exist and should not be created.
  if (home == nullptr || home[0] != '/' || !std::filesystem::is_directory(home, error)) {
    return std::nullopt;
  }
  return std::filesystem::path(home);
}
std::optional<std::filesystem::path> state_place() {
  return place("XDG_STATE_HOME", ".local/state");
}

}  // namespace imgmill::cli

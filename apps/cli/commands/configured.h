// Configuration files for the inputs of a command.
#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "config/settings_book.h"

namespace imgmill::cli {

/// The book of `choice` with the files for all inputs. Errors: usage, environment.
[[nodiscard]] Result<std::shared_ptr<SettingsBook>> book_for(
    const ConfigChoice& choice, std::span<const std::filesystem::path> inputs);

/// Logs what in the files was for none of the images.
void log_warnings(const SettingsBook& book);

}  // namespace imgmill::cli

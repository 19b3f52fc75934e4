// The error for two inputs with one output.
#pragma once

#include <filesystem>

#include "imgmill/error.h"

namespace imgmill {

[[nodiscard]] Error output_collision(const std::filesystem::path& earlier,
                                     const std::filesystem::path& later,
                                     const std::filesystem::path& output);

}  // namespace imgmill

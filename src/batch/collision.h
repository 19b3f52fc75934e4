// Errors for outputs that collide with another output or with an input.
#pragma once

#include <filesystem>

#include "imgmill/error.h"

namespace imgmill {

/// How the output got its name.
enum class Naming { by_hand, by_pattern };

[[nodiscard]] Error output_collision(const std::filesystem::path& earlier,
                                     const std::filesystem::path& later,
                                     const std::filesystem::path& output,
                                     Naming naming = Naming::by_hand);

/// For an output whose path is that of another input, `other`.
[[nodiscard]] Error would_replace_input(const std::filesystem::path& input,
                                        const std::filesystem::path& other);

/// For an original that would be replaced without a request to do so.
[[nodiscard]] Error would_be_replaced(const std::filesystem::path& input);

}  // namespace imgmill

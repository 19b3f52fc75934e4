// Errors for outputs that somebody else has: another input, or the very same one.
#pragma once

#include <filesystem>

#include "imgmill/error.h"

namespace imgmill {

/// Who has named the output.
enum class Naming { by_hand, by_pattern };

[[nodiscard]] Error output_collision(const std::filesystem::path& earlier,
                                     const std::filesystem::path& later,
                                     const std::filesystem::path& output,
                                     Naming naming = Naming::by_hand);

/// For an output whose place an input has, which is `other`.
[[nodiscard]] Error would_replace_input(const std::filesystem::path& input,
                                        const std::filesystem::path& other);

/// For an original that nobody has asked to replace.
[[nodiscard]] Error would_be_replaced(const std::filesystem::path& input);

}  // namespace imgmill

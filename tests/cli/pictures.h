// Small image files created in memory without imgmill's code.
#pragma once

#include <string>

namespace imgmill::test {

/// A baseline JPEG of a smooth pattern that depends on `seed`.
std::string jpeg_file(int width, int height, int quality = 95, int seed = 0);

/// An 8-bit RGB PNG of a smooth pattern, stored without compression, so that any optimization makes
/// it smaller.
std::string png_file(int width, int height, int seed = 0);

}  // namespace imgmill::test

// How much two pictures of the tests look alike.
#pragma once

#include "support/raster.h"

namespace imgmill::test {

/// The SSIMULACRA 2 score of two pictures of 8 bits, of the same size and channels.
[[nodiscard]] double score_between(const Raster& original, const Raster& other);

}  // namespace imgmill::test

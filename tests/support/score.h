// Scores the similarity of two test pictures.
#pragma once

#include "support/raster.h"

namespace imgmill::test {

/// The SSIMULACRA 2 score of two 8-bit pictures of the same size and channels.
[[nodiscard]] double score_between(const Raster& original, const Raster& other);

}  // namespace imgmill::test

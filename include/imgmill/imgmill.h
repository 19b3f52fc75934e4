// imgmill: makes every image as small as it can be while looking the same.
//
//   optimize(bytes)              one image in memory          optimize.h
//   optimize_file(in, out)       one file                     optimize.h
//   ImageOptimizer{}.run(...)    a batch                      batch.h
//   compare(original, other)     similarity of two images     compare.h
//   placeholder_of(bytes)        for pages that are loading   placeholder.h
#pragma once

#include "imgmill/batch.h"        // IWYU pragma: export
#include "imgmill/budget.h"       // IWYU pragma: export
#include "imgmill/buffer.h"       // IWYU pragma: export
#include "imgmill/compare.h"      // IWYU pragma: export
#include "imgmill/error.h"        // IWYU pragma: export
#include "imgmill/format.h"       // IWYU pragma: export
#include "imgmill/isolation.h"    // IWYU pragma: export
#include "imgmill/optimize.h"     // IWYU pragma: export
#include "imgmill/placeholder.h"  // IWYU pragma: export
#include "imgmill/result.h"       // IWYU pragma: export
#include "imgmill/settings.h"     // IWYU pragma: export
#include "imgmill/version.h"      // IWYU pragma: export

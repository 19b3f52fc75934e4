// The libvips version in use: a system's may be older than the pinned one.
#pragma once

#include <algorithm>
#include <iterator>

#include "codecs/engine.h"

namespace imgmill::test {

/// True if this libvips is older than `major`.`minor`.`patch`.
inline bool engine_before(int major, int minor, int patch = 0) {
  start_engine();
  const int found[] = {vips_version(0), vips_version(1), vips_version(2)};
  const int asked[] = {major, minor, patch};
  return std::lexicographical_compare(std::begin(found), std::end(found), std::begin(asked),
                                      std::end(asked));
}

/// False with an older libvips, which comes with a libheif that lacks the identity matrix; AVIF
/// needs that to be lossless.
inline bool exact_avif() { return !engine_before(8, 15); }

}  // namespace imgmill::test

// Adds unknown blocks to valid files.
#pragma once

#include <string>
#include <vector>

#include "support/make.h"

namespace imgmill::test {

struct Injected {
  std::string what;  ///< "a chunk", "bytes behind the end"
  Bytes file;
  std::string marker;  ///< occurs once in the file, within the added block
};

/// Returns one file per kind of unknown block that the container of `format` allows, each made from
/// `good`: chunk, segment, box, tag, extension, and bytes after the end.
std::vector<Injected> with_unknown(Format format, const Bytes& good);

}  // namespace imgmill::test

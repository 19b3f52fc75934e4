// Good files with something in them that nobody knows.
#pragma once

#include <string>
#include <vector>

#include "support/make.h"

namespace imgmill::test {

struct Injected {
  std::string what;  ///< "a chunk", "bytes behind the end"
  Bytes file;
  std::string marker;  ///< stands in the file once, within what was put in
};

/// `good`, a file of `format`, with an unknown block of each kind that the container has, each in a
/// file of its own: chunk, segment, box, tag, extension, and bytes behind its end.
std::vector<Injected> with_unknown(Format format, const Bytes& good);

}  // namespace imgmill::test
